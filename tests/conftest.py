"""The world of the tests, and at their end what Discord's document says to everything sent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.discord_api import DiscordStandIn
from sandbox.geeknow import GeekNowStandIn
from tests.openapi_judge import session_judge
from tests.world import World, judged_discord, running, settings_for


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    judge = session_judge()
    if judge is None:
        terminalreporter.write_line(
            "Discord's OpenAPI document is not beside this project: nothing was held against it."
        )
        return
    terminalreporter.write_line(judge.summary())
    for problem in judge.problems:
        terminalreporter.write_line(problem)


def pytest_sessionfinish(session: pytest.Session) -> None:
    judge = session_judge()
    if judge is not None and judge.problems:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


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
