"""`python -m sandbox translations`: the files of the languages anew, and how complete they are."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from discord import Locale

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
    strange = misnamed(FOLDER)
    if strange:
        typer.echo(f"No locale of Discord is called so: {', '.join(strange)}", err=True)
        raise typer.Exit(1)
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


def misnamed(folder: Path) -> list[str]:
    """List the files of a folder that no member of Discord would ever be spoken to from."""
    locales = {locale.value for locale in Locale}
    # One without its region serves all of them: `es` is spoken in es-ES and es-419.
    known = locales | {locale.partition("-")[0] for locale in locales}
    return [path.name for path in sorted(folder.glob("*.po")) if path.stem not in known]


def bring_up_to_date(folder: Path, texts: Sequence[Text]) -> Iterator[Standing]:
    """Give each file of a folder exactly these texts; what is translated stays."""
    for path in sorted(folder.glob("*.po")):
        write(path, read(path), texts)
        catalogue = read(path)
        done = sum(is_done(catalogue, text) for text in texts)
        found = tuple(problems(catalogue, texts))
        yield Standing(path.stem, done * 100 // len(texts), found)
