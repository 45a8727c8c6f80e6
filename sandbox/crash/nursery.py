"""A process that has imported the bot and forks one life after another, in milliseconds each."""

import json
import os
import select
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Final

import bot
from bot.client import EXTENSIONS
from sandbox.crash.launch import Launch, run_launch

_NEEDED_LATER: Final = (
    *EXTENSIONS,
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "asyncpg",
)
"""What the bot imports while it starts."""
_LOOK_SECONDS: Final = 0.004
_BROKEN: Final = 70


def main() -> None:
    """Take one launch a line, fork it, and say its process id and how it ended."""
    for name in _NEEDED_LATER:
        import_module(name)
    _say({"package": str(Path(bot.__file__).parent)})
    while line := sys.stdin.readline():
        launch = Launch.from_line(line)
        process_id = os.fork()
        if process_id == 0:
            _live(launch)
        _say({"process_id": process_id})
        _say({"exit_code": _end_of(process_id)})


def _live(launch: Launch) -> None:
    code = 0
    try:
        run_launch(launch)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else _BROKEN
    except BaseException:  # noqa: BLE001 - a fork must never come back into the loop above
        traceback.print_exc()
        code = _BROKEN
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end_of(process_id: int) -> int:
    """Wait for a child; when whoever ordered it has gone, end it."""
    while True:
        found, status = os.waitpid(process_id, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        # Nothing is said while a child lives, so a line that can be read is the end of all.
        if select.select([sys.stdin], [], [], _LOOK_SECONDS)[0]:
            os.kill(process_id, signal.SIGKILL)
            os.waitpid(process_id, 0)
            sys.exit()


def _say(words: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
