from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from pydantic import SecretStr

from bot.providers.base import Provider
from bot.providers.client import ApiClient, Timeouts
from sandbox.geeknow import GeekNowStandIn
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.dialects import DIALECTS, GEEKNOW, Dialect

Connect = Callable[..., Provider]


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
