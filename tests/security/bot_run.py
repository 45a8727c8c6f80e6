"""The bot as a process of its own, whose memory and limits a test can look at and change."""

import asyncio
import re
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.discord_api import DiscordStandIn
from sandbox.job_watch import JobWatch
from tests.security.waiting import until


@dataclass(frozen=True, slots=True)
class BotRun:
    """One run in a folder."""

    process: Process
    folder: Path

    @property
    def is_alive(self) -> bool:
        return self.process.returncode is None

    @property
    def watch(self) -> JobWatch:
        return JobWatch(self.folder / "data/bot.sqlite3")

    def log(self) -> str:
        return (self.folder / "bot.log").read_text(encoding="utf-8")

    async def until_logged(self, words: str) -> None:
        await until(lambda: words in self.log())

    def peak_bytes(self) -> int:
        """Tell the most memory that it ever held (VmHWM of Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024


@asynccontextmanager
async def bot_run(
    chat: DiscordStandIn, folder: Path, settings: Mapping[str, str]
) -> AsyncIterator[BotRun]:
    """Start the bot and wait until it is connected; it is killed at the end."""
    with (folder / "bot.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=folder,
            env=dict(settings),
            stdout=log,
            stderr=log,
        )
    try:
        await chat.wait_until_connected(30)
        await chat.wait_for_command("grok", "video", seconds=30)
        yield BotRun(process, folder)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def files_in(folder: Path) -> set[str]:
    """List the files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
