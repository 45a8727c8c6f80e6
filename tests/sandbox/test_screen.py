from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from sandbox.job_watch import SeenJob
from sandbox.outcome import Outcome, PostedVideo
from sandbox.screen import Screen

JOB = SeenJob("0123456789", "geeknow", "grok-video-3", "references", None, None)


def summary_of(outcome: Outcome) -> str:
    file = StringIO()
    Screen(Console(width=120, file=file)).summary(outcome)
    return file.getvalue()


def test_a_price_that_nobody_names_is_said_to_be_unknown() -> None:
    assert "unknown: this provider names none" in summary_of(Outcome(job=JOB))


def test_a_price_is_said_as_far_as_it_is_known() -> None:
    estimated = summary_of(Outcome(job=replace(JOB, estimate_micros=420_000)))
    charged = summary_of(Outcome(job=replace(JOB, cost_micros=360_000)))

    assert "$0.42 at most, as said before" in estimated
    assert "charged" not in estimated
    assert "$0.36 charged" in charged


def test_what_was_told_and_what_went_wrong_is_shown() -> None:
    shown = summary_of(Outcome(told="The video never arrived", problems=["2 charges [of one]"]))

    assert "The video never arrived" in shown
    assert "Not as it should be: 2 charges [of one]" in shown


def test_the_first_of_two_videos_has_its_own_lines() -> None:
    video = PostedVideo(Path("first.mp4"), 6.0, 1000)

    shown = summary_of(Outcome(job=JOB, source=Outcome(job=JOB, video=video, charges=2)))

    assert "job 0123456789, 6.0 s, 2 charges of its own" in shown
    assert "first.mp4" in shown


def test_nothing_of_a_first_video_that_never_was_is_shown() -> None:
    assert "made from" not in summary_of(Outcome(source=Outcome()))
