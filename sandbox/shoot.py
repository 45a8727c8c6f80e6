"""`python -m sandbox pictures`: plays the real bot in some languages, for the pictures of the docs.

Others have asked before and the service is busy, so that the card waits in a line at first.
"""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bot.domain import ENGLISH
from bot.language import languages, listed
from sandbox.act import JOB_SECONDS, Act, NotTakenError, Stage
from sandbox.album import PICTURES, Album
from sandbox.canned import CannedReply
from sandbox.discord_api.server import DiscordStandIn
from sandbox.lines import lines_in
from sandbox.narrator import Narrator
from sandbox.plan import Plan, choose, usual_seconds
from sandbox.screen import Screen
from sandbox.story.theatre import Theatre, open_theatre
from sandbox.xai import XaiStandIn

_RENDER_SECONDS: Final = 12.0
"""Long enough for a card that is edited every few seconds to be seen on its way."""
_SHOWN: Final = (ENGLISH, "zh-CN")
_OTHERS: Final = ("visitor", "moderator")
_BUSY: Final = CannedReply(429, {"error": "too many requests"})

_Languages = Annotated[
    list[str] | None, typer.Option("--language", help="Which ones; those of the docs without it.")
]
_Out = Annotated[Path, typer.Option(help="Where a folder for each language goes.")]
_RenderSeconds = Annotated[float, typer.Option(help="How long the service takes for the video.")]
_Work = Annotated[Path, typer.Option(help="Where the bots keep their data and their logs.")]


def pictures(
    language: _Languages = None,
    out: _Out = Path("docs/images"),
    work: _Work = Path("demo-output/pictures"),
    render_seconds: _RenderSeconds = _RENDER_SECONDS,
) -> None:
    """Take the pictures of the docs anew: the card from its line to its end, and the video."""
    wanted = language or _SHOWN
    strange = [one for one in wanted if one not in languages()]
    if strange:
        typer.echo(f"The bot speaks {listed(languages())}, not {listed(strange)}.", err=True)
        raise typer.Exit(2)
    problems = []
    for one in wanted:
        folder = out / one
        folder.mkdir(parents=True, exist_ok=True)
        for name in PICTURES:
            (folder / name).unlink(missing_ok=True)
        album = Album(folder, Screen(Console()), one)
        found = asyncio.run(_shoot(one, work / one, album, render_seconds))
        problems += [f"{one}: {problem}" for problem in found]
        problems += [f"{one}: no {name}" for name in PICTURES if not (folder / name).exists()]
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)


async def _shoot(language: str, work: Path, narrator: Narrator, render_seconds: float) -> list[str]:
    chat = DiscordStandIn()
    if language != ENGLISH:
        chat.set_locale(language)
    provider = XaiStandIn(render_seconds=render_seconds, polls_needed=1)
    provider.on_create.then(*[_BUSY] * (len(_OTHERS) + 1))
    try:
        async with open_theatre(work, chat, provider, narrator) as theatre:
            theatre.meet()
            for name, prompt in zip(_OTHERS, lines_in(language).others, strict=True):
                await _ask(theatre, name, prompt)
            act = Act(_stage(theatre), len(_OTHERS) + 1)
            entry = choose(provider.name)
            seconds, prompt = usual_seconds(entry), lines_in(language).prompt
            plan = Plan(out=work, entry=entry, seconds=seconds, language=language, prompt=prompt)
            await act.see(await act.type(plan.first_order()))
    except (NotTakenError, TimeoutError) as error:
        return [str(error) or "something took too long"]
    return theatre.transcript.problems + act.outcome.problems


async def _ask(theatre: Theatre, name: str, prompt: str) -> None:
    """Let somebody ask for a video, and wait for its card."""
    before = {message.id for message in theatre.channel.messages}
    await theatre.types(name, "grok video", prompt=prompt)
    await theatre.channel.wait_for(lambda message: message.id not in before, JOB_SECONDS)


def _stage(theatre: Theatre) -> Stage:
    return Stage(
        out=theatre.out,
        database=theatre.database,
        chat=theatre.chat,
        provider=theatre.provider,
        bot=theatre.bot,
        narrator=theatre.narrator,
    )
