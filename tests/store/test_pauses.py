import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain import JobState, PauseReason
from bot.store.pauses import PauseStore
from tests.factories import make_spec, make_valid_request
from tests.manual_clock import START
from tests.store.world import World

HALF_A_MINUTE = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)


async def test_a_pause_says_who_why_and_when_it_may_be_tried(world: World) -> None:
    pause = await world.pauses.pause("xai", PauseReason.CREDIT, "402")

    assert await world.pauses.current() == {"xai": pause}
    assert (pause.reason, pause.detail, pause.tries) == (PauseReason.CREDIT, "402", 0)
    assert (pause.paused_at, pause.retry_at) == (START, START + HALF_A_MINUTE)


async def test_a_paused_provider_gets_the_newer_reason_and_keeps_its_beginning(
    world: World,
) -> None:
    await world.pauses.pause("xai", PauseReason.CREDIT, "402")
    world.clock.advance(MINUTE)

    pause = await world.pauses.pause("xai", PauseReason.KEY, "401")

    assert (pause.reason, pause.detail) == (PauseReason.KEY, "401")
    assert (pause.paused_at, pause.retry_at) == (START, START + HALF_A_MINUTE)


async def test_the_try_that_is_due_is_taken_once(world: World) -> None:
    pause = await world.pauses.pause("xai", PauseReason.KEY, "401")
    world.clock.advance(HALF_A_MINUTE)

    taken = [await world.pauses.take_try(pause) for _ in range(3)]

    assert taken == [True, False, False]
    later = (await world.pauses.current())["xai"]
    assert (later.retry_at, later.tries) == (START + HALF_A_MINUTE + MINUTE, 1)


async def test_no_try_is_taken_before_it_is_due(world: World) -> None:
    pause = await world.pauses.pause("xai", PauseReason.KEY, "401")

    assert not await world.pauses.take_try(pause)


async def test_tries_become_rarer_up_to_ten_minutes(world: World) -> None:
    pause = await world.pauses.pause("xai", PauseReason.KEY, "401")
    gaps = []
    for _ in range(7):
        world.clock.advance(pause.retry_at - world.clock.now())
        await world.pauses.take_try(pause)
        pause = (await world.pauses.current())["xai"]
        gaps.append((pause.retry_at - world.clock.now()).total_seconds())

    assert gaps == [60, 120, 240, 480, 600, 600, 600]


async def test_the_end_of_a_pause_makes_its_waiting_jobs_due_and_no_others(world: World) -> None:
    later = START + timedelta(hours=1)
    waiting = await world.jobs.postpone(await world.bring_to(JobState.RESERVED, 1), later)
    rendering = await world.jobs.postpone(await world.bring_to(JobState.RENDERING, 2), later)
    spec = make_spec(provider="other")
    elsewhere = await world.reserve_request(replace(make_valid_request(3), spec=spec), 3)
    await world.jobs.postpone(elsewhere, later)
    await world.pauses.pause("scripted", PauseReason.KEY, "401")

    ended = await world.pauses.resume("scripted")

    assert ended
    assert await world.pauses.current() == {}
    due = [await world.due_at(job.id) for job in (waiting, rendering, elsewhere)]
    assert due == [START, later, later]


async def test_a_job_in_hand_keeps_its_lease_when_a_pause_ends(world: World) -> None:
    job = await world.bring_to(JobState.RESERVED)
    lease_ends = await world.due_at(job.id)
    await world.pauses.pause("scripted", PauseReason.KEY, "401")

    await world.pauses.resume("scripted")

    assert await world.due_at(job.id) == lease_ends != START


async def test_what_shows_nothing_about_credit_does_not_end_its_pause(world: World) -> None:
    await world.pauses.pause("xai", PauseReason.CREDIT, "402")

    ended = await world.pauses.resume("xai", {PauseReason.KEY, PauseReason.ADDRESS})

    assert not ended
    assert "xai" in await world.pauses.current()


async def test_a_provider_that_is_not_paused_can_not_be_resumed(world: World) -> None:
    assert not await world.pauses.resume("xai")


async def test_after_a_restart_every_pause_is_tried_at_once(world: World) -> None:
    await world.pauses.pause("xai", PauseReason.KEY, "401")
    await world.pauses.pause("geeknow", PauseReason.CREDIT, "402")

    await world.pauses.try_all_soon()

    assert {pause.retry_at for pause in (await world.pauses.current()).values()} == {START}


async def test_after_a_restart_the_jobs_that_wait_for_a_pause_are_due(world: World) -> None:
    later = START + timedelta(hours=1)
    job = await world.jobs.postpone(await world.bring_to(JobState.RESERVED), later)
    await world.pauses.pause("scripted", PauseReason.KEY, "401")

    await world.pauses.try_all_soon()

    assert await world.due_at(job.id) == START


async def test_two_workers_that_pause_a_provider_at_once_make_one_pause(world: World) -> None:
    stores = (world.pauses, PauseStore(world.database, world.clock))

    await asyncio.gather(
        *(store.pause("scripted", PauseReason.KEY, "no") for store in stores for _ in range(5))
    )

    assert list(await world.pauses.current()) == ["scripted"]
