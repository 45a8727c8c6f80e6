"""Backups of PostgreSQL, by the tools that come with it."""

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.server_address import server_environment

_DUMP: Final = "pg_dump"
_RESTORE: Final = "pg_restore"
_SAID: Final = 300


async def dump(url: str, target: Path) -> None:
    """Write one moment of the database at `url` to `target`, and check that it can be read.

    Raises:
        ConfigurationError: The tools are not on this machine.
        StoreUnavailableError: They could not do it.
    """
    for tool in (_DUMP, _RESTORE):
        if shutil.which(tool) is None:
            raise ConfigurationError(
                f"A backup of PostgreSQL needs {tool}. Install the client tools of PostgreSQL, "
                "or take backups where the database runs."
            )
    server = server_environment(url)
    await asyncio.to_thread(target.touch, mode=0o600, exist_ok=False)
    await _run(
        (_DUMP, "--format=custom", "--no-password", "--no-owner", f"--file={target}"), server
    )
    await _run((_RESTORE, "--list", str(target)), {})


async def _run(command: tuple[str, ...], server: Mapping[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, env={**os.environ, **server}
    )
    try:
        _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        text = said.decode(errors="replace").strip()
        if password := server.get("PGPASSWORD"):
            text = text.replace(password, "…")
        raise StoreUnavailableError(f"{command[0]} could not do it: {text[:_SAID]}")
