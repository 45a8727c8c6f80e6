from dataclasses import replace
from datetime import timedelta

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import (
    Charge,
    Failure,
    FailureKind,
    Job,
    JobState,
    MessageKind,
    MessageState,
    OwedMessage,
)
from bot.posting import words
from bot.posting.cards import Looks, job_url
from bot.posting.shown import digest
from tests.factories import CHANNEL, make_job, make_reference, make_spec, make_video
from tests.manual_clock import START

LOOKS = Looks({"scripted": "Scripted"}, {"scripted": timedelta(minutes=20)}, shows_prices=True)


def rendering(**changes: object) -> Job:
    job = replace(make_job(JobState.RENDERING), submitted_at=START, provider_ref="r")
    return replace(job, **changes)  # type: ignore[arg-type]  # each test names fields that exist


def failed(kind: FailureKind, charge: Charge = Charge.NONE) -> Job:
    return replace(make_job(JobState.FAILED), failure=Failure(kind, charge, "raw words"))


def sent(message_id: int, *, channel_id: int = CHANNEL) -> OwedMessage:
    kind, state = MessageKind.RESULT, MessageState.SENT
    return OwedMessage("job0000001", kind, state, channel_id, 0, 1, START, message_id)


def drawn(embed: discord.Embed) -> str:
    return f"{embed.title}\n{embed.description}\n{embed.footer.text}"


@pytest.mark.parametrize("state", [state for state in JobState if state not in {"failed", "told"}])
def test_each_state_says_where_the_job_stands(state: JobState) -> None:
    card = LOOKS.card(make_job(state), now=START, result=None)

    assert words.STATE_WORDS[state]() in drawn(card)


def test_a_result_whose_prompt_is_gone_says_so() -> None:
    job = replace(make_job(JobState.POSTED), spec=make_spec(prompt=""))

    assert words.PROMPT_GONE().strip("()") in drawn(LOOKS.result(job))


def test_a_card_shows_prompt_model_length_percent_and_elapsed_time() -> None:
    job = rendering(progress=42, references=(make_reference(), make_reference()))

    card = drawn(LOOKS.card(job, now=START, result=None))

    for part in ("A fox in the snow", "42%", "▰", "Scripted", "script-1", "6 s", "720p", "3:2"):
        assert part in card
    assert "2 reference images" in card
    assert f"<t:{int(START.timestamp())}:R>" in card


def test_a_percent_that_the_provider_does_not_say_is_not_made_up() -> None:
    assert "%" not in drawn(LOOKS.card(rendering(), now=START, result=None))


def test_a_late_job_says_so_once_its_soft_deadline_has_passed() -> None:
    in_time = LOOKS.card(rendering(), now=START + timedelta(minutes=20), result=None)
    late = LOOKS.card(rendering(), now=START + timedelta(minutes=21), result=None)

    assert words.LATE() not in drawn(in_time)
    assert words.LATE() in drawn(late)


def test_a_finished_card_folds_into_one_line_with_a_link() -> None:
    card = LOOKS.card(make_job(JobState.POSTED), now=START, result=sent(55))

    assert card.description == "**Done** · [see the video](https://discord.com/channels/11/22/55)"
    assert card.footer.text == "job job0000001"


def test_a_video_that_went_out_directly_is_not_linked_as_if_it_were_here() -> None:
    direct = sent(55, channel_id=99)

    card = LOOKS.card(make_job(JobState.POSTED), now=START, result=direct)

    assert words.SENT_DIRECTLY() in drawn(card)
    assert "https://" not in drawn(card)


def test_a_finished_card_without_its_message_has_no_link() -> None:
    card = LOOKS.card(make_job(JobState.POSTED), now=START, result=None)

    assert card.description == "**Done**"


def test_the_card_looks_the_same_until_something_changes() -> None:
    later = START + timedelta(minutes=3)
    job = rendering(progress=10)

    before = digest(LOOKS.card(job, now=START, result=None))
    after = digest(LOOKS.card(job, now=later, result=None))
    moved = digest(LOOKS.card(replace(job, progress=11), now=later, result=None))

    assert before == after
    assert moved != after


@pytest.mark.parametrize("kind", FailureKind)
@pytest.mark.parametrize("charge", Charge)
def test_a_failure_says_what_happened_what_it_cost_and_what_to_do(
    kind: FailureKind, charge: Charge
) -> None:
    shown = drawn(LOOKS.failure(failed(kind, charge)))

    assert words.FAILURE_TITLES[kind]() in shown
    assert words.FAILURE_REASONS[kind]() in shown
    assert words.CHARGE_WORDS[charge]() in shown
    assert words.FAILURE_STEPS[kind]() in shown
    assert "raw words" not in shown


def test_a_result_names_size_and_real_length() -> None:
    job = replace(make_job(JobState.STORED), video=make_video())

    shown = drawn(LOOKS.result(job))

    assert "1 kB" in shown
    assert f"job {job.id}" in shown


def test_details_of_a_failed_job_say_why() -> None:
    shown = drawn(LOOKS.details(failed(FailureKind.LOST, Charge.MADE), result=None))

    assert words.FAILURE_REASONS[FailureKind.LOST]() in shown
    assert words.CHARGE_WORDS[Charge.MADE]() in shown


def test_details_of_a_posted_job_link_to_the_video() -> None:
    job = make_job(JobState.POSTED)

    assert str(job_url(job, sent(77))) in drawn(LOOKS.details(job, result=sent(77)))


@given(st.text(max_size=4000))
def test_every_prompt_stays_inside_the_limits_of_an_embed(prompt: str) -> None:
    video = make_video()
    job = replace(rendering(progress=1), spec=make_spec(prompt=prompt), video=video)
    gone = replace(failed(FailureKind.OUTCOME_UNKNOWN), spec=make_spec(prompt=prompt))

    embeds = [
        LOOKS.card(job, now=START, result=None),
        LOOKS.result(job),
        LOOKS.failure(gone),
        LOOKS.details(gone, result=sent(1)),
    ]

    for embed in embeds:
        assert len(embed.description or "") <= 4096
        assert len(embed.title or "") <= 256
        assert len(embed.footer.text or "") <= 2048
        assert len(embed) <= 6000


def test_a_removed_video_names_who_removed_it_and_why() -> None:
    job = replace(make_job(JobState.POSTED), removed_at=START, removed_by_id=77, note="no *logos*")

    for embed in (LOOKS.card(job, now=START, result=sent(5)), LOOKS.details(job, result=sent(5))):
        assert "Removed by <@77>" in drawn(embed)
        assert "Reason: no \\*logos\\*" in drawn(embed)
        assert "see the video" not in drawn(embed)


def test_a_hidden_video_says_so() -> None:
    job = replace(make_job(JobState.POSTED), hidden_at=START)

    assert "Hidden while moderators look at it" in drawn(LOOKS.card(job, now=START, result=None))
