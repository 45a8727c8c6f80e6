"""The command `grok-bot resume`: ends the pause of a provider at once."""

import asyncio
from typing import Annotated

import typer

from bot.clock import Clock, SystemClock
from bot.errors import ConfigurationError
from bot.ops.trials.trial_plan import find_provider
from bot.providers import PROVIDERS
from bot.settings import Settings, read_settings
from bot.store.engines.engine import open_database, sqlite_path
from bot.store.migrate import pending_migrations
from bot.store.pauses import PauseStore


def resume(
    provider: Annotated[str, typer.Argument(help="As the settings name it, such as geeknow.")],
) -> None:
    """Let a paused provider get jobs again, once what paused it is mended."""
    name = provider.strip().lower()
    is_ended = asyncio.run(end_pause(read_settings(), name, SystemClock()))
    if name not in PROVIDERS and is_ended:
        # Of another version, or of a line that was taken out of the registry.
        typer.echo(f"The pause of {name} is over. This version does not know that provider.")
        return
    kind = find_provider(provider)
    if is_ended:
        typer.echo(f"{kind.title} goes on: the jobs that waited for it are submitted now.")
    else:
        typer.echo(f"{kind.title} was not paused.")


async def end_pause(settings: Settings, name: str, clock: Clock) -> bool:
    """End the pause of one provider, also of one nobody knows any more; False if there was none.

    Raises:
        ConfigurationError: The database is of another version, or can't be opened.
    """
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        return False
    async with open_database(settings.database_url) as database:
        if await pending_migrations(database):
            raise ConfigurationError("The database is of an older version. Run grok-bot migrate.")
        pauses = PauseStore(database, clock)
        paused = [one for one in await pauses.current() if one.lower() == name.lower()]
        return any([await pauses.resume(one) for one in paused])
