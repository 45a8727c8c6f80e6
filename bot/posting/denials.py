"""What a member reads when a job is not let in: which limit, whose, how full, and until when."""

from collections.abc import Callable
from typing import Final

import discord

from bot.domain import Denial, Gauge, LimitKind, Refusal, Scope, Unit
from bot.posting.text import dollars, ended

_REASON: Final = 300
_LISTED: Final = 10
_WINDOWS: Final = {
    LimitKind.AT_ONCE: "at once",
    LimitKind.ROLLING_DAY: "in 24 hours",
    LimitKind.DAY: "a day",
    LimitKind.MONTH: "a month",
}
_EACH: Final = {
    Unit.JOBS: "each job",
    Unit.SECONDS: "each second of video",
    Unit.MONEY: "each dollar",
}


_REASONS: Final = {
    Refusal.BLOCKED: ("", "You can't make videos here at the moment."),
    Refusal.PAUSED: ("", "The bot is paused."),
    Refusal.CHANNELS: ("Videos are made in {allowed} only.", "No videos are made here."),
    Refusal.AGE_RESTRICTED: ("", "Videos are made in age-restricted channels only."),
    Refusal.ROLES: ("Videos are for {allowed} only.", "One of your roles may not make videos."),
    Refusal.MODELS: (
        "That model is not allowed here. These are: {allowed}.",
        "That model is not allowed here.",
    ),
    Refusal.LONGEST: ("Videos here have at most {allowed} s; this one has {wanted} s.", ""),
    Refusal.RESOLUTION: ("Videos here have at most {allowed}.", ""),
    Refusal.REFERENCES: ("", "No reference images are allowed here."),
    Refusal.UNPRICED: ("", "Nobody knows what this model costs, and money is limited here."),
    Refusal.PROMPT: ("", "This prompt is against the rules here. Nothing was charged."),
    Refusal.COOLING: (
        "",
        "Several of your prompts were against the rules here, so there is a pause.",
    ),
}
"""What is said where something else is allowed, and where nothing is."""
_LISTS: Final[dict[Refusal, Callable[[str], str]]] = {
    Refusal.CHANNELS: "<#{}>".format,
    Refusal.ROLES: "<@&{}>".format,
}
_STEPS: Final = {
    Refusal.LIMIT: "A smaller job may fit; a moderator can also grant more.",
    Refusal.PAUSED: "A moderator can tell you more.",
    Refusal.BLOCKED: "A moderator can tell you more.",
    Refusal.LONGEST: "Please ask for less.",
    Refusal.RESOLUTION: "Please ask for less.",
    Refusal.REFERENCES: "Please ask without.",
    Refusal.MODELS: "`/grok models` lists them all.",
    Refusal.UNPRICED: "`/grok models` lists the others.",
    Refusal.PROMPT: "Please word it differently; after several of these there is a pause.",
}


def denial_text(denial: Denial) -> str:
    """Say no, politely: why, who has set it, and what to do next."""
    parts = [_what(denial), _who(denial), _next(denial)]
    return " ".join(part for part in parts if part)


def scope_text(scope: Scope, target_id: int) -> str:
    """Name whose limit it is, for the member whom it is about."""
    match scope:
        case Scope.EVERYWHERE:
            return "for everything that this bot makes"
        case Scope.PERSON:
            return "for each person"
        case Scope.SERVER:
            return "for this server"
        case Scope.CHANNEL:
            return f"for <#{target_id}>"
        case Scope.ROLE:
            return f"for members with <@&{target_id}>"
        case Scope.MEMBER:
            return "for you"


def amount_text(amount: int, unit: Unit) -> str:
    """Write an amount in its unit."""
    match unit:
        case Unit.JOBS:
            return f"{amount:,} job{'' if amount == 1 else 's'}"
        case Unit.SECONDS:
            return f"{amount:,} s of video"
        case Unit.MONEY:
            return dollars(amount) if amount else "$0.00"


def rate_text(amount: int, kind: LimitKind, unit: Unit) -> str:
    """Write how much may be used over which time."""
    if kind is LimitKind.COOLDOWN:
        return f"a pause of {amount:,} s after {_EACH[unit]}"
    return f"{amount_text(amount, unit)} {_WINDOWS[kind]}"


def limit_text(gauge: Gauge) -> str:
    """Write a limit with what is used of it."""
    limit = gauge.limit
    rate = rate_text(limit.amount, limit.kind, limit.unit)
    whose = scope_text(limit.scope, limit.target_id)
    if limit.kind is LimitKind.COOLDOWN:
        return f"{rate} {whose}"
    used = amount_text(gauge.used, limit.unit)
    granted = f", {amount_text(gauge.granted, limit.unit)} granted" if gauge.granted else ""
    return f"{rate} {whose} ({used} used{granted})"


def setter_text(set_by_id: int | None) -> str:
    """Name who has set something."""
    return "the people who run this bot" if set_by_id is None else f"<@{set_by_id}>"


def _what(denial: Denial) -> str:
    if denial.refusal is Refusal.LIMIT:
        return _limit(denial)
    with_list, without = _REASONS[denial.refusal]
    write = _LISTS.get(denial.refusal, str)
    allowed = ", ".join(map(write, denial.allowed[:_LISTED]))
    lists = bool(allowed and with_list)
    told = with_list.format(allowed=allowed, wanted=denial.wanted) if lists else without
    return f"{told} Reason: {ended(denial.reason, _REASON)}" if denial.reason else told


def _limit(denial: Denial) -> str:
    gauge = denial.gauge
    assert gauge is not None  # noqa: S101 - a limit comes with its gauge
    told = f"This would be over a limit: {limit_text(gauge)}."
    if gauge.limit.kind is LimitKind.COOLDOWN:
        return f"There is {limit_text(gauge)}."
    return f"{told} This job takes {amount_text(denial.wanted, gauge.limit.unit)}."


def _who(denial: Denial) -> str:
    saved = (
        "Most of the budget is used, so smaller ones are made. " if (denial.is_stepped_down) else ""
    )
    if denial.refusal in {Refusal.PROMPT, Refusal.COOLING}:
        return saved
    return f"{saved}Set by {setter_text(denial.set_by_id)}."


def _next(denial: Denial) -> str:
    if denial.until is not None:
        return f"It goes again {discord.utils.format_dt(denial.until, 'R')}."
    if denial.gauge is not None and denial.gauge.limit.amount == 0:
        return "A moderator can tell you more."  # nothing fits, and no grant helps
    if denial.gauge is not None and denial.gauge.limit.kind is LimitKind.AT_ONCE:
        return "Try again once one that is under way is finished."
    return _STEPS.get(denial.refusal, "")
