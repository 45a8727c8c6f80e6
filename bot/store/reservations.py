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
    Origin,
    ReferenceImage,
    Refusal,
    Relation,
    ValidRequest,
)
from bot.limits.facts import Wish
from bot.limits.prompt_rules import Hit
from bot.limits.prompts import refusing_hit
from bot.store.engines.engine import Database
from bot.store.moderation.attempts import note_attempt
from bot.store.moderation.books import read_language
from bot.store.moderation.cases import open_case
from bot.store.owing import owe
from bot.store.rows import job_from, reserved_values
from bot.store.schema import jobs
from bot.store.spending.admission import admit, book, take_the_till, tell_of_denial
from bot.store.transitions import record

HELD_FOR: Final = {
    Hold.CONFIRMATION: timedelta(minutes=15),
    Hold.REVIEW: timedelta(days=7),
    Hold.SCENE: timedelta(days=7),
}
"""After so long a held job is given up: a price is asked about as long as Discord lets the
answer be changed, and a review that nobody makes must not take up limits for ever. A scene goes
on waiting, as long as there is something to wait for."""

_ONE_WISH: Final = timedelta(seconds=5)
"""So soon a second press on *again* is the first one, from a finger or a client that trembles."""


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

        An interaction that was reserved before, a job that was submitted again before, or one
        that the same member has just made again, gives the job of that time: compare the id.
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
    earlier = await _earlier(connection, request, now)
    if earlier is not None:
        return earlier
    verdict = await admit(connection, request.origin.guild_id, asker, wanted.wish, now=now)
    match verdict:
        case Denial():
            await turn_away(connection, request.origin, verdict, wanted.wish.hits, now=now)
            return verdict
        case Admission():
            admission = replace(verdict, hold=None) if is_agreed else verdict
            return await insert_job(connection, wanted, asker, admission, now=now)


async def turn_away(
    connection: AsyncConnection,
    origin: Origin,
    denial: Denial,
    hits: Sequence[Hit],
    *,
    now: datetime,
) -> None:
    """Write down what follows from a no."""
    await tell_of_denial(connection, denial, now)
    hit = refusing_hit(hits)
    if denial.refusal is Refusal.PROMPT and hit is not None:
        await note_attempt(connection, origin, hit, now=now)


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


async def insert_job(
    connection: AsyncConnection,
    wanted: Reservation,
    asker: Asker,
    admission: Admission,
    *,
    now: datetime,
) -> Job:
    """Insert a job that was let in, with what it takes and what it owes at once."""
    origin = wanted.request.origin
    values = {
        "id": wanted.job_id,
        **_values(wanted.request, wanted.references, admission, now),
        "language": await read_language(connection, origin.guild_id) or origin.language,
    }
    statement = sa.insert(jobs).values(values).returning(*jobs.c)
    job = job_from((await connection.execute(statement)).mappings().one())
    await record(connection, job.id, "reserved", now=job.created_at)
    if admission.hold is not None:
        await record(connection, job.id, f"held:{admission.hold}", now=job.created_at)
    await book(connection, job, asker, admission)
    if admission.hold is Hold.REVIEW:
        why = admission.hold_reason
        await open_case(connection, job, CaseKind.REVIEW, why, now=job.created_at, asker=asker)
    # Of one whose price is asked about, that waits for its scene, or that is private, only its
    # requester knows.
    is_told = admission.hold in {None, Hold.REVIEW}
    if is_told and not job.is_private:
        await owe(connection, job, MessageKind.CARD, now=job.created_at)
    return job


async def _earlier(connection: AsyncConnection, request: ValidRequest, now: datetime) -> Job | None:
    """Find what was made of the same wish; the caller holds off everybody else who reserves."""
    is_same = jobs.c.interaction_id == request.origin.interaction_id
    if request.repeats is not None:
        is_same |= jobs.c.repeats == request.repeats
    if request.lineage is not None and request.lineage.relation is Relation.AGAIN:
        is_same |= (
            (jobs.c.derived_from == request.lineage.job_id)
            & (jobs.c.relation == Relation.AGAIN)
            & (jobs.c.requester_id == request.origin.requester_id)
            & (jobs.c.created_at > now - _ONE_WISH)
            & jobs.c.failure.is_(None)
        )
    row = (await connection.execute(sa.select(jobs).where(is_same).limit(1))).mappings()
    found = row.one_or_none()
    return None if found is None else job_from(found)
