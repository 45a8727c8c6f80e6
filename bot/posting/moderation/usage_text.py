"""Usage in numbers: the text beside the chart, and how its numbers are written."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, timedelta
from typing import Final

import discord

from bot.domain import Gauge, Scope, Usage, UsageLine
from bot.language import dated, grouped
from bot.limits.budgets import is_budget
from bot.posting.denials import amount_text, limit_text
from bot.posting.moderation import words_usage as words
from bot.posting.text import dollars, safe

MOST_LINES: Final = 8
"""Lines of a list before the rest is put together."""
_LABEL: Final = 60
"""Characters; two lists of nine such lines stay below the 4000 that one text may have."""


def usage_lines(usage: Usage) -> str:
    """Write down the total, then the models and the members that made the most."""
    if not usage.total.jobs:
        return f"**{span(usage)}**\n{words.NOTHING()}"
    blocks = [f"**{span(usage)}**\n{_numbers(usage.total)}"]
    for title, lines in ((words.MODELS, usage.models), (words.MEMBERS, usage.members)):
        if lines:
            blocks.append("\n".join([f"**{title()}**", *_list(lines)]))
    return "\n\n".join(blocks)


def budget_lines(gauges: Iterable[Gauge]) -> str:
    """Write what is used and left of the server's own budgets; nothing where there are none.

    Those of the operator are over all servers, which is nobody's business here.
    """
    own = [one for one in gauges if is_budget(one) and one.limit.scope is Scope.SERVER]
    return "\n".join(map(_budget, own))


def leading(lines: Sequence[UsageLine]) -> tuple[tuple[UsageLine, ...], UsageLine | None]:
    """Part the lines into those that are shown and the sum of the rest.

    One line too many is shown, since "1 other" would take just as much room.
    """
    if len(lines) <= MOST_LINES + 1:
        return tuple(lines), None
    rest = lines[MOST_LINES:]
    others = UsageLine(
        label=words.OTHERS(len(rest)),
        jobs=sum(line.jobs for line in rest),
        seconds=sum(line.seconds for line in rest),
        micros=sum(line.micros for line in rest),
        unpriced=sum(line.unpriced for line in rest),
    )
    return tuple(lines[:MOST_LINES]), others


def span(usage: Usage) -> str:
    """Write the days that the numbers are of."""
    first = usage.since.astimezone(UTC).date()
    last = max(first, (usage.until.astimezone(UTC) - timedelta(microseconds=1)).date())
    days = _with_year(last)
    if first != last:
        begin = short_day(first) if first.year == last.year else _with_year(first)
        days = words.DAYS(first=begin, last=days)
    return words.IN_UTC(days=days)


def short_day(day: date) -> str:
    """Write a day without its year."""
    return dated(day, words.DAY)


def duration(seconds: int) -> str:
    """Write a length of video in two units at most."""
    minutes, rest = divmod(seconds, 60)
    hours, left = divmod(minutes, 60)
    if not minutes:
        return words.IN_SECONDS(seconds=seconds)
    if not hours:
        if not rest:
            return words.IN_MINUTES(minutes=minutes)
        return words.IN_MINUTES_AND_SECONDS(minutes=minutes, seconds=rest)
    if hours >= 100 or not left:  # noqa: PLR2004 - minutes say nothing beside so many hours
        return words.IN_HOURS(hours=grouped(hours))
    return words.IN_HOURS_AND_MINUTES(hours=hours, minutes=left)


def _budget(gauge: Gauge) -> str:
    left = max(gauge.limit.amount - gauge.used, 0)
    told = amount_text(left, gauge.limit.unit)
    line = words.LEFT(limit=limit_text(gauge), left=told)
    if gauge.until is None:
        return line
    when = discord.utils.format_dt(gauge.until, "R")
    return f"{line}{words.BEGINS_ANEW(when=when)}"


def _with_year(day: date) -> str:
    return dated(day, words.DAY_OF_YEAR)


def _list(lines: Sequence[UsageLine]) -> Iterator[str]:
    shown, others = leading(lines)
    for place, line in enumerate(shown, start=1):
        yield f"{place}. {safe(line.label, _LABEL) or words.NAMELESS()} · {_numbers(line)}"
    if others is not None:
        yield f"… {others.label} · {_numbers(others)}"


def _numbers(line: UsageLine) -> str:
    video = words.OF_VIDEO(duration=duration(line.seconds))
    return " · ".join([_jobs(line.jobs), video, _price(line)])


def _price(line: UsageLine) -> str:
    if not line.unpriced:
        return dollars(line.micros)
    if not line.micros:
        return words.ALL_UNPRICED()
    return words.AND_UNPRICED(price=dollars(line.micros), jobs=_jobs(line.unpriced))


def _jobs(count: int) -> str:
    return words.JOBS_MADE(count)
