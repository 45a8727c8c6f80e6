from datetime import UTC, datetime, timedelta

import pytest

from sandbox.portrait.client_words import client_words, day_and_time, moment_words, relative

NOW = datetime(2026, 9, 1, 15, 42, tzinfo=UTC)
STYLES = "tTdDfFR"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=1), "a second ago"),
        (timedelta(seconds=44), "44 seconds ago"),
        (timedelta(seconds=45), "a minute ago"),
        (timedelta(seconds=89), "a minute ago"),
        (timedelta(seconds=125), "2 minutes ago"),
        (timedelta(minutes=44), "44 minutes ago"),
        (timedelta(minutes=50), "an hour ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=22), "a day ago"),
        (timedelta(days=25), "25 days ago"),
        (timedelta(days=27), "a month ago"),
        (timedelta(days=200), "7 months ago"),
        (timedelta(days=340), "a year ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(minutes=-5), "in 5 minutes"),
        (timedelta(days=-340), "in a year"),
    ],
)
def test_a_moment_is_told_from_now(ago: timedelta, words: str) -> None:
    assert relative(NOW - ago, NOW) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "Today at 3:42 PM"),
        (NOW - timedelta(hours=15, minutes=42), "Today at 12:00 AM"),
        (NOW - timedelta(days=1), "Yesterday at 3:42 PM"),
        (NOW - timedelta(days=9), "08/23/2026 3:42 PM"),
    ],
)
def test_the_day_is_named_as_long_as_it_is_near(moment: datetime, words: str) -> None:
    assert day_and_time(moment, NOW) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "pl",
            [
                "15:42",
                "15:42:00",
                "1.09.2026",
                "1 września 2026",
                "1 września 2026 15:42",
                "wtorek, 1 września 2026 15:42",
            ],
        ),
        (
            "zh-CN",
            [
                "15:42",
                "15:42:00",
                "2026/9/1",
                "2026年9月1日",
                "2026年9月1日 15:42",
                "2026年9月1日星期二 15:42",
            ],
        ),
    ],
)
def test_a_moment_is_written_as_in_the_language(language: str, words: list[str]) -> None:
    told = [moment_words(NOW, style, NOW, language) for style in STYLES.removesuffix("R")]

    assert told == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("pl", ("Dzisiaj o 15:42", "Wczoraj o 15:42", "23.08.2026 15:42", "5 minut temu")),
        ("zh-CN", ("今天 15:42", "昨天 15:42", "2026/8/23 15:42", "5分钟前")),
    ],
)
def test_a_day_that_is_near_is_named_as_in_the_language(
    language: str, words: tuple[str, ...]
) -> None:
    ago = [NOW - timedelta(days=days) for days in (0, 1, 9)]

    told = [day_and_time(moment, NOW, language) for moment in ago]

    assert (*told, moment_words(NOW - timedelta(minutes=5), "R", NOW, language)) == words


def test_a_language_without_small_words_has_the_english_ones() -> None:
    assert len({client_words(one) for one in ("en", "pl", "zh-CN")}) == 3
    assert client_words("tlh") == client_words("en")
