"""Writes what a job can expect in a few words that seldom change, because a card is edited then."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.domain import Job, JobState, Outlook, Pause, QueuePlace, Span, is_foreseen
from bot.posting import words_outlook as words

_ROUGH: Final = (20, 50, 100, 200, 500, 1000)
"""Beyond the first of these a queue is told in steps: the cards of a long one must not all be
edited whenever one job leaves it."""
_MINUTE: Final = 60
_SHORT_STEP: Final = 10
_FEW_MINUTES: Final = 10 * _MINUTE
_LONG_STEP: Final = 5 * _MINUTE


@dataclass(frozen=True, slots=True)
class OutlookText:
    """The pieces of what a job can expect; each may be empty."""

    place: str = ""
    usual: str = ""


def outlook_text(job: Job, outlook: Outlook | None, pause: Pause | None = None) -> OutlookText:
    """Say what a job can expect; nothing as long as it waits for its provider to be mended.

    That nobody knows how long it takes is said where no percent tells how far it is.
    """
    waits = job.state is JobState.RESERVED
    is_paused = waits and pause is not None
    if outlook is None or is_paused or not is_foreseen(job):
        return OutlookText()
    place = "" if outlook.place is None else place_text(outlook.place)
    if outlook.usual is None:
        return OutlookText(place, "" if job.progress is not None else words.NOT_KNOWN())
    usually = words.THEN_USUALLY if waits else words.USUALLY
    return OutlookText(place, usually(time=span_text(outlook.usual)))


def place_text(place: QueuePlace) -> str:
    """Say where a job stands: exactly near the front, roughly far behind it."""
    before = place.number - 1
    if before == 0:
        return words.NEXT()
    if before >= _ROUGH[0]:
        return words.FAR(count=_ROUGH[bisect_right(_ROUGH, before) - 1])
    if place.total <= _ROUGH[0]:
        return words.PLACE(number=place.number, total=place.total)
    total = _ROUGH[bisect_left(_ROUGH, place.total) - 1]
    return words.PLACE_OF_MANY(number=place.number, total=total)


def span_text(span: Span) -> str:
    """Write from when to when, rounded away from the middle: what is said stays true."""
    low, high = _rounded_down(span.shortest), _rounded_up(span.longest)
    if low == 0:
        return words.UP_TO(time=_time(high))
    if low == high:
        return words.ABOUT(time=_time(low))
    if high < _MINUTE:
        return words.SECONDS_BETWEEN(low=low, high=high)
    if low >= _MINUTE:
        return words.MINUTES_BETWEEN(low=low // _MINUTE, high=high // _MINUTE)
    return words.BETWEEN(low=_time(low), high=_time(high))


def _time(seconds: int) -> str:
    if seconds < _MINUTE:
        return words.SECONDS(number=seconds)
    return words.MINUTES(number=seconds // _MINUTE)


def _rounded_down(took: timedelta) -> int:
    seconds = max(0, int(took.total_seconds()))
    return seconds - seconds % _step(seconds)


def _rounded_up(took: timedelta) -> int:
    seconds = max(1, int(took.total_seconds()))
    return seconds + -seconds % _step(seconds)


def _step(seconds: int) -> int:
    if seconds < _MINUTE:
        return _SHORT_STEP
    return _MINUTE if seconds < _FEW_MINUTES else _LONG_STEP
