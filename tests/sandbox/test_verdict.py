from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain import JobState, Mode
from sandbox.discord_api.runs import Ack
from sandbox.discord_api.state import Attachment, Message
from sandbox.job_watch import SeenJob
from sandbox.outcome import Outcome, PostedVideo
from sandbox.plan import Plan, choose
from sandbox.verdict import judge

LOG = Path("bot.log")
REQUESTER = 7
JOB = SeenJob(
    id="0123456789",
    provider="xai",
    model="grok-imagine-video",
    mode="text",
    estimate_micros=140_000,
    cost_micros=140_000,
)


def good(seconds: float = 2.0, job: SeenJob = JOB) -> Outcome:
    return Outcome(
        job=job,
        states=["reserved", "posted"],
        messages=2,
        final_messages=1,
        charges=1,
        charged_ticks=1_400_000_000,
        video=PostedVideo(Path("video.mp4"), seconds, 1000),
        exit_code=0,
    )


def plan_for(mode: Mode | None = None, kill_at: JobState | None = None) -> Plan:
    return Plan(out=Path(), entry=choose("xai"), seconds=2, mode=mode, kill_at=kill_at)


def extended(seconds: float, mode: str = "extend") -> Outcome:
    outcome = good(seconds, replace(JOB, mode=mode))
    outcome.source = good()
    return outcome


def test_what_is_as_it_should_be_has_no_problem() -> None:
    assert judge(plan_for(), good(), LOG) == []
    assert judge(plan_for(Mode.EXTEND), extended(8.1), LOG) == []


CHANGES: dict[str, tuple[Callable[[Outcome], object], str]] = {
    "two answers": (
        lambda outcome: setattr(outcome, "final_messages", 2),
        "2 final messages instead of one",
    ),
    "two charges": (lambda outcome: setattr(outcome, "charges", 2), "2 charges instead of one"),
    "a job left": (
        lambda outcome: outcome.states.append("rendering"),
        "the job was left in rendering",
    ),
    "no video": (lambda outcome: setattr(outcome, "video", None), "no video arrived"),
    "no job": (lambda outcome: setattr(outcome, "job", None), "there is no job"),
    "an end by a signal": (
        lambda outcome: setattr(outcome, "exit_code", -9),
        "the bot ended with -9; see bot.log",
    ),
    "another model": (
        lambda outcome: setattr(outcome, "job", replace(JOB, model="other")),
        "xai/other made it, not xai/grok-imagine-video",
    ),
    "another sum than the till's": (
        lambda outcome: setattr(outcome, "charged_ticks", 1),
        "the row has a cost of 140000 micro-dollars, the till of 1",
    ),
    "dearer than was said": (
        lambda outcome: setattr(outcome, "job", replace(JOB, estimate_micros=1)),
        "it cost 140000 micro-dollars, more than 1 as said",
    ),
}


@pytest.mark.parametrize(("change", "problem"), CHANGES.values(), ids=CHANGES.keys())
def test_what_is_not_as_it_should_be_is_named(
    change: Callable[[Outcome], object], problem: str
) -> None:
    outcome = good()
    change(outcome)

    assert judge(plan_for(), outcome, LOG) == [problem]


@pytest.mark.parametrize(
    ("mode", "outcome", "problem"),
    [
        (Mode.EXTEND, extended(2.0), "the video lasts 2.0 s instead of 8 s"),
        (Mode.EDIT, extended(8.0, "edit"), "the video lasts 8.0 s instead of 2 s"),
        (Mode.EDIT, extended(2.0, "text"), "the job was to edit, but its mode is text"),
    ],
    ids=["not longer", "not the same", "not edited"],
)
def test_a_second_video_is_held_against_the_first(
    mode: Mode, outcome: Outcome, problem: str
) -> None:
    assert judge(plan_for(mode), outcome, LOG) == [problem]


def test_problems_of_the_first_of_two_videos_are_told_as_such() -> None:
    outcome = extended(8.0)
    assert outcome.source is not None
    outcome.source.charges = 2

    assert judge(plan_for(Mode.EXTEND), outcome, LOG) == [
        "the first video: 2 charges instead of one"
    ]


def test_a_kill_while_submitting_has_to_end_in_words() -> None:
    outcome = good()
    outcome.video = None
    plan = plan_for(kill_at=JobState.SUBMITTING)

    assert judge(plan, outcome, LOG) == ["an unknown outcome was not told"]
    outcome.told = "Nobody knows"
    assert judge(plan, outcome, LOG) == []


def final(*attachments: Attachment, pinged: int = REQUESTER) -> Message:
    return Message(
        id=1,
        channel_id=2,
        author_id=3,
        created_at=datetime.now(UTC),
        embeds=[{"title": "No video"}],
        attachments=list(attachments),
        pinged=frozenset({pinged}),
    )


async def test_an_answer_that_is_no_video_or_pings_somebody_else_is_a_problem(
    tmp_path: Path,
) -> None:
    outcome = Outcome()
    page = Attachment(1, "grok-0123456789.mp4", "video/mp4", b"<html>", "/x")

    await outcome.keep(final(page, pinged=8), REQUESTER, tmp_path)

    pings, file = outcome.problems
    assert pings == "the answer did not ping the requester alone"
    assert file.startswith("the posted file is no video")
    assert outcome.video is None


async def test_an_answer_without_a_file_is_kept_as_what_was_told(tmp_path: Path) -> None:
    outcome = Outcome()

    await outcome.keep(final(), REQUESTER, tmp_path)

    assert (outcome.told, outcome.problems) == ("No video", [])


def test_an_acknowledgement_in_public_is_a_problem() -> None:
    outcome = Outcome()

    outcome.heed(Ack(type=5, is_ephemeral=False, seconds=0.0123))

    assert outcome.ack_milliseconds == 12.3
    assert outcome.problems == ["the command was not acknowledged for the member alone"]


def test_what_nobody_knows_is_null_in_json() -> None:
    written = Outcome(source=Outcome()).as_json()

    assert (written["provider"], written["cost_usd"], written["video"]) == (None, None, None)
    assert written["source"] == {"job": None, "charges": 0, "cost_usd": None, "video": None}
