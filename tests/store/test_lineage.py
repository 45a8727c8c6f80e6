from dataclasses import replace

import pytest

from bot.domain import Job, Lineage, Relation
from bot.store.community.lineage import LineageStore
from tests.factories import make_job_id, make_valid_request
from tests.store.world import World


@pytest.fixture
def lineage(world: World) -> LineageStore:
    return LineageStore(world.database)


async def child(world: World, number: int, of: int) -> Job:
    request = make_valid_request(number)
    come_of = Lineage(make_job_id(of), Relation.REMIX)
    return await world.put(make_job_id(number), replace(request, lineage=come_of))


async def test_ancestors_are_listed_from_the_nearest_and_no_further_than_asked(
    world: World, lineage: LineageStore
) -> None:
    await world.reserve(1)
    for number in range(2, 6):
        await child(world, number, number - 1)
    last = await world.job(make_job_id(5))

    found = await lineage.ancestors(last, limit=9)
    few = await lineage.ancestors(last, limit=2)

    assert [job.id for job in found] == [make_job_id(number) for number in (4, 3, 2, 1)]
    assert [job.id for job in few] == [make_job_id(number) for number in (4, 3)]


async def test_descendants_are_listed_by_generation_and_no_further_than_asked(
    world: World, lineage: LineageStore
) -> None:
    first = await world.reserve(1)
    for number, of in ((2, 1), (3, 2), (4, 1), (5, 4), (6, 9)):
        await child(world, number, of)

    found = await lineage.descendants(first, limit=9)
    few = await lineage.descendants(first, limit=3)

    assert [job.id for job in found] == [make_job_id(number) for number in (2, 4, 3, 5)]
    assert [job.id for job in few] == [make_job_id(number) for number in (2, 4, 3)]


async def test_what_comes_of_a_job_that_is_not_there_has_no_ancestors(
    world: World, lineage: LineageStore
) -> None:
    alone = await child(world, 1, 9)

    assert await lineage.ancestors(alone, limit=9) == []
    assert await lineage.descendants(alone, limit=9) == []
