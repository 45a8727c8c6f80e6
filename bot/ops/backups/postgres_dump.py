"""Dumps of PostgreSQL, written, read and loaded by the tools that come with it."""

import asyncio
import os
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.store.engines.server import server_major
from bot.store.engines.server_address import server_environment

_DUMP: Final = "pg_dump"
_RESTORE: Final = "pg_restore"
_READ_WHOLE: Final = (_RESTORE, f"--file={os.devnull}")
"""`--list` reads the table of contents alone, which a dump that was cut off still has."""
_SAID: Final = 300
_MAJOR: Final = re.compile(r"\) (\d+)")
_SETS_NEW_TIMEOUT: Final = 17
"""From this one on, pg_restore sets `transaction_timeout`, which older servers refuse."""
_TABLE: Final = re.compile(r"^\d+; \d+ \d+ TABLE public (\S+) ", re.MULTILINE)
_REVISION: Final = re.compile(r"^COPY public\.alembic_version .*\n(\S+)\n", re.MULTILINE)


async def dump(url: str, target: Path) -> None:
    """Write one moment of the database at `url` to `target`, and check that it can be read.

    Raises:
        ConfigurationError: The tools are not on this machine, or not the server's.
        StoreUnavailableError: They could not do it.
    """
    await check_tools(url)
    server = server_environment(url)
    await asyncio.to_thread(target.touch, mode=0o600, exist_ok=False)
    await _run(
        (_DUMP, "--format=custom", "--no-password", "--no-owner", f"--file={target}"), server
    )
    await _run((*_READ_WHOLE, str(target)), {})


async def check_dump(backup: Path) -> None:
    """Read all that is in a dump.

    Raises:
        ConfigurationError: It is damaged, or no dump.
    """
    await _read(backup, *_READ_WHOLE[1:])


async def tables_in(backup: Path) -> set[str]:
    """Name the tables of a dump.

    Raises:
        ConfigurationError: It is no dump.
    """
    return set(_TABLE.findall(await _read(backup, "--list")))


async def revision_in(backup: Path) -> str:
    """Return the revision of the schema in a dump; nothing when there is none.

    Raises:
        ConfigurationError: It is no dump.
    """
    said = await _read(backup, "--data-only", "--table=alembic_version", "--file=-")
    found = _REVISION.search(said)
    return found[1] if found else ""


async def load(url: str, backup: Path) -> None:
    """Replace what is in the database at `url` by what is in a dump, in one transaction.

    Raises:
        StoreUnavailableError: It could not be done, and nothing was changed.
    """
    server = server_environment(url)
    how = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
    where = (f"--dbname={server.get('PGDATABASE', '')}", "--no-password", str(backup))
    await _run((_RESTORE, *how, *where), server)


async def _read(backup: Path, *words: str) -> str:
    try:
        return await _run((_RESTORE, *words, str(backup)), {})
    except StoreUnavailableError as error:
        raise ConfigurationError(f"{backup.name} can't be used. {error}") from error


async def check_tools(url: str) -> None:
    """Check that the tools are there, and are ones that this server understands.

    Raises:
        ConfigurationError: They are not.
        StoreUnavailableError: The server can't be reached.
    """
    for tool in (_DUMP, _RESTORE):
        if shutil.which(tool) is None:
            raise ConfigurationError(
                f"A backup of PostgreSQL needs {tool}. Install the client tools of PostgreSQL, "
                "or take backups where the database runs."
            )
    version = _MAJOR.search(await _run((_RESTORE, "--version"), {}))
    if version is None or int(version[1]) < _SETS_NEW_TIMEOUT:
        return
    server = await server_major(url)
    if server < _SETS_NEW_TIMEOUT:
        raise ConfigurationError(
            f"{_RESTORE} is of version {version[1]}, and no server below {_SETS_NEW_TIMEOUT} "
            f"understands it. Install PostgreSQL's client tools of the server's own major "
            f"version, {server}."
        )


async def _run(command: tuple[str, ...], server: Mapping[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env={**os.environ, **server}
    )
    try:
        output, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        text = said.decode(errors="replace").strip()
        if password := server.get("PGPASSWORD"):
            text = text.replace(password, "…")
        raise StoreUnavailableError(f"{command[0]} could not do it: {text[:_SAID]}")
    return output.decode(errors="replace")
