from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain import (
    Asker,
    Denial,
    Job,
    JobState,
    MessageKind,
    Origin,
    OwedMessage,
    ReferenceImage,
    ValidRequest,
)
from bot.limits.facts import wish_of
from bot.limits.prompt_rules import Hit
from bot.store.columns import UtcDateTime
from bot.store.deliveries import DeliveryStore
from bot.store.engines.engine import Database
from bot.store.holds import HoldStore
from bot.store.jobs import JobStore
from bot.store.moderation.members import MemberStore
from bot.store.moderation.policies import PolicyStore
from bot.store.moderation.prompt_rules import PromptRuleStore
from bot.store.outbox import OutboxStore
from bot.store.pauses import PauseStore
from bot.store.questions import JobQuestions
from bot.store.record.audit import AuditLog
from bot.store.reservations import ReservationStore
from bot.store.schema import jobs, outbox
from tests.factories import make_asker, make_failure, make_job_id, make_valid_request, make_video
from tests.manual_clock import ManualClock

LEASES = {
    JobState.RESERVED: timedelta(minutes=1),
    JobState.SUBMITTING: timedelta(minutes=2),
    JobState.RENDERING: timedelta(minutes=3),
    JobState.RENDERED: timedelta(minutes=4),
}
MESSAGE_LEASE = timedelta(minutes=5)
PATH_OF_A_VIDEO = (
    JobState.RESERVED,
    JobState.SUBMITTING,
    JobState.RENDERING,
    JobState.RENDERED,
    JobState.STORED,
    JobState.POSTED,
)


@dataclass
class World:
    """One database with the stores of two workers on it."""

    database: Database
    clock: ManualClock
    jobs: JobStore
    outbox: OutboxStore
    questions: JobQuestions
    pauses: PauseStore
    other_jobs: JobStore
    other_outbox: OutboxStore
    deliveries: DeliveryStore
    reservations: ReservationStore
    other_reservations: ReservationStore
    policies: PolicyStore
    members: MemberStore
    holds: HoldStore
    audit: AuditLog
    rules: PromptRuleStore

    async def reserve(
        self,
        number: int = 1,
        *,
        origin: Origin | None = None,
        prompt: str = "A fox in the snow",
        references: Sequence[ReferenceImage] = (),
    ) -> Job:
        request = make_valid_request(number, origin=origin, prompt=prompt)
        return await self.put(make_job_id(number), request, references)

    async def put(
        self, job_id: str, request: ValidRequest, references: Sequence[ReferenceImage] = ()
    ) -> Job:
        """Insert a job that no limit turns away."""
        made = await self.ask(job_id, request, references)
        assert isinstance(made, Job)
        return made

    async def ask(
        self,
        job_id: str,
        request: ValidRequest,
        references: Sequence[ReferenceImage] = (),
        *,
        asker: Asker | None = None,
        bound_micros: int | None = None,
        hits: Sequence[Hit] = (),
        store: ReservationStore | None = None,
    ) -> Job | Denial:
        """Insert a job if the limits let it in."""
        return await (store or self.reservations).reserve(
            job_id,
            request,
            references,
            asker or make_asker(request.origin),
            wish_of(request, bound_micros=bound_micros, hits=hits),
        )

    async def reserve_request(self, request: ValidRequest, number: int = 1) -> Job:
        """Reserve a request as it is, and have the first worker take it in hand."""
        job = await self.put(make_job_id(number), request)
        return await self.claim(job.id)

    async def claim(self, job_id: str) -> Job:
        claimed = {job.id: job for job in await self.jobs.claim(64, LEASES)}
        return claimed[job_id]

    async def bring_to(
        self, state: JobState, number: int = 1, *, references: Sequence[ReferenceImage] = ()
    ) -> Job:
        """Take a new job to `state`; in a working state it is in the first worker's hand."""
        reserved = await self.reserve(number, references=references)
        job = await self.claim(reserved.id)
        if state in (JobState.FAILED, JobState.TOLD):
            job = await self.jobs.fail(job, make_failure())
            return job if state is JobState.FAILED else await self._send(job, MessageKind.FAILURE)
        for target in PATH_OF_A_VIDEO[1 : PATH_OF_A_VIDEO.index(state) + 1]:
            job = await self._step(job, target)
        return job

    async def _step(self, job: Job, to: JobState) -> Job:
        now = self.clock.now()
        match to:
            case JobState.SUBMITTING:
                return await self.jobs.start_submitting(job)
            case JobState.RENDERING:
                await self.jobs.mark_rendering(job, f"ref-{job.id}", now)
                return await self.claim(job.id)
            case JobState.RENDERED:
                await self.jobs.mark_rendered(job, f"https://files.example/{job.id}.mp4")
                return await self.claim(job.id)
            case JobState.STORED:
                return await self.jobs.mark_stored(job, make_video())
            case _:
                return await self._send(job, MessageKind.RESULT)

    async def _send(self, job: Job, kind: MessageKind) -> Job:
        message = await self.begin_sending(job.id, kind)
        await self.outbox.mark_sent(message, channel_id=22, message_id=900)
        return await self.job(job.id)

    async def job(self, job_id: str) -> Job:
        job = await self.questions.job(job_id)
        assert job is not None
        return job

    async def due_at(self, job_id: str) -> datetime | None:
        statement = sa.select(jobs.c.due_at).where(jobs.c.id == job_id)
        async with self.database.read() as connection:
            moment: datetime | None = (await connection.execute(statement)).scalar_one()
        return moment

    async def pause(self, job: Job) -> timedelta:
        """Tell how long the job is to be left alone."""
        due_at = await self.due_at(job.id)
        assert due_at is not None
        return due_at - self.clock.now()

    async def again(self, job: Job) -> Job:
        """Wait until the job is due, and claim it."""
        self.clock.advance(await self.pause(job))
        return await self.claim(job.id)

    async def message_due_at(self, job_id: str, kind: MessageKind) -> datetime | None:
        statement = sa.select(outbox.c.due_at).where(
            outbox.c.job_id == job_id, outbox.c.kind == kind
        )
        async with self.database.read() as connection:
            moment: datetime | None = (await connection.execute(statement)).scalar_one()
        return moment

    async def message(self, job_id: str, kind: MessageKind) -> OwedMessage:
        """Look at an owed message in whatever state, and leave it alone."""
        message = await self.outbox.message(job_id, kind)
        assert message is not None
        return message

    async def owed(self, job_id: str, kind: MessageKind) -> OwedMessage:
        """Claim everything due and return the message of that kind."""
        messages = await self.outbox.claim(64, MESSAGE_LEASE)
        return next(
            message for message in messages if (message.job_id, message.kind) == (job_id, kind)
        )

    async def begin_sending(self, job_id: str, kind: MessageKind) -> OwedMessage:
        return await self.outbox.start_sending(await self.owed(job_id, kind))

    async def events(self, job_id: str) -> list[str]:
        return [event for _, event, _ in await self.questions.history(job_id)]

    async def execute(self, statement: str, **values: object) -> None:
        moments = [
            sa.bindparam(name, type_=UtcDateTime)
            for name, value in values.items()
            if isinstance(value, datetime)
        ]
        async with self.database.write() as connection:
            await connection.execute(sa.text(statement).bindparams(*moments), values)

    async def count(self, statement: str, **values: object) -> int:
        async with self.database.read() as connection:
            found: int = (await connection.execute(sa.text(statement), values)).scalar_one()
        return found


def make_world(database: Database, clock: ManualClock) -> World:
    return World(
        database,
        clock,
        JobStore(database, clock, worker="first"),
        OutboxStore(database, clock, worker="first"),
        JobQuestions(database),
        PauseStore(database, clock),
        JobStore(database, clock, worker="second"),
        OutboxStore(database, clock, worker="second"),
        DeliveryStore(database, clock),
        ReservationStore(database, clock),
        ReservationStore(database, clock),
        PolicyStore(database, clock),
        MemberStore(database, clock),
        HoldStore(database, clock),
        AuditLog(database),
        PromptRuleStore(database, clock),
    )
