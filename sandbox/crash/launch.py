"""The real bot in this process, with a clock that is shared and a moment at which to die."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

import bot
from bot.__main__ import main
from bot.app import open_app
from bot.lifecycle import log_in, serve
from bot.ops.logs import set_up_logging
from bot.settings import Settings, read_settings
from sandbox.crash.kill_points import KillPoints, Point
from sandbox.crash.world_clock import WorldClock

LOG: Final = "bot.log"
STRUCK: Final = "struck"
"""Made by the one process of several that is struck."""
POINTS: Final = "points.jsonl"
"""Where each process writes in one line, at its end, which points it came to."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start one process of the bot."""

    folder: str
    """Where it works: its log, and its data unless the settings say otherwise."""
    settings: Mapping[str, str]
    """Its whole environment."""
    clock: str
    """The file of the world's clock."""
    struck_at: Point | None = None
    """Where it sends itself the signal."""
    strike: int = signal.SIGKILL
    is_for_one: bool = False
    """Of several processes that have this moment, only the first that comes to it is struck."""
    has_gateway: bool = True
    """Without, it is a worker beside others."""

    def as_line(self) -> str:
        """Write it in one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> Self:
        """Read what `as_line` wrote."""
        fields = json.loads(line)
        point = fields.pop("struck_at")
        return cls(**fields, struck_at=None if point is None else Point(**point))


def run_launch(launch: Launch) -> None:
    """Run the bot until SIGTERM, a fatal end, or its moment; every end is an exit."""
    os.chdir(launch.folder)
    os.environ.clear()
    os.environ.update(launch.settings)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())

    def strike() -> None:
        if launch.is_for_one and not _is_first():
            return
        _note(points)
        os.kill(os.getpid(), launch.strike)

    points = KillPoints(Path(bot.__file__).parent, strike, launch.struck_at)

    def new_loop() -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        loop.set_task_factory(points.make_task)
        return loop

    def command() -> None:
        settings = read_settings()
        set_up_logging(level=settings.log_level, secrets=settings.secrets(), as_json=True)
        with asyncio.Runner(loop_factory=new_loop) as runner:
            clock = WorldClock(Path(launch.clock))
            runner.run(_serve(settings, clock, has_gateway=launch.has_gateway))
        _note(points)

    main(command)


def read_points(folder: Path) -> list[list[Point]]:
    """Return what each process came to that ended at its point or by itself, oldest first.

    One that is still writing, or was killed while it wrote, has not told anything yet.
    """
    path = folder / POINTS
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    whole = [line for line in lines if line.endswith("\n")]
    return [[Point(**point) for point in json.loads(line)] for line in whole]


def _is_first() -> bool:
    try:
        Path(STRUCK).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _note(points: KillPoints) -> None:
    with Path(POINTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps([asdict(point) for point in points.seen]) + "\n")


async def _serve(settings: Settings, clock: WorldClock, *, has_gateway: bool) -> None:
    """Do what `bot.lifecycle.run_bot` does, with another clock."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_app(settings, clock, has_gateway=has_gateway) as app:
        token = settings.discord_token
        assert token is not None  # noqa: S101 - every launch names one
        await log_in(app.bot, token.get_secret_value())
        await serve(app, stop)
