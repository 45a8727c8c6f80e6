"""Videos that are to be posted again, or published: one more owed message, or a hurried one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.domain import Job, JobState, MessageKind, MessageState, Redelivery, StoryState
from bot.store.community.schema import storyboards
from bot.store.engines.engine import Database
from bot.store.record.audit import append, entry_about
from bot.store.rows import job_from
from bot.store.schema import closed_places, jobs, outbox
from bot.store.transitions import PUBLISHED, record

_OVER = (JobState.POSTED, JobState.FAILED, JobState.TOLD)


class DeliveryStore:
    """Owes deliveries; any process may, and the one that sends finds them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def ask(
        self,
        job_id: str,
        channel_id: int | None = None,
        *,
        by_id: int | None = None,
        for_moderator: bool = False,
    ) -> Redelivery:
        """Owe the video of a job to a channel; without one, to where it was asked for.

        A private one goes to its requester, or to nowhere else than where it was asked for.
        Who asks is a member, or with None the operator; if it is not the requester, it is put on
        record. One that is hidden goes to moderators alone, who have to see it to decide.

        What is owed already is not owed twice: it is made due now, where it is to go. Whoever
        asks has seen to it that the channel is open, so its refusals and those of the
        requester's direct messages are forgotten.
        """
        async with self._database.write() as connection:
            found = await connection.execute(
                sa.select(jobs).where(jobs.c.id == job_id).with_for_update()
            )
            row = found.mappings().one_or_none()
            job = None if row is None else job_from(row)
            refusal = _refusal(row, job, for_moderator=for_moderator)
            if job is None or refusal is not None:
                return refusal or Redelivery.NO_VIDEO
            wanted = None if job.is_private else channel_id
            places = (wanted or job.origin.channel_id, job.origin.requester_id)
            await connection.execute(
                sa.delete(closed_places).where(closed_places.c.place_id.in_(places))
            )
            outcome = await self._outcome(connection, job, places[0])
            if outcome is not Redelivery.NO_VIDEO and by_id != job.origin.requester_id:
                # As a text: JSON's numbers are too small for an id in many programs.
                after = {"channel": str(places[0]), "outcome": outcome}
                entry = entry_about(job, "delivery.hand", by_id, before=job.state, after=after)
                await append(connection, entry, now=self._clock.now())
            return outcome

    async def publish(self, job_id: str) -> Redelivery | None:
        """Make a private job like any other and owe its video to its channel, in one commit.

        None when it is not private, or not any more. A scene stays private until its storyboard is
        over: what joins them goes where its last scene may be seen.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            found = await connection.execute(
                sa.select(jobs).where(jobs.c.id == job_id).with_for_update()
            )
            row = found.mappings().one()
            job = job_from(row)
            if not job.is_private:
                return None
            refusal = _refusal(row, job, for_moderator=False)
            if refusal is not None or job.video is None or job.state not in _OVER:
                return refusal or Redelivery.NO_VIDEO
            if await _is_story_open(connection, job):
                return Redelivery.UNDER_WAY
            await connection.execute(
                sa.update(jobs).where(jobs.c.id == job_id).values(is_private=False)
            )
            await connection.execute(
                sa.delete(closed_places).where(closed_places.c.place_id == job.origin.channel_id)
            )
            await record(connection, job_id, PUBLISHED, now=now)
            await owe_delivery(connection, job, job.origin.channel_id, now=now)
            return Redelivery.OWED

    async def _outcome(self, connection: AsyncConnection, job: Job, channel_id: int) -> Redelivery:
        if await self._hurry(connection, job):
            return Redelivery.UNDER_WAY
        if job.video is None or job.state not in _OVER:
            return Redelivery.NO_VIDEO
        await owe_delivery(connection, job, channel_id, now=self._clock.now())
        return Redelivery.OWED

    async def _hurry(self, connection: AsyncConnection, job: Job) -> bool:
        """Make due what is owed; what somebody has in hand is on its way as it is."""
        is_owed = (
            (outbox.c.job_id == job.id)
            & outbox.c.kind.in_((MessageKind.RESULT, MessageKind.DELIVERY))
            & outbox.c.due_at.is_not(None)
        )
        found = (await connection.execute(sa.select(outbox.c.job_id).where(is_owed))).first()
        resting = sa.update(outbox).where(is_owed, outbox.c.leased_by.is_(None))
        await connection.execute(resting.values(due_at=self._clock.now()))
        return found is not None


async def owe_delivery(
    connection: AsyncConnection, job: Job, channel_id: int, *, now: datetime
) -> None:
    """Owe the video of a job to a channel, in the caller's transaction."""
    earlier = sa.select(sa.func.coalesce(sa.func.max(outbox.c.sequence), 0)).where(
        outbox.c.job_id == job.id, outbox.c.kind == MessageKind.DELIVERY
    )
    number: int = (await connection.execute(earlier)).scalar_one() + 1
    await connection.execute(
        sa.insert(outbox).values(
            job_id=job.id,
            kind=MessageKind.DELIVERY,
            sequence=number,
            state=MessageState.PENDING,
            channel_id=channel_id,
            due_at=now,
            created_at=now,
        )
    )
    await record(connection, job.id, "asked:delivery", now=now, detail=str(channel_id))


async def _is_story_open(connection: AsyncConnection, job: Job) -> bool:
    """Tell whether something of the storyboard of a job is still to come."""
    if job.storyboard is None:
        return False
    others = jobs.alias("others")
    is_theirs = others.c.storyboard_id == job.storyboard.storyboard_id
    open_jobs = sa.select(others.c.id).where(
        is_theirs, others.c.state.not_in((JobState.POSTED, JobState.TOLD))
    )
    owed = (
        sa.select(outbox.c.job_id)
        .join(others, others.c.id == outbox.c.job_id)
        .where(is_theirs, outbox.c.due_at.is_not(None))
    )
    joining = sa.select(storyboards.c.id).where(
        storyboards.c.id == job.storyboard.storyboard_id,
        storyboards.c.state.in_((StoryState.RUNNING, StoryState.JOINING)),
    )
    is_open = sa.select(open_jobs.exists() | owed.exists() | joining.exists())
    return bool((await connection.execute(is_open)).scalar_one())


def _refusal(
    row: sa.RowMapping | None, job: Job | None, *, for_moderator: bool
) -> Redelivery | None:
    """Say why a video is not posted again; None when nothing speaks against it."""
    if row is None or job is None:
        return Redelivery.NO_VIDEO
    if job.removed_at is not None:
        return Redelivery.REMOVED
    if job.hidden_at is not None and not for_moderator:
        return Redelivery.HIDDEN
    return Redelivery.NO_VIDEO if row["file_removed_at"] is not None else None
