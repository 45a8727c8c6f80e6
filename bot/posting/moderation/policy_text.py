"""How limits, policies and changes of them are written for moderators and the operator."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import discord

from bot.domain import Change, Gauge, Limit, LimitKind, Policy, PolicyName, Scope, Unit
from bot.limits.values import LONGEST_REASON, StepDown
from bot.posting.denials import amount_text, rate_text, scope_text, setter_text
from bot.posting.moderation import words_policies as words
from bot.posting.text import dollars, safe

LONG_LINE: Final = 3000
"""Characters of one value on a page of its own kind, which has 4000."""
_ROOM: Final = 700
"""Characters of one value elsewhere, so that two of them fit a message."""


def whose_text(scope: Scope, target_id: int) -> str:
    """Name whose use is limited, for somebody else than the member."""
    return f"for <@{target_id}>" if scope is Scope.MEMBER else scope_text(scope, target_id)


def change_text(title: str, change: Change, write: Callable[[Any], str]) -> str:
    """Say what is different now, each on a line of its own; `write` knows None as well."""
    after = write(change.after)
    if not change.is_one:
        return f"{title}\n{words.SAME.format(after=after)}"
    before = words.BEFORE.format(before=write(change.before))
    return f"{title}\n{before}\n{words.AFTER.format(after=after)}"


def policy_change_text(scope: Scope, target_id: int, name: PolicyName, change: Change) -> str:
    """Say what a policy was and is."""
    title = f"**{words.POLICIES[name].capitalize()}** {whose_text(scope, target_id)}"
    return change_text(title, change, lambda value: value_text(name, value))


def limit_change_text(
    scope: Scope, target_id: int, kind: LimitKind, unit: Unit, change: Change
) -> str:
    """Say what a limit was and is."""
    if change.before is None and change.after is None:
        return words.NO_SUCH_LIMIT
    before, after = (
        words.UNLIMITED if amount is None else rate_text(amount, kind, unit)
        for amount in (change.before, change.after)
    )
    told = words.LIMIT_CHANGED if change.is_one else words.LIMIT_UNCHANGED
    lines = [told.format(whose=whose_text(scope, target_id), before=before, after=after)]
    if kind in {LimitKind.DAY, LimitKind.MONTH} and change.after is not None:
        lines.append(words.DAYS_ARE_UTC)
    if change.after == 0 and kind is not LimitKind.COOLDOWN:
        lines.append(words.ZERO_DENIES)
    return "\n".join(lines)


def limit_line(limit: Limit) -> str:
    """Write a limit, and who has set it when."""
    rate = rate_text(limit.amount, limit.kind, limit.unit)
    return f"{rate} {whose_text(limit.scope, limit.target_id)}; {_set_by(limit)}"


def policy_line(policy: Policy, *, room: int = _ROOM) -> str:
    """Write a policy, and who has set it when; its value has `room` characters."""
    whose = whose_text(policy.scope, policy.target_id)
    told = value_text(policy.name, policy.value, room=room)
    return f"{words.POLICIES[policy.name]} {whose}: {told}; {_set_by(policy)}"


def gauge_line(gauge: Gauge) -> str:
    """Write a limit with what is used of it, what is left, and until when."""
    limit = gauge.limit
    parts = [rate_text(limit.amount, limit.kind, limit.unit)]
    parts[0] += f" {whose_text(limit.scope, limit.target_id)}"
    when = None if gauge.until is None else discord.utils.format_dt(gauge.until, "R")
    if limit.kind is LimitKind.COOLDOWN:
        parts.append("over" if when is None else f"over {when}")
    else:
        room = max(0, limit.amount + gauge.granted - gauge.used)
        parts.append(f"{amount_text(gauge.used, limit.unit)} used")
        if gauge.granted:
            parts.append(f"{amount_text(gauge.granted, limit.unit)} granted on top")
        parts.append(f"{amount_text(room, limit.unit)} left")
        if when is not None:
            frees = limit.kind is LimitKind.ROLLING_DAY
            parts.append(f"{'enough is free' if frees else 'begins anew'} {when}")
    return f"{', '.join(parts)}; {_set_by(limit)}"


def value_text(name: PolicyName, value: Any, *, room: int = _ROOM) -> str:  # noqa: ANN401 - as JSON has it
    """Write what a policy is set to; a long list is cut, with the number of what is left out."""
    if value is None:
        return words.UNSET.get(name, words.NOT_SET)
    if name in _LISTS:
        first, write = _LISTS[name][value["mode"]]
        return f"{first} {_listed(map(write, value['items']), room)}"
    return _WRITERS[name](value)


def _listed(names: Iterable[str], room: int) -> str:
    found, shown = list(names), list[str]()
    for name in found:
        if len(", ".join([*shown, name])) > room:
            return f"{', '.join(shown)} {words.MORE.format(count=len(found) - len(shown))}"
        shown.append(name)
    return ", ".join(shown)


def _step_down(step: StepDown) -> str:
    parts = []
    if step.longest is not None:
        parts.append(f"at most {step.longest} s")
    if step.resolution is not None:
        parts.append(f"at most {step.resolution}")
    if step.review:
        parts.append("each job is reviewed")
    return f"from {step.percent} % of a budget on: {', '.join(parts)}"


def _pause(value: dict[str, Any]) -> str:
    reason = safe(str(value["reason"]), LONGEST_REASON)
    return f"paused: {reason}" if reason else "paused"


def _hides_at(reports: int) -> str:
    match reports:
        case 0:
            return "never"
        case 1:
            return "from the first report on"
        case _:
            return f"from {reports} reports on"


def _set_by(one: Limit | Policy) -> str:
    when = discord.utils.format_dt(one.set_at, "d")
    if one.set_by_id is None:
        return f"{words.OPERATORS} ({when})"
    return words.SET_BY.format(who=setter_text(one.set_by_id), when=when)


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
    PolicyName.REFERENCES: lambda value: "allowed" if value else "not allowed",
    PolicyName.AGE_RESTRICTED: lambda value: (
        "age-restricted channels only" if value else words.UNSET[PolicyName.AGE_RESTRICTED]
    ),
    PolicyName.PAUSE: _pause,
    PolicyName.REVIEW: lambda value: "each job" if value else "none",
    PolicyName.NEWCOMERS: "reviewed in their first {} days".format,
    PolicyName.CONFIRM_ABOVE: lambda value: f"what costs more than {dollars(value)}",
    PolicyName.STEP_DOWN: lambda value: _step_down(StepDown(**value)),
    PolicyName.LOG_CHANNEL: "<#{}>".format,
    PolicyName.REVIEW_CHANNEL: "<#{}>".format,
    PolicyName.HIDE_AT: _hides_at,
    PolicyName.REMOVE_FILES: lambda value: "deleted too" if value else "kept",
}
