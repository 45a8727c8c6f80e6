import asyncio
import os
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, StoreUnavailableError
from bot.ops.backups.backup import back_up, backup_folder
from bot.ops.backups.restore import restore
from bot.settings import Settings
from bot.store.engines.engine import open_database
from bot.store.engines.server import server_major
from bot.store.engines.server_address import server_environment
from tests.manual_clock import ManualClock
from tests.store.engines import PostgresEngine

TOOLS = ("pg_dump", "pg_restore")


def settings_of(url: str, folder: Path) -> Settings:
    return Settings(_env_file=None, database_url=url, data_dir=folder)


def put_tool(folder: Path, name: str, script: str, version: str = "15.18 (Debian)") -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    said = f'test "$1" = --version && echo "{name} (PostgreSQL) {version}" && exit'
    path.write_text(f"#!/bin/sh\n{said}\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


@pytest.mark.parametrize("missing", TOOLS)
async def test_without_the_tools_the_operator_hears_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in TOOLS:
        if name != missing:
            put_tool(tmp_path / "tools", name, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path / "tools"))

    with pytest.raises(ConfigurationError, match=f"needs {missing}"):
        await back_up(settings_of("postgresql+asyncpg://u@h/d", tmp_path), ManualClock())


async def test_the_server_is_named_in_the_environment_and_never_on_the_command_line(
    tmp_path: Path, tools: Path
) -> None:
    put_tool(
        tools,
        "pg_dump",
        'for word in "$@"; do case "$word" in --file=*) file="${word#--file=}";; esac; done\n'
        'echo "$@" > "$file"; env | grep ^PG | sort >> "$file"',
    )
    put_tool(tools, "pg_restore", f'test "$1" = --file=/dev/null && touch {tmp_path}/read')
    url = "postgresql+asyncpg://bot:s%40cret@db.example:5433/grok"

    made = await back_up(settings_of(url, tmp_path), ManualClock())

    words, *environment = made.path.read_text(encoding="utf-8").splitlines()
    assert made.path.name == "grok-bot-20261120-120000.pgdump"
    assert "s@cret" not in words
    assert environment == [
        "PGCONNECT_TIMEOUT=10",
        "PGDATABASE=grok",
        "PGHOST=db.example",
        "PGPASSWORD=s@cret",
        "PGPORT=5433",
        "PGUSER=bot",
    ]
    assert (tmp_path / "read").exists()


async def test_tools_that_the_server_does_not_understand_are_refused_before_anything_is_done(
    postgres_engine: PostgresEngine, tmp_path: Path, tools: Path
) -> None:
    url = postgres_engine.migrated()
    if await server_major(url) >= 17:
        pytest.skip("this server understands them")
    settings = settings_of(url, tmp_path)
    backup = (await back_up(settings, ManualClock())).path
    for name in TOOLS:
        put_tool(tools, name, "exit 0", "17.2")

    for again in (back_up(settings, ManualClock()), restore(settings, ManualClock(), backup)):
        with pytest.raises(ConfigurationError, match="client tools of the server's own major"):
            await again

    assert list(backup_folder(settings).iterdir()) == [backup]


async def test_whether_new_tools_fit_is_not_known_while_the_server_is_away(
    tmp_path: Path, tools: Path
) -> None:
    for name in TOOLS:
        put_tool(tools, name, "exit 0", "17.2")
    settings = settings_of("postgresql+asyncpg://u:p@127.0.0.1:1/d", tmp_path)

    with pytest.raises(StoreUnavailableError, match="can't be reached"):
        await back_up(settings, ManualClock())


@pytest.mark.parametrize("failing", TOOLS)
async def test_what_a_tool_says_is_told_without_the_password(
    tmp_path: Path, tools: Path, failing: str
) -> None:
    for name in TOOLS:
        put_tool(tools, name, "exit 0")
    put_tool(tools, failing, 'echo "no luck with $PGPASSWORD" >&2; exit 1')
    url = "postgresql+asyncpg://bot:s%40cret@db.example/grok"

    with pytest.raises(
        StoreUnavailableError, match=f"{failing} could not do it: no luck"
    ) as caught:
        await back_up(settings_of(url, tmp_path), ManualClock())

    assert "s@cret" not in str(caught.value)
    folder = backup_folder(settings_of(url, tmp_path))
    assert list(folder.iterdir()) == []


async def test_a_dump_that_is_given_up_ends_its_tool(tmp_path: Path, tools: Path) -> None:
    put_tool(tools, "pg_dump", f"echo $$ > {tmp_path}/began; exec sleep 60")
    put_tool(tools, "pg_restore", "exit 0")
    settings = settings_of("postgresql+asyncpg://u@h/d", tmp_path)
    backing = asyncio.create_task(back_up(settings, ManualClock()))
    async with asyncio.timeout(60):
        number = await first_line_of(tmp_path / "began")

    backing.cancel()
    await asyncio.gather(backing, return_exceptions=True)

    with pytest.raises(ProcessLookupError):
        os.kill(int(number), 0)
    assert list(backup_folder(settings).iterdir()) == []


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


async def first_line_of(path: Path) -> str:
    while True:
        text = await asyncio.to_thread(read, path)
        if text.endswith("\n"):
            return text
        await asyncio.sleep(0.01)


async def test_results_are_not_packed_with_postgresql(tmp_path: Path) -> None:
    settings = settings_of("postgresql+asyncpg://u@h/d", tmp_path).model_copy(
        update={"results_url": f"file://{tmp_path}/results"}
    )

    with pytest.raises(ConfigurationError, match="copy the folder of the results by itself"):
        await back_up(settings, ManualClock(), with_results=True)


def test_a_socket_and_encryption_are_understood() -> None:
    url = "postgresql+asyncpg://bot@/grok?host=/run/postgresql&port=5433&ssl=require"

    assert server_environment(url) == {
        "PGHOST": "/run/postgresql",
        "PGPORT": "5433",
        "PGUSER": "bot",
        "PGDATABASE": "grok",
        "PGSSLMODE": "require",
        "PGCONNECT_TIMEOUT": "10",
    }


def test_of_several_hosts_the_first_is_taken() -> None:
    url = "postgresql+asyncpg:///grok?host=one.example&host=two.example"

    assert server_environment(url)["PGHOST"] == "one.example"


async def test_a_login_behind_the_question_mark_works_for_backups_as_for_the_bot(
    postgres_engine: PostgresEngine, tmp_path: Path
) -> None:
    password = postgres_engine.server.password
    login, address = postgres_engine.migrated().split("@")
    url = f"postgresql+asyncpg://nobody@{address}?user=grok&password={password}"
    assert login.endswith(password)

    async with open_database(url):
        made = await back_up(settings_of(url, tmp_path), ManualClock())

    assert made.size_bytes > 0
