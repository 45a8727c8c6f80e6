"""The one way in: a job is let in, counted and inserted in one commit, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import (
    Admission,
    Asker,
    CaseKind,
    Denial,
    Hold,
    Job,
    JobState,
    MessageKind,
    ReferenceImage,
    Refusal,
    ValidRequest,
)
from bot.limits.facts import Wish
from bot.limits.prompts import refusing_hit
from bot.store.engines.engine import Database
from bot.store.moderation.attempts import note_attempt
from bot.store.moderation.cases import open_case
from bot.store.owing import owe
from bot.store.rows import job_from, reserved_values
from bot.store.schema import jobs
from bot.store.spending.admission import admit, book, take_the_till, tell_of_denial
from bot.store.transitions import record

HELD_FOR: Final = {Hold.CONFIRMATION: timedelta(minutes=15), Hold.REVIEW: timedelta(days=7)}
"""After so long a held job is given up: a price is asked about as long as Discord lets the
answer be changed, and a review that nobody makes must not take up limits for ever."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A job that is ready to be inserted: its images are kept."""

    job_id: str
    request: ValidRequest
    references: tuple[ReferenceImage, ...]
    wish: Wish


class ReservationStore:
    """The only code that inserts a job."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def reserve(
        self,
        job_id: str,
        request: ValidRequest,
        references: Sequence[ReferenceImage],
        asker: Asker,
        wish: Wish,
    ) -> Job | Denial:
        """Insert the job, take what it may cost, and owe its card; or say why not.

        An interaction that was reserved before, or a job that was submitted again before, gives
        the job of that time: compare the id.
        """
        reservation = Reservation(job_id, request, tuple(references), wish)
        async with self._database.write() as connection:
            return await reserve_in(connection, reservation, asker, now=self._clock.now())


async def reserve_in(
    connection: AsyncConnection,
    wanted: Reservation,
    asker: Asker,
    *,
    now: datetime,
    is_agreed: bool = False,
) -> Job | Denial:
    """Do that in the caller's transaction; what is agreed to already need not wait for a yes."""
    request = wanted.request
    await take_the_till(connection)
    earlier = await _earlier(connection, request)
    if earlier is not None:
        return earlier
    verdict = await admit(connection, request.origin.guild_id, asker, wanted.wish, now=now)
    match verdict:
        case Denial():
            await tell_of_denial(connection, verdict, now)
            hit = refusing_hit(wanted.wish.hits)
            if verdict.refusal is Refusal.PROMPT and hit is not None:
                await note_attempt(connection, request.origin, hit, now=now)
            return verdict
        case Admission():
            admission = replace(verdict, hold=None) if is_agreed else verdict
            values = _values(request, wanted.references, admission, now)
            return await _insert(connection, {"id": wanted.job_id, **values}, asker, admission)


def _values(
    request: ValidRequest, references: Sequence[ReferenceImage], admission: Admission, now: datetime
) -> dict[str, Any]:
    hold = admission.hold
    allowed = replace(request, alternatives=admission.alternatives)
    return {
        **reserved_values(allowed, references),
        "state": JobState.RESERVED,
        "held_for": hold,
        "is_spoiler": admission.is_spoiler,
        # What is held comes up when it has been held for too long.
        "due_at": now if hold is None else now + HELD_FOR[hold],
        "created_at": now,
        "updated_at": now,
    }


async def _insert(
    connection: AsyncConnection, values: dict[str, Any], asker: Asker, admission: Admission
) -> Job:
    statement = sa.insert(jobs).values(values).returning(*jobs.c)
    job = job_from((await connection.execute(statement)).mappings().one())
    await record(connection, job.id, "reserved", now=job.created_at)
    if admission.hold is not None:
        await record(connection, job.id, f"held:{admission.hold}", now=job.created_at)
    await book(connection, job, asker, admission)
    match admission.hold:
        case None:
            await owe(connection, job, MessageKind.CARD, now=job.created_at)
        case Hold.REVIEW:
            await owe(connection, job, MessageKind.CARD, now=job.created_at)
            why = admission.hold_reason
            await open_case(connection, job, CaseKind.REVIEW, why, now=job.created_at, asker=asker)
        case Hold.CONFIRMATION:
            pass  # only its requester knows of it yet
    return job


async def _earlier(connection: AsyncConnection, request: ValidRequest) -> Job | None:
    is_same = jobs.c.interaction_id == request.origin.interaction_id
    if request.repeats is not None:
        is_same |= jobs.c.repeats == request.repeats
    row = (await connection.execute(sa.select(jobs).where(is_same).limit(1))).mappings()
    found = row.one_or_none()
    return None if found is None else job_from(found)
