"""The member's command /grok settings: what they have chosen for themselves."""

import re
from typing import Any, Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Preferences
from bot.errors import InvalidRequestError
from bot.interactions import defer, origin_of, speak_to
from bot.language import languages, name_of
from bot.posting import words_account as words
from bot.posting.suggestions import suggest_models, suggest_words
from bot.posting.text import safe
from bot.tree import answer

_SHAPE: Final = re.compile(r"[1-9][0-9]?:[1-9][0-9]?")
_VALUE: Final = 100
_FIELDS: Final = ("model", "aspect_ratio", "mentions", "language", "is_private")


async def _settings(
    interaction: discord.Interaction[GrokBot], values: dict[str, Any], *, is_reset: bool
) -> None:
    await defer(interaction)
    member_id = origin_of(interaction).requester_id
    store = interaction.client.services.preferences
    if is_reset:
        await store.reset(member_id)
    chosen = await store.change(member_id, **values) if values else await store.of(member_id)
    await speak_to(interaction)  # in the language that was just chosen
    lines = [words.RESET(), ""] if is_reset else []
    await answer(interaction, "\n".join([*lines, words.SETTINGS(), *_lines(chosen)]))


def _checked(interaction: discord.Interaction[GrokBot], values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was not said, and check the rest.

    Raises:
        InvalidRequestError: There is no such model or shape.
    """
    said = {name: value for name, value in values.items() if value is not None}
    if "model" in said:
        interaction.client.services.intake.choose(said["model"])
    shape = said.get("aspect_ratio")
    if shape is not None and not _SHAPE.fullmatch(shape):
        raise InvalidRequestError(words.NO_SHAPE(shape=safe(shape, _VALUE)))
    return said


def _lines(chosen: Preferences) -> list[str]:
    usual = words.AS_USUAL()
    language = words.AS_DISCORD() if chosen.language is None else name_of(chosen.language)
    return [
        words.MODEL(value=safe(chosen.model, _VALUE) if chosen.model else usual),
        words.SHAPE(value=chosen.aspect_ratio or usual),
        words.MENTION() if chosen.mentions else words.NO_MENTION(),
        words.LANGUAGE(value=language),
        words.PRIVATE() if chosen.is_private else words.PUBLIC(),
    ]


def make_command() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="settings", description="What you have chosen for yourself")
    @app_commands.describe(
        model="Your usual model or look",
        aspect="Your usual shape, such as 3:2",
        mention="Whether you are mentioned when a video of yours is posted",
        language="The language in which I answer you",
        private="Whether your videos are for you alone unless you say otherwise",
        reset="Go back to how everything is as usual",
    )
    @app_commands.choices(
        language=[app_commands.Choice(name=name_of(one), value=one) for one in languages()]
    )
    async def settings(
        interaction: discord.Interaction[GrokBot],
        model: str | None = None,
        aspect: str | None = None,
        mention: bool | None = None,  # noqa: FBT001 - an option
        language: str | None = None,
        private: bool | None = None,  # noqa: FBT001 - an option
        reset: bool = False,  # noqa: FBT001, FBT002 - an option
    ) -> None:
        values = (model, aspect, mention, language, private)
        said = _checked(interaction, dict(zip(_FIELDS, values, strict=True)))
        await _settings(interaction, said, is_reset=reset)

    @settings.autocomplete("model")
    async def _models(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return suggest_models(interaction.client.services.catalogue, typed)

    @settings.autocomplete("aspect")
    async def _aspects(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        entries = interaction.client.services.catalogue.entries
        return suggest_words(typed, [ratio for entry in entries for ratio in entry.aspect_ratios])

    return settings


async def setup(bot: GrokBot) -> None:
    """Add the command to the group that `cogs/grok.py` made."""
    bot.members_group.add_command(make_command())
