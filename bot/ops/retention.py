"""Forgets what is old: videos by age and by total size, reference images, words."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final, Self, TypeVar

from bot.clock import Clock
from bot.errors import FetchError, StoreUnavailableError
from bot.media.storage import ResultStorage
from bot.ops.orphans import OrphanHunt, Orphans
from bot.settings import Settings
from bot.store.community.drafts import LIFE as DRAFTS_LIVE
from bot.store.retention import BATCH, Files, RetentionStore

log = logging.getLogger(__name__)

_WORK_LIVES: Final = timedelta(days=1)
"""No download and no delivery takes that long."""
_GIGABYTE: Final = 1_000_000_000
_MOST_BATCHES: Final = 200
"""In one sweep, so that the first one on an old database comes to an end."""

_Item = TypeVar("_Item", Files, str)


@dataclass(frozen=True, slots=True)
class Rules:
    """How long things are kept; None is for ever."""

    videos: timedelta | None
    video_bytes: int | None
    references: timedelta | None
    prompts: timedelta | None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Read them from the settings, where 0 is for ever."""
        return cls(
            videos=_days(settings.results_days),
            video_bytes=int(settings.results_max_gigabytes * _GIGABYTE) or None,
            references=_days(settings.references_days),
            prompts=_days(settings.prompts_days),
        )


@dataclass(slots=True)
class Swept:
    """What a sweep did; of a trial, what it would have done."""

    is_trial: bool
    videos: int = 0
    video_bytes: int = 0
    references: int = 0
    reference_bytes: int = 0
    prompts: int = 0
    work_files: int = 0
    orphans: Orphans | None = None
    """None when it was not looked for them."""
    problems: list[str] = field(default_factory=list)


class Sweeper:
    """Goes through everything once; what fails is named and does not stop the rest.

    A file goes first and its row is written after it: a crash in between is mended by the next
    sweep.
    """

    def __init__(
        self, store: RetentionStore, storage: ResultStorage, clock: Clock, rules: Rules
    ) -> None:
        self._store = store
        self._storage = storage
        self._clock = clock
        self._rules = rules
        self._hunt = OrphanHunt(store, storage, clock)

    async def sweep(
        self, *, is_trial: bool = False, with_orphans: bool = True, even_many: bool = False
    ) -> Swept:
        """Forget what the rules say; a trial only counts it.

        `with_orphans` also compares every file with the rows, which is much work on a large
        storage; files without a row are removed even when they are many only if a person says so.
        """
        steps: dict[str, Callable[[Swept], Awaitable[None]]] = {
            "old videos": self._old_videos,
            "videos beyond the limit": self._videos_beyond,
            "reference images": self._references,
            "prompts": self._prompts,
            "work files": self._work_files,
        }
        if with_orphans:
            steps["files without a job"] = partial(self._orphans, even_many=even_many)
        if not is_trial:
            steps["drafts"] = lambda _: self._store.drop_drafts(self._clock.now() - DRAFTS_LIVE)
            steps["the database"] = lambda _: self._store.give_room_back()
        swept = Swept(is_trial)
        for name, step in steps.items():
            try:
                await step(swept)
            except (FetchError, StoreUnavailableError) as error:
                log.error("Sweeping %s stopped: %s", name, error)
                swept.problems.append(f"{name}: {error}")
        return swept

    async def _old_videos(self, swept: Swept) -> None:
        if self._rules.videos is None:
            return
        before = self._clock.now() - self._rules.videos

        async def find(limit: int) -> list[Files]:
            return await self._store.oldest_videos(before, limit=limit)

        async for batch in _batches(swept, find, self._forget_videos):
            swept.videos += len(batch)
            swept.video_bytes += _size(batch)

    async def _videos_beyond(self, swept: Swept) -> None:
        if self._rules.video_bytes is None:
            return
        beyond = await self._store.video_bytes() - self._rules.video_bytes
        counted = swept.videos if swept.is_trial else 0  # these would be gone already
        beyond -= swept.video_bytes if swept.is_trial else 0

        async def find(limit: int) -> list[Files]:
            return _until((await self._store.oldest_videos(None, limit=limit))[counted:], beyond)

        async for batch in _batches(swept, find, self._forget_videos):
            swept.videos += len(batch)
            swept.video_bytes += _size(batch)
            beyond -= _size(batch)

    async def _forget_videos(self, videos: Sequence[Files]) -> None:
        await self._storage.remove(*_keys(videos))
        await self._store.record_videos(videos)

    async def _references(self, swept: Swept) -> None:
        if self._rules.references is None:
            return
        before = self._clock.now() - self._rules.references

        async def find(limit: int) -> list[Files]:
            return await self._store.old_references(before, limit=limit)

        async def forget(old: Sequence[Files]) -> None:
            await self._storage.remove(*_keys(old))
            await self._store.record_references([one.job_id for one in old])

        async for batch in _batches(swept, find, forget):
            swept.references += len(_keys(batch))
            swept.reference_bytes += _size(batch)

    async def _prompts(self, swept: Swept) -> None:
        if self._rules.prompts is None:
            return
        before = self._clock.now() - self._rules.prompts

        async def find(limit: int) -> list[str]:
            return await self._store.old_prompts(before, limit=limit)

        async for batch in _batches(swept, find, self._store.blank_prompts):
            swept.prompts += len(batch)

    async def _work_files(self, swept: Swept) -> None:
        old = await self._storage.old_work(self._clock.now() - _WORK_LIVES)
        if not swept.is_trial:
            await self._storage.remove_work(old)
        swept.work_files += len(old)

    async def _orphans(self, swept: Swept, *, even_many: bool) -> None:
        swept.orphans = await self._hunt.find()
        if not swept.is_trial:
            await self._hunt.remove(swept.orphans, even_many=even_many)


async def _batches(
    swept: Swept,
    find: Callable[[int], Awaitable[list[_Item]]],
    forget: Callable[[list[_Item]], Awaitable[None]],
) -> AsyncIterator[list[_Item]]:
    """Find and forget until nothing is found; a trial finds everything at once instead."""
    if swept.is_trial:
        yield await find(BATCH * _MOST_BATCHES)
        return
    for _ in range(_MOST_BATCHES):
        batch = await find(BATCH)
        if not batch:
            return
        await forget(batch)
        yield batch


def _days(count: int) -> timedelta | None:
    return timedelta(days=count) or None


def _keys(files: Sequence[Files]) -> list[str]:
    return [key for one in files for key in one.keys]


def _size(files: Sequence[Files]) -> int:
    return sum(one.size_bytes for one in files)


def _until(videos: Sequence[Files], enough_bytes: int) -> list[Files]:
    """Take from the front until they are at least that large together."""
    taken: list[Files] = []
    left = enough_bytes
    for video in videos:
        if left <= 0:
            break
        taken.append(video)
        left -= video.size_bytes
    return taken
