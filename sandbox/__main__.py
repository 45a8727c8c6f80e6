"""The sandbox's command line: `python -m sandbox demo`."""

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from rich.console import Console

from bot.domain import ENGLISH, JobState, Mode
from bot.language import languages
from sandbox.album import Album
from sandbox.chaos.command import chaos
from sandbox.crash.command import crash
from sandbox.journey import Journey
from sandbox.lines import lines_in
from sandbox.narrator import Silence
from sandbox.plan import RENDER_SECONDS, Plan, PlanError, choose, usual_seconds
from sandbox.providers import STAND_INS
from sandbox.screen import Screen
from sandbox.shoot import pictures
from sandbox.story.play import Story, play_story
from sandbox.translations.command import translations

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


_Provider = Annotated[
    str | None, typer.Option(help=f"Whose stand-in makes it: {', '.join(STAND_INS)}.")
]
_Mode = Annotated[
    SecondMode | None,
    typer.Option(help="Go on from the posted video, and make a second one from it."),
]
_Out = Annotated[Path, typer.Option(help="Where the videos and the log go.")]
_AsJson = Annotated[
    bool, typer.Option("--json", help="Print one line of JSON at the end and nothing else.")
]
_KillAt = Annotated[
    KillState | None,
    typer.Option(help="Kill the bot when the job, the last of two, is there; start it again."),
]
_Prompt = Annotated[str | None, typer.Option(help="What the video should show.")]
_Language = Annotated[
    str, typer.Option(help=f"What the server and its people speak: {', '.join(languages())}.")
]
_Change = Annotated[str | None, typer.Option(help="What the second video should change or add.")]
_AddedSeconds = Annotated[
    int | None, typer.Option(help="By how much to extend; the model's own choice without it.")
]
_Model = Annotated[str | None, typer.Option(help="Which model makes it.")]
_Seconds = Annotated[int | None, typer.Option(help="How long it should be.")]
_Images = Annotated[int, typer.Option(min=0, help="How many reference images.")]
_Story = Annotated[
    Story | None, typer.Option(help="Play a longer story instead, with several people.")
]
_RenderSeconds = Annotated[
    float, typer.Option(min=0, help="How long the provider takes for each video.")
]


@cli.callback()
def main() -> None:
    """Play the bot offline."""


@cli.command()
def demo(  # noqa: PLR0913 - each is an option of the command line
    *,
    provider: _Provider = None,
    mode: _Mode = None,
    out: _Out = Path("demo-output"),
    as_json: _AsJson = False,
    kill_at: _KillAt = None,
    prompt: _Prompt = None,
    change: _Change = None,
    added_seconds: _AddedSeconds = None,
    model: _Model = None,
    seconds: _Seconds = None,
    images: _Images = 1,
    render_seconds: _RenderSeconds = RENDER_SECONDS,
    language: _Language = ENGLISH,
    story: _Story = None,
) -> None:
    """Play the main job: a command with a reference image in, a video in the channel out."""
    if story is not None:
        _tell(story, out, as_json=as_json)
    try:
        entry = choose(provider, model)
        plan = Plan(
            out=out,
            entry=entry,
            seconds=usual_seconds(entry) if seconds is None else seconds,
            language=language,
            prompt=lines_in(language).prompt if prompt is None else prompt,
            images=images,
            mode=None if mode is None else Mode(mode),
            change=change,
            added_seconds=added_seconds,
            render_seconds=render_seconds,
            kill_at=None if kill_at is None else JobState(kill_at),
        )
        plan.check()
    except PlanError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_EXIT_USAGE) from None
    _play(plan, as_json=as_json)


def _play(plan: Plan, *, as_json: bool) -> NoReturn:
    screen = Screen(Console())
    narrator = Silence() if as_json else Album(plan.out, screen, plan.language)
    outcome = asyncio.run(Journey(plan, narrator).play())
    if as_json:
        typer.echo(json.dumps(outcome.as_json()))
    else:
        screen.summary(outcome)
    raise typer.Exit(_EXIT_PROBLEMS if outcome.problems else 0)


def _tell(story: Story, out: Path, *, as_json: bool) -> NoReturn:
    screen = None if as_json else Screen(Console())
    outcome = asyncio.run(play_story(story, out, screen or Silence()))
    if screen is None:
        typer.echo(json.dumps(outcome.as_json()))
    else:
        screen.ending(outcome.charges, outcome.files, outcome.problems)
    raise typer.Exit(_EXIT_PROBLEMS if outcome.problems else 0)


cli.command()(crash)
cli.command()(chaos)
cli.command()(translations)
cli.command()(pictures)

if __name__ == "__main__":
    cli()
