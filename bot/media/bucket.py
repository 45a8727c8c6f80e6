"""Results in a bucket that speaks S3, by obstore; nothing of that library leaves this file."""

import os
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store
from pydantic import SecretStr

from bot.errors import ConfigurationError, FetchError, StorageError
from bot.media.folder import KeptFile, measure
from bot.media.work import WorkFolder, on_disk, remove_files

_ADDRESS: Final = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[\w.-]+)*)/?", re.ASCII)
_COPY: Final = "copy-"
_COPY_SECONDS: Final = 900.0
"""A delivery has a deadline of ten minutes; its repeats find the copy still there."""
_PIECE_BYTES: Final = 1_000_000
_PAGE: Final = 500
_LONGEST_LINK_SECONDS: Final = 604_800
"""A week is the most that S3 signs for (AWS, "Authenticating requests: query parameters")."""
_STATUS: Final = re.compile(r"status code: (\d{3}[A-Za-z ]{0,40})")
_CODE: Final = re.compile(r"<Code>(\w{1,64})</Code>")
_NO_BUCKET: Final = "NoSuchBucket"
_ASKED_MACHINE: Final = "/latest/api/token"
"""Where a key is looked for when none is given: the metadata of a machine at Amazon."""


@dataclass(frozen=True, slots=True)
class BucketAccess:
    """How the bucket is reached; what is None comes from the usual `AWS_…` variables."""

    endpoint: str | None
    region: str
    access_key_id: SecretStr | None
    secret_access_key: SecretStr | None

    @property
    def is_plain(self) -> bool:
        """Whether the way there is not encrypted; the settings allow that on loopback only."""
        return self.endpoint is not None and self.endpoint.startswith("http://")


class Bucket:
    """Files under keys in one bucket, below one prefix.

    What is to be posted is brought into the work folder first, checked there, and stays for some
    minutes, so that the next try does not pay for another transfer.
    """

    def __init__(self, store: S3Store, work: WorkFolder) -> None:
        self._store = store
        self._work = work

    async def keep(self, path: Path, key: str) -> None:
        """Bring the file at `path` under `key`; a copy stays for its delivery."""
        size = (await on_disk(path.stat)).st_size
        with _in_our_words():
            # Each request is signed with a digest of its body, so what arrives is what was sent.
            await obstore.put_async(self._store, key, path)
            arrived = (await obstore.head_async(self._store, key))["size"]
        if arrived != size:
            raise StorageError(f"bucket: {arrived} of {size} bytes arrived", is_final=False)
        copy = self._copy_of(key)
        await on_disk(lambda: _renew(path.replace(copy)))
        await self._work.drop(_COPY, after_seconds=_COPY_SECONDS)

    async def write(self, data: bytes, key: str) -> None:
        """Store `data` under `key`."""
        with _in_our_words():
            await obstore.put_async(self._store, key, data)

    async def read(self, key: str) -> bytes:
        """Return the bytes under `key`."""
        with _in_our_words(missing_is_final=True):
            answer = await obstore.get_async(self._store, key)
            return bytes(await answer.bytes_async())

    async def remove(self, keys: Sequence[str]) -> None:
        """Remove those that are there."""
        copies = [self._copy_of(key) for key in keys]
        await on_disk(lambda: remove_files(copies))
        with _in_our_words():
            await obstore.delete_async(self._store, list(keys))

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        """Bring the file here, unless it is, and return its path once it is sure to be ours."""
        copy = self._copy_of(key)
        await self._work.drop(_COPY, after_seconds=_COPY_SECONDS)
        if await on_disk(lambda: _is_there(copy, size_bytes, sha256)):
            return copy
        part = self._work.part(copy.name)
        try:
            found = await self._fetch(key, part, size_bytes)
            if found != (size_bytes, sha256):
                raise FetchError("the stored file is not the one that was checked", is_final=True)
            await on_disk(lambda: part.replace(copy))
        finally:
            await on_disk(lambda: part.unlink(missing_ok=True))
        return copy

    async def sign(self, key: str, seconds: int) -> str | None:
        """Make a link that anybody can fetch the file by, for at most a week."""
        length = timedelta(seconds=max(1, min(seconds, _LONGEST_LINK_SECONDS)))
        with _in_our_words():
            return await obstore.sign_async(self._store, "GET", key, length)

    async def files(self) -> AsyncIterator[Sequence[KeptFile]]:
        """List what is there, page by page."""
        with _in_our_words():
            async for page in obstore.list(self._store, chunk_size=_PAGE):
                yield [KeptFile(one["path"], one["size"], one["last_modified"]) for one in page]

    def _copy_of(self, key: str) -> Path:
        return self._work.path(f"{_COPY}{key.replace('/', '-')}")

    async def _fetch(self, key: str, part: Path, most_bytes: int) -> tuple[int, str]:
        """Write the file to `part`; one byte more than `most_bytes` is already the wrong file."""
        await on_disk(self._work.make)
        with _in_our_words(missing_is_final=True):
            answer = await obstore.get_async(self._store, key)
            if answer.meta["size"] > most_bytes:
                return answer.meta["size"], ""
            async for piece in answer.stream(_PIECE_BYTES):
                await on_disk(partial(_append, part, bytes(piece)))
        return await on_disk(lambda: measure(part))


def open_bucket(url: str, access: BucketAccess, work: WorkFolder) -> Bucket:
    """Open the bucket that `url` names, such as `s3://bucket/prefix`; nothing is sent yet.

    Raises:
        ConfigurationError: The address can't be read.
    """
    match = _ADDRESS.fullmatch(url)
    if match is None or ".." in url:
        raise ConfigurationError(
            "RESULTS_URL must name a bucket, such as s3://bucket/prefix, "
            "or a folder, such as file://data/results"
        )
    return Bucket(_open(match[1], match[2].strip("/"), access), work)


def _open(bucket: str, prefix: str, access: BucketAccess) -> S3Store:
    given = {
        "endpoint": access.endpoint,
        "access_key_id": access.access_key_id and access.access_key_id.get_secret_value(),
        "secret_access_key": (
            access.secret_access_key and access.secret_access_key.get_secret_value()
        ),
    }
    return S3Store(
        bucket,
        prefix=prefix or None,
        config={  # type: ignore[arg-type] # a dict that is filled in by what is set
            **{name: value for name, value in given.items() if value},
            "region": access.region,
            # Not every server that speaks S3 takes the list form.
            "disable_bulk_delete": True,
        },
        client_options={
            "allow_http": access.is_plain,
            "connect_timeout": timedelta(seconds=10),
            "read_timeout": timedelta(seconds=30),
            "timeout": timedelta(minutes=5),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(minutes=1)},
    )


@contextmanager
def _in_our_words(*, missing_is_final: bool = False) -> Iterator[None]:
    """Turn what obstore raises into our error; its own texts hold addresses and key ids."""
    try:
        yield
    except (BaseError, FileNotFoundError, ValueError) as error:
        text = str(error)
        said = [match[1] for match in (_STATUS.search(text), _CODE.search(text)) if match]
        if _ASKED_MACHINE in text:
            said = ["there is no key for it; set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY"]
        is_missing = isinstance(error, FileNotFoundError) and _NO_BUCKET not in said
        raise StorageError(
            f"bucket: {' '.join(said) or 'out of reach'}",
            is_final=missing_is_final and is_missing,
        ) from None


def _is_there(copy: Path, size_bytes: int, sha256: str) -> bool:
    try:
        is_same = measure(copy) == (size_bytes, sha256)
    except FileNotFoundError:
        return False
    if is_same:
        _renew(copy)
    return is_same


def _append(part: Path, data: bytes) -> None:
    with part.open("ab") as file:
        file.write(data)


def _renew(copy: Path) -> None:
    os.utime(copy)
