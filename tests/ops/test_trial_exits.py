import asyncio
import logging
import signal
from asyncio.subprocess import Process
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.domain import Charge, Failure, FailureKind, Inputs, PauseReason, VideoSpec
from bot.media.video import VideoFacts
from bot.ops.trials.trial import Made, NotMade
from bot.ops.trials.trial_command import perform
from bot.ops.trials.trial_plan import Plan
from bot.ops.trials.trial_screen import TrialExit, TrialScreen
from bot.settings import Settings
from sandbox.canned import CannedReply
from sandbox.geeknow import GeekNowStandIn
from tests.manual_clock import START, ManualClock
from tests.ops.trial_desk import process, settings_for, trial_words

SPEC = VideoSpec("geeknow", "grok-video-3", "a fox", 1, "720p", None)
PLAN = Plan("GeekNow", "http://127.0.0.1", "Grok Video 3", SPEC, Inputs(), 420_000)
LOST = Failure(FailureKind.LOST, Charge.MADE, "its file can't be had")
UNKNOWN = Failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, "The reply was lost")
REFUSED = Failure(FailureKind.REFUSED, Charge.POSSIBLE)
NO_KEY = Failure(FailureKind.PROVIDER_ERROR, Charge.NONE, "GeekNow answered 401: [/no] key")


@pytest.fixture
def paper() -> StringIO:
    return StringIO()


@pytest.fixture
def screen(paper: StringIO) -> TrialScreen:
    return TrialScreen(Console(file=paper, width=100), PLAN, ManualClock())


async def end_of(process: Process) -> tuple[int, str]:
    out, errors = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode is not None
    return process.returncode, (out + errors).decode()


async def line_with(process: Process, words: str) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while line := await process.stdout.readline():
            if words in line.decode():
                return line.decode()
    raise AssertionError(f"it never said {words}")


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("reply", "words", "code", "said"),
    [
        (CannedReply(), (), 0, ".mp4"),
        (
            CannedReply(400, {"message": "prompt blocked by moderation"}),
            (),
            2,
            "The video service declined this request",
        ),
        (CannedReply(), ("--seconds", "99"), 2, "Nothing was sent."),
        (CannedReply(401, {"message": "Invalid token"}), (), 3, "PROVIDERS__GEEKNOW__API_KEY"),
        (CannedReply(accepts=True, drop=True), (), 4, "Nobody knows whether this video was"),
        (CannedReply(), ("--base-url", "http://10.0.0.1"), 78, "ALLOW_PRIVATE_HOSTS=10.0.0.1"),
    ],
)
async def test_the_exit_code_tells_what_became_of_it(
    geeknow: GeekNowStandIn,
    tmp_path: Path,
    reply: CannedReply,
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    geeknow.on_create.then(reply)
    words = (*trial_words(geeknow, "grok-video-3"), "--seconds", "1", "--yes", *words)

    async with process(tmp_path, settings_for(geeknow), *words) as trial:
        ended, output = await end_of(trial)

    assert (ended, "Traceback" in output) == (code, False), output
    assert said in output
    assert geeknow.api_key not in output
    assert len(geeknow.charges) == (1 if code in {0, 4} else 0)


async def test_interrupting_the_wait_tells_how_the_paid_video_is_found(
    geeknow: GeekNowStandIn, tmp_path: Path
) -> None:
    geeknow.stages = ({"status": "processing"},)
    words = (*trial_words(geeknow, "grok-video-3"), "--seconds", "1", "--yes")

    async with process(tmp_path, settings_for(geeknow), *words) as trial:
        await line_with(trial, "GeekNow took it as")
        trial.send_signal(signal.SIGINT)
        code, output = await end_of(trial)

    assert (code, "Traceback" in output) == (130, False), output
    assert f"Interrupted. GeekNow has the job under {geeknow.charges[0].id}." in output


async def test_interrupting_the_paid_call_leaves_its_outcome_unknown(
    geeknow: GeekNowStandIn, tmp_path: Path
) -> None:
    geeknow.on_create.then(CannedReply(accepts=True, delay_seconds=100))
    words = (*trial_words(geeknow, "grok-video-3"), "--seconds", "1", "--yes")

    async with process(tmp_path, settings_for(geeknow), *words) as trial:
        await until(lambda: bool(geeknow.charges))
        trial.send_signal(signal.SIGINT)
        code, output = await end_of(trial)

    assert (code, "Traceback" in output) == (4, False), output
    assert "it may have been started and charged" in output


class ClockOfSomebodyInAHurry:
    def now(self) -> datetime:
        return START

    async def sleep(self, seconds: float) -> None:
        raise KeyboardInterrupt


async def test_an_interrupted_trial_says_so_in_this_process_too(
    geeknow: GeekNowStandIn, paper: StringIO, tmp_path: Path
) -> None:
    name = geeknow.name
    settings = Settings(
        _env_file=None,
        allow_private_hosts=("127.0.0.1",),
        providers={name: {"api_key": geeknow.api_key, "base_url": geeknow.base_url}},
    )
    console = Console(file=paper, width=100)

    code = await asyncio.to_thread(
        perform, settings, PLAN, tmp_path, console, ClockOfSomebodyInAHurry()
    )

    assert code is TrialExit.INTERRUPTED
    assert geeknow.charges[0].id in paper.getvalue()


def test_interrupting_before_the_paid_call_is_free(screen: TrialScreen, paper: StringIO) -> None:
    assert screen.interrupted() is TrialExit.DECLINED
    assert paper.getvalue() == "Interrupted. Nothing was sent.\n"


def test_interrupting_the_paid_call_is_said_honestly(screen: TrialScreen, paper: StringIO) -> None:
    screen.sending()

    assert screen.interrupted() is TrialExit.UNKNOWN
    assert "it may have been started and charged" in paper.getvalue()


def test_where_there_is_no_reference_none_is_shown(screen: TrialScreen, paper: StringIO) -> None:
    screen.sending()

    assert screen.end(NotMade(UNKNOWN)) is TrialExit.UNKNOWN
    assert "has the job under" not in paper.getvalue()


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        (NotMade(REFUSED), TrialExit.REFUSED, "The service may have charged for it."),
        (NotMade(REFUSED), TrialExit.REFUSED, "Its content rules don't allow the prompt"),
        (NotMade(REFUSED, 20_000), TrialExit.REFUSED, "The service reports $0.02."),
        (NotMade(LOST), TrialExit.FAILED, "GeekNow has the job under [/red]7."),
        (NotMade(UNKNOWN), TrialExit.UNKNOWN, "Look at your account at GeekNow"),
        (NotMade(NO_KEY), TrialExit.FAILED, "The video service could not make this video."),
        (
            NotMade(NO_KEY, to_mend=PauseReason.KEY),
            TrialExit.FAILED,
            "Set PROVIDERS__GEEKNOW__API_KEY",
        ),
        (
            NotMade(NO_KEY, to_mend=PauseReason.ADDRESS),
            TrialExit.FAILED,
            "Correct PROVIDERS__GEEKNOW__BASE_URL",
        ),
        (NotMade(NO_KEY, to_mend=PauseReason.CREDIT), TrialExit.FAILED, "Top up your account"),
    ],
)
def test_every_end_without_a_video_has_its_words(
    screen: TrialScreen, paper: StringIO, outcome: NotMade, code: TrialExit, said: str
) -> None:
    screen.sending()
    screen.accepted("[/red]7")

    assert screen.end(outcome) is code
    assert said in paper.getvalue()


def test_a_video_that_took_long_is_shown_with_its_estimate(
    screen: TrialScreen, paper: StringIO
) -> None:
    facts = VideoFacts(1.0, 96, 64, "h264", has_audio=False)

    with screen:
        screen.sending()
        screen.accepted("7")
        screen.pending(None, is_late=False)
        screen.pending(40, is_late=True)
        screen.trouble("no answer")
        screen.rendered()
    code = screen.end(Made(Path("video.mp4"), 1_200_000, facts, None))

    assert code is TrialExit.DONE
    assert "That did not work. Trying again." in paper.getvalue()
    assert "1.2 MB" in paper.getvalue()
    assert "does not say what it charged; estimated $0.42." in paper.getvalue()


def test_what_a_provider_said_goes_to_the_log_and_not_to_the_screen(
    screen: TrialScreen, paper: StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    screen.trouble("[/no] answer")
    screen.end(NotMade(NO_KEY))

    assert "[/no]" not in paper.getvalue()
    assert "[/no] answer" in caplog.text
    assert "answered 401: [/no] key" in caplog.text
