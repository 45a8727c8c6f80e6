"""Forgets members who asked for it: their words, their pictures and their videos."""

import logging
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import FetchError, StoreUnavailableError
from bot.pipeline.backoff import backoff
from bot.pipeline.takedown import FileRemover
from bot.store.privacy import Oblivion, PrivacyStore
from bot.store.retention import RetentionStore, Whose

log = logging.getLogger(__name__)

_FLOOR: Final = timedelta(seconds=5)
_CAP: Final = timedelta(hours=1)
_AT_A_TIME: Final = 5


class OblivionRound:
    """Does what is due, in one process; a file goes first and its row is written after it."""

    def __init__(
        self,
        store: PrivacyStore,
        retention: RetentionStore,
        files: FileRemover,
        clock: Clock,
    ) -> None:
        self._store = store
        self._retention = retention
        self._files = files
        self._clock = clock

    async def round(self) -> None:
        """Look once at who is to be forgotten; one that breaks keeps no other one waiting."""
        for oblivion in await self._store.due(limit=_AT_A_TIME):
            try:
                await self._forget(Whose(member_id=oblivion.member_id))
            except StoreUnavailableError:
                raise
            except FetchError as error:
                log.error("The files of a member can't be removed now: %s", error)
                await self._retry(oblivion)
            except Exception:
                log.exception("Forgetting a member broke")
                await self._retry(oblivion)
            else:
                await self._store.finish(oblivion)
                log.info("A member is forgotten as they asked")

    async def _forget(self, whose: Whose) -> None:
        while videos := await self._retention.oldest_videos(None, of=whose):
            await self._files.remove(*(key for one in videos for key in one.keys))
            await self._retention.record_videos(videos)
        while pictures := await self._retention.old_references(None, of=whose):
            await self._files.remove(*(key for one in pictures for key in one.keys))
            await self._retention.record_references([one.job_id for one in pictures])
        while prompts := await self._retention.old_prompts(None, of=whose):
            await self._retention.blank_prompts(prompts)

    async def _retry(self, oblivion: Oblivion) -> None:
        pause = backoff(oblivion.attempts, floor=_FLOOR, cap=_CAP)
        await self._store.retry(oblivion, self._clock.now() + pause)
