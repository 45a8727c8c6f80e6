from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import Usage, UsageLine
from bot.posting.moderation.usage_text import duration, leading, span, usage_lines
from tests.posting.usage import make_line, make_usage

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_the_numbers_are_the_total_and_then_who_made_the_most() -> None:
    usage = make_usage(
        days=30,
        models=(make_line("Model *One*", jobs=40), make_line("Model Two", jobs=1)),
        members=(make_line("mira", jobs=41),),
        total=UsageLine("Total", jobs=41, seconds=4000, micros=12_340_000, unpriced=0),
    )

    assert usage_lines(usage) == (
        "**1 Nov to 30 Nov 2026 (UTC)**\n"
        "41 jobs · 1 h 6 min of video · $12.34\n"
        "\n"
        "**Models**\n"
        "1. Model \\*One\\* · 40 jobs · 5 min 20 s of video · $16.00\n"
        "2. Model Two · 1 job · 8 s of video · $0.40\n"
        "\n"
        "**Members**\n"
        "1. mira · 41 jobs · 5 min 28 s of video · $16.40"
    )


def test_jobs_of_unknown_price_are_counted_beside_the_money() -> None:
    usage = make_usage(
        models=(
            UsageLine("some", jobs=3, seconds=24, micros=800_000, unpriced=1),
            UsageLine("all", jobs=2, seconds=16, micros=0, unpriced=2),
        )
    )

    text = usage_lines(usage)
    assert "$0.80 and 1 job of unknown price" in text
    assert "2 jobs · 16 s of video · price unknown" in text


def test_a_time_without_jobs_is_said_in_a_sentence() -> None:
    text = usage_lines(make_usage(jobs=0))

    assert text == "**1 Nov 2026 (UTC)**\nNothing was made in this time."


def test_more_lines_than_are_shown_are_put_together() -> None:
    usage = make_usage(members=tuple(make_line(f"m{number}", jobs=2) for number in range(20)))

    text = usage_lines(usage)
    assert "8. m7 ·" in text
    assert "m8" not in text
    assert text.endswith("\n… 12 others · 24 jobs · 3 min 12 s of video · $9.60")


@pytest.mark.parametrize(
    ("count", "shown", "has_others"), [(0, 0, False), (9, 9, False), (10, 8, True)]
)
def test_a_single_line_too_many_is_shown_rather_than_called_others(
    count: int, shown: int, *, has_others: bool
) -> None:
    lines, others = leading([make_line("x", jobs=1)] * count)

    assert len(lines) == shown
    assert (others is not None) is has_others


def test_the_longest_labels_and_numbers_fit_an_embed_and_break_nothing() -> None:
    label = "@everyone *_`|\u202e" * 300
    line = UsageLine(label, jobs=2**63, seconds=2**63, micros=2**63, unpriced=2**63)
    usage = make_usage(models=(line,) * 20, members=(line,) * 20, total=line)

    text = usage_lines(usage)
    assert len(text) <= 4000
    assert "@everyone" not in text
    assert "\u202e" not in text


def test_a_member_without_a_name_that_can_be_seen_is_called_so() -> None:
    text = usage_lines(make_usage(members=(make_line("\u200b\u202e", jobs=1),)))

    assert "1. (no name) · 1 job" in text


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (100 * 3600 + 60, "100 h"),
        (5000 * 3600, "5,000 h"),
    ],
)
def test_lengths_are_written_in_two_units_at_most(seconds: int, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(0), "1 Nov 2026 (UTC)"),
        (timedelta(hours=12), "1 Nov 2026 (UTC)"),
        (timedelta(hours=12, microseconds=1), "1 Nov to 2 Nov 2026 (UTC)"),
        (timedelta(days=61), "1 Nov 2026 to 1 Jan 2027 (UTC)"),
    ],
)
def test_the_span_names_the_days_that_it_touches(length: timedelta, shown: str) -> None:
    usage: Usage = replace(make_usage(), since=NOON, until=NOON + length)

    assert span(usage) == shown
