"""Who works on a PostgreSQL database: a lock for each process, which its end sets free.

The locks are advisory ones of a session, so the server itself says who lives, by no clock and
without rows that a crash could leave behind.
"""

import asyncio
import logging
import os
import secrets
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock
from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.engines.server import make_engine, server_errors

log = logging.getLogger(__name__)

_PRESENT: Final = 0x67726F6B  # "grok", so that no other program's locks are taken for ours
_GATEWAY: Final = 0x67726F6C
_AT_WORK: Final = 0x67726F6D
"""Shared by all that work; alone with it, nobody else works."""
_RETRY_SECONDS: Final = 0.5
_PATIENCE: Final = timedelta(seconds=5)
_NOTICE_THE_DEAD: Final = {
    # A machine that lost its power says no goodbye: the server asks after 10 s of silence.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_HELD: Final = sa.text(
    "SELECT classid::bigint, objid::bigint, pid FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 2 AND granted"
    " AND classid::bigint IN (:present, :gateway)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(present=_PRESENT, gateway=_GATEWAY)
_BE_PRESENT: Final = sa.text(
    "SELECT pg_advisory_lock_shared(CAST(:present AS integer), CAST(:number AS integer))"
).bindparams(present=_PRESENT)
_TAKE_GATEWAY: Final = sa.text(
    "SELECT pg_try_advisory_lock(CAST(:gateway AS integer), 0)"
).bindparams(gateway=_GATEWAY)
_BE_AT_WORK: Final = sa.text(
    "SELECT pg_try_advisory_lock_shared(CAST(:at_work AS integer), 0)"
).bindparams(at_work=_AT_WORK)
_BE_ALONE: Final = sa.text("SELECT pg_try_advisory_lock(CAST(:at_work AS integer), 0)").bindparams(
    at_work=_AT_WORK
)
_SIGN: Final = 1 << 31


def worker_name() -> str:
    """Name this run of the bot, as no other run is named."""
    return f"{os.getpid()}-{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the locks showed."""

    living: frozenset[int]
    """The numbers of the processes that are there, this one among them."""
    is_ousted: bool
    """Whether another process has the gateway that was ours, or the whole database to itself."""

    def has(self, worker: str) -> bool:
        """Tell whether the process of that name lives."""
        return _number(worker) in self.living


class Presence:
    """The connection by which the others know that this process lives.

    When it breaks, the next look opens it again.
    """

    def __init__(self, engine: AsyncEngine, worker: str, *, has_gateway: bool) -> None:
        self._engine = engine
        self._number = _number(worker)
        self._has_gateway = has_gateway
        self._connection: AsyncConnection | None = None
        self._is_present = False
        self._is_at_work = False

    async def look(self) -> Look:
        """See who lives; the gateway is taken again where nobody has it.

        Raises:
            StoreUnavailableError: The server did not answer.
        """
        try:
            with server_errors("reached"):
                async with asyncio.timeout(2 * _PATIENCE.total_seconds()):
                    connection = await self._open()
                    if not await self._be_at_work(connection):
                        return Look(frozenset({self._number}), is_ousted=True)
                    if not self._is_present:
                        await connection.execute(_BE_PRESENT, {"number": _signed(self._number)})
                        self._is_present = True
                    return await self._read(connection)
        except StoreUnavailableError:
            await self._drop()
            raise

    async def wait_for_work(self, clock: Clock) -> None:
        """Return once no backup is being restored into this database; from then none can be.

        Raises:
            StoreUnavailableError: The server did not answer.
        """
        is_waiting = False
        with server_errors("reached"):
            while not await self._be_at_work(await self._open()):
                if not is_waiting:
                    log.warning("A backup is being restored into this database; waiting")
                    is_waiting = True
                await clock.sleep(_RETRY_SECONDS)

    async def wait_for_gateway(self, clock: Clock) -> None:
        """Return once this process has the gateway, which is when no other one has it.

        Raises:
            StoreUnavailableError: The server did not answer.
        """
        is_waiting = False
        while not await self.take_gateway():
            if not is_waiting:
                log.warning("Another process uses this database with the gateway; waiting")
                is_waiting = True
            await clock.sleep(_RETRY_SECONDS)

    async def leave(self) -> None:
        """Be gone: the server frees the locks with the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._is_present = self._is_at_work = False
        if connection is not None:
            await connection.invalidate()
            await connection.close()

    async def take_gateway(self) -> bool:
        """Take the gateway if nobody has it, and tell whether it is ours.

        Raises:
            StoreUnavailableError: The server did not answer.
        """
        with server_errors("reached"):
            connection = await self._open()
            return bool((await connection.execute(_TAKE_GATEWAY)).scalar_one())

    async def _open(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._engine.connect()
        return self._connection

    async def _be_at_work(self, connection: AsyncConnection) -> bool:
        if not self._is_at_work:
            self._is_at_work = bool((await connection.execute(_BE_AT_WORK)).scalar_one())
        return self._is_at_work

    async def _read(self, connection: AsyncConnection) -> Look:
        rows = (await connection.execute(_HELD)).all()
        living = frozenset(number for kind, number, _ in rows if kind == _PRESENT)
        if not self._has_gateway:
            return Look(living, is_ousted=False)
        # A connection that broke may still be open at the server: that is no other process.
        ours = {pid for kind, number, pid in rows if (kind, number) == (_PRESENT, self._number)}
        holders = {pid for kind, _, pid in rows if kind == _GATEWAY}
        if not holders:
            await connection.execute(_TAKE_GATEWAY)
        return Look(living, is_ousted=not holders <= ours)


@asynccontextmanager
async def be_present(
    url: str, worker: str, clock: Clock, *, has_gateway: bool
) -> AsyncIterator[Presence]:
    """Be seen by the other processes until the end; wait for one's turn before.

    Raises:
        StoreUnavailableError: The server did not answer.
    """
    engine = _engine(url)
    presence = Presence(engine, worker, has_gateway=has_gateway)
    try:
        await presence.wait_for_work(clock)
        if has_gateway:
            await presence.wait_for_gateway(clock)
        yield presence
    finally:
        await presence.leave()
        await engine.dispose()


@asynccontextmanager
async def alone_at_once(url: str) -> AsyncIterator[None]:
    """Have the database to oneself: a process of the bot that starts meanwhile waits.

    Raises:
        ConfigurationError: One is there.
        StoreUnavailableError: The server did not answer.
    """
    engine = _engine(url)
    try:
        with server_errors("reached"):
            connection = await engine.connect()
        try:
            with server_errors("reached"):
                is_alone = (await connection.execute(_BE_ALONE)).scalar_one()
            if not is_alone:
                raise ConfigurationError(
                    "The bot runs on this database. Stop all its processes first."
                )
            yield
        finally:
            await connection.close()
    finally:
        await engine.dispose()


def _engine(url: str) -> AsyncEngine:
    return make_engine(
        sa.make_url(url),
        _PATIENCE,
        settings=_NOTICE_THE_DEAD,
        poolclass=sa.pool.NullPool,
        isolation_level="AUTOCOMMIT",
    )


def _number(worker: str) -> int:
    """Return the number of a process: its lock has no room for its name."""
    return zlib.crc32(worker.encode())


def _signed(number: int) -> int:
    """Return the same 32 bits as PostgreSQL's integer holds them."""
    return number - 2 * _SIGN if number >= _SIGN else number
