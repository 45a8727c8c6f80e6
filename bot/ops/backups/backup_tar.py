"""A backup with the results in it: one tar with the database first and each file after it."""

import os
import shutil
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from bot.errors import ConfigurationError, StorageError
from bot.media.folder import KEY

_DATABASE: Final = "bot.sqlite3"
_RESULTS: Final = "results/"


def pack(database: Path, results: Path, target: Path, watch: Callable[[int, int], None]) -> None:
    """Write `target` and check that everything is in it.

    Raises:
        OSError: It can't be written.
        StorageError: It is not what was written.
    """
    parts = [(_DATABASE, database, database.stat().st_size), *files_to_pack(results)]
    total = sum(size for *_, size in parts)
    packed = 0
    with tarfile.open(target, "w") as tar:
        for name, path, _ in parts:
            try:
                tar.add(path, name, recursive=False)
            except FileNotFoundError:
                continue  # it was deleted meanwhile, as old files are
            packed += 1
            watch(min(total, tar.offset), total)
    if _count(target) != packed:
        raise StorageError(f"{target.name} is not whole", is_final=False)
    watch(total, total)


@contextmanager
def unpacking(backup: Path, database: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Write the database of a backup to `database`, and hand out the results in it, if any.

    Each result is a key of ours and what is to be read under it; whatever else a tar may hold is
    passed over.

    Raises:
        ConfigurationError: It is damaged, or holds no database.
    """
    if not tarfile.is_tarfile(backup):
        shutil.copyfile(backup, database)
        yield iter(())
        return
    try:
        with tarfile.open(backup) as tar:
            _take_database(tar, backup, database)
            yield _results_in(tar)
    except tarfile.TarError as error:
        raise ConfigurationError(f"{backup.name} is damaged: {error}") from error


def _take_database(tar: tarfile.TarFile, backup: Path, database: Path) -> None:
    try:
        inner = tar.extractfile(_DATABASE)
    except KeyError:
        inner = None
    if inner is None:
        raise ConfigurationError(f"{backup.name} has no database of this bot in it.")
    with inner, database.open("wb") as file:
        shutil.copyfileobj(inner, file)


def _count(backup: Path) -> int:
    try:
        with tarfile.open(backup) as tar:
            return len(tar.getmembers())
    except tarfile.TarError:
        return 0


def _results_in(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in tar:
        key = member.name.removeprefix(_RESULTS)
        if not (member.isfile() and member.name.startswith(_RESULTS) and KEY.fullmatch(key)):
            continue
        opened = tar.extractfile(member)
        assert opened is not None  # noqa: S101 - it is a file
        yield key, opened


def packed_bytes(database: Path, results: Path) -> int:
    """Return about how large the tar will be."""
    sizes = [database.stat().st_size, *(size for *_, size in files_to_pack(results))]
    # Each has a header, and ends with a whole block.
    return sum(size + 2 * tarfile.BLOCKSIZE for size in sizes) + tarfile.RECORDSIZE


def files_to_pack(results: Path) -> Iterator[tuple[str, Path, int]]:
    """List the files of the results: the name in the tar, where it is, and its bytes."""
    for folder, folders, names in os.walk(results):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            key = path.relative_to(results).as_posix()
            try:
                facts = path.lstat()
            except FileNotFoundError:
                continue  # it was deleted meanwhile, as old files are
            if KEY.fullmatch(key) and stat.S_ISREG(facts.st_mode):
                yield f"{_RESULTS}{key}", path, facts.st_size
