"""What Discord suggests while somebody types an option."""

from collections.abc import Iterable, Sequence
from typing import Final

from discord.app_commands import Choice

from bot.domain import Job, Mode
from bot.posting.facts import prompt_of
from bot.posting.words import STATE_WORDS
from bot.providers.catalogue import Catalogue
from bot.providers.describe import lengths, list_words
from bot.providers.entries import ModelEntry

MOST: Final = 25
"""Discord shows at most so many (Application Command Option Choice)."""
_NAME: Final = 100
"""Characters of a suggestion's name, likewise."""


def suggest_models(catalogue: Catalogue, typed: str, mode: Mode | None = None) -> list[Choice[str]]:
    """Suggest the looks, then the models; with a mode those that can do it."""

    def can(entry: ModelEntry) -> bool:
        return mode is None or mode in entry.modes

    wanted = typed.strip().lower()
    looks = {look: [*filter(can, catalogue.look(look))] for look in catalogue.looks}
    named = {
        look: f"{look.capitalize()}: {list_words([one.title for one in entries], last='or')}"
        for look, entries in looks.items()
        if entries and wanted in look
    } | {
        entry.key: f"{entry.title} ({_made(entry, mode)})"
        for entry in catalogue
        if can(entry) and wanted in f"{entry.key} {entry.title}".lower()
    }
    return [Choice(name=_cut(name), value=value) for value, name in named.items()][:MOST]


def suggest_words(typed: str, words: Iterable[str]) -> list[Choice[str]]:
    """Suggest each word once, as far as it fits what was typed."""
    found = [word for word in dict.fromkeys(words) if typed.strip().lower() in word]
    return [Choice(name=word, value=word) for word in found][:MOST]


def suggest_seconds(typed: str, seconds: Iterable[int]) -> list[Choice[int]]:
    """Suggest lengths; of too many, some from the shortest to the longest."""
    found = [length for length in sorted({*seconds}) if str(length).startswith(typed.strip())]
    return [Choice(name=f"{length} s", value=length) for length in _spread(found)]


def suggest_jobs(typed: str, jobs: Iterable[Job]) -> list[Choice[str]]:
    """Suggest jobs by their ids and prompts."""
    return [
        Choice(name=_cut(f"{job.id} · {STATE_WORDS[job.state]} · {prompt_of(job)}"), value=job.id)
        for job in jobs
        if typed.strip().lower() in f"{job.id} {job.spec.prompt}".lower()
    ][:MOST]


def _made(entry: ModelEntry, mode: Mode | None) -> str:
    if mode is Mode.EDIT and entry.editing is not None:
        return f"edits up to {entry.editing.longest_seconds:g} s"
    if mode is Mode.EXTEND and entry.extending is not None:
        return f"adds {lengths(entry.extending.seconds)} s"
    return f"{lengths(entry.seconds)} s"


def _spread(values: Sequence[int]) -> list[int]:
    if len(values) <= MOST:
        return list(values)
    return [values[round(place * (len(values) - 1) / (MOST - 1))] for place in range(MOST)]


def _cut(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
