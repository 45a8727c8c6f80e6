"""How limits, policies and changes of them are written for moderators and the operator."""

from collections.abc import Callable
from typing import Any, Final

import discord

from bot.domain import Change, Gauge, Limit, LimitKind, Policy, PolicyName, Scope, Unit
from bot.limits.values import StepDown
from bot.posting.denials import amount_text, rate_text, scope_text, setter_text
from bot.posting.moderation import words_policies as words
from bot.posting.text import dollars, safe

_REASON: Final = 300
_LISTED: Final = 25

Value = Callable[[Any], str]
"""Writes what was or is set; never called with None."""


def whose_text(scope: Scope, target_id: int) -> str:
    """Name whose use is limited, for somebody else than the member."""
    return f"for <@{target_id}>" if scope is Scope.MEMBER else scope_text(scope, target_id)


def change_text(what: str, change: Change, value: Value, *, unset: str = words.NOT_SET) -> str:
    """Say what was before and what is now."""
    before, after = (unset if one is None else value(one) for one in (change.before, change.after))
    if not change.is_one:
        return words.UNCHANGED.format(what=what, value=after)
    return words.CHANGED.format(what=what, before=before, after=after)


def limit_change_text(
    scope: Scope, target_id: int, kind: LimitKind, unit: Unit, change: Change
) -> str:
    """Say what a limit was and is."""

    def value(amount: int) -> str:
        return rate_text(amount, kind, unit)

    what = f"Limit {whose_text(scope, target_id)}"
    if change.before is None and change.after is None:
        return words.NO_SUCH_LIMIT
    lines = [change_text(what, change, value, unset=words.UNLIMITED)]
    if kind in {LimitKind.DAY, LimitKind.MONTH} and change.after is not None:
        lines.append(words.DAYS_ARE_UTC)
    if change.after == 0 and kind is not LimitKind.COOLDOWN:
        lines.append(words.ZERO_DENIES)
    return "\n".join(lines)


def policy_change_text(scope: Scope, target_id: int, name: PolicyName, change: Change) -> str:
    """Say what a policy was and is."""
    what = f"{words.POLICIES[name].capitalize()} {whose_text(scope, target_id)}"
    return change_text(what, change, lambda value: value_text(name, value))


def limit_line(limit: Limit) -> str:
    """Write a limit, and who has set it when."""
    rate = rate_text(limit.amount, limit.kind, limit.unit)
    return f"{rate} {whose_text(limit.scope, limit.target_id)}; {_set_by(limit)}"


def policy_line(policy: Policy) -> str:
    """Write a policy, and who has set it when."""
    whose = whose_text(policy.scope, policy.target_id)
    told = value_text(policy.name, policy.value)
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


def value_text(name: PolicyName, value: Any) -> str:  # noqa: ANN401 - as JSON has it
    """Write what a policy is set to."""
    return _WRITERS[name](value)


def step_down_text(step: StepDown) -> str:
    """Write what is made smaller, and when."""
    parts = []
    if step.longest is not None:
        parts.append(f"at most {step.longest} s")
    if step.resolution is not None:
        parts.append(f"at most {step.resolution}")
    if step.review:
        parts.append("each job is reviewed")
    return f"from {step.percent} % of a budget on: {', '.join(parts)}"


def _listing(item: Callable[[Any], str], but: str) -> Value:
    def write(value: Any) -> str:  # noqa: ANN401 - as JSON has it
        items = value["items"]
        shown = ", ".join(map(item, items[:_LISTED]))
        more = f" and {len(items) - _LISTED} more" if len(items) > _LISTED else ""
        return f"{'only' if value['mode'] == 'only' else but} {shown}{more}"

    return write


def _pause(value: Any) -> str:  # noqa: ANN401 - as JSON has it
    reason = safe(str(value["reason"]), _REASON)
    return f"paused ({reason})" if reason else "paused"


def _set_by(one: Limit | Policy) -> str:
    when = discord.utils.format_dt(one.set_at, "d")
    if one.set_by_id is None:
        return f"{words.OPERATORS} ({when})"
    return words.SET_BY.format(who=setter_text(one.set_by_id), when=when)


_WRITERS: Final[dict[PolicyName, Value]] = {
    PolicyName.CHANNELS: _listing("<#{}>".format, "anywhere but"),
    PolicyName.ROLES: _listing("<@&{}>".format, "all but"),
    PolicyName.MODELS: _listing("`{}`".format, "all but"),
    PolicyName.LONGEST: "at most {} s".format,
    PolicyName.RESOLUTION: "at most {}".format,
    PolicyName.REFERENCES: lambda value: "allowed" if value else "not allowed",
    PolicyName.AGE_RESTRICTED: lambda value: "these only" if value else "not needed",
    PolicyName.PAUSE: _pause,
    PolicyName.REVIEW: lambda value: "each job" if value else "none",
    PolicyName.NEWCOMERS: "those who came less than {} days ago".format,
    PolicyName.CONFIRM_ABOVE: lambda value: f"what costs more than {dollars(value)}",
    PolicyName.STEP_DOWN: lambda value: step_down_text(StepDown(**value)),
    PolicyName.LOG_CHANNEL: "<#{}>".format,
    PolicyName.REVIEW_CHANNEL: "<#{}>".format,
    PolicyName.HIDE_AT: "{}".format,
    PolicyName.REMOVE_FILES: lambda value: "deleted too" if value else "kept",
}
