"""Videos that their requester or a moderator puts behind a cover, wherever they were posted."""

from bot.clock import Clock
from bot.domain import Removal, Veiled
from bot.store.engines.engine import Database
from bot.store.moderation.takedowns import job_to_change, owe_takedown, redraw
from bot.store.record.audit import Entry, append
from bot.store.transitions import record


class VeilStore:
    """Asks for covers; the round of removals puts them on, and what is posted later has one."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def veil(self, job_id: str, by_id: int) -> Veiled:
        """Have the video of a job covered, now and from now on."""
        now = self._clock.now()
        async with self._database.write() as connection:
            job = await job_to_change(connection, job_id)
            if job.removed_at is not None or job.hidden_at is not None:
                return Veiled.WITHDRAWN
            if job.is_spoiler:
                return Veiled.ALREADY
            await redraw(connection, job, is_spoiler=True)
            await owe_takedown(
                connection, job, Removal.VEIL, by_id, None, removes_file=False, now=now
            )
            await record(connection, job.id, "veiled", now=now)
            entry = Entry(
                "cover.ask", guild_id=job.origin.guild_id, actor_id=by_id, target=f"job:{job.id}"
            )
            await append(connection, entry, now=now)
            return Veiled.VEILED
