"""The stores on a fresh database of each engine, for limits that are counted from rows."""

import pytest

from bot.store.engines.engine import Database
from tests.manual_clock import ManualClock
from tests.store.world import World, make_world


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def world(database: Database, clock: ManualClock) -> World:
    return make_world(database, clock)
