import asyncio
import base64
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import EXIT_CONFIG, EXIT_FAILED, EXIT_UNAVAILABLE, cli, main
from bot.errors import (
    BotError,
    ConfigurationError,
    GatewayEndedError,
    StoreUnavailableError,
)
from tests.media.file_host import open_file_host
from tests.store.old_versions import NEWEST_FIRST

TOKEN = f"{base64.b64encode(b'123456789012345678').decode().rstrip('=')}.GabcdE.{'x' * 38}"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return monkeypatch


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def test_the_doctor_without_settings_is_red_and_calm() -> None:
    result = run("doctor")

    assert result.exit_code == EXIT_FAILED
    assert "DISCORD_TOKEN is not set" in result.output
    assert "PROVIDERS__GEEKNOW__API_KEY" in result.output
    assert "Traceback" not in result.output


async def test_the_doctor_is_green_where_everything_is_there(alone: pytest.MonkeyPatch) -> None:
    alone.setenv("DISCORD_TOKEN", TOKEN)
    alone.setenv("PROVIDERS__GEEKNOW__API_KEY", "sk-a-very-secret-key")
    alone.setenv("ALLOW_PRIVATE_HOSTS", "127.0.0.1")
    assert (await asyncio.to_thread(run, "migrate")).exit_code == 0

    async with open_file_host("127.0.0.1") as host:
        host.serve("/v1/models", b'{"data": []}')
        alone.setenv("PROVIDERS__GEEKNOW__BASE_URL", host.base_url)
        result = await asyncio.to_thread(run, "doctor")

    assert result.exit_code == 0, result.output
    assert "writable and migrated" in result.output
    assert "key accepted" in result.output
    assert "DEVELOPMENT ONLY" in result.output
    assert ("sk-a-very-secret-key" in result.output, TOKEN in result.output) == (False, False)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DISCORD_TOKEN", "hello", "does not look like a bot token"),
        ("DISCORD_TOKEN", "a.b.c", "does not look like a bot token"),
        ("DISCORD_TOKEN", "aGVsbG8gd29ybGQh.b.c", "does not look like a bot token"),
        ("DATABASE_URL", "sqlite+aiosqlite:////proc/nowhere/bot.db", "can't be written"),
        ("DATABASE_URL", "nonsense", "can't be read"),
        ("RESULTS_URL", "ftp://bucket", "file://data/results"),
        ("PROVIDERS__GROQ__API_KEY", "x", "unknown: groq"),
        ("WORKER_LIMIT", "0", "WORKER_LIMIT"),
    ],
)
def test_the_doctor_names_what_is_wrong(
    alone: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    alone.setenv(name, value)

    result = run("doctor")

    assert result.exit_code == EXIT_FAILED
    assert said in result.output
    assert "Traceback" not in result.output


def test_the_doctor_sees_a_database_of_a_newer_version(tmp_path: Path) -> None:
    assert run("migrate").exit_code == 0
    with sqlite3.connect(tmp_path / "data" / "bot.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    result = run("doctor")

    assert "newer version" in result.output


def test_the_doctor_counts_the_migrations_that_are_missing(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "bot.sqlite3").touch()

    result = run("doctor")

    assert f"{len(NEWEST_FIRST)} migrations behind" in result.output
    assert "grok-bot migrate" in result.output


def test_migrating_says_the_revision() -> None:
    assert f"revision {NEWEST_FIRST[0]}" in run("migrate").output


def test_health_without_a_running_bot_is_a_sentence_and_a_code() -> None:
    result = run("health")

    assert result.exit_code == EXIT_FAILED
    assert "not running" in result.output


def test_health_of_a_bot_that_is_well(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    (tmp_path / "data").mkdir()
    pulse = {
        "at": now.isoformat(),
        "gateway_ready": True,
        "latency_seconds": 0.05,
        "last_tick_at": (now - timedelta(seconds=1)).isoformat(),
        "pid": 1,
    }
    (tmp_path / "data" / "heartbeat.json").write_text(json.dumps(pulse))

    result = run("health")

    assert (result.exit_code, result.output) == (0, "The bot is well.\n")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("Set this."), EXIT_CONFIG),
        (GatewayEndedError("Look there."), EXIT_UNAVAILABLE),
        (StoreUnavailableError("It is away."), EXIT_UNAVAILABLE),
        (BotError("It broke."), EXIT_FAILED),
    ],
)
def test_an_expected_end_is_one_sentence_and_an_exit_code(
    capsys: pytest.CaptureFixture[str], error: BotError, code: int
) -> None:
    def command() -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        main(command)

    assert end.value.code == code
    assert capsys.readouterr().err == f"{error}\n"


def test_a_surprise_is_a_sentence_too_and_shows_no_secret(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def command() -> None:
        raise KeyError("sk-a-very-secret-key")

    with pytest.raises(SystemExit) as end:
        main(command)

    said = capsys.readouterr().err
    assert end.value.code == EXIT_FAILED
    assert "Something broke that should not: KeyError at" in said
    assert ("Traceback" in said, "secret" in said) == (False, False)


def test_running_without_a_token_says_where_to_get_one() -> None:
    result = run("run")

    assert isinstance(result.exception, ConfigurationError)
    assert "DISCORD_TOKEN is not set" in str(result.exception)


def test_sqlite_is_for_one_process(alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
    alone.setenv("DISCORD_TOKEN", TOKEN)

    result = run("run", "--no-gateway")

    assert isinstance(result.exception, ConfigurationError)
    assert str(result.exception).startswith("One process only")
    assert list(tmp_path.rglob("*.sqlite3*")) == []
