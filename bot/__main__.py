"""The command line: run and doctor, and one command for each thing an operator does."""

import asyncio
import importlib
import importlib.util
import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.app import HEARTBEAT_FILE
from bot.clock import SystemClock
from bot.errors import (
    BotError,
    ConfigurationError,
    GatewayEndedError,
    StoreUnavailableError,
)
from bot.lifecycle import run_bot, sync_commands, where
from bot.ops.backups.backup_command import backup, restore
from bot.ops.commands.audit import audit
from bot.ops.commands.block import block, unblock
from bot.ops.commands.catalogue import models
from bot.ops.commands.deliver import deliver
from bot.ops.commands.jobs import jobs
from bot.ops.commands.limits import limits
from bot.ops.commands.policy import policy
from bot.ops.commands.refund import refund
from bot.ops.commands.resume import resume
from bot.ops.commands.rules import rules
from bot.ops.commands.sweep import sweep
from bot.ops.commands.usage import usage
from bot.ops.doctor import examine
from bot.ops.finding import Finding
from bot.ops.health import check
from bot.ops.logs import Redactor, set_up_logging
from bot.ops.trials.trial_command import try_provider
from bot.settings import Settings, read_settings
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate as apply_migrations

EXIT_FAILED: Final = 1
EXIT_UNAVAILABLE: Final = 69
"""sysexits' EX_UNAVAILABLE: Discord or the database ended it; starting again may help."""
EXIT_CONFIG: Final = 78
"""sysexits' EX_CONFIG: a setting must be changed first."""
_OLDEST_HEARTBEAT: Final = timedelta(minutes=1)

Result = TypeVar("Result")

cli: Final = typer.Typer(
    name="grok-bot",
    help="A Discord bot: /grok video, a prompt and reference images in, a finished video out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.command()
def run(
    *,
    gateway: Annotated[
        bool,
        typer.Option(help="Answer members; a worker without only makes and posts videos."),
    ] = True,
) -> None:
    """Run the bot until SIGTERM or Ctrl-C."""
    settings = read_settings()
    _log_as_set(settings)
    _complete(run_bot(settings, has_gateway=gateway))


@cli.command()
def doctor() -> None:
    """Look at everything the bot needs and say how to mend what is red."""
    console = Console()
    table = Table(title="grok-bot doctor", show_lines=False)
    for heading in ("", "what", "how it is", "what to do"):
        table.add_column(heading, overflow="fold")
    findings = _complete(examine(_settings_or_problem(), SystemClock()))
    for finding in findings:
        # As texts: what a provider said must not be read as markup.
        told = map(_without_secrets, (finding.what, finding.how, finding.fix))
        table.add_row(_mark(finding), *map(Text, told))
    console.print(table)
    if not all(finding.is_good for finding in findings):
        raise typer.Exit(EXIT_FAILED)


@cli.command()
def sync() -> None:
    """Tell Discord about the commands now; `run` does it when they have changed."""
    settings = read_settings()
    _log_as_set(settings)
    count = _complete(sync_commands(settings))
    typer.echo(f"{count} command{'s' if count != 1 else ''} synced.")


@cli.command()
def migrate() -> None:
    """Bring the database to this version; `run` does it by itself."""
    settings = read_settings()
    typer.echo(f"The database is at revision {_complete(_migrate(settings))}.")


@cli.command()
def health() -> None:
    """Tell by the exit code whether the running bot is well; for HEALTHCHECK."""
    settings = read_settings()
    path = settings.data_dir / HEARTBEAT_FILE
    problem = check(path, SystemClock().now(), _OLDEST_HEARTBEAT)
    typer.echo(problem or "The bot is well.")
    if problem is not None:
        raise typer.Exit(EXIT_FAILED)


cli.command()(jobs)
cli.command()(models)
cli.command()(deliver)
cli.command()(resume)
cli.command()(refund)
cli.command()(usage)
cli.command()(backup)
cli.command()(restore)
cli.command()(sweep)
cli.command("try")(try_provider)
cli.add_typer(rules, name="rules")
cli.add_typer(audit, name="audit")
cli.add_typer(limits, name="limits")
cli.add_typer(policy, name="policy")
cli.command()(block)
cli.command()(unblock)


def main(command: Callable[[], object] = cli) -> None:
    """Run the command line; every expected end is one sentence and an exit code."""
    try:
        command()
    except ConfigurationError as error:
        sys.exit(_say(error, EXIT_CONFIG))
    except (GatewayEndedError, StoreUnavailableError) as error:
        sys.exit(_say(error, EXIT_UNAVAILABLE))
    except BotError as error:
        sys.exit(_say(error, EXIT_FAILED))
    except Exception as error:  # noqa: BLE001 - the last line before a traceback, which may hold a secret
        text = f"Something broke that should not: {type(error).__name__} at {where(error)}."
        sys.exit(_say(BotError(text), EXIT_FAILED))


def _say(error: BotError, code: int) -> int:
    typer.echo(_without_secrets(str(error)), err=True)
    return code


def _without_secrets(text: str) -> str:
    """Take our secrets out of what others, such as a database, may have said."""
    settings = _settings_or_problem()
    known = settings.secrets() if isinstance(settings, Settings) else ()
    return Redactor(known).hide_known(text)


def _mark(finding: Finding) -> str:
    if finding.is_warning:
        return "[yellow]!![/yellow]"
    return "[green]ok[/green]" if finding.is_good else "[red]no[/red]"


def _log_as_set(settings: Settings) -> None:
    set_up_logging(
        level=settings.log_level,
        secrets=settings.secrets(),
        as_json=not sys.stderr.isatty(),
    )


def _settings_or_problem() -> Settings | ConfigurationError:
    try:
        return read_settings()
    except ConfigurationError as error:
        return error


async def _migrate(settings: Settings) -> str:
    async with open_database(settings.database_url) as database:
        return await apply_migrations(database)


def _complete(work: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Use uvloop where the operator installed it: about a third less work a request."""
    if importlib.util.find_spec("uvloop") is None:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module(
        "uvloop"
    ).new_event_loop
    return factory


if __name__ == "__main__":
    main()
