"""The member's command /grok storyboard: a form with the scenes, which become one video."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import Denial, Hold, Mode
from bot.errors import InvalidRequestError
from bot.interactions import asker_of, defer, entries_so_far, open_form, origin_of
from bot.pipeline.storyboards import FEWEST_SCENES, MOST_SCENES, StoryRequest
from bot.posting.buttons import price_buttons
from bot.posting.denials import denial_text
from bot.posting.permissions import check_can_post
from bot.posting.story_cards import accepted_story
from bot.posting.story_form import FilledStory, filled_story, story_form
from bot.posting.suggestions import suggest_models, suggest_seconds
from bot.posting.words_story import MODEL_GONE
from bot.providers.override_form import LONGEST_SECONDS
from bot.tree import answer, answering


async def _ask(
    interaction: discord.Interaction[GrokBot],
    model: str | None,
    seconds: int | None,
    is_private: bool | None,  # noqa: FBT001 - an option
) -> None:
    """Open the form at once: a model that is none is said before anybody has written scenes."""
    origin_of(interaction)
    check_can_post(interaction)
    if model is not None:
        choice = interaction.client.services.intake.choose(model, Mode.IMAGE)
        model = choice.look or choice.entries[0].key
    form = story_form(
        model=model,
        seconds=seconds,
        is_private=is_private,
        fewest=FEWEST_SCENES,
        most=MOST_SCENES,
    )
    await open_form(interaction, form)


def make_command() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(
        name="storyboard", description="Make several scenes that follow each other, and join them"
    )
    @app_commands.describe(
        model="Which model makes all scenes, or a look such as fast",
        duration="Length of each scene in seconds",
        private="Yes: they come to you alone, until you publish them",
    )
    async def storyboard(
        interaction: discord.Interaction[GrokBot],
        model: str | None = None,
        duration: app_commands.Range[int, 1, LONGEST_SECONDS] | None = None,
        private: bool | None = None,  # noqa: FBT001 - an option
    ) -> None:
        await _ask(interaction, model, duration, private)

    @storyboard.autocomplete("model")
    async def _models(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return suggest_models(interaction.client.services.catalogue, typed, Mode.IMAGE)

    @storyboard.autocomplete("duration")
    async def _durations(
        interaction: discord.Interaction[GrokBot], typed: int | str
    ) -> list[app_commands.Choice[int]]:
        entries = entries_so_far(interaction, Mode.IMAGE)
        lengths = [length for entry in entries for length in entry.seconds]
        return suggest_seconds(str(typed), lengths)

    return storyboard


class Storyboards(commands.Cog):
    """What comes of the form, also of one that was opened before a restart."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Take a form that was sent."""
        filled = filled_story(interaction)
        if filled is None:
            return
        async with answering(interaction):
            await defer(interaction)
            await self._accept(interaction, filled)

    async def _accept(self, interaction: discord.Interaction[GrokBot], filled: FilledStory) -> None:
        check_can_post(interaction)
        services = self._bot.services
        wanted = StoryRequest(
            origin_of(interaction),
            filled.prompts,
            model=self._model(filled),
            seconds=filled.seconds,
            is_private=filled.is_private,
        )
        made = await services.storyteller.accept(wanted, asker_of(interaction))
        # From here on the jobs run: an answer that gets lost must not look like a failure.
        if isinstance(made, Denial):
            await answer(interaction, denial_text(made))
            return
        text = accepted_story(made, shows_price=services.shows_prices)
        if made[0].held_for is Hold.CONFIRMATION:
            await answer(interaction, text, price_buttons(made[0]))
        else:
            await answer(interaction, text)

    def _model(self, filled: FilledStory) -> str | None:
        if filled.model_mark is None:
            return None
        catalogue = self._bot.services.catalogue
        names = (*catalogue.looks, *(entry.key for entry in catalogue))
        model = filled.model_among(names)
        if model is None:
            raise InvalidRequestError(MODEL_GONE())
        return model


async def setup(bot: GrokBot) -> None:
    """Add the command to the group that `cogs/grok.py` made."""
    bot.members_group.add_command(make_command())
    await bot.add_cog(Storyboards(bot))
