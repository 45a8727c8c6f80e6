import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain import JobState
from bot.errors import StoreUnavailableError
from bot.pipeline.company import Company
from bot.store.leases import LeaseStore
from tests.store.world import LEASES, World


@dataclass
class SeenPresence:
    """Shows what a test says."""

    workers: Collection[str] = ("first", "second")
    is_ousted: bool = False
    error: Exception | None = None

    @property
    def living(self) -> Collection[int]:
        return range(len(self.workers))

    def has(self, worker: str) -> bool:
        return worker in self.workers

    async def look(self) -> "SeenPresence":
        if self.error is not None:
            raise self.error
        return self


@dataclass
class Around:
    """A company with its world."""

    world: World
    presence: SeenPresence = field(default_factory=SeenPresence)
    shares: list[int] = field(default_factory=list)

    @property
    def leases(self) -> LeaseStore:
        return LeaseStore(self.world.database, self.world.clock)

    def company(self) -> Company:
        return Company(self.presence, self.leases, self.world.clock, shares=[self.shares.append])


@pytest.fixture
def around(world: World) -> Around:
    return Around(world)


async def rounds(company: Company, world: World, *, seconds: float) -> None:
    """Let a company look every five seconds for so long, and once at the end."""
    for _ in range(int(seconds) // 5):
        await company.round()
        world.clock.advance(seconds=5)
    await company.round()


async def test_what_is_shared_is_divided_when_the_number_changes(around: Around) -> None:
    company = around.company()

    for workers in (["first"], ["first", "second"], ["first", "second"], ["second"], []):
        around.presence.workers = workers
        await company.round()

    assert around.shares == [2, 1]


async def test_the_dead_are_inherited_from_after_a_while(around: Around, world: World) -> None:
    theirs = await world.bring_to(JobState.RENDERING)
    around.presence.workers = ["second"]
    company = around.company()

    await rounds(company, world, seconds=10)
    early = await world.other_jobs.claim(8, LEASES)
    world.clock.advance(seconds=5)
    await company.round()

    assert early == []
    assert [job.id for job in await world.other_jobs.claim(8, LEASES)] == [theirs.id]


async def test_who_has_to_end_takes_nothing_over(around: Around, world: World) -> None:
    await world.bring_to(JobState.RENDERING)
    around.presence.workers, around.presence.is_ousted = ["second"], True

    await rounds(around.company(), world, seconds=20)

    assert around.shares == []
    assert await world.other_jobs.claim(8, LEASES) == []


async def test_who_comes_back_in_time_loses_nothing(around: Around, world: World) -> None:
    theirs = await world.bring_to(JobState.RENDERING)
    company = around.company()

    for workers in (["second"], ["first", "second"], ["second"]):
        around.presence.workers = workers
        await company.round()
        world.clock.advance(seconds=14)
    await company.round()

    assert await world.job(theirs.id) == theirs


async def test_a_database_that_was_away_makes_nobody_dead(around: Around, world: World) -> None:
    theirs = await world.bring_to(JobState.RENDERING)
    around.presence.workers = ["second"]
    company = around.company()
    await company.round()

    around.presence.error = StoreUnavailableError("away")
    with pytest.raises(StoreUnavailableError):
        await company.round()
    around.presence.error = None
    world.clock.advance(timedelta(seconds=60))
    await company.round()

    assert await world.job(theirs.id) == theirs


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreUnavailableError("away"), ["The other processes can't be seen: away"]),
        (KeyError("odd"), ["A look at the other processes failed; the next one is as planned"] * 3),
    ],
)
async def test_the_loop_outlives_every_trouble(
    around: Around,
    world: World,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    said: list[str],
) -> None:
    caplog.set_level(logging.INFO)
    around.presence.error = error
    running = asyncio.create_task(around.company().run())
    for _ in range(2):
        await world.clock.until_asleep()
        world.clock.advance(seconds=5)
        await asyncio.sleep(0)
    await world.clock.until_asleep()
    around.presence.error = None
    world.clock.advance(seconds=5)
    await world.clock.until_asleep()
    around.presence.is_ousted = True

    world.clock.advance(seconds=5)
    await running

    assert shown(caplog) == [*said, "2 processes share the work now"]


async def test_the_loop_ends_when_another_process_has_the_gateway(around: Around) -> None:
    around.presence.is_ousted = True

    async with asyncio.timeout(60):
        await around.company().run()


def shown(caplog: pytest.LogCaptureFixture) -> list[str]:
    is_ours: Callable[[str], bool] = "bot.pipeline.company".__eq__
    return [record.getMessage() for record in caplog.records if is_ours(record.name)]
