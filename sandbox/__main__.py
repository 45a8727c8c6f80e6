"""The sandbox's command line: `python -m sandbox demo`."""

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bot.domain import JobState, Mode
from sandbox.album import Album
from sandbox.journey import Journey
from sandbox.narrator import Silence
from sandbox.plan import FIRST_PROMPT, RENDER_SECONDS, Plan, PlanError, choose, usual_seconds
from sandbox.providers import STAND_INS
from sandbox.screen import Screen

cli: Final = typer.Typer(
    name="sandbox", help="The whole bot, offline, on loopback stand-ins.", add_completion=False
)
_EXIT_USAGE: Final = 2
_EXIT_PROBLEMS: Final = 1


class KillState(StrEnum):
    """The states in which the bot works, and so can be killed at work."""

    SUBMITTING = JobState.SUBMITTING
    RENDERING = JobState.RENDERING
    RENDERED = JobState.RENDERED
    STORED = JobState.STORED


class SecondMode(StrEnum):
    """What can be done with a posted video."""

    EDIT = Mode.EDIT
    EXTEND = Mode.EXTEND


@cli.callback()
def main() -> None:
    """Play the bot offline."""


@cli.command()
def demo(  # noqa: PLR0913 - each is an option of the command line
    *,
    provider: Annotated[
        str | None, typer.Option(help=f"Whose stand-in makes it: {', '.join(STAND_INS)}.")
    ] = None,
    mode: Annotated[
        SecondMode | None,
        typer.Option(help="Go on from the posted video, and make a second one from it."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the videos and the log go.")] = Path(
        "demo-output"
    ),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON at the end and nothing else.")
    ] = False,
    kill_at: Annotated[
        KillState | None,
        typer.Option(help="Kill the bot when the (last) job is there, and start it again."),
    ] = None,
    prompt: Annotated[str, typer.Option(help="What the video should show.")] = FIRST_PROMPT,
    change: Annotated[
        str | None, typer.Option(help="What the second video should change or add.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Which model makes it.")] = None,
    seconds: Annotated[int | None, typer.Option(help="How long it should be.")] = None,
    images: Annotated[int, typer.Option(min=0, help="How many reference images.")] = 1,
    render_seconds: Annotated[
        float, typer.Option(min=0, help="How long the provider takes for each video.")
    ] = RENDER_SECONDS,
) -> None:
    """Play the main job: a command with a reference image in, a video in the channel out."""
    try:
        entry = choose(provider, model)
        plan = Plan(
            out=out,
            entry=entry,
            seconds=usual_seconds(entry) if seconds is None else seconds,
            prompt=prompt,
            images=images,
            mode=None if mode is None else Mode(mode),
            change=change,
            render_seconds=render_seconds,
            kill_at=None if kill_at is None else JobState(kill_at),
        )
        plan.check()
    except PlanError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_EXIT_USAGE) from None
    screen = Screen(Console())
    narrator = Silence() if as_json else Album(out, screen)
    outcome = asyncio.run(Journey(plan, narrator).play())
    if as_json:
        typer.echo(json.dumps(outcome.as_json()))
    else:
        screen.summary(outcome)
    raise typer.Exit(_EXIT_PROBLEMS if outcome.problems else 0)


if __name__ == "__main__":
    cli()
