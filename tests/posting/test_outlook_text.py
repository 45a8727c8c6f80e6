from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Hold, Job, JobState, Outlook, Pause, PauseReason, QueuePlace, Span
from bot.language import languages, speaking
from bot.posting import words_outlook as words
from bot.posting.outlook_text import (
    OutlookText,
    outlook_text,
    place_text,
    span_text,
)
from bot.posting.own_jobs import own_jobs_embed
from bot.posting.progress import progress_lines
from tests.factories import make_job, make_spec
from tests.manual_clock import START

PAUSE = Pause("scripted", PauseReason.KEY, "401", START, START, 0)
USUAL = Span(timedelta(seconds=72), timedelta(seconds=170))
TIMES = st.integers(0, 10_000).map(lambda seconds: timedelta(seconds=seconds))


def rendering(progress: int | None = None) -> Job:
    job = replace(make_job(JobState.RENDERING), submitted_at=START + timedelta(minutes=1))
    return replace(job, progress=progress)


@pytest.mark.parametrize(
    ("shortest", "longest", "told"),
    [
        (0, 0, "up to 10 s"),
        (3, 8, "up to 10 s"),
        (3, 75, "up to 2 min"),
        (21, 39, "20 to 40 s"),
        (21, 59, "20 s to 1 min"),
        (20, 20, "about 20 s"),
        (45, 170, "40 s to 3 min"),
        (60, 60, "about 1 min"),
        (72, 170, "1 to 3 min"),
        (400, 660, "6 to 15 min"),
        (725, 1600, "10 to 30 min"),
    ],
)
def test_a_span_is_rounded_so_that_it_stays_true(shortest: int, longest: int, told: str) -> None:
    span = Span(timedelta(seconds=shortest), timedelta(seconds=longest))

    assert span_text(span) == told


@pytest.mark.parametrize(
    ("number", "total", "told"),
    [
        (1, 1, "next in the queue"),
        (1, 900, "next in the queue"),
        (3, 7, "place 3 of 7 in the queue"),
        (20, 20, "place 20 of 20 in the queue"),
        (20, 21, "place 20 of over 20 in the queue"),
        (3, 500, "place 3 of over 200 in the queue"),
        (21, 21, "over 20 others go first"),
        (60, 900, "over 50 others go first"),
        (5000, 5000, "over 1000 others go first"),
    ],
)
def test_a_place_is_exact_near_the_front_only(number: int, total: int, told: str) -> None:
    assert place_text(QueuePlace(number, total)) == told


def test_a_long_queue_that_moves_changes_few_cards() -> None:
    before = [place_text(QueuePlace(number, 1000)) for number in range(2, 1001)]
    after = [place_text(QueuePlace(number, 999)) for number in range(1, 1000)]

    assert sum(one != other for one, other in zip(before, after, strict=True)) < 30


@given(TIMES, TIMES)
def test_every_span_can_be_said_in_every_language(one: timedelta, other: timedelta) -> None:
    span = Span(min(one, other), max(one, other))

    for language in languages():
        with speaking(language):
            assert 0 < len(span_text(span)) < 40


def test_a_job_that_waits_is_told_its_place_and_what_comes_then() -> None:
    outlook = Outlook(QueuePlace(2, 3), USUAL)

    assert outlook_text(make_job(), outlook) == OutlookText(
        "place 2 of 3 in the queue", "then it usually takes 1 to 3 min"
    )


def test_what_is_not_known_is_said_in_words() -> None:
    assert outlook_text(rendering(), Outlook()) == OutlookText(usual=words.NOT_KNOWN())


def test_where_a_percent_tells_how_far_it_is_nothing_has_to_be_admitted() -> None:
    assert outlook_text(rendering(40), Outlook()) == OutlookText()


@pytest.mark.parametrize("state", [JobState.RENDERED, JobState.STORED, JobState.POSTED])
def test_of_a_video_that_is_made_nothing_is_foreseen(state: JobState) -> None:
    assert outlook_text(make_job(state), Outlook(usual=USUAL)) == OutlookText()


def test_what_is_held_or_waits_for_a_service_out_of_order_is_promised_nothing() -> None:
    outlook = Outlook(QueuePlace(1, 1), USUAL)

    assert outlook_text(replace(make_job(), held_for=Hold.REVIEW), outlook) == OutlookText()
    assert outlook_text(make_job(), outlook, PAUSE) == OutlookText()
    assert outlook_text(rendering(), outlook, PAUSE).usual == "usually 1 to 3 min"


def test_a_service_that_names_no_percent_is_told_by_elapsed_and_usual_time() -> None:
    lines = [*progress_lines(rendering(), Outlook(usual=USUAL), None, is_late=False)]

    began = int((START + timedelta(minutes=1)).timestamp())
    assert lines == ["**Rendering**", f"Started <t:{began}:R> · usually 1 to 3 min"]


def test_the_percent_of_a_service_is_drawn() -> None:
    lines = [*progress_lines(rendering(50), Outlook(usual=USUAL), None, is_late=False)]

    assert lines[1] == "▰▰▰▰▰▰▱▱▱▱▱▱ 50%"


def test_a_job_that_waits_has_not_started() -> None:
    lines = [*progress_lines(make_job(), Outlook(QueuePlace(1, 1), USUAL), None, is_late=False)]

    assert lines == [
        "**Waiting for its turn** · next in the queue",
        f"Asked <t:{int(START.timestamp())}:R> · then it usually takes 1 to 3 min",
    ]


@pytest.mark.parametrize("language", languages())
def test_a_page_of_the_longest_lines_fits_into_an_embed(language: str) -> None:
    jobs = [
        replace(make_job(number=number), spec=make_spec(prompt="*" * 1000)) for number in range(8)
    ]
    link = f"https://discord.com/channels/{9 * 10**18}/{9 * 10**18}/{9 * 10**18}"
    outlook = Outlook(QueuePlace(19, 1999), Span(timedelta(seconds=40), timedelta(hours=20)))

    with speaking(language):
        embed = own_jobs_embed(
            jobs,
            {job.id: link for job in jobs},
            {job.id: outlook for job in jobs},
            {},
            page=0,
        )

    assert len(embed.description or "") <= 4096
