"""The sandbox's command line: `python -m sandbox demo`."""

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bot.domain import JobState
from sandbox.album import Album
from sandbox.journey import Journey, Outcome, Plan
from sandbox.screen import Screen, Silence

cli: Final = typer.Typer(
    name="sandbox", help="The whole bot, offline, on loopback stand-ins.", add_completion=False
)


class KillState(StrEnum):
    """The states in which the bot works, and so can be killed at work."""

    SUBMITTING = JobState.SUBMITTING
    RENDERING = JobState.RENDERING
    RENDERED = JobState.RENDERED
    STORED = JobState.STORED


@cli.callback()
def main() -> None:
    """Play the bot offline."""


@cli.command()
def demo(
    *,
    out: Annotated[Path, typer.Option(help="Where the video and the log go.")] = Path(
        "demo-output"
    ),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON at the end and nothing else.")
    ] = False,
    kill_at: Annotated[
        KillState | None,
        typer.Option(help="Kill the bot when the job is there, and start it again."),
    ] = None,
    prompt: Annotated[
        str, typer.Option(help="What the video should show.")
    ] = "a red fox runs through fresh snow",
    model: Annotated[str, typer.Option(help="Which model makes it.")] = "geeknow/grok-video-3",
    seconds: Annotated[int, typer.Option(help="How long it should be.")] = 6,
    images: Annotated[int, typer.Option(min=0, max=6, help="How many reference images.")] = 1,
) -> None:
    """Play the main job: a command with a reference image in, a video in the channel out."""
    plan = Plan(
        out=out,
        prompt=prompt,
        model=model,
        seconds=seconds,
        images=images,
        kill_at=None if kill_at is None else JobState(kill_at),
    )
    screen = Screen(Console())
    narrator = Silence() if as_json else Album(out, screen)
    outcome = asyncio.run(Journey(plan, narrator).play())
    if as_json:
        typer.echo(json.dumps(_as_json(outcome)))
    else:
        screen.summary(outcome)
    raise typer.Exit(1 if outcome.problems else 0)


def _as_json(outcome: Outcome) -> dict[str, object]:
    video = outcome.video
    return {
        "ok": not outcome.problems,
        "ack_ms": outcome.ack_milliseconds,
        "states": outcome.states,
        "messages": outcome.messages,
        "final_messages": outcome.final_messages,
        "charges": outcome.charges,
        "kills": outcome.kills,
        "told": outcome.told,
        "video": video
        and {"path": str(video.path), "seconds": video.seconds, "bytes": video.size_bytes},
        "problems": outcome.problems,
    }


if __name__ == "__main__":
    cli()
