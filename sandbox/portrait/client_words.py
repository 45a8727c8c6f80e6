"""What Discord's client says by itself in a language: moments, and small words around messages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta

from bot.domain import ENGLISH


@dataclass(frozen=True, slots=True)
class ClientWords:
    """The small words around a message."""

    edited: str
    only_you: str
    see_attachment: str
    today: str
    yesterday: str
    at: str
    """Between a day and an hour."""


_WORDS: Final = {
    ENGLISH: ClientWords(
        edited="(edited)",
        only_you="Only you can see this",
        see_attachment="*Click to see attachment*",
        today="Today",
        yesterday="Yesterday",
        at=" at ",
    ),
    "pl": ClientWords(
        edited="(edytowano)",
        only_you="Tylko ty możesz to zobaczyć",
        see_attachment="*Kliknij, aby zobaczyć załącznik*",
        today="Dzisiaj",
        yesterday="Wczoraj",
        at=" o ",
    ),
    "zh-CN": ClientWords(
        edited="(已编辑)",
        only_you="只有您可以看到此消息",
        see_attachment="*点击查看附件*",
        today="今天",
        yesterday="昨天",
        at=" ",
    ),
}


def client_words(language: str) -> ClientWords:
    """Return the small words in a language; in English where nobody has written them yet."""
    return _WORDS.get(language, _WORDS[ENGLISH])


def day_and_time(moment: datetime, now: datetime, language: str = ENGLISH) -> str:
    """Say when a message was written, as it stands beside its author."""
    words = client_words(language)
    clock = moment_words(moment, "t", now, language)
    if moment.date() == now.date():
        return f"{words.today}{words.at}{clock}"
    if moment.date() == now.date() - timedelta(days=1):
        return f"{words.yesterday}{words.at}{clock}"
    if language != ENGLISH:
        return f"{moment_words(moment, 'd', now, language)} {clock}"
    return f"{moment.month:02}/{moment.day:02}/{moment.year} {clock}"


def moment_words(moment: datetime, style: str, now: datetime, language: str = ENGLISH) -> str:
    """Say a moment in one of Discord's styles (docs, Reference, Timestamp Styles)."""
    if language != ENGLISH:
        return _as_babel_says(moment, style, now, Locale.parse(language, sep="-"))
    hour = moment.hour % 12 or 12
    clock = f"{hour}:{moment:%M %p}"
    day = f"{moment:%B} {moment.day}, {moment.year}"
    return {
        "t": clock,
        "T": f"{hour}:{moment:%M:%S %p}",
        "d": f"{moment.month}/{moment.day}/{moment.year}",
        "D": day,
        "f": f"{day} at {clock}",
        "F": f"{moment:%A}, {day} at {clock}",
        "R": relative(moment, now),
    }[style]


def _as_babel_says(moment: datetime, style: str, now: datetime, locale: Locale) -> str:
    zone = moment.tzinfo
    match style:
        case "t":
            return format_time(moment, "short", tzinfo=zone, locale=locale)
        case "T":
            return format_time(moment, "medium", tzinfo=zone, locale=locale)
        case "d":
            return format_date(moment, "short", locale=locale)
        case "D":
            return format_date(moment, "long", locale=locale)
        case "R":
            return format_timedelta(moment - now, add_direction=True, locale=locale)
        case _:
            length = "full" if style == "F" else "long"
            clock = format_time(moment, "short", tzinfo=zone, locale=locale)
            return f"{format_date(moment, length, locale=locale)} {clock}"


_UNITS: Final = (
    (60, 44, "second", "a second"),
    (60, 44, "minute", "a minute"),
    (24, 21, "hour", "an hour"),
    (30.4, 25, "day", "a day"),
    (12, 10, "month", "a month"),
)
"""How many make one of the next, up to how many are counted, and their words (Discord's client
writes as the library Moment does, but counts the seconds)."""


def relative(moment: datetime, now: datetime) -> str:
    """Say how far `moment` is from `now`, as in "2 minutes ago"."""
    seconds = (moment - now).total_seconds()
    amount = abs(seconds)
    words = ""
    for size, most, unit, one in _UNITS:
        if round(amount) <= most:
            words = one if round(amount) == 1 else f"{round(amount)} {unit}s"
            break
        amount /= size
    else:
        words = "a year" if round(amount) <= 1 else f"{round(amount)} years"
    return f"in {words}" if seconds > 0 else f"{words} ago"
