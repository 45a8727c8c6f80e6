"""Has the best videos of each week listed in the galleries that want it."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from bot.errors import PostLaterError, PostRefusedError
from bot.pipeline.gallery import Surroundings
from bot.store.community.rankings import RankingStore
from bot.store.community.weeklies import WeeklyGallery, WeeklyStore

log = logging.getLogger(__name__)

PAUSE: Final = timedelta(minutes=10)
_LOOKED_AT: Final = 50


class WeeklyChore:
    """Looks every few minutes, in one process; a week that passed while it was off comes late."""

    def __init__(
        self,
        store: WeeklyStore,
        rankings: RankingStore,
        surroundings: Surroundings,
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._rankings = rankings
        self._surroundings = surroundings
        self._wake = wake

    async def tick(self) -> None:
        """Owe each gallery the week that it lacks; where Discord says nothing it comes later."""
        for gallery in await self._store.due():
            try:
                await self._owe(gallery)
            except PostRefusedError as error:
                log.info("Server %d has no best of a week: %s", gallery.guild_id, error)
                await self._store.owe(gallery, None)
            except PostLaterError as error:
                log.info("The best of a week in server %d come later: %s", gallery.guild_id, error)

    async def _owe(self, gallery: WeeklyGallery) -> None:
        found = await self._rankings.of_week(gallery.guild_id, gallery.week, limit=_LOOKED_AT)
        best = None
        for one in found:
            if await self._surroundings.may_show(one.job.origin, gallery.channel_id):
                best = one.job
                break
        if await self._store.owe(gallery, best):
            self._wake()
