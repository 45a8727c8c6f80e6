import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.providers.base import Provider
from bot.providers.client import ApiClient, Timeouts
from sandbox.geeknow import GeekNowStandIn
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.census import LEFT_OUT, Check, checks_of, headline
from tests.contract.desk import Desk, make_blank, open_desk
from tests.contract.dialects import DIALECTS, GEEKNOW, Dialect
from tests.contract.line import Line, opened
from tests.contract.shapes import Shape, shape_of

Connect = Callable[..., Provider]
CHECKS = pytest.StashKey[list[Check]]()


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    if items:
        stash = items[0].config.stash
        stash[LEFT_OUT] = stash.get(LEFT_OUT, 0) + len(checks_of(items))


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[CHECKS] = checks_of(session.items)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    checks = config.stash.get(CHECKS, [])
    ours = {check.nodeid for check in checks}
    passed = [one for one in terminalreporter.stats.get("passed", []) if one.nodeid in ours]
    if checks:
        terminalreporter.write_line(headline(checks, passed=len(passed)))


@pytest.fixture(params=DIALECTS, ids=str)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    chosen: Dialect = request.param
    return chosen


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def stand_in(dialect: Dialect) -> AsyncIterator[ProviderStandIn]:
    async with dialect.stand_in(clip_scale=0.1) as started:
        yield started


@pytest.fixture
def connect(dialect: Dialect, stand_in: ProviderStandIn, session: aiohttp.ClientSession) -> Connect:
    def build(api_key: str | None = None, timeouts: Timeouts | None = None) -> Provider:
        client = ApiClient(
            session,
            base_url=stand_in.base_url,
            api_key=SecretStr(api_key or stand_in.api_key),
            timeouts=timeouts or Timeouts(),
        )
        return dialect.provider(client)

    return build


@pytest.fixture
def provider(connect: Connect) -> Provider:
    return connect()


@pytest.fixture
def shape(dialect: Dialect) -> Shape:
    return shape_of(dialect)


@pytest.fixture(scope="session")
def blank_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # To copy it takes a fifth of the time that migrating each test's own takes.
    return make_blank(tmp_path_factory.mktemp("blank"))


@pytest.fixture
async def desk(
    dialect: Dialect,
    stand_in: ProviderStandIn,
    provider: Provider,
    tmp_path: Path,
    blank_database: Path,
) -> AsyncIterator[Desk]:
    async with open_desk(dialect, stand_in, provider, tmp_path, blank_database) as opened:
        yield opened


@pytest.fixture
def line(dialect: Dialect, tmp_path: Path, blank_database: Path) -> Iterator[Line]:
    with asyncio.Runner() as loop:
        stack = AsyncExitStack()
        context = opened(dialect, tmp_path, blank_database, loop)
        entered = loop.run(stack.enter_async_context(context))
        yield entered
        loop.run(stack.aclose())


@pytest.fixture
async def geeknow() -> AsyncIterator[GeekNowStandIn]:
    async with GeekNowStandIn(clip_scale=0.1) as started:
        yield started


@pytest.fixture
def geeknow_provider(geeknow: GeekNowStandIn, session: aiohttp.ClientSession) -> Provider:
    key = SecretStr(geeknow.api_key)
    return GEEKNOW.provider(ApiClient(session, base_url=geeknow.base_url, api_key=key))


@pytest.fixture
async def api(geeknow: GeekNowStandIn) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {geeknow.api_key}"}
    async with aiohttp.ClientSession(geeknow.base_url, headers=headers) as session:
        yield session
