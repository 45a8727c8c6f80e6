"""A runner whose steps do what a test says."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain import Job, JobState, OwedMessage
from bot.pipeline.runner import Delivery, Runner, Step
from tests.manual_clock import PATIENCE_SECONDS
from tests.store.world import LEASES, World

MINUTE = timedelta(minutes=1)


@dataclass
class Workshop:
    """Remembers what was begun; `work` and `send` are what is done then."""

    begun: list[str] = field(default_factory=list)
    sent: list[OwedMessage] = field(default_factory=list)
    rounds: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    beginning: asyncio.Event = field(default_factory=asyncio.Event)
    work: Callable[[Job], Awaitable[object]] | None = None
    send: Callable[[OwedMessage], Awaitable[object]] | None = None
    refresh: Callable[[], Awaitable[object]] | None = None

    async def until_begun(self) -> None:
        """Return once something is in hand; a test that waits in vain fails."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.beginning.wait()

    async def take(self, job: Job) -> None:
        self.begun.append(job.id)
        self.beginning.set()
        if self.work is None:
            await self.gate.wait()
        else:
            await self.work(job)

    async def deliver(self, message: OwedMessage) -> None:
        self.sent.append(message)
        self.beginning.set()
        if self.send is not None:
            await self.send(message)

    async def cards(self) -> None:
        self.rounds += 1
        if self.refresh is not None:
            await self.refresh()


def make_runner(
    world: World,
    workshop: Workshop,
    *,
    worker_limit: int = 4,
    deadline: timedelta = MINUTE,
) -> Runner:
    return Runner(
        world.jobs,
        world.outbox,
        world.questions,
        world.clock,
        steps={state: Step(workshop.take, deadline) for state in LEASES},
        delivery=Delivery(workshop.deliver, deadline),
        rounds={"cards": workshop.cards},
        worker_limit=worker_limit,
    )


@asynccontextmanager
async def working(runner: Runner) -> AsyncIterator[asyncio.Task[None]]:
    """Run the runner, and stop it at the end."""
    task = asyncio.create_task(runner.run())
    try:
        yield task
    finally:
        await runner.stop(timedelta(seconds=0.01))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await task


async def reserve_without_cards(world: World, *numbers: int) -> list[Job]:
    jobs = [await world.reserve(number) for number in numbers]
    await drop_messages(world)
    return jobs


async def drop_messages(world: World) -> None:
    await world.execute("UPDATE outbox SET state = 'dropped', due_at = NULL")


async def in_state(world: World, state: JobState) -> Job:
    """Bring a job to a working state in which nobody has it in hand."""
    job = await world.bring_to(state)
    await drop_messages(world)
    return await world.jobs.postpone(job, world.clock.now())


def messages(caplog: pytest.LogCaptureFixture, level: int = logging.INFO) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "bot.pipeline.runner" and record.levelno >= level
    ]


async def surprise(_: object) -> None:
    await asyncio.sleep(0)
    raise KeyError("surprise")
