"""`python -m sandbox translations`: the files of the languages anew, and how complete they are."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from bot.domain import ENGLISH
from bot.language import FOLDER
from sandbox.translations.files import read, write
from sandbox.translations.judging import is_done, problems
from sandbox.translations.texts import Text, all_texts


@dataclass(frozen=True, slots=True)
class Standing:
    """How complete a language is."""

    language: str
    percent: int
    """Rounded down: a hundred is said of all texts only."""
    problems: tuple[str, ...]


def translations() -> None:
    """Bring the files of the languages up to date, and say how much of each is translated."""
    texts = asyncio.run(all_texts())
    typer.echo(f"{ENGLISH} 100 % ({len(texts)} texts)")
    is_whole = True
    for one in bring_up_to_date(FOLDER, texts):
        typer.echo(f"{one.language} {one.percent} %")
        for problem in one.problems:
            typer.echo(f"  {problem}", err=True)
        is_whole = is_whole and not one.problems
    if not is_whole:
        raise typer.Exit(1)


def bring_up_to_date(folder: Path, texts: Sequence[Text]) -> Iterator[Standing]:
    """Give each file of a folder exactly these texts; what is translated stays."""
    for path in sorted(folder.glob("*.po")):
        write(path, read(path), texts)
        catalogue = read(path)
        done = sum(is_done(catalogue, text) for text in texts)
        found = tuple(problems(catalogue, texts))
        yield Standing(path.stem, done * 100 // len(texts), found)
