"""Jobs that wait for a yes: of their requester to the price, or of a moderator."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import (
    Asker,
    CaseKind,
    Charge,
    Cost,
    Denial,
    Ending,
    Failure,
    FailureKind,
    Hold,
    Job,
    JobState,
    MessageKind,
)
from bot.limits.allowed import check_person
from bot.limits.decide import review_reason
from bot.limits.prompt_rules import Hit
from bot.limits.prompts import check_prompt
from bot.store.engines.engine import Database
from bot.store.moderation.books import read_facts
from bot.store.moderation.cases import open_case
from bot.store.owing import owe
from bot.store.reservations import HELD_FOR
from bot.store.rows import job_from
from bot.store.schema import jobs
from bot.store.transitions import change, fail, record

_GIVEN_UP: Final = Failure(FailureKind.CANCELLED, Charge.NONE)


class HoldStore:
    """The only code that lets a held job go on, or gives it up."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def confirm(
        self, job_id: str, asker: Asker, hits: Sequence[Hit] = ()
    ) -> Job | Denial | None:
        """Let a job go on whose price its requester agrees to; None when it is not held for that.

        Limits were taken when it was reserved; whoever was blocked meanwhile, or a bot that was
        paused, or a prompt that a new rule refuses, stops it here: `hits` are the rules that fire.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            job = await held(connection, job_id, Hold.CONFIRMATION)
            if job is None:
                return None
            facts = await read_facts(connection, job.origin.guild_id, asker, Cost(), now)
            denial = check_person(facts) or check_prompt(hits)
            if denial is not None:
                return denial
            if not job.is_private:
                await owe(connection, job, MessageKind.CARD, now=now)
            why = review_reason(facts, hits)
            if not why:
                return await release(connection, job, now=now)
            await open_case(connection, job, CaseKind.REVIEW, why, now=now, asker=asker)
            return await _hold_for_review(connection, job, now)

    async def decline(self, job_id: str) -> bool:
        """Give a job up whose price its requester does not agree to; False when it is too late."""
        async with self._database.write() as connection:
            job = await held(connection, job_id, Hold.CONFIRMATION)
            if job is None:
                return False
            await give_up(connection, job, Ending.UNCONFIRMED, now=self._clock.now())
            return True


async def _hold_for_review(connection: AsyncConnection, job: Job, now: datetime) -> Job:
    await record(connection, job.id, f"held:{Hold.REVIEW}", now=now)
    return await change(
        connection,
        job,
        now=now,
        held_for=Hold.REVIEW,
        due_at=now + HELD_FOR[Hold.REVIEW],
        leased_by=None,
        lease=job.lease + 1,  # whoever was about to give it up comes too late
    )


async def held(connection: AsyncConnection, job_id: str, hold: Hold) -> Job | None:
    """Take hold of a job that waits for that; None when it does not, or does no longer."""
    statement = (
        sa.select(jobs)
        .where(jobs.c.id == job_id, jobs.c.held_for == hold, jobs.c.state == JobState.RESERVED)
        .with_for_update()
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else job_from(row)


async def release(connection: AsyncConnection, job: Job, *, now: datetime) -> Job:
    """Let a held job go on, in the caller's transaction."""
    await record(connection, job.id, "released", now=now)
    lease = job.lease + 1  # whoever was about to give it up comes too late
    return await change(
        connection,
        job,
        now=now,
        held_for=None,
        released_at=now,
        due_at=now,
        leased_by=None,
        lease=lease,
    )


async def give_up(
    connection: AsyncConnection, job: Job, ending: Ending, *, now: datetime, note: str = ""
) -> Job:
    """End a held job, in the caller's transaction; nothing was charged."""
    noted = await change(connection, job, now=now, ending=ending, note=note)
    return await fail(connection, noted, _GIVEN_UP, now=now)
