from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.domain import Charge, Failure, FailureKind, Job, JobState, Mode, Pause, PauseReason
from bot.posting import words
from bot.posting.cards import Looks
from bot.posting.shown import digest
from tests.factories import make_job, make_reference, make_spec, make_video
from tests.manual_clock import START

TITLES = {"scripted": "Scripted"}
PLAIN = Looks(TITLES, {})
PRICED = Looks(TITLES, {}, shows_prices=True)
PUBLIC = Looks(TITLES, {}, publishes_images=lambda job: job.spec.model == "script-1")


def made(
    mode: Mode, state: JobState = JobState.RENDERING, source: str | None = "src0000001"
) -> Job:
    return replace(make_job(state), spec=replace(make_spec(), mode=mode), source_id=source)


def footer(embed: discord.Embed) -> list[str]:
    return str(embed.footer.text).split(" · ")


def card(looks: Looks, job: Job, pause: Pause | None = None) -> discord.Embed:
    return looks.card(job, now=START, result=None, pause=pause)


def failed(charge: Charge, **changes: int) -> Job:
    job = make_job(JobState.FAILED)
    failure = Failure(FailureKind.PROVIDER_ERROR, charge)
    return replace(job, failure=failure, **changes)  # type: ignore[arg-type]  # amounts only


def test_a_card_names_the_look_that_was_asked_for_and_the_model_that_makes_it() -> None:
    spec = replace(make_spec(), provider="other", model="other-2")
    job = replace(make_job(), look="fast", spec=spec)

    facts = footer(card(PLAIN, job))

    assert facts[:4] == ["other", "other-2", "look: fast", "6 s"]


@pytest.mark.parametrize("mode", [Mode.TEXT, Mode.IMAGE, Mode.REFERENCES])
def test_a_video_from_nothing_but_words_and_images_says_its_length(mode: Mode) -> None:
    facts = footer(card(PLAIN, made(mode, source=None)))

    assert facts == ["Scripted", "script-1", "6 s", "720p", "3:2", "job job0000001"]


def test_a_shape_that_is_left_to_the_provider_is_not_named() -> None:
    job = replace(make_job(), spec=replace(make_spec(), aspect_ratio=None))

    assert footer(card(PLAIN, job)) == ["Scripted", "script-1", "6 s", "720p", "job job0000001"]


def test_an_edit_names_the_job_whose_video_it_changes() -> None:
    facts = footer(card(PLAIN, made(Mode.EDIT)))

    assert facts[2:4] == ["edit of job src0000001", "6 s"]


def test_an_extension_says_what_it_is_added_to_and_by_how_much() -> None:
    facts = footer(card(PLAIN, made(Mode.EXTEND)))

    assert facts[2:4] == ["extends job src0000001 by 6 s", "720p"]


def test_a_finished_extension_says_how_long_it_is_now() -> None:
    job = replace(made(Mode.EXTEND, JobState.STORED), video=replace(make_video(), seconds=14.0))

    facts = footer(PLAIN.result(job))

    assert facts[2:4] == ["extends job src0000001 by 6 s", "14 s"]


@pytest.mark.parametrize("mode", [Mode.EDIT, Mode.EXTEND])
def test_a_source_that_no_row_names_is_not_made_up(mode: Mode) -> None:
    assert footer(card(PLAIN, made(mode, source=None)))[2] == "6 s"


@pytest.mark.parametrize(
    ("count", "words_of_it"), [(1, "1 reference image"), (3, "3 reference images")]
)
def test_images_are_counted(count: int, words_of_it: str) -> None:
    job = replace(make_job(), references=(make_reference(),) * count)

    assert words_of_it in footer(card(PLAIN, job))


@pytest.mark.parametrize(
    ("estimate", "cost", "shown"),
    [
        (420_000, None, "about $0.42 at most"),
        (None, None, "price unknown"),
        (420_000, 300_000, "charged $0.30"),
        (None, 500, "charged $0.0005"),
    ],
)
def test_where_prices_are_shown_a_job_says_what_it_costs(
    estimate: int | None, cost: int | None, shown: str
) -> None:
    job = replace(make_job(), estimate_micros=estimate, cost_micros=cost)
    stored = replace(job, state=JobState.STORED, video=make_video())

    for embed in (card(PRICED, job), PRICED.result(stored), PRICED.details(job, result=None)):
        assert shown in footer(embed)
    assert not any("$" in fact or "price" in fact for fact in footer(card(PLAIN, job)))


@pytest.mark.parametrize(
    ("charge", "cost", "shown"),
    [
        (Charge.MADE, 300_000, "charged $0.30"),
        (Charge.POSSIBLE, None, "about $0.42 at most"),
        (Charge.MADE, None, "about $0.42 at most"),
    ],
)
def test_a_failure_that_may_have_cost_something_says_how_much(
    charge: Charge, cost: int | None, shown: str
) -> None:
    job = replace(failed(charge, estimate_micros=420_000), cost_micros=cost)

    assert shown in footer(PRICED.failure(job))


def test_beside_nothing_was_charged_stands_no_estimate() -> None:
    embed = PRICED.failure(failed(Charge.NONE, estimate_micros=420_000))

    assert words.CHARGE_WORDS[Charge.NONE]() in str(embed.description)
    assert "$" not in str(embed.footer.text)


def test_the_answer_says_what_is_made() -> None:
    assert "Accepted as job `job0000001`: script-1, 6 s. Its card" in PLAIN.accepted(make_job())
    assert "script-1, edit of job src0000001, 6 s." in PLAIN.accepted(made(Mode.EDIT))
    assert "script-1, extends job src0000001 by 6 s." in PLAIN.accepted(made(Mode.EXTEND))


@pytest.mark.parametrize(
    ("estimate", "shown"), [(420_000, "about $0.42 at most"), (None, "price unknown")]
)
def test_where_prices_are_shown_the_answer_names_one(estimate: int | None, shown: str) -> None:
    job = replace(make_job(), estimate_micros=estimate)

    assert f"script-1, 6 s, {shown}. Its card" in PRICED.accepted(job)
    assert shown not in PLAIN.accepted(job)


def test_the_answer_says_when_images_are_going_to_be_public() -> None:
    job = replace(make_job(), references=(make_reference(),))
    elsewhere = replace(job, spec=replace(job.spec, model="script-2"))

    assert words.IMAGES_ARE_SHOWN() in PUBLIC.accepted(job)
    assert words.IMAGES_ARE_SHOWN() not in PUBLIC.accepted(elsewhere)
    assert words.IMAGES_ARE_SHOWN() not in PUBLIC.accepted(make_job())
    assert words.IMAGES_ARE_SHOWN() not in PLAIN.accepted(job)


def pause(reason: PauseReason = PauseReason.KEY) -> Pause:
    return Pause("scripted", reason, "their raw words", START, START + timedelta(minutes=1), 0)


def test_a_job_that_waits_for_a_paused_service_says_so_plainly() -> None:
    job = make_job(JobState.RESERVED)

    waiting = card(PLAIN, job, pause())

    assert str(waiting.description).endswith(words.PAUSED())
    assert digest(waiting) != digest(card(PLAIN, job))
    assert words.PAUSED() in str(PLAIN.details(job, result=None, pause=pause()).description)


@pytest.mark.parametrize(
    "state",
    [
        JobState.SUBMITTING,
        JobState.RENDERING,
        JobState.RENDERED,
        JobState.STORED,
        JobState.POSTED,
    ],
)
def test_a_job_that_does_not_wait_says_nothing_of_the_pause(state: JobState) -> None:
    job = make_job(state)

    shown = [
        card(PLAIN, job, pause()),
        PLAIN.details(job, result=None, pause=pause(), is_moderator=True),
    ]

    assert shown == [card(PLAIN, job), PLAIN.details(job, result=None)]


@pytest.mark.parametrize("reason", PauseReason)
def test_a_moderator_reads_why_a_service_is_paused_in_our_words(reason: PauseReason) -> None:
    job = make_job(JobState.RESERVED)

    shown = str(PLAIN.details(job, result=None, pause=pause(reason), is_moderator=True).description)
    plain = str(PLAIN.details(job, result=None, pause=pause(reason)).description)

    assert words.PAUSE_REASONS[reason]() in shown
    assert f"<t:{int(START.timestamp())}:f>" in shown
    assert words.PAUSE_REASONS[reason]() not in plain
    assert "raw words" not in shown + plain


def test_a_video_made_from_another_says_the_size_that_it_came_out_in() -> None:
    small = replace(make_video(), width=854, height=480)
    edited = replace(made(Mode.EDIT), video=small)
    waiting = made(Mode.EDIT)

    assert "480p" in footer(PLAIN.result(edited))
    assert "720p" in footer(PLAIN.result(waiting))
