"""The doctor: looks at everything the bot needs and says how to mend what is missing."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.clock import Clock
from bot.errors import BotError, ConfigurationError
from bot.media.storage import open_storage
from bot.media.video import VideoProbe
from bot.ops.backups.backup import backup_folder, backups_in
from bot.ops.development import development_warning
from bot.ops.finding import Finding
from bot.ops.key_check import check_keys
from bot.ops.mending import HAPPENED, how_to_mend
from bot.providers import PROVIDERS, check_default_model
from bot.settings import Settings
from bot.store.engines.engine import Database, open_database, sqlite_path
from bot.store.migrate import pending_migrations
from bot.store.pauses import PauseStore

_OLDEST_BACKUP: Final = timedelta(days=2)
_ROOM_BYTES: Final = 2_000_000_000
_BUILT_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier time."""
_TOKEN_PARTS: Final = 3
_TRIAL: Final = ".doctor.tmp"
"""Written and removed again, to know rather than to guess."""


async def examine(settings: Settings | ConfigurationError, clock: Clock) -> list[Finding]:
    """Look at everything once; a check that breaks becomes a red line of its own."""
    if isinstance(settings, ConfigurationError):
        return [Finding("settings", str(settings), "Correct it in .env or the environment.")]
    checks: tuple[tuple[str, Callable[[], Awaitable[Sequence[Finding]]]], ...] = (
        ("token", lambda: _done(_token(settings))),
        ("database", lambda: _database(settings, clock)),
        ("results", lambda: _results(settings)),
        ("disk space", lambda: _done(_space(settings))),
        ("backup", lambda: _done(_backup(settings, clock))),
        ("providers", lambda: _done(_providers(settings))),
        ("keys", lambda: check_keys(settings)),
        ("development", lambda: _done(*_development(settings))),
        ("default model", lambda: _done(_default_model(settings))),
        ("clock", lambda: _done(_clock(clock))),
        ("video library", _video),
    )
    findings = [Finding("settings", "read")]
    for what, check in checks:
        try:
            findings += await check()
        except (BotError, OSError) as error:
            findings.append(Finding(what, str(error), "Mend that and run the doctor again."))
    return findings


async def _done(*findings: Finding) -> Sequence[Finding]:
    return findings


def _token(settings: Settings) -> Finding:
    where = "Copy it from the Bot page of your application at discord.com/developers."
    if settings.discord_token is None:
        return Finding("token", "DISCORD_TOKEN is not set", where)
    parts = settings.discord_token.get_secret_value().split(".")
    if len(parts) != _TOKEN_PARTS or not _names_application(parts[0]):
        return Finding("token", "DISCORD_TOKEN does not look like a bot token", where)
    return Finding("token", "looks like one; only Discord knows whether it is valid")


def _names_application(part: str) -> bool:
    """Tell whether the first part of a token is a snowflake in base64, as Discord writes it."""
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("ascii").isdigit()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return False


async def _database(settings: Settings, clock: Clock) -> Sequence[Finding]:
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        _check_writable(path.parent)
        return [Finding("database", f"{path} will be made at the first start")]
    async with open_database(settings.database_url) as database:
        missing = await pending_migrations(database)
        await database.try_writing()
        if missing:
            count = f"{missing} migration{'s' if missing > 1 else ''} behind"
            return [Finding("database", f"writable, {count}", "Run grok-bot migrate.")]
        return [Finding("database", "writable and migrated"), *await _pauses(database, clock)]


async def _pauses(database: Database, clock: Clock) -> Sequence[Finding]:
    """List the providers that get no submissions; a name of an older version is shown as it is."""
    findings = []
    for name, pause in (await PauseStore(database, clock).current()).items():
        kind = PROVIDERS.get(name)
        mend = how_to_mend(pause.reason, kind) if kind else "This version does not know it."
        findings.append(
            Finding(
                kind.title if kind else name,
                f"paused since {pause.paused_at:%Y-%m-%d %H:%M} UTC: {HAPPENED[pause.reason]}",
                f"{mend} Its waiting jobs go on by themselves; "
                f"`grok-bot resume {name}` does it at once.",
            )
        )
    return findings


async def _results(settings: Settings) -> Sequence[Finding]:
    await open_storage(settings).check()
    return [Finding("results", f"{settings.results_url} can be written")]


def _check_writable(folder: Path) -> None:
    """Check the folder, or the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    probe = folder / _TRIAL
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(f"{folder} can't be written: {error.strerror}") from error


def _space(settings: Settings) -> Finding:
    free = open_storage(settings).free_bytes()
    how = f"{free / 1e9:.1f} GB free"
    needed = max(_ROOM_BYTES, settings.result_max_bytes)
    if free < needed:
        how += "; without room, finished videos wait with their provider"
        return Finding("disk space", how, f"Keep {needed / 1e9:.0f} GB free for results.")
    return Finding("disk space", how)


def _backup(settings: Settings, clock: Clock) -> Finding:
    made = backups_in(backup_folder(settings))
    if settings.backup_at is None:
        how = f"the newest is of {made[-1][0]:%Y-%m-%d %H:%M} UTC" if made else "there is none"
        return Finding("backup", f"{how}; none is made by itself, for BACKUP_AT is not set")
    if not made:
        return Finding("backup", f"the first one is made at {settings.backup_at} UTC")
    age = clock.now() - made[-1][0]
    how = f"the newest is {age.total_seconds() / 3600:.0f} hours old"
    if age > _OLDEST_BACKUP:
        return Finding("backup", how, "Look for `nightly backup` in the log; is the bot running?")
    return Finding("backup", how)


def _providers(settings: Settings) -> Finding:
    unknown = settings.providers.keys() - PROVIDERS.keys()
    known = ", ".join(PROVIDERS)
    if unknown:
        return Finding("providers", f"unknown: {', '.join(sorted(unknown))}", f"Known: {known}.")
    usable = [name for name, given in settings.providers.items() if given.api_key is not None]
    if not usable:
        example = next(iter(PROVIDERS)).upper()
        return Finding("providers", "none has a key", f"Set PROVIDERS__{example}__API_KEY.")
    return Finding("providers", f"with a key: {', '.join(usable)}")


def _development(settings: Settings) -> Sequence[Finding]:
    warning = development_warning(settings)
    if warning is None:
        return []
    return [Finding("development", f"DEVELOPMENT ONLY. {warning}", is_warning=True)]


def _default_model(settings: Settings) -> Finding:
    check_default_model(settings)
    return Finding("default model", settings.default_model or "the first one with a key")


def _clock(clock: Clock) -> Finding:
    now = clock.now()
    how = f"{now:%Y-%m-%d %H:%M} UTC"
    if now < _BUILT_AT:
        return Finding("clock", how, "Set the clock; switch time synchronization on.")
    return Finding("clock", how)


async def _video() -> Sequence[Finding]:
    await VideoProbe().check()
    return [Finding("video library", "reads MP4 files")]
