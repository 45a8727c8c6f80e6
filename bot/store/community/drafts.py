"""Images that a form is about: its id has no room for their addresses, so they are kept here."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from bot.clock import Clock
from bot.domain import SentFile
from bot.store.community.schema import drafts
from bot.store.engines.engine import Database

LIFE: Final = timedelta(days=1)
"""About as long as an address of Discord's files lives."""


class DraftStore:
    """Keeps what a member pointed at until they have said what is to become of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, guild_id: int, member_id: int, images: Sequence[SentFile]) -> int:
        """Keep images, and return the number by which they are found again."""
        statement = (
            sa.insert(drafts)
            .values(
                member_id=member_id,
                guild_id=guild_id,
                images=[asdict(image) for image in images],
                created_at=self._clock.now(),
            )
            .returning(drafts.c.id)
        )
        async with self._database.write() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def images(
        self, draft_id: int, guild_id: int, member_id: int
    ) -> tuple[SentFile, ...] | None:
        """Find what a member has kept there; None of others, and when it is too old."""
        statement = sa.select(drafts.c.images).where(
            drafts.c.id == draft_id,
            drafts.c.member_id == member_id,
            drafts.c.guild_id == guild_id,
            drafts.c.created_at > self._clock.now() - LIFE,
        )
        async with self._database.read() as connection:
            found = (await connection.execute(statement)).scalar_one_or_none()
        return None if found is None else tuple(SentFile(**image) for image in found)
