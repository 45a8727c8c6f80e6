"""The moderators' decisions: each is one commit, and the first one is the only one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import (
    AlreadyDecided,
    Appealed,
    Asker,
    Block,
    Case,
    CaseKind,
    CaseState,
    Decided,
    Denial,
    Ending,
    Hold,
    Job,
    MessageKind,
    Ruling,
)
from bot.limits import reasons
from bot.store.community.copies import renew_copies
from bot.store.deliveries import owe_delivery
from bot.store.engines.engine import Database
from bot.store.holds import give_up, release
from bot.store.moderation.cases import case_from, open_case
from bot.store.moderation.desk_schema import cases
from bot.store.moderation.members import put_block
from bot.store.moderation.takedowns import remove_video, unhide_video
from bot.store.owing import owe
from bot.store.record.audit import Entry, append
from bot.store.reservations import Reservation, reserve_in
from bot.store.rows import job_from
from bot.store.schema import jobs
from bot.store.spending.admission import take_the_till
from bot.store.transitions import record

BLOCKED_FOR: Final = timedelta(days=30)
"""How long a member is blocked from a case; `/grok-admin block` knows other times."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a moderator says to a case of their server."""

    case_id: int
    guild_id: int
    ruling: Ruling
    by_id: int
    reason: str = ""


class CaseStore:
    """The only code that decides a case, and that opens an appeal."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def decide(
        self, order: Order, renewal: Reservation | None = None
    ) -> Decided | AlreadyDecided | Denial | None:
        """Decide a case and do what follows from it; None when that server has no such case.

        An appeal that is approved needs its `renewal`, the job that is made then. If a limit does
        not let that in nothing is decided.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            if renewal is not None:
                await take_the_till(connection)  # before any row, as everybody who inserts a job
            found = await _locked(connection, order)
            if found is None:
                return None
            case, job = found
            if case.state is CaseState.OPEN and _is_pointless(case, job):
                case = await _close(connection, case, now)
            if case.state is not CaseState.OPEN:
                return AlreadyDecided(case)
            made: Job | Denial | None = None
            if renewal is not None and order.ruling is Ruling.APPROVE and case.asker is not None:
                made = await reserve_in(connection, renewal, case.asker, now=now, is_agreed=True)
            if isinstance(made, Denial):
                return made
            decided = await _settle(connection, case, order, now)
            match case.kind:
                case CaseKind.REVIEW:
                    made = await _rule_review(connection, job, order, now)
                case CaseKind.REPORT:
                    await _rule_report(connection, job, order, now)
                case CaseKind.APPEAL:
                    pass
            await self._follow_up(connection, decided, job, order)
            await append(connection, _entry(decided, order, made), now=now)
            return Decided(decided, made)

    async def appeal(self, job_id: str, asker: Asker) -> Appealed | None:
        """Ask to think again about a job that was declined, once; None when it was not."""
        now = self._clock.now()
        async with self._database.write() as connection:
            job = await _lock_job(connection, job_id)
            if job is None or job.ending is not Ending.DECLINED:
                return None
            is_earlier = (cases.c.job_id == job_id) & (cases.c.kind == CaseKind.APPEAL)
            earlier = await connection.execute(sa.select(cases.c.id).where(is_earlier).limit(1))
            case_id = earlier.scalar_one_or_none()
            if case_id is not None:
                return Appealed(case_id, is_new=False)
            why = reasons.APPEAL.message
            case_id = await open_case(connection, job, CaseKind.APPEAL, why, now=now, asker=asker)
            await record(connection, job_id, "appealed", now=now)
            return Appealed(case_id, is_new=True)

    async def _follow_up(
        self, connection: AsyncConnection, case: Case, job: Job, order: Order
    ) -> None:
        """Block the member, and tell them of an appeal in vain: nothing else would."""
        now = self._clock.now()
        if order.ruling is Ruling.BLOCK:
            member_id = job.origin.requester_id
            until_at = case.blocked_until_at
            wanted = Block(case.guild_id, member_id, until_at, order.reason, order.by_id, now)
            await put_block(connection, wanted, may_shorten=False)
        if case.kind is CaseKind.APPEAL and case.state is CaseState.REJECTED:
            await owe(connection, job, MessageKind.ANSWER, now=now, sequence=case.id)


async def _locked(connection: AsyncConnection, order: Order) -> tuple[Case, Job] | None:
    """Read a case of that server under the lock of its job.

    The job comes first, as everywhere: whoever cancels it closes the case afterwards.
    """
    is_it = (cases.c.id == order.case_id) & (cases.c.guild_id == order.guild_id)
    job_id = await connection.execute(sa.select(cases.c.job_id).where(is_it))
    job = await _lock_job(connection, job_id.scalar_one_or_none())
    if job is None:
        return None
    row = (await connection.execute(sa.select(cases).where(is_it))).mappings().one()
    return case_from(row), job


async def _lock_job(connection: AsyncConnection, job_id: str | None) -> Job | None:
    statement = sa.select(jobs).where(jobs.c.id == job_id).with_for_update()
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else job_from(row)


def _is_pointless(case: Case, job: Job) -> bool:
    return case.kind is CaseKind.REVIEW and job.held_for is not Hold.REVIEW


async def _settle(connection: AsyncConnection, case: Case, order: Order, now: datetime) -> Case:
    is_yes = order.ruling is Ruling.APPROVE
    return await _change(
        connection,
        case,
        state=CaseState.APPROVED if is_yes else CaseState.REJECTED,
        decided_by_id=order.by_id,
        decided_at=now,
        reason=order.reason,
        blocked_until_at=now + BLOCKED_FOR if order.ruling is Ruling.BLOCK else None,
    )


async def _close(connection: AsyncConnection, case: Case, now: datetime) -> Case:
    return await _change(connection, case, state=CaseState.CLOSED, decided_at=now)


async def _change(connection: AsyncConnection, case: Case, **values: object) -> Case:
    statement = (
        sa.update(cases)
        .where(cases.c.id == case.id, cases.c.state == CaseState.OPEN)
        .values(values)
        .returning(*cases.c)
    )
    return case_from((await connection.execute(statement)).mappings().one())


async def _rule_review(
    connection: AsyncConnection, job: Job, order: Order, now: datetime
) -> Job | None:
    if order.ruling is Ruling.APPROVE:
        return await release(connection, job, now=now)
    await give_up(connection, job, Ending.DECLINED, now=now, note=order.reason)
    return None


async def _rule_report(connection: AsyncConnection, job: Job, order: Order, now: datetime) -> None:
    """Let a reported video stay, posted once more where it was hidden, or have it removed."""
    if order.ruling is not Ruling.APPROVE:
        await remove_video(connection, job, order.by_id, now=now, reason=order.reason)
    elif job.hidden_at is not None:
        await unhide_video(connection, job, now=now)
        await owe_delivery(connection, job, job.origin.channel_id, now=now)
        await renew_copies(connection, job, now=now)


def _entry(case: Case, order: Order, made: Job | None) -> Entry:
    return Entry(
        f"case.{order.ruling}",
        guild_id=case.guild_id,
        actor_id=order.by_id,
        target=f"case:{case.id} job:{case.job_id}",
        reason=order.reason,
        before=CaseState.OPEN,
        after={"state": case.state, "made": None if made is None else made.id},
    )
