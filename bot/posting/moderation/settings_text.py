"""What is set in a server, in words for its moderators: one line each, and before and after."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import discord

from bot.domain import Change, Limit, Policy, PolicyName, Scope, Unit
from bot.limits.values import LONGEST_REASON
from bot.posting.denials import amount_text, rate_text
from bot.posting.moderation.words_access import (
    AFTER,
    BEFORE,
    LATER,
    LEFT_OUT,
    NOT_SET,
    NOTHING_SET,
    SAME,
    TITLES,
    UNSET,
)
from bot.posting.text import safe

_ROOM: Final = 700
"""Characters of one value, so that two of them fit a message."""
_LINE: Final = 3000
_PAGE: Final = 4000
"""Characters of one embed; Discord takes 4096 in its description (Embed Limits)."""
_PAGES: Final = 4
"""Messages of one answer, so that it stays one that is read."""


def place_text(scope: Scope, target_id: int) -> str:
    """Name for what something is set, to a moderator."""
    match scope:
        case Scope.EVERYWHERE:
            return "all servers"
        case Scope.PERSON:
            return "each person"
        case Scope.SERVER:
            return "this server"
        case Scope.CHANNEL:
            return f"<#{target_id}>"
        case Scope.ROLE:
            return f"<@&{target_id}>"
        case Scope.MEMBER:
            return f"<@{target_id}>"


def value_text(name: PolicyName, value: Any, *, room: int = _ROOM) -> str:  # noqa: ANN401 - as JSON has it
    """Write what a policy is set to; a long list is cut, with the number of what is left out."""
    if value is None:
        return UNSET.get(name, NOT_SET)
    if name in _LISTS:
        first, write = _LISTS[name][value["mode"]]
        return f"{first} {_listed(map(write, value['items']), room)}"
    return _WRITERS.get(name, _yes_or_no)(value)


def policy_line(policy: Policy) -> str:
    """Write one policy that is set."""
    where = place_text(policy.scope, policy.target_id)
    value = value_text(policy.name, policy.value, room=_LINE)
    return f"**{TITLES[policy.name]}** for {where}: {value}"


def limit_line(limit: Limit) -> str:
    """Write one limit that is set."""
    where = place_text(limit.scope, limit.target_id)
    return f"**Limit** for {where}: {rate_text(limit.amount, limit.kind, limit.unit)}"


def change_text(name: PolicyName, scope: Scope, target_id: int, change: Change) -> str:
    """Say what is different now."""
    title = f"**{TITLES[name]}** for {place_text(scope, target_id)}"
    after = value_text(name, change.after)
    if not change.is_one:
        return f"{title}\n{SAME.format(after=after)}"
    before = value_text(name, change.before)
    return f"{title}\n{BEFORE.format(before=before)}\n{AFTER.format(after=after)}"


def settings_pages(lines: Sequence[str]) -> list[discord.Embed]:
    """Split lines between messages; what does not fit is counted."""
    pages: list[list[str]] = [[]]
    for number, line in enumerate(lines):
        if len("\n".join([*pages[-1], line])) <= _PAGE:
            pages[-1].append(line)
        elif len(pages) < _PAGES:
            pages.append([line])
        else:
            pages[-1].append(LATER.format(count=len(lines) - number))
            break
    texts = ["\n".join(page) or NOTHING_SET for page in pages]
    return [discord.Embed(description=text) for text in texts]


def _step_down(value: dict[str, Any]) -> str:
    smaller = [
        *([f"at most {value['longest']} s"] if "longest" in value else []),
        *([f"at most {value['resolution']}"] if "resolution" in value else []),
        *(["a review of each"] if "review" in value else []),
    ]
    return f"from {value['percent']} % of a budget on: {', '.join(smaller)}"


def _listed(names: Iterable[str], room: int) -> str:
    found, shown = list(names), list[str]()
    for name in found:
        if len(", ".join([*shown, name])) > room:
            return f"{', '.join(shown)} {LEFT_OUT.format(count=len(found) - len(shown))}"
        shown.append(name)
    return ", ".join(shown)


def _yes_or_no(value: bool) -> str:  # noqa: FBT001 - the value of a policy
    return "yes" if value else "no"


def _pause(value: dict[str, Any]) -> str:
    return f"paused: {safe(value['reason'], LONGEST_REASON)}" if value["reason"] else "paused"


_LISTS: Final[dict[PolicyName, dict[str, tuple[str, Callable[[Any], str]]]]] = {
    PolicyName.CHANNELS: {
        "only": ("only in", "<#{}>".format),
        "except": ("everywhere but in", "<#{}>".format),
    },
    PolicyName.ROLES: {
        "only": ("only for", "<@&{}>".format),
        "except": ("everyone but", "<@&{}>".format),
    },
    PolicyName.MODELS: {
        "only": ("only", "`{}`".format),
        "except": ("all but", "`{}`".format),
    },
}
_WRITERS: Final[dict[PolicyName, Callable[[Any], str]]] = {
    PolicyName.LONGEST: "at most {} s".format,
    PolicyName.RESOLUTION: "at most {}".format,
    PolicyName.AGE_RESTRICTED: lambda value: (
        "age-restricted channels only" if value else UNSET[PolicyName.AGE_RESTRICTED]
    ),
    PolicyName.PAUSE: _pause,
    PolicyName.NEWCOMERS: "reviewed in their first {} days".format,
    PolicyName.CONFIRM_ABOVE: lambda value: f"asked for above {amount_text(value, Unit.MONEY)}",
    PolicyName.STEP_DOWN: _step_down,
    PolicyName.LOG_CHANNEL: "<#{}>".format,
    PolicyName.REVIEW_CHANNEL: "<#{}>".format,
    PolicyName.HIDE_AT: "from {} reports on".format,
}
