import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast


class Foreigner:
    """Another process that holds a lock."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def let_go(self) -> None:
        """End it in order."""
        cast("asyncio.StreamWriter", self.process.stdin).write(b"\n")
        await self.process.wait()

    async def kill(self) -> None:
        """End it as kill -9 would."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def foreign_process(what: str, database: Path) -> AsyncIterator[Foreigner]:
    """Start a process that holds the `write` lock or the `instance` lock of `database`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.store_sqlite.lock_holder",
        what,
        str(database),
        stdin=PIPE,
        stdout=PIPE,
    )
    try:
        line = await cast("asyncio.StreamReader", process.stdout).readline()
        assert line == b"held\n"
        yield Foreigner(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
