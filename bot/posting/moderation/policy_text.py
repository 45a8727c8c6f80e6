"""How limits, policies and changes of them are written for moderators and the operator."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

import discord

from bot.domain import Change, Gauge, Limit, LimitKind, Policy, PolicyName, Scope, Unit
from bot.language import Phrase, name_of, strung
from bot.limits.values import LONGEST_REASON, StepDown
from bot.posting.denials import WHOSE, amount_text, rate_text, scope_text, setter_text
from bot.posting.moderation import words_policies as words
from bot.posting.moderation.reactions_text import gallery_text, reactions_text
from bot.posting.text import dollars, safe

LONG_LINE: Final = 3000
"""Characters of one value on a page of its own kind, which has 4000."""
_ROOM: Final = 700
"""Characters of one value elsewhere, so that two of them fit a message."""


def whose_text(scope: Scope, target_id: int) -> str:
    """Name whose use is limited, for somebody else than the member."""
    if scope is Scope.MEMBER:
        return words.FOR_MEMBER(member=f"<@{target_id}>")
    return scope_text(scope, target_id)


def change_text(title: str, change: Change, write: Callable[[Any], str]) -> str:
    """Say what is different now, each on a line of its own; `write` knows None as well."""
    after = write(change.after)
    if not change.is_one:
        return f"{title}\n{words.SAME(after=after)}"
    before = words.BEFORE(before=write(change.before))
    return f"{title}\n{before}\n{words.AFTER(after=after)}"


def policy_change_text(scope: Scope, target_id: int, name: PolicyName, change: Change) -> str:
    """Say what a policy was and is."""
    what = words.POLICIES[name]().capitalize()
    title = words.TITLE(what=what, whose=whose_text(scope, target_id))
    return change_text(title, change, lambda value: value_text(name, value))


def limit_change_text(
    scope: Scope, target_id: int, kind: LimitKind, unit: Unit, change: Change
) -> str:
    """Say what a limit was and is."""
    if change.before is None and change.after is None:
        return words.NO_SUCH_LIMIT()
    before, after = (
        words.UNLIMITED() if amount is None else rate_text(amount, kind, unit)
        for amount in (change.before, change.after)
    )
    told = words.LIMIT_CHANGED if change.is_one else words.LIMIT_UNCHANGED
    lines = [told(whose=whose_text(scope, target_id), before=before, after=after)]
    if kind in {LimitKind.DAY, LimitKind.MONTH} and change.after is not None:
        lines.append(words.DAYS_ARE_UTC())
    if change.after == 0 and kind is not LimitKind.COOLDOWN:
        lines.append(words.ZERO_DENIES())
    return "\n".join(lines)


def limit_line(limit: Limit) -> str:
    """Write a limit, and who has set it when."""
    rate = rate_text(limit.amount, limit.kind, limit.unit)
    what = WHOSE(limit=rate, whose=whose_text(limit.scope, limit.target_id))
    return words.A_LINE(what=what, set_by=_set_by(limit))


def policy_line(policy: Policy, *, room: int = _ROOM) -> str:
    """Write a policy, and who has set it when; its value has `room` characters."""
    return words.A_POLICY(
        what=words.POLICIES[policy.name](),
        whose=whose_text(policy.scope, policy.target_id),
        value=value_text(policy.name, policy.value, room=room),
        set_by=_set_by(policy),
    )


def gauge_line(gauge: Gauge) -> str:
    """Write a limit with what is used of it, what is left, and until when."""
    limit = gauge.limit
    rate = rate_text(limit.amount, limit.kind, limit.unit)
    parts = [WHOSE(limit=rate, whose=whose_text(limit.scope, limit.target_id))]
    when = None if gauge.until is None else discord.utils.format_dt(gauge.until, "R")
    if limit.kind is LimitKind.COOLDOWN:
        parts.append(words.COOLED() if when is None else words.COOLS(when=when))
    else:
        room = max(0, limit.amount + gauge.granted - gauge.used)
        parts.append(words.USED(amount=amount_text(gauge.used, limit.unit)))
        if gauge.granted:
            parts.append(words.GRANTED(amount=amount_text(gauge.granted, limit.unit)))
        parts.append(words.LEFT(amount=amount_text(room, limit.unit)))
        if when is not None:
            say = words.FREES if limit.kind is LimitKind.ROLLING_DAY else words.ANEW
            parts.append(say(when=when))
    return words.A_LINE(what=strung(parts), set_by=_set_by(limit))


def value_text(name: PolicyName, value: Any, *, room: int = _ROOM) -> str:  # noqa: ANN401 - as JSON has it
    """Write what a policy is set to; a long list is cut, with the number of what is left out."""
    if value is None:
        return words.UNSET.get(name, words.NOT_SET)()
    if name in _LISTS:
        say, write = _LISTS[name][value["mode"]]
        return say(items=_listed(map(write, value["items"]), room))
    return _WRITERS[name](value)


def _listed(names: Iterable[str], room: int) -> str:
    found, shown = list(names), list[str]()
    for name in found:
        if len(strung([*shown, name])) > room:
            return words.AND_MORE(items=strung(shown), count=len(found) - len(shown))
        shown.append(name)
    return strung(shown)


def _step_down(step: StepDown) -> str:
    parts = []
    if step.longest is not None:
        parts.append(words.AT_MOST_SECONDS(seconds=step.longest))
    if step.resolution is not None:
        parts.append(words.AT_MOST(size=step.resolution))
    if step.review:
        parts.append(words.EACH_REVIEWED())
    return words.FROM_SHARE(percent=step.percent, smaller=strung(parts))


def _pause(value: dict[str, Any]) -> str:
    reason = safe(str(value["reason"]), LONGEST_REASON)
    return words.PAUSED_BECAUSE(reason=reason) if reason else words.PAUSED()


def _hides_at(reports: int) -> str:
    match reports:
        case 0:
            return words.NEVER()
        case 1:
            return words.HIDDEN_FROM_FIRST()
        case _:
            return words.HIDDEN_FROM(reports)


def _set_by(one: Limit | Policy) -> str:
    when = discord.utils.format_dt(one.set_at, "d")
    if one.set_by_id is None:
        return f"{words.OPERATORS()} ({when})"
    return words.SET_BY(who=setter_text(one.set_by_id), when=when)


_LISTS: Final[dict[PolicyName, dict[str, tuple[Phrase, Callable[[Any], str]]]]] = {
    PolicyName.CHANNELS: {
        "only": (words.ONLY_IN, "<#{}>".format),
        "except": (words.EVERYWHERE_BUT, "<#{}>".format),
    },
    PolicyName.ROLES: {
        "only": (words.ONLY_FOR, "<@&{}>".format),
        "except": (words.EVERYONE_BUT, "<@&{}>".format),
    },
    PolicyName.MODELS: {
        "only": (words.ONLY, "`{}`".format),
        "except": (words.ALL_BUT, "`{}`".format),
    },
}
_WRITERS: Final[dict[PolicyName, Callable[[Any], str]]] = {
    PolicyName.LONGEST: lambda value: words.AT_MOST_SECONDS(seconds=value),
    PolicyName.RESOLUTION: lambda value: words.AT_MOST(size=value),
    PolicyName.REFERENCES: lambda value: words.ALLOWED[value](),
    PolicyName.AGE_RESTRICTED: lambda value: (
        words.RESTRICTED_ONLY() if value else words.UNSET[PolicyName.AGE_RESTRICTED]()
    ),
    PolicyName.PAUSE: _pause,
    PolicyName.REVIEW: lambda value: words.EACH_JOB[value](),
    PolicyName.NEWCOMERS: words.FIRST_DAYS,
    PolicyName.CONFIRM_ABOVE: lambda value: words.COSTS_MORE(price=dollars(value)),
    PolicyName.STEP_DOWN: lambda value: _step_down(StepDown(**value)),
    PolicyName.LOG_CHANNEL: "<#{}>".format,
    PolicyName.REVIEW_CHANNEL: "<#{}>".format,
    PolicyName.HIDE_AT: _hides_at,
    PolicyName.REMOVE_FILES: lambda value: words.DELETED[value](),
    PolicyName.OWN_CONTROLS: lambda value: words.WHO_PRESSES[value](),
    PolicyName.LANGUAGE: name_of,
    PolicyName.REACTIONS: partial(reactions_text, room=_ROOM),
    PolicyName.GALLERY: gallery_text,
}
