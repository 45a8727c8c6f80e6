"""Where finished videos and reference images are kept: by short, safe keys, folder or bucket."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, Self
from urllib.parse import unquote

from bot.errors import ConfigurationError
from bot.media.bucket import BucketAccess, open_bucket
from bot.media.folder import KEY, KeptFile, LocalFolder
from bot.media.work import WorkFolder, make_folder, on_disk, remove_files
from bot.settings import Settings

_WORK: Final = ".work"
_SCHEME: Final = "file://"
_BUCKET_WORK: Final = "work"
"""In `DATA_DIR`, for results that are not on this machine."""
_TRIAL: Final = "doctor.tmp"
"""Written and removed again, to know rather than to guess."""


class FilePlace(Protocol):
    """One kind of place that keeps files; keys are ours, and were checked.

    Each method raises a `StorageError` when the place would not, or a final `FetchError` for a
    file that is not the one that was stored.
    """

    async def keep(self, path: Path, key: str) -> None:
        """Take the file at `path` away and keep it under `key`."""
        ...

    async def write(self, data: bytes, key: str) -> None:
        """Store `data` under `key`."""
        ...

    async def read(self, key: str) -> bytes:
        """Return the bytes under `key`."""
        ...

    async def remove(self, keys: Sequence[str]) -> None:
        """Remove those that are there."""
        ...

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        """Return where the file is on this machine, once it is sure to be the right one."""
        ...

    async def sign(self, key: str, seconds: int) -> str | None:
        """Make a link to the file, if the place can."""
        ...

    def files(self) -> AsyncIterator[Sequence[KeptFile]]:
        """List what is there, page by page."""
        ...


class ResultStorage:
    """Files under keys such as `2026/11/<job id>.mp4`.

    A file is either whole under its key or not there: it is made in the work folder on this
    machine's disk, checked, and handed over in one step.
    """

    def __init__(
        self, place: FilePlace, work: WorkFolder, *, public_url: str | None = None
    ) -> None:
        self._place = place
        self._work = work
        self._public_url = public_url

    @classmethod
    def from_url(cls, url: str, *, public_url: str | None = None) -> Self:
        """Open the folder that `RESULTS_URL` names, making it if need be.

        Raises:
            ConfigurationError: The address is of another kind, or the folder can't be made.
        """
        folder = unquote(url.removeprefix(_SCHEME))
        if not url.startswith(_SCHEME) or not folder.strip("/") or "\0" in folder:
            msg = "RESULTS_URL must name a folder, such as file://data/results"
            raise ConfigurationError(msg)
        try:
            root = Path(folder).resolve()
            make_folder(root / _WORK)
        except OSError as error:
            raise ConfigurationError(
                f"RESULTS_URL names a folder that can't be made: {error.strerror}"
            ) from error
        work = WorkFolder(root / _WORK)
        return cls(LocalFolder(root, work), work, public_url=public_url)

    @property
    def folder(self) -> Path | None:
        """The folder of the results, None when they are not on this machine."""
        return self._place.root if isinstance(self._place, LocalFolder) else None

    def work_path(self, name: str) -> Path:
        """Name the place where a file is written before it is checked and kept."""
        return self._work.path(name)

    async def keep(self, path: Path, key: str) -> None:
        """Move the checked file at `path` under `key`, replacing what an earlier try left.

        Raises:
            StorageError: The storage would not take it; not final.
        """
        await self._place.keep(path, _checked(key))

    async def write(self, data: bytes, key: str) -> None:
        """Store `data` under `key`.

        Raises:
            StorageError: The storage would not take it; not final.
        """
        await self._place.write(data, _checked(key))

    async def read(self, key: str) -> bytes:
        """Return the bytes under `key`.

        Raises:
            FetchError: They are gone (final), or the storage can't be read (not final).
        """
        return await self._place.read(_checked(key))

    async def remove(self, *keys: str) -> None:
        """Remove the files under `keys` that are there.

        Raises:
            StorageError: The storage would not let go of them; not final.
        """
        await self._place.remove([_checked(key) for key in keys])

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        """Return the file under `key` on this machine once it is sure to be the one we stored.

        Of a bucket it is a copy that stays for some minutes; nobody has to remove it.

        Raises:
            FetchError: It changed or is gone (final), or can't be read (not final).
        """
        return await self._place.verify(_checked(key), sha256=sha256, size_bytes=size_bytes)

    async def link_for(self, key: str, expires: timedelta) -> str | None:
        """Return an address by which anybody can fetch the file, for about `expires`.

        It is below `PUBLIC_RESULTS_URL` where that is set, and then lasts as long as the file;
        of a bucket it is signed, for a week at most; of a plain folder there is none.

        Raises:
            StorageError: No link can be signed at this moment; not final.
        """
        _checked(key)
        if self._public_url is not None:
            return f"{self._public_url.rstrip('/')}/{key}"
        return await self._place.sign(key, int(expires.total_seconds()))

    def files(self) -> AsyncIterator[Sequence[KeptFile]]:
        """List every file there is, page by page, also those that are none of ours."""
        return self._place.files()

    async def old_work(self, moment: datetime) -> list[Path]:
        """List the work files that nobody has touched since `moment`.

        Raises:
            StorageError: The folder can't be read; not final.
        """
        return await self._work.older_than(moment)

    async def remove_work(self, paths: list[Path]) -> None:
        """Remove work files that `old_work` listed.

        Raises:
            StorageError: The disk would not let go of them; not final.
        """
        await on_disk(lambda: remove_files(paths))

    async def check(self) -> None:
        """Write, read and remove a small file.

        Raises:
            FetchError: The storage would not.
        """
        await self.write(b"trial", _TRIAL)
        await self.read(_TRIAL)
        await self.remove(_TRIAL)

    def free_bytes(self) -> int:
        """Return how much room the disk of the work folder has left."""
        return self._work.free_bytes()


def open_storage(settings: Settings) -> ResultStorage:
    """Open the place that `RESULTS_URL` names; a bucket is not asked anything yet.

    Raises:
        ConfigurationError: It is no such place, or the folder can't be made.
    """
    public_url = settings.public_results_url
    if not settings.results_url.startswith("s3:"):
        return ResultStorage.from_url(settings.results_url, public_url=public_url)
    work = WorkFolder(settings.data_dir.resolve() / _BUCKET_WORK)
    access = BucketAccess(
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=settings.s3_secret_access_key,
    )
    bucket = open_bucket(settings.results_url, access, work)
    try:
        work.make()
    except OSError as error:
        raise ConfigurationError(
            f"DATA_DIR names a folder that can't be made: {error.strerror}"
        ) from error
    return ResultStorage(bucket, work, public_url=public_url)


def _checked(key: str) -> str:
    """Return `key`.

    Raises:
        ValueError: It is none of ours.
    """
    if not KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key!r}")
    return key
