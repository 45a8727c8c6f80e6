"""The world of the security tests, and how many risks they were about."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Collection, Sequence

import pytest

from bot.ops.logs import set_up_logging
from sandbox.clips import make_clip
from tests.media.downloads import Listener
from tests.security.census import LEFT_OUT, headline, ours, proofs_of

OpenLog = Callable[[Collection[str]], io.StringIO]
PROOFS = pytest.StashKey[dict[str, set[int]]]()


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    if items:
        stash = items[0].config.stash
        stash[LEFT_OUT] = stash.get(LEFT_OUT, 0) + len(ours(items))


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[PROOFS] = proofs_of(session.items)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    proofs = config.stash.get(PROOFS, {})
    passed = [one for one in terminalreporter.stats.get("passed", []) if one.nodeid in proofs]
    if proofs:
        terminalreporter.write_line(headline(proofs, passed=len(passed)))


@pytest.fixture
async def inside() -> AsyncIterator[Listener]:
    """A machine of the operator's network, which must not even be dialed."""
    counter = Listener()
    async with await asyncio.start_server(counter.connected, "127.0.0.2", 0) as server:
        counter.port = server.sockets[0].getsockname()[1]
        yield counter


@pytest.fixture(scope="session")
def clip() -> bytes:
    return make_clip(label="a fox", seconds=1, width=96, height=64)


@pytest.fixture
def open_log() -> OpenLog:
    """Set the log up as the bot does, with these secrets, and let the test read it."""

    def opened(secrets: Collection[str]) -> io.StringIO:
        stream = io.StringIO()
        set_up_logging(level="DEBUG", secrets=secrets, stream=stream, as_json=True)
        return stream

    return opened


@pytest.fixture
def log(open_log: OpenLog) -> io.StringIO:
    return open_log(())
