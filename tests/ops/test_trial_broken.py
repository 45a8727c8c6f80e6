import asyncio
import logging
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console

from bot.domain import CleanImage, Inputs, Mode, VideoSpec
from bot.errors import ConfigurationError
from bot.ops.trials.trial_command import perform
from bot.ops.trials.trial_plan import Plan
from bot.ops.trials.trial_screen import TrialExit
from bot.settings import Settings
from sandbox.canned import CannedReply
from sandbox.geeknow import GeekNowStandIn
from tests.manual_clock import START, ManualClock
from tests.ops.trial_desk import Desk, process, settings_for, trial_words

SPEC = VideoSpec("geeknow", "grok-video-3", "a fox", 1, "720p", None)
PLAN = Plan("GeekNow", "http://127.0.0.1", "Grok Video 3", SPEC, Inputs(), 420_000)


class BrokenClock:
    """A clock on which nobody can wait."""

    def now(self) -> datetime:
        return START

    async def sleep(self, seconds: float) -> None:
        raise RuntimeError("no time")


def settings_of(**providers: dict[str, str]) -> Settings:
    return Settings(_env_file=None, allow_private_hosts=("127.0.0.1",), providers=providers)


@pytest.fixture
def paper() -> StringIO:
    return StringIO()


async def test_what_breaks_before_the_paid_call_costs_nothing_and_says_so(
    paper: StringIO, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    console = Console(file=paper, width=100)

    # The plan names a provider that there is no key for.
    code = await asyncio.to_thread(perform, settings_of(), PLAN, tmp_path, console, ManualClock())

    assert code is TrialExit.DECLINED
    assert "Something broke. Nothing was sent." in paper.getvalue()
    assert "KeyError" in caplog.text


async def test_what_breaks_during_the_paid_call_leaves_its_outcome_unknown(
    geeknow: GeekNowStandIn, paper: StringIO, tmp_path: Path
) -> None:
    settings = settings_of(geeknow={"api_key": geeknow.api_key, "base_url": geeknow.base_url})
    spec = VideoSpec("geeknow", "grok-video-3", "a fox", 1, "720p", None, Mode.REFERENCES)
    image = CleanImage(cast("bytes", 7), "image/png", 60, 40)
    plan = Plan("GeekNow", geeknow.base_url, "Grok Video 3", spec, Inputs(images=(image,)), None)
    console = Console(file=paper, width=200)

    code = await asyncio.to_thread(perform, settings, plan, tmp_path, console, ManualClock())

    assert code is TrialExit.UNKNOWN
    assert "Something broke while it was handed over: it may have been" in paper.getvalue()
    assert "Look at your account at GeekNow before you try again." in paper.getvalue()


async def test_what_breaks_once_the_job_is_known_names_it_and_is_a_failure(
    geeknow: GeekNowStandIn, paper: StringIO, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(geeknow={"api_key": geeknow.api_key, "base_url": geeknow.base_url})
    console = Console(file=paper, width=200)

    code = await asyncio.to_thread(perform, settings, PLAN, tmp_path, console, BrokenClock())

    ref = geeknow.charges[0].id
    assert code is TrialExit.FAILED
    assert f"Something broke. GeekNow has the job under {ref}." in paper.getvalue()
    assert f"reference: {ref}" in caplog.text
    assert "no time" in caplog.text


async def test_a_provider_that_nobody_knows_is_still_a_matter_of_settings(
    paper: StringIO, tmp_path: Path
) -> None:
    settings = settings_of(nobody={"api_key": "key"})

    with pytest.raises(ConfigurationError, match="names no provider"):
        await asyncio.to_thread(
            perform, settings, PLAN, tmp_path, Console(file=paper), ManualClock()
        )


async def test_what_breaks_while_it_is_prepared_costs_nothing_and_says_so(
    desk: Desk, geeknow: GeekNowStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)

    result = await desk.trial(geeknow, "grok-video-3", "--image", "nul\0")

    assert result.exit_code == 1
    assert "Something broke. Nothing was sent." in result.output
    assert "embedded null byte" in caplog.text
    assert geeknow.charges == []


async def test_nobody_reading_on_does_not_hide_what_was_paid(
    geeknow: GeekNowStandIn, tmp_path: Path
) -> None:
    geeknow.on_create.then(CannedReply(accepts=True, delay_seconds=1))
    words = (*trial_words(geeknow, "grok-video-3"), "--seconds", "1", "--yes")

    async with process(tmp_path, settings_for(geeknow), *words) as trial:
        assert trial.stdout is not None
        assert trial.stderr is not None
        await trial.stdout.readuntil(b"Cost")
        # As `| head` does when it has seen enough.
        trial._transport.get_pipe_transport(1).close()  # type: ignore[attr-defined]  # noqa: SLF001 - asyncio has no other way
        errors = (await asyncio.wait_for(trial.stderr.read(), 30)).decode()
        code = await asyncio.wait_for(trial.wait(), 30)

    assert code == 3, errors
    assert f"reference: {geeknow.charges[0].id}" in errors
