from dataclasses import replace

import pytest

from bot.domain import Charge, FailureKind, Job, JobFilter, JobState, Shelf
from bot.store.job_lists import JobLists
from tests.factories import (
    GUILD,
    make_asker,
    make_failure,
    make_job_id,
    make_origin,
    make_valid_request,
)
from tests.store.world import World

HERE = JobFilter(GUILD)


@pytest.fixture
def lists(world: World) -> JobLists:
    return JobLists(world.database)


async def ids(lists: JobLists, which: JobFilter) -> list[str]:
    found = [job.id for job in await lists.page(which, limit=50, offset=0)]
    assert await lists.count(which) == len(found)
    return found


async def test_the_newest_come_first_page_by_page_and_never_from_another_server(
    world: World, lists: JobLists
) -> None:
    for number in range(1, 4):
        await world.reserve(number)
        world.clock.advance(seconds=1)
    await world.reserve(4, origin=make_origin(4, guild_id=GUILD + 1))

    pages = [await lists.page(HERE, limit=2, offset=offset) for offset in (0, 2, 4)]

    assert [[job.id for job in page] for page in pages] == [
        [make_job_id(3), make_job_id(2)],
        [make_job_id(1)],
        [],
    ]
    assert await lists.count(HERE) == 3


async def test_every_state_is_on_its_shelves(world: World, lists: JobLists) -> None:
    jobs = {state: await world.bring_to(state, number) for number, state in enumerate(JobState, 1)}
    held = await world.reserve(20)
    await world.execute("UPDATE jobs SET held_for = 'review' WHERE id = :id", id=held.id)
    unknown = await world.bring_to(JobState.SUBMITTING, 21)
    await world.jobs.fail(unknown, make_failure(FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE))

    found = {shelf: {*await ids(lists, replace(HERE, shelf=shelf))} for shelf in Shelf}

    def of(*states: JobState) -> set[str]:
        return {jobs[state].id for state in states}

    making = of(JobState.SUBMITTING, JobState.RENDERING, JobState.RENDERED)
    waiting, posting = of(JobState.RESERVED), of(JobState.STORED)
    failed = of(JobState.FAILED) | {unknown.id}
    assert found == {
        Shelf.OPEN: making | waiting | posting | failed | {held.id},
        Shelf.WAITING: waiting,
        Shelf.HELD: {held.id},
        Shelf.MAKING: making,
        Shelf.POSTING: posting,
        Shelf.DONE: of(JobState.POSTED),
        Shelf.FAILED: failed | of(JobState.TOLD),
        Shelf.DOUBTFUL: {unknown.id},
    }


async def test_members_channels_threads_and_categories_narrow_the_list(
    world: World, lists: JobLists
) -> None:
    async def ask(number: int, channel_id: int, member_id: int) -> Job:
        origin = make_origin(number, channel_id=channel_id, requester_id=member_id)
        asker = make_asker(origin, parent_channel_id=70, category_id=71)
        made = await world.ask(
            make_job_id(number), make_valid_request(number, origin=origin), asker=asker
        )
        assert isinstance(made, Job)
        return made

    first, second = await ask(1, 60, 33), await ask(2, 61, 34)
    old = await world.reserve(3, origin=make_origin(3, channel_id=62))
    await world.execute("DELETE FROM ledger WHERE job_id = :id", id=old.id)

    assert await ids(lists, replace(HERE, member_id=34)) == [second.id]
    assert await ids(lists, replace(HERE, channel_id=60)) == [first.id]
    assert {*await ids(lists, replace(HERE, channel_id=70))} == {first.id, second.id}
    assert {*await ids(lists, replace(HERE, channel_id=71))} == {first.id, second.id}
    assert await ids(lists, replace(HERE, channel_id=62)) == [old.id]
