"""Sends a member everything that is kept about them: a JSON file, and their files."""

import json
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from bot.errors import FetchError, InvalidRequestError, PlaceClosedError, PostingError
from bot.posting.attachments import reference_name
from bot.posting.direct import DirectFile
from bot.posting.guilds import DEFAULT_LIMIT
from bot.posting.marks import video_name
from bot.posting.text import megabytes
from bot.posting.words_privacy import (
    DMS_CLOSED,
    EXPORT_BROKE,
    EXPORT_MORE,
    EXPORT_RUNNING,
    EXPORT_TEXT,
    LEFT_GONE,
    LEFT_LARGE,
    LEFT_LINK,
)
from bot.store.privacy import KeptFiles, PrivacyStore

log = logging.getLogger(__name__)

_ROOM: Final = int(DEFAULT_LIMIT * 0.9)
"""Bytes of files in a direct message, below Discord's limit for any upload."""
_MOST_FILES: Final = 10
"""Files in a message, by Discord's Create Message."""
_LINK_LIVES: Final = timedelta(days=7)
_TEXT: Final = 1900
"""Characters of a message, of the 2,000 that Discord takes."""


class DirectSender(Protocol):
    """The door to a member's direct messages."""

    async def send(self, member_id: int, text: str, files: Sequence[DirectFile]) -> None:
        """Send one message.

        Raises:
            PlaceClosedError: The member takes none from the bot.
            PostingError: Discord would not, or was out of reach.
        """
        ...


class Storage(Protocol):
    """The storage, as an export needs it."""

    async def read(self, key: str) -> bytes:
        """Return the bytes under `key`.

        Raises:
            FetchError: They are gone, or can't be read.
        """
        ...

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        """Return where the file is on this machine.

        Raises:
            FetchError: It changed or is gone, or can't be read.
        """
        ...

    async def link_for(self, key: str, expires: timedelta) -> str | None:
        """Return an address by which anybody can fetch the file; None when there is none.

        Raises:
            StorageError: No link can be signed at this moment.
        """
        ...


class Exporter:
    """One export at a time for each member; one that breaks off is asked for again."""

    def __init__(self, store: PrivacyStore, storage: Storage, sender: DirectSender) -> None:
        self._store = store
        self._storage = storage
        self._sender = sender
        self._under_way: set[int] = set()

    async def export(self, guild_id: int, member_id: int) -> int:
        """Send everything, and return the number of messages.

        Raises:
            InvalidRequestError: The member takes no direct messages, or is being sent one now.
        """
        if member_id in self._under_way:
            raise InvalidRequestError(EXPORT_RUNNING())
        self._under_way.add(member_id)
        try:
            return await self._export(guild_id, member_id)
        except PlaceClosedError:
            raise InvalidRequestError(DMS_CLOSED()) from None
        except PostingError as error:
            log.warning("An export broke off: %s", error)
            raise InvalidRequestError(EXPORT_BROKE()) from None
        finally:
            self._under_way.discard(member_id)

    async def _export(self, guild_id: int, member_id: int) -> int:
        kept = await self._store.export(guild_id, member_id)
        data = json.dumps(kept, indent=1, ensure_ascii=False).encode()
        pieces = parts(data)
        for number, part in enumerate(pieces):
            words = EXPORT_MORE if number else EXPORT_TEXT
            await self._sender.send(member_id, words(), [part])
        count, left = len(pieces), list[str]()
        async for batch in self._batches(member_id, left):
            await self._sender.send(member_id, EXPORT_MORE(), batch)
            count += 1
        for text in pages(left):
            await self._sender.send(member_id, text, [])
            count += 1
        return count

    async def _batches(
        self, member_id: int, left: list[str]
    ) -> AsyncIterator[Sequence[DirectFile]]:
        """Put files together as far as one message takes them; `left` names those that it can't."""
        batch: list[DirectFile] = []
        for kept in await self._store.files(member_id):
            async for file in self._files(kept, left):
                size = sum(one.size_bytes for one in batch) + file.size_bytes
                if batch and (size > _ROOM or len(batch) == _MOST_FILES):
                    yield batch
                    batch = []
                batch.append(file)
        if batch:
            yield batch

    async def _files(self, kept: KeptFiles, left: list[str]) -> AsyncIterator[DirectFile]:
        job, video = kept.job, kept.job.video
        if kept.has_references:
            for number, image in enumerate(job.references, start=1):
                try:
                    data = await self._storage.read(image.key)
                except FetchError as error:
                    left.append(_gone(job.id, error))
                    continue
                name = f"{job.id}-{reference_name(number, image.media_type)}"
                yield DirectFile(name, data, len(data))
        if not kept.has_video or video is None:
            return
        try:
            if video.size_bytes > _ROOM:
                link = await self._storage.link_for(video.key, _LINK_LIVES)
                words = LEFT_LARGE if link is None else LEFT_LINK
                size = megabytes(video.size_bytes)
                left.append(words(job_id=job.id, size=size, url=link))
                return
            path = await self._storage.verify(
                video.key, sha256=video.sha256, size_bytes=video.size_bytes
            )
        except FetchError as error:
            left.append(_gone(job.id, error))
            return
        yield DirectFile(video_name(job), path, video.size_bytes)


def parts(data: bytes) -> list[DirectFile]:
    """Cut the JSON into files that fit; nearly always it is one."""
    pieces = [data[at : at + _ROOM] for at in range(0, len(data), _ROOM)]
    if len(pieces) == 1:
        return [DirectFile("your-data.json", data, len(data))]
    return [
        DirectFile(f"your-data.json.{number:03d}", piece, len(piece))
        for number, piece in enumerate(pieces, start=1)
    ]


def _gone(job_id: str, error: FetchError) -> str:
    log.warning("A file of job %s is left out of an export: %s", job_id, error)
    return LEFT_GONE(job_id=job_id)


def pages(lines: Sequence[str]) -> list[str]:
    """Put lines together as far as one message takes them."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < _TEXT:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts
