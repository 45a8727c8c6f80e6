from dataclasses import replace

import pytest

from bot.domain import LimitKind
from bot.store.engines.engine import Database
from tests.factories import GUILD, make_job_id, make_origin, make_valid_request
from tests.manual_clock import ManualClock
from tests.store.world import World, make_world


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, ManualClock())


async def test_only_jobs_of_this_server_that_are_not_over_are_reserved(world: World) -> None:
    for number, guild_id in ((1, GUILD), (2, GUILD), (3, 99)):
        origin = make_origin(number, guild_id=guild_id)
        request = replace(make_valid_request(number, origin=origin), estimate_micros=350_000)
        await world.put(make_job_id(number), request)
    before = await world.policies.reserved_micros(GUILD, LimitKind.DAY)
    await world.jobs.cancel(make_job_id(1))

    after = await world.policies.reserved_micros(GUILD, LimitKind.DAY)

    assert (before, after) == (700_000, 350_000)
