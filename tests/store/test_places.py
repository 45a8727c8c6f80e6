from datetime import timedelta

import pytest

from bot.store.places import CLOSED_FOR, LIMIT_LIFE, ClosedPlaceStore, UploadLimitStore
from tests.store.world import World

PLACE = 22
MINUTE = timedelta(minutes=1)


@pytest.fixture
def limits(world: World) -> UploadLimitStore:
    return UploadLimitStore(world.database, world.clock)


@pytest.fixture
def places(world: World) -> ClosedPlaceStore:
    return ClosedPlaceStore(world.database, world.clock)


async def test_of_a_server_nothing_is_known_at_first(limits: UploadLimitStore) -> None:
    assert await limits.learned(11) is None


async def test_the_last_limit_that_was_learned_counts_for_a_week(
    limits: UploadLimitStore, world: World
) -> None:
    await limits.learn(11, 50)
    await limits.learn(11, 20)
    await limits.learn(12, 8)
    now = await limits.learned(11)

    world.clock.advance(LIMIT_LIFE)

    assert now == 20
    assert await limits.learned(11) is None
    await limits.learn(11, 10)
    assert await limits.learned(11) == 10


async def test_refusals_add_up_and_outlive_a_restart(
    places: ClosedPlaceStore, world: World
) -> None:
    for problem in ("403 (code 50013)", "403 (code 50001)"):
        await places.note_refusal(PLACE, problem)

    after = ClosedPlaceStore(world.database, world.clock)

    assert await after.refusals(PLACE) == 2
    assert await after.refusals(PLACE + 1) == 0


async def test_a_place_is_given_another_chance_after_some_hours(
    places: ClosedPlaceStore, world: World
) -> None:
    await places.note_refusal(PLACE, "403")
    await places.note_refusal(PLACE, "403")

    world.clock.advance(CLOSED_FOR)
    forgotten = await places.refusals(PLACE)
    await places.note_refusal(PLACE, "403")

    assert forgotten == 0
    assert await places.refusals(PLACE) == 1


async def test_each_refusal_counts_from_itself(places: ClosedPlaceStore, world: World) -> None:
    await places.note_refusal(PLACE, "403")
    world.clock.advance(CLOSED_FOR - MINUTE)
    await places.note_refusal(PLACE, "403")
    world.clock.advance(CLOSED_FOR - MINUTE)

    assert await places.refusals(PLACE) == 2


async def test_a_place_that_is_open_again_begins_anew(places: ClosedPlaceStore) -> None:
    await places.note_refusal(PLACE, "403")
    await places.note_refusal(PLACE + 1, "403")

    await places.reopen(PLACE)

    assert [await places.refusals(place) for place in (PLACE, PLACE + 1)] == [0, 1]


async def test_opening_what_was_never_closed_is_nothing(places: ClosedPlaceStore) -> None:
    await places.reopen(PLACE)

    assert await places.refusals(PLACE) == 0
