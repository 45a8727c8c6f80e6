"""Leaves an SQLite log the way a power cut does: with a commit in it that was never finished."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

_HEADER: Final = struct.Struct(">8I")
"""Magic, version, page size, checkpoint number, two salts, two checksums (SQLite, WAL format)."""
_FRAME: Final = struct.Struct(">6I")
"""Page number, pages after a commit or 0, two salts, two checksums; then the page."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """One page in the log."""

    is_commit: bool
    end: int
    """Offset of what follows it."""


def log_of(database: Path) -> Path:
    """Name the write-ahead log of a database."""
    return database.with_name(f"{database.name}-wal")


def tear_next_commit(database: Path, random: Random) -> None:
    """Add the first pages of one more commit, the last of them half written."""
    log = log_of(database)
    data = _log(log)
    if data is None:
        return
    header = _HEADER.unpack_from(data)
    whole = max([frame.end for frame in _frames(data) if frame.is_commit], default=_HEADER.size)
    pages = [
        _FRAME.pack(1, 0, header[4], header[5], *(random.getrandbits(32) for _ in range(2)))
        + random.randbytes(header[2])
        for _ in range(random.randint(1, 3))
    ]
    torn = b"".join(pages)
    log.write_bytes(data[:whole] + torn[: random.randint(1, len(torn))])


def lose_last_commit(database: Path) -> None:
    """Cut the log before its last commit: what a disk does that says "written" and lies."""
    log = log_of(database)
    data = _log(log)
    if data is None:
        return
    ends = [frame.end for frame in _frames(data) if frame.is_commit]
    log.write_bytes(data[: ends[-2] if len(ends) > 1 else _HEADER.size])


def _log(log: Path) -> bytes | None:
    data = log.read_bytes() if log.exists() else b""
    return data if len(data) >= _HEADER.size else None


def _frames(data: bytes) -> Iterator[_Frame]:
    """Go through the frames of the present round; older ones behind them have other salts."""
    header = _HEADER.unpack_from(data)
    size = _FRAME.size + header[2]
    for start in range(_HEADER.size, len(data) - size + 1, size):
        _, pages, *salts, _, _ = _FRAME.unpack_from(data, start)
        if tuple(salts) != header[4:6]:
            return
        yield _Frame(is_commit=pages > 0, end=start + size)
