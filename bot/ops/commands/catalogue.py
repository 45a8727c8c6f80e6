"""`grok-bot models`: every model, what it can make and costs, and whether it can be used."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.domain import Mode
from bot.providers import read_catalogue, with_keys
from bot.providers.catalogue import Catalogue
from bot.providers.describe import UNKNOWN, exact, lengths, price, references
from bot.providers.entries import Editing, Extending, ModelEntry, Price
from bot.settings import read_settings

_HEADINGS: Final = (
    "model",
    "modes",
    "seconds",
    "resolutions",
    "ratios",
    "images",
    "price",
)
_NO_IMAGES: Final = "none"
_EXAMPLE: Final = """\
[[model]]                       # known already: only what is different
provider = "geeknow"
model = "grok-video-3"
seconds = "4-10"                # or a list such as [4, 6, 10]

[model.price]                   # dollars, as text or as a number
source = "our account"
per_call = "0.20"

[[model]]                       # not offered any more
provider = "cometapi"
model = "grok-imagine-video-1.5"
offered = false

[[model]]                       # a new one: everything must be said
provider = "xai"
model = "grok-imagine-video-next"
title = "Grok Imagine Video Next"
modes = ["text", "image"]
seconds = "1-15"
default_seconds = 6
resolutions = ["480p", "720p"]
default_resolution = "480p"
aspect_ratios = ["16:9", "9:16", "1:1"]
default_aspect_ratio = "16:9"   # "none" leaves the shape to the service
source = "our account"

[model.price]
source = "our account"
per_second = { 480p = "0.05", 720p = "0.07" }   # every resolution, or none
per_image = "0.002"             # also: per_source_second, for edit and extend

[looks]                         # the others stay as they are; an empty list takes one away
fast = ["xai/grok-imagine-video-next", "geeknow/grok-video-3"]
best = []
"""


def models(
    *,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page of the docs, without a terminal.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Show every model: what it makes, what it costs, and whether there is a key for it."""
    settings = read_settings()
    catalogue, keys = read_catalogue(settings), with_keys(settings)
    if markdown:
        typer.echo(as_markdown(catalogue), nl=False)
    elif as_json:
        typer.echo(json.dumps(as_objects(catalogue, keys), indent=2))
    else:
        console = Console()
        console.print(as_table(catalogue, keys))
        for line in _looks(catalogue.offered(keys)):
            console.print(Text(line))
        console.print(Text("PROVIDERS__<NAME>__API_KEY makes the models of a provider usable."))


def as_table(catalogue: Catalogue, keys: frozenset[str]) -> Table:
    """Draw the catalogue for a terminal of eighty characters and more."""
    table = Table(title="grok-bot models", show_lines=True)
    table.add_column("usable")
    table.add_column("model", no_wrap=True)
    table.add_column("what it makes, and for how much", overflow="fold")
    for entry in catalogue:
        key, *facts = _facts(entry)
        lines = [f"{name}: {fact}" for name, fact in zip(_HEADINGS[1:], facts, strict=True) if fact]
        table.add_row(_usable(catalogue, entry, keys), key, Text("\n".join(lines)))
    return table


def as_markdown(catalogue: Catalogue) -> str:
    """Write the page of the docs; which keys there are makes no difference to it."""
    rows = [
        _HEADINGS,
        ["---"] * len(_HEADINGS),
        *([f"`{model}`", *rest] for model, *rest in map(_facts, catalogue)),
    ]
    lines = (
        "# Models",
        "",
        "This page is written by `grok-bot models --markdown`; `grok-bot models` shows the same",
        "table with what can be used with the keys there are.",
        "",
        *(f"| {' | '.join(_cell(text) for text in row)} |" for row in rows),
        "",
        "What is said before a job errs upward; a price that is *unknown* is not free.",
        "",
        "## Looks",
        "",
        "A look stands for several models. The first one that the request fits is asked; the next",
        "one only if it is certain that nothing was started.",
        "",
        *(f"- {line}" for line in _looks(catalogue, mark="`")),
        "",
        "## Where this is from",
        "",
        *(f"- `{entry.key}`: {entry.source}." for entry in catalogue),
        "",
        "## Changing it",
        "",
        "`MODELS_FILE` names a TOML file of yours. Everything is keyed by provider and model:",
        "near-identical names are different products. What will not do ends the start with a",
        "sentence that names the entry and the field.",
        "",
        "```toml",
        *_EXAMPLE.splitlines(),
        "```",
    )
    return "\n".join(lines) + "\n"


def as_objects(catalogue: Catalogue, keys: frozenset[str]) -> list[dict[str, Any]]:
    """Write the catalogue for programs; money is in millionths of a dollar."""
    return [
        {
            "key": entry.key,
            "provider": entry.provider,
            "model": entry.model,
            "title": entry.title,
            "modes": _modes(entry),
            "seconds": list(entry.seconds),
            "default_seconds": entry.default_seconds,
            "resolutions": list(entry.resolutions),
            "default_resolution": entry.default_resolution,
            "aspect_ratios": list(entry.aspect_ratios),
            "default_aspect_ratio": entry.default_aspect_ratio,
            "most_images": entry.most_images,
            "longest_with_references": entry.longest_with_references,
            "transport": entry.transport if entry.most_images else None,
            "editing": _limits(entry.editing),
            "extending": _limits(entry.extending),
            "price": _limits(entry.price),
            "source": entry.source,
            "looks": [look for look, listed in catalogue.looks.items() if entry.key in listed],
            "is_usable": _obstacle(catalogue, entry, keys) is None,
            "obstacle": _obstacle(catalogue, entry, keys),
        }
        for entry in catalogue
    ]


def _facts(entry: ModelEntry) -> tuple[str, ...]:
    """Write one row, as the headings say."""
    known = entry.price
    return (
        entry.key,
        ", ".join(_modes(entry)),
        "; ".join(_seconds(entry)),
        ", ".join(entry.resolutions),
        ", ".join(entry.aspect_ratios),
        _images(entry),
        UNKNOWN() if known is None else f"{price(known)} ({known.source})",
    )


def _modes(entry: ModelEntry) -> list[str]:
    return [str(mode) for mode in Mode if mode in entry.modes]


def _seconds(entry: ModelEntry) -> Iterator[str]:
    yield lengths(entry.seconds)
    if entry.longest_with_references is not None:
        yield f"at most {entry.longest_with_references} with references"
    if entry.editing is not None:
        yield f"edits up to {exact(entry.editing.longest_seconds)}"
    if entry.extending is not None:
        added = entry.extending
        known = f"{exact(added.shortest_seconds)} to {exact(added.longest_seconds)}"
        yield f"extends {known} by {lengths(added.seconds)}"


def _images(entry: ModelEntry) -> str:
    words = []
    if Mode.IMAGE in entry.modes:
        words.append("one as the first frame")
    if Mode.REFERENCES in entry.modes:
        words.append(references(entry.most_references))
    return f"{' or '.join(words)}, by {entry.transport}" if words else _NO_IMAGES


def _looks(catalogue: Catalogue, mark: str = "") -> Iterator[str]:
    for look in catalogue.looks:
        keys = [f"{mark}{entry.key}{mark}" for entry in catalogue.look(look)]
        yield f"{mark}{look}{mark}: {', '.join(keys)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _usable(catalogue: Catalogue, entry: ModelEntry, keys: frozenset[str]) -> str:
    if entry.key in catalogue.hidden:
        return "[yellow]off[/yellow]"
    return "[green]yes[/green]" if entry.provider in keys else "[red]no key[/red]"


def _obstacle(catalogue: Catalogue, entry: ModelEntry, keys: frozenset[str]) -> str | None:
    if entry.key in catalogue.hidden:
        return "taken off the list by MODELS_FILE"
    if entry.provider not in keys:
        return f"set PROVIDERS__{entry.provider.upper()}__API_KEY"
    return None


def _limits(known: Editing | Extending | Price | None) -> dict[str, Any] | None:
    return None if known is None else asdict(known)
