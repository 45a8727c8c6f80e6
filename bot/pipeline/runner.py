"""The loop that owns time: it claims what is due and takes one step of each, for months.

One job's failure stays with that job. Each step has a deadline, each claim a lease that
outlives it, and nothing but `stop` ends the loop.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.clock import Clock
from bot.domain import Charge, Failure, FailureKind, Job, JobState, OwedMessage
from bot.errors import StaleJobError, StoreUnavailableError
from bot.pipeline.backoff import backoff
from bot.store.jobs import JobStore
from bot.store.outbox import OutboxStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

_MARGIN: Final = timedelta(seconds=30)
"""By how much a lease outlives its step's deadline."""
_IDLE: Final = timedelta(seconds=5)
"""The longest rest: what another process added is seen by then."""
_ROUND: Final = timedelta(seconds=1)
_TROUBLE: Final = timedelta(seconds=2)
_FLOOR: Final = timedelta(seconds=5)
_CAP: Final = timedelta(minutes=5)
_BROKEN_STEPS: Final = 8
"""How often a step may end in an error that nobody foresaw."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with a job in one state, and how long it may take."""

    take: Callable[[Job], Awaitable[None]]
    deadline: timedelta


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is done with an owed message, and how long it may take."""

    take: Callable[[OwedMessage], Awaitable[None]]
    deadline: timedelta


class _Workers:
    """A bounded number of tasks; each that ends makes room for another."""

    def __init__(self, limit: int, on_room: Callable[[], None]) -> None:
        self._limit = limit
        self._on_room = on_room
        self.busy: set[asyncio.Task[None]] = set()

    @property
    def free(self) -> int:
        return self._limit - len(self.busy)

    def start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self.busy.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self.busy.discard(task)
        self._on_room()


class Runner:
    """Takes due steps with a bounded number of workers until it is stopped.

    Sending has workers of its own: a slow Discord does not keep the providers from being asked,
    nor a slow file host the messages from going out. `rounds` are looks at everything of a kind,
    about one a second, by their names.
    """

    def __init__(
        self,
        jobs: JobStore,
        outbox: OutboxStore,
        questions: JobQuestions,
        clock: Clock,
        *,
        steps: Mapping[JobState, Step],
        delivery: Delivery,
        rounds: Mapping[str, Callable[[], Awaitable[None]]],
        worker_limit: int,
    ) -> None:
        self._jobs = jobs
        self._outbox = outbox
        self._questions = questions
        self._clock = clock
        self._steps = steps
        self._delivery = delivery
        self._rounds = rounds
        self._stepping = _Workers(worker_limit, self.wake)
        self._sending = _Workers(worker_limit, self.wake)
        self._leases = {state: step.deadline + _MARGIN for state, step in steps.items()}
        self._loops: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self.last_tick_at: datetime | None = None
        """When the loop last found out what is due; the health check reads it."""

    def wake(self) -> None:
        """Look for work now: something was added."""
        self._wake.set()

    async def run(self) -> None:
        """Work until `stop`."""
        self._loops = {
            asyncio.create_task(self._for_ever("work", self.tick)),
            *(
                asyncio.create_task(self._for_ever(name, partial(self._tick_round, look)))
                for name, look in self._rounds.items()
            ),
        }
        await asyncio.gather(*self._loops, return_exceptions=True)

    async def stop(self, grace: timedelta) -> None:
        """Claim nothing more, let the steps in hand finish for `grace`, then park them.

        A parked step leaves its row as it is, so that the next process takes it up. When this
        returns, nothing of the runner uses the database any more.
        """
        self._stopping.set()
        self.wake()
        unfinished = self._in_hand | self._loops
        if unfinished:
            await asyncio.wait(unfinished, timeout=grace.total_seconds())
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    async def tick(self) -> timedelta:
        """Hand what is due to free workers; return how long there is nothing to do."""
        self._wake.clear()
        if self._sending.free > 0:
            lease = self._delivery.deadline + _MARGIN
            for message in await self._outbox.claim(self._sending.free, lease):
                self._hand_out(self._sending, self._deliver(message))
        if self._stepping.free > 0:
            for job in await self._jobs.claim(self._stepping.free, self._leases):
                self._hand_out(self._stepping, self._advance(job))
        due_at = await self._questions.next_due_at()
        self.last_tick_at = self._clock.now()
        if due_at is None or not (self._sending.free > 0 and self._stepping.free > 0):
            return _IDLE  # a worker that comes free wakes the loop
        return min(max(due_at - self._clock.now(), timedelta(0)), _IDLE)

    async def settle(self) -> None:
        """Wait until no step is in hand."""
        while self._in_hand:
            await asyncio.wait(self._in_hand)

    @property
    def _in_hand(self) -> set[asyncio.Task[None]]:
        return self._stepping.busy | self._sending.busy

    async def _tick_round(self, look: Callable[[], Awaitable[None]]) -> timedelta:
        async with asyncio.timeout(self._delivery.deadline.total_seconds()):
            await look()
        return _ROUND

    async def _for_ever(self, name: str, tick: Callable[[], Awaitable[timedelta]]) -> None:
        is_troubled = False
        while not self._stopping.is_set():
            try:
                pause = await tick()
            except StoreUnavailableError as error:
                if not is_troubled:
                    log.error("The %s loop waits for the database: %s", name, error)
                is_troubled, pause = True, _TROUBLE
            except Exception:
                log.exception("A round of the %s loop failed; the next one starts as planned", name)
                pause = _TROUBLE
            else:
                if is_troubled:
                    log.info("The %s loop has its database back", name)
                is_troubled = False
            await self._rest(pause, can_wake=name == "work")

    async def _rest(self, pause: timedelta, *, can_wake: bool) -> None:
        signal = self._wake if can_wake else self._stopping
        ends: list[asyncio.Task[object]] = [
            asyncio.create_task(self._clock.sleep(pause.total_seconds())),
            asyncio.create_task(signal.wait()),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    def _hand_out(self, workers: _Workers, work: Coroutine[None, None, None]) -> None:
        if self._stopping.is_set():
            # Claimed while `stop` came in: the row keeps its lease for the next process.
            work.close()
            return
        workers.start(work)

    async def _advance(self, job: Job) -> None:
        step = self._steps[job.state]
        try:
            async with asyncio.timeout(step.deadline.total_seconds()):
                await step.take(job)
        except StaleJobError as error:
            log.info("Somebody else moved a job first: %s", error)
        except Exception:
            log.exception("A step of job %s failed in state %s", job.id, job.state)
            await self._guarded(self._park(job))

    async def _deliver(self, message: OwedMessage) -> None:
        try:
            async with asyncio.timeout(self._delivery.deadline.total_seconds()):
                await self._delivery.take(message)
        except StaleJobError as error:
            log.info("Somebody else settled a message first: %s", error)
        except Exception:
            log.exception("Sending the %s of job %s failed", message.kind, message.job_id)
            await self._guarded(self._try_again(message))

    async def _try_again(self, message: OwedMessage) -> None:
        """Send soon, not at the end of the lease: Discord forgets a nonce within minutes.

        What has been owed for days is given up, so that no row breaks for ever.
        """
        if message.is_overdue(self._clock.now()):
            await self._outbox.give_up(message, problem="sending kept breaking; see the log")
            return
        pause = backoff(message.attempts, floor=_FLOOR, cap=_CAP)
        await self._outbox.retry(
            message, self._clock.now() + pause, problem="sending broke; see the log"
        )

    async def _park(self, job: Job) -> None:
        """Postpone a job whose step broke; after too many such steps, end it."""
        attempts = job.attempts + 1
        if attempts >= _BROKEN_STEPS and job.state is not JobState.RENDERING:
            charge = Charge.NONE if job.state is JobState.RESERVED else Charge.POSSIBLE
            failure = Failure(FailureKind.PROVIDER_ERROR, charge, "a step kept failing")
            await self._jobs.fail(job, failure)
            return
        pause = backoff(job.attempts, floor=_FLOOR, cap=_CAP)
        await self._jobs.postpone(job, self._clock.now() + pause, attempts=attempts)

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except (StaleJobError, StoreUnavailableError) as error:
            # The paid call was under way, or the store is away: the end of the lease decides.
            log.info("A broken step keeps its lease: %s", error)
