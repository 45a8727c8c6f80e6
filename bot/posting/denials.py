"""What a member reads when a job is not let in: which limit, whose, how full, and until when."""

from collections.abc import Callable
from typing import Final

import discord

from bot.domain import Denial, Gauge, LimitKind, Refusal, Scope, Unit
from bot.language import Phrase, Plural, _, grouped, strung
from bot.posting.text import dollars, ended

_REASON: Final = 300
_LISTED: Final = 10
_JOBS: Final = Plural("{count} job", "{count} jobs")
_OF_VIDEO: Final = Phrase("{seconds} s of video")
_WINDOWS: Final = {
    LimitKind.AT_ONCE: Phrase("{amount} at once"),
    LimitKind.ROLLING_DAY: Phrase("{amount} in 24 hours"),
    LimitKind.DAY: Phrase("{amount} a day"),
    LimitKind.MONTH: Phrase("{amount} a month"),
}
_EACH: Final = {
    Unit.JOBS: Phrase("a pause of {seconds} s after each job"),
    Unit.SECONDS: Phrase("a pause of {seconds} s after each second of video"),
    Unit.MONEY: Phrase("a pause of {seconds} s after each dollar"),
}
WHOSE: Final = Phrase("{limit} {whose}")
_USED: Final = Phrase("{limit} {whose} ({used} used)")
_GRANTED: Final = Phrase("{limit} {whose} ({used} used, {granted} granted)")
_REASON_GIVEN: Final = Phrase("{text} Reason: {reason}")
_ASK_A_MODERATOR: Final = Phrase("A moderator can tell you more.")

_REASONS: Final[dict[Refusal, tuple[Phrase | None, Phrase | None]]] = {
    Refusal.BLOCKED: (None, Phrase("You can't make videos here at the moment.")),
    Refusal.PAUSED: (None, Phrase("The bot is paused.")),
    Refusal.CHANNELS: (
        Phrase("Videos are made in {allowed} only."),
        Phrase("No videos are made here."),
    ),
    Refusal.AGE_RESTRICTED: (
        None,
        Phrase("Videos are made in age-restricted channels only."),
    ),
    Refusal.ROLES: (
        Phrase("Videos are for {allowed} only."),
        Phrase("One of your roles may not make videos."),
    ),
    Refusal.MODELS: (
        Phrase("That model is not allowed here. These are: {allowed}."),
        Phrase("That model is not allowed here."),
    ),
    Refusal.LONGEST: (
        Phrase("Videos here have at most {allowed} s; this one has {wanted} s."),
        None,
    ),
    Refusal.RESOLUTION: (Phrase("Videos here have at most {allowed}."), None),
    Refusal.REFERENCES: (None, Phrase("No reference images are allowed here.")),
    Refusal.UNPRICED: (
        None,
        Phrase("Nobody knows what this model costs, and money is limited here."),
    ),
    Refusal.PROMPT: (
        None,
        Phrase("This prompt is against the rules here. Nothing was charged."),
    ),
    Refusal.COOLING: (
        None,
        Phrase("Several of your prompts were against the rules here, so there is a pause."),
    ),
}
"""What is said where something else is allowed, and where nothing is."""
_LISTS: Final[dict[Refusal, Callable[[str], str]]] = {
    Refusal.CHANNELS: "<#{}>".format,
    Refusal.ROLES: "<@&{}>".format,
}
_STEPS: Final = {
    Refusal.LIMIT: Phrase("A smaller job may fit; a moderator can also grant more."),
    Refusal.PAUSED: _ASK_A_MODERATOR,
    Refusal.BLOCKED: _ASK_A_MODERATOR,
    Refusal.LONGEST: Phrase("Please ask for less."),
    Refusal.RESOLUTION: Phrase("Please ask for less."),
    Refusal.REFERENCES: Phrase("Please ask without."),
    Refusal.MODELS: Phrase("`/grok models` lists them all."),
    Refusal.UNPRICED: Phrase("`/grok models` lists the others."),
    Refusal.PROMPT: Phrase("Please word it differently; after several of these there is a pause."),
}


def denial_text(denial: Denial) -> str:
    """Say no, politely: why, who has set it, and what to do next."""
    parts = [_what(denial), _who(denial), _next(denial)]
    return " ".join(part for part in parts if part)


def scope_text(scope: Scope, target_id: int) -> str:
    """Name whose limit it is, for the member whom it is about."""
    match scope:
        case Scope.EVERYWHERE:
            return _("for everything that this bot makes")
        case Scope.PERSON:
            return _("for each person")
        case Scope.SERVER:
            return _("for this server")
        case Scope.CHANNEL:
            return _("for <#{channel_id}>", channel_id=target_id)
        case Scope.ROLE:
            return _("for members with <@&{role_id}>", role_id=target_id)
        case Scope.MEMBER:
            return _("for you")


def amount_text(amount: int, unit: Unit) -> str:
    """Write an amount in its unit."""
    match unit:
        case Unit.JOBS:
            return _JOBS(amount)
        case Unit.SECONDS:
            return _OF_VIDEO(seconds=grouped(amount))
        case Unit.MONEY:
            return dollars(amount) if amount else "$0.00"


def rate_text(amount: int, kind: LimitKind, unit: Unit) -> str:
    """Write how much may be used over which time."""
    if kind is LimitKind.COOLDOWN:
        return _EACH[unit](seconds=grouped(amount))
    return _WINDOWS[kind](amount=amount_text(amount, unit))


def limit_text(gauge: Gauge) -> str:
    """Write a limit with what is used of it."""
    limit = gauge.limit
    rate = rate_text(limit.amount, limit.kind, limit.unit)
    whose = scope_text(limit.scope, limit.target_id)
    if limit.kind is LimitKind.COOLDOWN:
        return WHOSE(limit=rate, whose=whose)
    used = amount_text(gauge.used, limit.unit)
    if not gauge.granted:
        return _USED(limit=rate, whose=whose, used=used)
    granted = amount_text(gauge.granted, limit.unit)
    return _GRANTED(limit=rate, whose=whose, used=used, granted=granted)


def setter_text(set_by_id: int | None) -> str:
    """Name who has set something."""
    return _("the people who run this bot") if set_by_id is None else f"<@{set_by_id}>"


def _what(denial: Denial) -> str:
    if denial.refusal is Refusal.LIMIT:
        return _limit(denial)
    with_list, without = _REASONS[denial.refusal]
    write = _LISTS.get(denial.refusal, str)
    allowed = strung(map(write, denial.allowed[:_LISTED]))
    words = with_list if allowed and with_list is not None else without
    told = "" if words is None else words(allowed=allowed, wanted=denial.wanted)
    if not denial.reason:
        return told
    return _REASON_GIVEN(text=told, reason=ended(denial.reason, _REASON))


def _limit(denial: Denial) -> str:
    gauge = denial.gauge
    assert gauge is not None  # noqa: S101 - a limit comes with its gauge
    if gauge.limit.kind is LimitKind.COOLDOWN:
        return _("There is {limit}.", limit=limit_text(gauge))
    return _(
        "This would be over a limit: {limit}. This job takes {amount}.",
        limit=limit_text(gauge),
        amount=amount_text(denial.wanted, gauge.limit.unit),
    )


def _who(denial: Denial) -> str:
    parts = []
    if denial.is_stepped_down:
        parts.append(_("Most of the budget is used, so smaller ones are made."))
    if denial.refusal not in {Refusal.PROMPT, Refusal.COOLING}:
        parts.append(_("Set by {who}.", who=setter_text(denial.set_by_id)))
    return " ".join(parts)


def _next(denial: Denial) -> str:
    if denial.until is not None:
        return _("It goes again {when}.", when=discord.utils.format_dt(denial.until, "R"))
    if denial.gauge is not None and denial.gauge.limit.amount == 0:
        return _ASK_A_MODERATOR()  # nothing fits, and no grant helps
    if denial.gauge is not None and denial.gauge.limit.kind is LimitKind.AT_ONCE:
        return _("Try again once one that is under way is finished.")
    step = _STEPS.get(denial.refusal)
    return "" if step is None else step()
