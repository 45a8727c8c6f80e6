"""The world of the store tests: a fresh database, and two workers on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.engine import Database
from tests.manual_clock import ManualClock
from tests.store.engines import ENGINES, open_migrated
from tests.store.world import World, make_world


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=ENGINES)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with open_migrated(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
def world(database: Database, clock: ManualClock) -> World:
    return make_world(database, clock)
