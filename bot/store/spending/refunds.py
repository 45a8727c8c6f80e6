"""Refunds by hand: the operator saw that a job in doubt was not charged after all."""

from dataclasses import asdict

import sqlalchemy as sa

from bot.clock import Clock
from bot.domain import Cost
from bot.errors import InvalidRequestError
from bot.store.engines.engine import Database
from bot.store.record.audit import append, entry_about
from bot.store.rows import job_from
from bot.store.schema import jobs
from bot.store.spending.ledger import refund

_UNKNOWN = "There is no job {job_id}."
_NOT_OVER = "Job {job_id} is not over, or has its video: nothing is given back."
_NOTHING = "There is nothing to give back of job {job_id}: nothing is booked for it any more."


class RefundStore:
    """Gives back what a job took from limits and budgets, in one commit with its line on record."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def refund(self, job_id: str, reason: str) -> Cost:
        """Give back all of a job that ended without a video, and return how much that was.

        Raises:
            InvalidRequestError: There is no such job, it has not failed, or nothing is booked.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            statement = sa.select(jobs).where(jobs.c.id == job_id).with_for_update()
            row = (await connection.execute(statement)).mappings().one_or_none()
            if row is None:
                raise InvalidRequestError(_UNKNOWN.format(job_id=job_id))
            job = job_from(row)
            if job.failure is None:
                raise InvalidRequestError(_NOT_OVER.format(job_id=job_id))
            taken = await refund(connection, job_id, now)
            if not taken.jobs:
                raise InvalidRequestError(_NOTHING.format(job_id=job_id))
            entry = entry_about(
                job, "refund.hand", None, reason=reason, before=asdict(taken), after=asdict(Cost())
            )
            await append(connection, entry, now=now)
            return taken
