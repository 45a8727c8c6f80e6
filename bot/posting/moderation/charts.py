"""The usage as a picture: by day, by model and by member."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Final

from bot.domain import ENGLISH, DayUsage, Usage, UsageLine
from bot.language import speaking, spoken
from bot.posting.moderation import words_usage as words
from bot.posting.moderation.sheet import FEWEST_COLUMNS, QUIET, TRACK, Box, Sheet, draws
from bot.posting.moderation.usage_text import duration, leading, short_day, span
from bot.posting.text import dollars

JOBS_COLOR: Final = "#8ea1ff"
VIDEO_COLOR: Final = "#4fc3b7"
MONEY_COLOR: Final = "#f0b232"
OTHERS_COLOR: Final = "#949ba4"

_TURN: Final = threading.Lock()
"""Matplotlib is not safe to use by two threads. A lock of threads and not of tasks, since a task
that is cancelled leaves its thread drawing."""

_WIDTH: Final = 1100
"""Pixels: twice of what Discord gives a picture in a channel, for dense screens."""
_MARGIN: Final = 36
_GAP: Final = 44
_LARGE, _MIDDLE, _SMALL = 34, 24, 21
"""Pixels of type; Discord shows half of them."""
_EMPTY_HEIGHT: Final = 250
_LISTS_TOP: Final = 340
_ROW: Final = 42
_MOST_BARS: Final = 62
"""Two months of days; of more bars one could not tell one from the next."""
_WEEK: Final = 7
_SHORT_NUMBER: Final = 100_000
_SHORT_MONEY_MICROS: Final = 10_000 * 1_000_000


async def usage_chart(usage: Usage, *, title: str) -> bytes:
    """Draw the usage in a thread; charts that are wanted at the same time wait for each other."""
    return await asyncio.to_thread(draw_usage, usage, title=title)


def draw_usage(usage: Usage, *, title: str) -> bytes:
    """Draw the usage as a PNG; labels and title are foreign text and need no preparation."""
    # A sheet that lacks the letters of a language is better read in another one.
    language = spoken() if draws(words.NOTHING()) else ENGLISH
    with _TURN, speaking(language):
        return _drawn(usage, title).png()


def _drawn(usage: Usage, title: str) -> Sheet:
    if not usage.total.jobs:
        sheet = Sheet(_WIDTH, _EMPTY_HEIGHT)
        _head(sheet, usage, title)
        sheet.write(words.NOTHING(), _WIDTH / 2, 155, size=28, color=QUIET, align="center")
        return sheet
    models, members = _rows(usage.models), _rows(usage.members)
    longest = max(len(models), len(members))
    sheet = Sheet(_WIDTH, _LISTS_TOP + 12 + longest * _ROW + _MARGIN)
    _head(sheet, usage, title)
    _trends(sheet, usage)
    width = (_WIDTH - 2 * _MARGIN - _GAP) / 2
    _ranking(sheet, words.MODELS(), models, left=_MARGIN, width=width)
    _ranking(sheet, words.MEMBERS(), members, left=_MARGIN + width + _GAP, width=width)
    return sheet


def _head(sheet: Sheet, usage: Usage, title: str) -> None:
    days = span(usage)
    right = _WIDTH - _MARGIN
    room = right - _MARGIN - sheet.width_of(days, _MIDDLE) - _GAP
    sheet.write(title, _MARGIN, 58, size=_LARGE, room=room)
    sheet.write(days, right, 58, size=_MIDDLE, color=QUIET, align="right")


def _trends(sheet: Sheet, usage: Usage) -> None:
    bars = _bars(usage.days)
    jobs = [bar.jobs for bar in bars]
    seconds = [bar.seconds for bar in bars]
    micros = [bar.micros for bar in bars]
    total = usage.total
    width = (_WIDTH - 2 * _MARGIN - 2 * _GAP) / 3
    for place, (name, whole, values, peak, color) in enumerate(
        (
            (words.JOBS, rounded(total.jobs), jobs, rounded(max(jobs)), JOBS_COLOR),
            (words.VIDEO, _length(total.seconds), seconds, _length(max(seconds)), VIDEO_COLOR),
            (words.MONEY, _price(total), micros, _money(max(micros)), MONEY_COLOR),
        )
    ):
        left = _MARGIN + place * (width + _GAP)
        sheet.write(name(), left, 108, size=_MIDDLE, color=color)
        sheet.write(whole, left, 148, size=_LARGE, room=width)
        sheet.columns(values, Box(left, 164, width, 104), color=color)
        if len(bars) > 1 and any(values):
            text = words.PEAK(peak=peak)
            sheet.write(text, left + width, 108, size=_SMALL, color=QUIET, align="right")
        _dates(sheet, usage.days, left=left, width=width)


def _dates(sheet: Sheet, days: Sequence[DayUsage], *, left: float, width: float) -> None:
    first, last = short_day(days[0].day), short_day(days[-1].day)
    middle = (words.BY_DAY if len(days) <= _MOST_BARS else words.BY_WEEK)()
    if len(days) < FEWEST_COLUMNS:
        middle = first if first == last else words.DAYS(first=first, last=last)
    else:
        sheet.write(first, left, 294, size=_SMALL, color=QUIET)
        sheet.write(last, left + width, 294, size=_SMALL, color=QUIET, align="right")
    sheet.write(middle, left + width / 2, 294, size=_SMALL, color=QUIET, align="center")


def _ranking(
    sheet: Sheet, title: str, rows: Sequence[tuple[UsageLine, str]], *, left: float, width: float
) -> None:
    right = left + width
    sheet.write(title, left, _LISTS_TOP, size=_MIDDLE, color=JOBS_COLOR)
    sheet.write(words.COLUMNS(), right, _LISTS_TOP, size=_SMALL, color=QUIET, align="right")
    peak = max((line.jobs for line, _ in rows), default=0)
    for place, (line, color) in enumerate(rows):
        top = _LISTS_TOP + 12 + place * _ROW
        numbers = f"{rounded(line.jobs)} · {_price(line)}"
        room = width - sheet.width_of(numbers, _MIDDLE) - 20
        label = sheet.fitted(line.label, _MIDDLE, room) or words.NAMELESS()
        sheet.write(label, left, top + 25, size=_MIDDLE)
        sheet.write(numbers, right, top + 25, size=_MIDDLE, align="right")
        sheet.bar(1, Box(left, top + 33, width, 5), color=TRACK)
        sheet.bar(line.jobs / peak if peak else 0, Box(left, top + 33, width, 5), color=color)


def _rows(lines: Sequence[UsageLine]) -> list[tuple[UsageLine, str]]:
    shown, others = leading(lines)
    rows = [(line, JOBS_COLOR) for line in shown]
    return rows if others is None else [*rows, (others, OTHERS_COLOR)]


def _bars(days: Sequence[DayUsage]) -> list[DayUsage]:
    if len(days) <= _MOST_BARS:
        return list(days)
    # The first week is the one with days missing: a short last one would look like a decline.
    ends = range(len(days), 0, -_WEEK)
    weeks = [days[max(end - _WEEK, 0) : end] for end in reversed(ends)]
    return [
        DayUsage(
            day=week[0].day,
            jobs=sum(day.jobs for day in week),
            seconds=sum(day.seconds for day in week),
            micros=sum(day.micros for day in week),
        )
        for week in weeks
    ]


def rounded(number: float) -> str:
    """Write a number in a few characters, rounded where it is long."""
    if number < _SHORT_NUMBER:
        return f"{number:,.0f}"
    for unit in ("k", "M", "B"):
        number /= 1000
        if number < 999.5:  # noqa: PLR2004 - from there on three figures round up to a thousand
            return f"{number:.3g}{unit}"
    return f"{number / 1000:,.0f}T"


def _length(seconds: int) -> str:
    hours = seconds // 3600
    return f"{rounded(hours)} h" if hours >= _SHORT_NUMBER else duration(seconds)


def _money(micros: int) -> str:
    if micros < _SHORT_MONEY_MICROS:
        return dollars(micros)
    return f"${rounded(micros / 1_000_000)}"


def _price(line: UsageLine) -> str:
    if not line.unpriced:
        return _money(line.micros)
    return words.AT_LEAST(price=_money(line.micros)) if line.micros else words.UNKNOWN()
