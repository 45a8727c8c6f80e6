"""What Discord suggests while somebody types an option."""

from collections.abc import Iterable, Sequence
from typing import Final

from discord.app_commands import Choice

from bot.domain import Job, Mode, Preset
from bot.language import _, listed
from bot.posting.facts import prompt_of
from bot.posting.text import plain
from bot.posting.words import LENGTH, STATE_WORDS
from bot.posting.words_presets import OF_OTHERS
from bot.providers.catalogue import Catalogue
from bot.providers.describe import exact, lengths
from bot.providers.entries import ModelEntry

MOST: Final = 25
"""Discord shows at most so many (Application Command Option Choice)."""
_NAME: Final = 100
"""Characters of a suggestion's name, likewise."""


def suggest_models(catalogue: Catalogue, typed: str, mode: Mode | None = None) -> list[Choice[str]]:
    """Suggest the looks, then the models; with a mode those that can do it."""

    def can(entry: ModelEntry) -> bool:
        return mode is None or entry.can(mode)

    wanted = typed.strip().lower()
    looks = {look: [*filter(can, catalogue.look(look))] for look in catalogue.looks}
    named = {
        look: f"{look.capitalize()}: {listed([one.title for one in entries], style='or')}"
        for look, entries in looks.items()
        if entries and wanted in look
    } | {
        entry.key: f"{entry.title} ({_made(entry, mode)})"
        for entry in catalogue
        if can(entry) and wanted in f"{entry.key} {entry.title}".lower()
    }
    return [Choice(name=plain(name, _NAME), value=value) for value, name in named.items()][:MOST]


def suggest_words(typed: str, words: Iterable[str]) -> list[Choice[str]]:
    """Suggest each word once, as far as it fits what was typed."""
    found = [word for word in dict.fromkeys(words) if typed.strip().lower() in word.lower()]
    return [Choice(name=word, value=word) for word in found][:MOST]


def suggest_seconds(typed: str, seconds: Iterable[int]) -> list[Choice[int]]:
    """Suggest lengths; of too many, some from the shortest to the longest."""
    found = [length for length in sorted({*seconds}) if str(length).startswith(typed.strip())]
    return [Choice(name=LENGTH(seconds=length), value=length) for length in _spread(found)]


def suggest_jobs(typed: str, jobs: Iterable[Job]) -> list[Choice[str]]:
    """Suggest jobs by their ids and prompts."""
    return [
        Choice(
            name=plain(f"{job.id} · {STATE_WORDS[job.state]()} · {prompt_of(job)}", _NAME),
            value=job.id,
        )
        for job in jobs
        if typed.strip().lower() in f"{job.id} {job.spec.prompt}".lower()
    ][:MOST]


def suggest_presets(typed: str, presets: Iterable[Preset], member_id: int) -> list[Choice[str]]:
    """Suggest presets: a member's own by name, those of others with whose they are left open.

    The value is the number, for two members may have used the same name.
    """
    return [
        Choice(
            # Discord takes no empty name, and none of the others with it.
            name=plain(one.name if one.owner_id == member_id else OF_OTHERS(name=one.name), _NAME)
            or f"#{one.id}",
            value=f"#{one.id}",
        )
        for one in presets
        if typed.strip().lower() in f"{one.name} {one.recipe.prompt}".lower()
    ][:MOST]


def _made(entry: ModelEntry, mode: Mode | None) -> str:
    if mode is Mode.EDIT and entry.editing is not None:
        return _("edits up to {seconds} s", seconds=exact(entry.editing.longest_seconds))
    if mode is Mode.EXTEND and entry.extending is not None:
        return _("adds {lengths} s", lengths=lengths(entry.extending.seconds))
    return LENGTH(seconds=lengths(entry.seconds))


def _spread(values: Sequence[int]) -> list[int]:
    if len(values) <= MOST:
        return list(values)
    return [values[round(place * (len(values) - 1) / (MOST - 1))] for place in range(MOST)]
