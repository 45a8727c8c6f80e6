import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from bot.media.storage import ResultStorage
from bot.settings import Settings
from bot.store.engines.engine import open_database
from sandbox.geeknow import GeekNowStandIn
from sandbox.kyy import GlobalAiOpcStandIn
from sandbox.xai import XaiStandIn
from tests.manual_clock import ManualClock
from tests.media.file_host import FileHost, open_file_host
from tests.ops.attic import Attic
from tests.ops.trial_desk import Desk
from tests.store.engines import sqlite_url
from tests.store.world import make_world


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return Desk(tmp_path, monkeypatch)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3",
        results_url=f"file://{tmp_path}/results",
        data_dir=tmp_path,
    )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def attic(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Attic]:
    storage = ResultStorage.from_url(f"file://{tmp_path}/results")
    path = Path(shutil.copy(sqlite_template, tmp_path / "bot.sqlite3"))
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(open_database(sqlite_url(path)))
        world = make_world(database, ManualClock())
        yield Attic(world, storage, tmp_path / "results", opened.aclose)


@pytest.fixture
async def geeknow() -> AsyncIterator[GeekNowStandIn]:
    async with GeekNowStandIn(clip_scale=0.1) as opened:
        yield opened


@pytest.fixture
async def xai() -> AsyncIterator[XaiStandIn]:
    async with XaiStandIn(clip_scale=0.1) as opened:
        yield opened


@pytest.fixture
async def globalaiopc() -> AsyncIterator[GlobalAiOpcStandIn]:
    async with GlobalAiOpcStandIn(clip_scale=0.1) as opened:
        yield opened


@pytest.fixture
async def host() -> AsyncIterator[FileHost]:
    async with open_file_host("127.0.0.1") as opened:
        yield opened


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened
