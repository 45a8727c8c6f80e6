"""The world of the tests, and at their end what Discord's document says to everything sent."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.discord_api import DiscordStandIn
from sandbox.geeknow import GeekNowStandIn
from tests.openapi_judge import Verdict, session_judge
from tests.world import World, judged_discord, running, settings_for

VERDICTS = pytest.StashKey[list[Verdict]]()
VERDICT = "verdict"
"""Under which a process of a distributed run hands in what it judged."""


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - pytest-xdist has no types
    handed_in = getattr(node, "workeroutput", {}).get(VERDICT)
    if handed_in is not None:
        requests, replies, events, problems = handed_in
        verdicts = node.config.stash.setdefault(VERDICTS, [])
        verdicts.append(Verdict(requests, replies, events, tuple(problems)))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    judge = session_judge()
    if judge is None:
        return
    own = judge.verdict()
    if hasattr(session.config, "workeroutput"):
        handed_in = (own.requests, own.replies, own.events, list(own.problems))
        session.config.workeroutput[VERDICT] = handed_in
    if total(session.config).problems:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if session_judge() is None:
        terminalreporter.write_line(
            "Discord's OpenAPI document is not beside this project: nothing was held against it."
        )
        return
    verdict = total(config)
    terminalreporter.write_line(str(verdict))
    for problem in verdict.problems:
        terminalreporter.write_line(problem)


def total(config: pytest.Config) -> Verdict:
    judge = session_judge()
    own = Verdict() if judge is None else judge.verdict()
    handed_in: list[Verdict] = config.stash.get(VERDICTS, [])
    return sum(handed_in, own)


@pytest.fixture
async def chat() -> AsyncIterator[DiscordStandIn]:
    async with judged_discord() as opened:
        yield opened


@pytest.fixture
async def provider() -> AsyncIterator[GeekNowStandIn]:
    async with GeekNowStandIn(clip_scale=0.1) as opened:
        yield opened


@pytest.fixture
async def world(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> AsyncIterator[World]:
    async with running(settings_for(chat, provider, tmp_path), chat) as app:
        yield World(chat, provider, app)
