import asyncio
from dataclasses import replace

from bot.domain import Job, JobState, Lineage, Relation, ValidRequest
from tests.factories import make_job_id, make_origin, make_valid_request
from tests.store.world import World

OTHER = 44


def again(
    number: int, *, of: str = "job0000001", relation: Relation = Relation.AGAIN
) -> ValidRequest:
    return replace(make_valid_request(number), lineage=Lineage(of, relation))


async def test_ten_presses_at_once_make_one_job_and_each_is_told_of_it(world: World) -> None:
    first = await world.bring_to(JobState.POSTED)
    stores = (world.reservations, world.other_reservations)

    made = await asyncio.gather(
        *(
            world.ask(make_job_id(number), again(number, of=first.id), store=stores[number % 2])
            for number in range(2, 12)
        )
    )

    jobs = [job for job in made if isinstance(job, Job)]
    assert len(jobs) == 10
    assert len({job.id for job in jobs}) == 1
    assert jobs[0].lineage == Lineage(first.id, Relation.AGAIN)
    assert await world.count("SELECT count(*) FROM jobs") == 2
    assert await world.count("SELECT count(*) FROM ledger WHERE kind = 'reserve'") == 2


async def test_a_press_a_few_seconds_later_is_another_wish(world: World) -> None:
    await world.put(make_job_id(2), again(2))
    world.clock.advance(seconds=4)
    soon = await world.put(make_job_id(3), again(3))
    world.clock.advance(seconds=1)

    later = await world.put(make_job_id(4), again(4))

    assert (soon.id, later.id) == (make_job_id(2), make_job_id(4))


async def test_others_and_other_jobs_and_other_wishes_are_not_taken_for_it(world: World) -> None:
    wishes = [
        again(2),
        replace(again(3), origin=make_origin(3, requester_id=OTHER)),
        again(4, of="job0000009"),
        again(5, relation=Relation.REMIX),
        again(6, relation=Relation.REMIX),
        make_valid_request(7),
    ]

    made = [await world.ask(make_job_id(n), wish) for n, wish in enumerate(wishes, start=2)]

    assert len({job.id for job in made if isinstance(job, Job)}) == len(wishes)


async def test_what_was_given_up_at_once_can_be_asked_for_again(world: World) -> None:
    first = await world.put(make_job_id(2), again(2))
    await world.jobs.cancel(first.id)

    second = await world.put(make_job_id(3), again(3))

    assert second.id == make_job_id(3)
