"""The world of the store tests: a fresh database of each engine, and two workers on it."""

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
