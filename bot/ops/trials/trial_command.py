"""The command `grok-bot try`: from its options to an exit code."""

import asyncio
import logging
import secrets
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.clock import Clock, SystemClock
from bot.domain import Mode
from bot.errors import BotError, ConfigurationError, InvalidRequestError
from bot.media.video import VideoProbe
from bot.ops.development import development_warning, with_base_url
from bot.ops.logs import set_up_logging
from bot.ops.trials.trial import Made, NotMade, Trial
from bot.ops.trials.trial_plan import Plan, Wish, check_folder, find_provider, open_fetcher, prepare
from bot.ops.trials.trial_screen import TrialExit, TrialScreen, show_plan
from bot.pipeline.rate import RateGate
from bot.providers import PROVIDERS
from bot.providers.connections import open_providers, requests_per_minute_of, schedule_of
from bot.settings import Settings, read_settings

log = logging.getLogger(__name__)


class VideoMode(StrEnum):
    """The modes that must be said; otherwise the images tell."""

    EDIT = "edit"
    EXTEND = "extend"


def try_provider(  # noqa: PLR0913 - each is an option of the command line
    provider: Annotated[str, typer.Argument(help="As the settings name it, such as geeknow.")],
    *,
    model: Annotated[str, typer.Option(help="One of its models; `grok-bot models` lists them.")],
    prompt: Annotated[str, typer.Option(help="What the video should show.")],
    image: Annotated[
        list[str] | None,
        typer.Option(help="A reference image: a file, or an address where the model needs one."),
    ] = None,
    mode: Annotated[
        VideoMode | None, typer.Option(help="Change the video of --video instead.")
    ] = None,
    video: Annotated[str | None, typer.Option(help="The public address of an MP4.")] = None,
    seconds: Annotated[int | None, typer.Option(help="How long the video will be.")] = None,
    aspect: Annotated[str | None, typer.Option(help="Its shape, such as 16:9.")] = None,
    resolution: Annotated[str | None, typer.Option(help="Its size, such as 720p.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Another address of the provider.")] = None,
    out: Annotated[Path, typer.Option(help="The folder for the MP4.")] = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="Pay without asking.")] = False,
) -> None:
    """Make one real, paid video without Discord, to see that a provider works.

    Exit codes: 0 done, 1 nothing sent (you said so, or something broke before), 2 refused,
    3 failed, 4 outcome unknown, 78 a setting must be changed first.
    """
    wish = Wish(
        provider=provider,
        model=model,
        prompt=prompt,
        mode=None if mode is None else Mode(mode),
        video_url=video,
        images=tuple(image or ()),
        seconds=seconds,
        aspect_ratio=aspect,
        resolution=resolution,
    )
    raise typer.Exit(_check_and_ask(wish, base_url, out, is_agreed=yes))


def _check_and_ask(wish: Wish, base_url: str | None, folder: Path, *, is_agreed: bool) -> TrialExit:
    console = Console(highlight=False)
    try:
        settings = _settings(wish.provider, base_url)
        plan = asyncio.run(prepare(settings, wish))
        check_folder(folder, settings)
        show_plan(console, plan, development_warning(settings))
    except InvalidRequestError as error:
        typer.echo(f"{error} Nothing was sent.", err=True)
        return TrialExit.REFUSED
    except BotError:
        raise
    except Exception:
        log.exception("The trial could not be prepared")
        typer.echo("Something broke. Nothing was sent.", err=True)
        return TrialExit.DECLINED
    if not (is_agreed or _is_wanted()):
        typer.echo("Nothing was sent.")
        return TrialExit.DECLINED
    return perform(settings, plan, folder, console, SystemClock())


def perform(
    settings: Settings, plan: Plan, folder: Path, console: Console, clock: Clock
) -> TrialExit:
    """Spend the money, and show how it is going and what came of it."""
    screen = TrialScreen(console, plan, clock)
    try:
        with screen:
            outcome = asyncio.run(_run(settings, plan, folder, screen, clock))
        return screen.end(outcome)
    except KeyboardInterrupt:
        return screen.interrupted()
    except ConfigurationError:
        # Found while the providers are put together, before anything was sent.
        raise
    except (Exception, SystemExit):
        # Rich ends the program when nobody reads its output any more, as with `| head`.
        log.exception("The trial broke off; reference: %s", screen.ref)
        return screen.broken()


async def _run(
    settings: Settings, plan: Plan, folder: Path, screen: TrialScreen, clock: Clock
) -> Made | NotMade:
    name = plan.spec.provider
    file = f"{name}-{clock.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.mp4"
    schedule = schedule_of(PROVIDERS[name], settings)
    gate = RateGate(requests_per_minute_of(PROVIDERS[name], settings))
    schedule = replace(schedule, interval=gate.interval(schedule.interval, 1))
    async with open_providers(settings) as providers, open_fetcher(settings) as fetcher:
        trial = Trial(providers[name], schedule, fetcher, VideoProbe(), clock, screen)
        return await trial.run(plan, folder / file)


def _settings(provider: str, base_url: str | None) -> Settings:
    name = find_provider(provider).name
    settings = read_settings()
    set_up_logging(
        level=settings.log_level, secrets=settings.secrets(), as_json=not sys.stderr.isatty()
    )
    return settings if base_url is None else with_base_url(settings, name, base_url)


def _is_wanted() -> bool:
    try:
        return typer.confirm("Make this video and pay for it?")
    except typer.Abort:
        typer.echo()
        return False
