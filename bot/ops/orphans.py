"""Compares the files there are with the rows that name them."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.media.folder import KeptFile
from bot.media.storage import ResultStorage
from bot.store.retention import BATCH, RetentionStore

log = logging.getLogger(__name__)

_OURS: Final = re.compile(
    r"(?:\d{4}/\d{2}/([0-9a-z]{10})(?:-joined)?\.mp4|references/([0-9a-z]{10})-\d+\.(?:png|jpg|webp))"
)
"""What this bot names a file; anything else in the place belongs to somebody else."""
_GRACE: Final = timedelta(days=7)
"""A file is there before its row says so, and a restored database may lack its rows."""
_FEW: Final = 20
_PART_THAT_IS_MANY: Final = 10
_PART_OF_FEW: Final = 2


@dataclass(slots=True)
class Orphans:
    """Files without a row, and rows without a file."""

    files: list[str] = field(default_factory=list)
    size_bytes: int = 0
    all_files: int = 0
    foreign: int = 0
    """Files that this bot never names so; they are left alone."""
    missing: list[str] = field(default_factory=list)
    """Jobs whose video should be there and is not."""

    @property
    def are_too_many(self) -> bool:
        """Whether it looks as if the database were the wrong one, rather than the files."""
        count = len(self.files)
        # Of a few files, half are many: an empty database would lose all of them.
        part = _PART_THAT_IS_MANY if count > _FEW else _PART_OF_FEW
        return count * part > self.all_files


class OrphanHunt:
    """Finds them, and removes the files unless that looks like a mistake."""

    def __init__(self, store: RetentionStore, storage: ResultStorage, clock: Clock) -> None:
        self._store = store
        self._storage = storage
        self._clock = clock

    async def find(self) -> Orphans:
        """Compare everything; nothing is changed.

        Raises:
            FetchError: The storage can't be listed.
        """
        found = Orphans()
        seen: set[str] = set()
        oldest = self._clock.now() - _GRACE
        async for page in self._storage.files():
            ours = {file.key: file for file in page if _OURS.fullmatch(file.key)}
            found.all_files += len(ours)
            found.foreign += len(page) - len(ours)
            seen |= ours.keys()
            old = [file for file in ours.values() if file.changed_at < oldest]
            for file in await self._without_row(old):
                found.files.append(file.key)
                found.size_bytes += file.size_bytes
        found.missing = await self._without_file(seen)
        return found

    async def remove(self, orphans: Orphans, *, even_many: bool) -> None:
        """Remove the files that were found, and report what a person should look at.

        Raises:
            FetchError: The storage would not let go of them.
        """
        if orphans.missing:
            log.error(
                "The videos of %d jobs are not in the storage, such as %s",
                len(orphans.missing),
                ", ".join(orphans.missing[:3]),
            )
        if orphans.are_too_many and not even_many:
            log.error(
                "%d of %d files belong to no job of this database. They stay, because the "
                "database may be the wrong one; grok-bot sweep --all-orphans removes them",
                len(orphans.files),
                orphans.all_files,
            )
            return
        for start in range(0, len(orphans.files), BATCH):
            await self._storage.remove(*orphans.files[start : start + BATCH])
        if orphans.files:
            log.info("Deleted %d files that belong to no job", len(orphans.files))

    async def _without_row(self, files: Sequence[KeptFile]) -> list[KeptFile]:
        if not files:
            return []
        keys, still_open = await self._store.keys_in_use({_job_of(file.key) for file in files})
        return [
            file for file in files if file.key not in keys and _job_of(file.key) not in still_open
        ]

    async def _without_file(self, seen: set[str]) -> list[str]:
        missing: list[str] = []
        last = ""
        # What was stored since the listing began is not in it.
        before = self._clock.now() - _GRACE
        while rows := await self._store.videos_after(last, before):
            missing += [job_id for job_id, key in rows if key not in seen]
            last = rows[-1][0]
        joined = await self._store.joined_before(before)
        return missing + [job_id for job_id, key in joined if key not in seen]


def _job_of(key: str) -> str:
    match = _OURS.fullmatch(key)
    assert match is not None  # noqa: S101 - only such keys get here
    return match[1] or match[2]
