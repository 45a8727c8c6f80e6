"""Run as a process of its own: holds what its first argument names until it is told to let go."""

import asyncio
import sqlite3
import sys
from pathlib import Path

from bot.clock import SystemClock
from bot.store.engines.instance import hold_alone


def hold_write_lock(database: Path) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    tell_and_wait()
    connection.execute("COMMIT")
    connection.close()


async def hold_instance(database: Path) -> None:
    async with hold_alone(database, SystemClock()):
        tell_and_wait()


def tell_and_wait() -> None:
    sys.stdout.write("held\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    what, path = sys.argv[1:]
    if what == "instance":
        asyncio.run(hold_instance(Path(path)))
    else:
        hold_write_lock(Path(path))
