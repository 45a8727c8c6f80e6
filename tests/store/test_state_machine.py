import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain import Cancelled, Job, JobState, MessageKind, MessageState, OwedMessage
from bot.errors import StaleJobError
from bot.store.engines.engine import open_database
from bot.store.jobs import JobStore
from bot.store.outbox import OutboxStore
from bot.store.rows import job_from
from bot.store.schema import jobs, outbox
from tests.factories import make_failure, make_job_id, make_video
from tests.manual_clock import ManualClock
from tests.store.engines import Engine
from tests.store.world import LEASES, MESSAGE_LEASE, make_world

Value = TypeVar("Value")
FINAL = (JobState.POSTED, JobState.TOLD)
WORKING = tuple(LEASES)
PAUSE = timedelta(seconds=30)
MOVES: dict[str, tuple[tuple[JobState, ...], Callable[[JobStore, Job, Any], Awaitable[Job]]]] = {
    "submit": ((JobState.RESERVED,), lambda store, job, _: store.start_submitting(job)),
    "put_back": (
        (JobState.SUBMITTING,),
        lambda store, job, now: store.put_back(job, now + PAUSE, attempts=1, detail="busy"),
    ),
    "accept": (
        (JobState.SUBMITTING,),
        lambda store, job, now: store.mark_rendering(job, "ref", now + PAUSE),
    ),
    "render": ((JobState.RENDERING,), lambda store, job, _: store.mark_rendered(job, None)),
    "store": ((JobState.RENDERED,), lambda store, job, _: store.mark_stored(job, make_video())),
    "postpone": (WORKING, lambda store, job, now: store.postpone(job, now + PAUSE)),
    "fail": ((*WORKING, JobState.STORED), lambda store, job, _: store.fail(job, make_failure())),
}
ONWARD = {
    JobState.RESERVED: "submit",
    JobState.SUBMITTING: "accept",
    JobState.RENDERING: "render",
    JobState.RENDERED: "store",
}


async def awaited(work: Awaitable[Value]) -> Value:
    return await work


class JobsUnderStress(RuleBasedStateMachine):
    """Workers that claim, move, pause and crash, over the real stores."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.open = AsyncExitStack()
        opening = self.open.enter_async_context(open_database(self.engine.migrated()))
        database = self.wait(opening)
        self.clock = ManualClock()
        self.world = make_world(database, self.clock)
        self.job_stores = [self.world.jobs, self.world.other_jobs]
        self.outbox_stores = [self.world.outbox, self.world.other_outbox]
        self.lives = 0
        self.reserved = 0
        self.held: list[tuple[Job, int]] = []
        self.messages: list[tuple[OwedMessage, int]] = []
        self.claims = 0
        self.holder: dict[object, int] = {}
        self.told: Counter[str] = Counter()
        self.final: dict[str, Job] = {}

    def wait(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self.loop.run(work)

    async def look(self) -> tuple[dict[str, Job], set[str]]:
        """Return all jobs, and the ids of those that have a step or a last message due."""
        working = sa.select(jobs.c.id).where(jobs.c.due_at.is_not(None))
        owing = sa.select(outbox.c.job_id).where(
            outbox.c.due_at.is_not(None), outbox.c.kind != MessageKind.CARD
        )
        async with self.world.database.read() as connection:
            rows = (await connection.execute(sa.select(jobs))).mappings()
            found = {row["id"]: job_from(row) for row in rows}
            due = (await connection.execute(working.union(owing))).scalars()
            return found, set(due)

    @precondition(lambda self: self.reserved < 4)
    @rule()
    def reserve(self) -> None:
        self.reserved += 1
        self.wait(self.world.reserve(self.reserved))

    @rule(seconds=st.sampled_from([31, 301, 301]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @rule(worker=st.integers(0, 1), limit=st.integers(2, 4))
    def claim_jobs(self, worker: int, limit: int) -> None:
        claimed = self.wait(self.job_stores[worker].claim(limit, LEASES))

        assert len(claimed) <= limit
        for job in claimed:
            self.held.append((job, self.hold(job.id)))

    def hold(self, key: object) -> int:
        """Note that a claim just made is the only one that counts from now on."""
        self.claims += 1
        self.holder[key] = self.claims
        return self.claims

    @precondition(lambda self: self.held)
    @rule(pick=st.integers(0, 99), worker=st.integers(0, 1), choice=st.integers(0, 99))
    def move(self, pick: int, worker: int, choice: int) -> None:
        job, claim = self.held[-1 - pick % len(self.held)]
        names = [name for name, (leaves, _) in MOVES.items() if job.state in leaves]
        if not names:
            return
        make = MOVES[names[choice % len(names)]][1]
        before = self.wait(self.world.job(job.id))
        is_ours = before.state is job.state and self.holder[job.id] == claim
        try:
            moved = self.wait(awaited(make(self.job_stores[worker], job, self.clock.now())))
        except StaleJobError:
            assert not is_ours
            assert self.wait(self.world.job(job.id)) == before
        else:
            assert is_ours
            self.held.append((moved, claim))

    @precondition(lambda self: self.reserved)
    @rule(pick=st.integers(0, 99))
    def cancel(self, pick: int) -> None:
        job_id = make_job_id(1 + pick % self.reserved)
        if self.wait(self.world.jobs.cancel(job_id)) in (Cancelled.FREE, Cancelled.LATE):
            self.hold(job_id)

    @rule(worker=st.integers(0, 1))
    def crash(self, worker: int) -> None:
        self.lives += 1
        name = f"life{self.lives}"
        self.job_stores[worker] = JobStore(self.world.database, self.clock, worker=name)
        self.outbox_stores[worker] = OutboxStore(self.world.database, self.clock, worker=name)
        before = self.wait(self.leases())
        self.wait(self.job_stores[worker].release_leases())
        self.wait(self.outbox_stores[worker].release_leases())
        for key, lease in self.wait(self.leases()).items():
            if lease != before[key]:
                self.hold(key)

    async def leases(self) -> dict[object, int]:
        async with self.world.database.read() as connection:
            ours = await connection.execute(sa.select(jobs.c.id, jobs.c.lease))
            found: dict[object, int] = {row[0]: row[1] for row in ours}
            theirs = await connection.execute(
                sa.select(outbox.c.job_id, outbox.c.kind, outbox.c.lease)
            )
            return found | {(job_id, kind): lease for job_id, kind, lease in theirs}

    @rule(worker=st.integers(0, 1), limit=st.integers(2, 4))
    def claim_messages(self, worker: int, limit: int) -> None:
        claimed = self.wait(self.outbox_stores[worker].claim(limit, MESSAGE_LEASE))

        assert len(claimed) <= limit
        for message in claimed:
            self.messages.append((message, self.hold((message.job_id, message.kind))))

    @precondition(lambda self: self.messages)
    @rule(
        pick=st.integers(0, 99),
        worker=st.integers(0, 1),
        end=st.sampled_from(["begin", "sent", "retry", "give_up", "removed"]),
    )
    def send(self, pick: int, worker: int, end: str) -> None:
        message, claim = self.messages[-1 - pick % len(self.messages)]
        key = (message.job_id, message.kind)
        before = self.wait(self.world.message(*key))
        is_ours = before.state is message.state and self.holder[key] == claim
        try:
            if end == "begin" or message.state is MessageState.PENDING:
                store = self.outbox_stores[worker]
                message = self.wait(store.start_sending(message))
                self.messages.append((message, claim))
            self.wait(self.settle(self.outbox_stores[worker], message, end))
        except StaleJobError:
            assert not is_ours
            assert self.wait(self.world.message(*key)) == before
        else:
            assert is_ours

    async def settle(self, store: OutboxStore, message: OwedMessage, end: str) -> None:
        match end:
            case "sent":
                await store.mark_sent(message, channel_id=22, message_id=900)
                self.told[message.job_id] += message.kind is not MessageKind.CARD
            case "retry":
                await store.retry(message, self.clock.now() + PAUSE, problem="away")
            case "give_up":
                await store.give_up(message, problem="closed")
            case "removed":
                await store.settle_removed(message)

    @invariant()
    def nothing_is_stuck_rewritten_or_told_twice(self) -> None:
        found, due = self.wait(self.look())

        assert due == {job.id for job in found.values() if job.is_open}
        assert {job_id: found[job_id] for job_id in self.final} == self.final
        assert all(count <= 1 for count in self.told.values())
        self.final.update({job.id: job for job in found.values() if job.state in FINAL})

    def teardown(self) -> None:
        try:
            self.wait(self.drive_on())
            self.nothing_is_stuck_rewritten_or_told_twice()
            assert len(self.final) == self.reserved
        finally:
            self.wait(self.open.aclose())
            self.loop.close()

    async def drive_on(self) -> None:
        """Let one healthy worker go on: no job may need more than its way through the states."""
        for _ in range(len(JobState)):
            self.clock.advance(timedelta(hours=1))
            for job in await self.world.jobs.claim(64, LEASES):
                await MOVES[ONWARD[job.state]][1](self.world.jobs, job, self.clock.now())
            self.clock.advance(timedelta(hours=1))
            for message in await self.world.outbox.claim(64, MESSAGE_LEASE):
                begun = await self.world.outbox.start_sending(message)
                await self.settle(self.world.outbox, begun, "sent")


def test_whatever_workers_do_every_job_ends_once_and_for_all(engine: Engine) -> None:
    JobsUnderStress.engine = engine

    run_state_machine_as_test(
        JobsUnderStress,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
