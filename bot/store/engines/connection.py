"""SQLite connections that end cleanly, however the tasks that use them end."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote
from weakref import WeakSet

import aiosqlite

_END_SECONDS: Final = 2.0


class SqliteConnections:
    """Opens connections to one file, and sees the last of each."""

    def __init__(self, path: Path, patience: timedelta) -> None:
        self.path = path
        self._patience = patience
        self._opened: WeakSet[_Connection] = WeakSet()

    async def open(self, *, read_only: bool) -> aiosqlite.Connection:
        """Open one more."""
        address = f"file:{quote(str(self.path))}?mode={'ro' if read_only else 'rwc'}"
        seconds = self._patience.total_seconds()
        connection = _Connection(
            lambda: sqlite3.connect(address, uri=True, timeout=seconds, check_same_thread=False)
        )
        self._opened.add(connection)
        return await connection

    async def end(self) -> None:
        """Return once the thread of each has gone, so that none speaks to a loop that has."""
        for connection in list(self._opened):
            await connection.end()


class _Connection(aiosqlite.Connection):
    """A connection that may be stopped twice, and whose file is closed however it ends.

    When a task is cancelled a second time, SQLAlchemy stops the connection that it is just
    closing for the first. The driver's thread ends at one of the two stops, and whoever waited
    for the other would wait for ever and keep the process from ending. A task that is cancelled
    while it connects leaves a file that the driver has opened and forgets to close.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(lambda: self._open(connector), iter_chunk_size=64)
        self._thread.daemon = True
        self._is_stopped = False
        self._opened: sqlite3.Connection | None = None

    def stop(self) -> asyncio.Future[None] | None:
        """Close the file and end the thread, once."""
        if self._is_stopped:
            return None
        self._is_stopped = True
        self._tx.put((None, self._close))
        return super().stop()

    async def end(self) -> None:
        """Stop, and wait for the thread."""
        self.stop()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, _END_SECONDS)

    def _open(self, connector: Callable[[], sqlite3.Connection]) -> sqlite3.Connection:
        self._opened = connector()
        return self._opened

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.close()
