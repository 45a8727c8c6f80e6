"""The moderators' commands /grok-admin reactions: what the emojis under videos do here."""

from collections.abc import Iterable
from typing import Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Act, Emoji, PolicyName, Scope
from bot.errors import InvalidRequestError
from bot.interactions import check_moderator, defer
from bot.limits.reactions import acts_of, read_emoji, read_emojis, with_act, with_own
from bot.posting.moderation.reactions_text import reactions_list
from bot.posting.suggestions import suggest_words
from bot.posting.words_reactions import NOT_NOW, NOT_OURS
from bot.tree import answer
from cogs.moderation.changing import edit_policy
from cogs.moderation.group import admin_group
from cogs.moderation.options import where_of

_NOTHING: Final = "nothing"
_NONE: Final = "none"
_ACTIONS: Final = {
    "Send by direct message": Act.SEND,
    "Vote for": Act.FAVOUR,
    "Vote against": Act.DISFAVOUR,
    "Again": Act.AGAIN,
    "Cover": Act.COVER,
    "Cancel or remove": Act.REMOVE,
    "Report": Act.REPORT,
}
_CHOICES: Final = [
    *(app_commands.Choice(name=name, value=act.value) for name, act in _ACTIONS.items()),
    app_commands.Choice(name="Nothing", value=_NOTHING),
]


class Reactions(app_commands.Group, name="reactions", description="What emojis do under videos"):
    """Which emojis do what, and which the bot puts up itself."""

    @app_commands.command(name="show", description="Show what the emojis do")
    async def show(self, interaction: discord.Interaction[GrokBot]) -> None:
        """List the emojis by what they do."""
        await defer(interaction)
        guild_id = check_moderator(interaction).guild_id
        book = await interaction.client.services.policies.book(guild_id)
        value = book.value(Scope.SERVER, guild_id, PolicyName.REACTIONS)
        await answer(interaction, reactions_list(value))

    @app_commands.command(name="set", description="Say what an emoji does")
    @app_commands.describe(emoji="One of Discord's, or of this server", action="What it does")
    @app_commands.choices(action=_CHOICES)
    async def assign(
        self, interaction: discord.Interaction[GrokBot], emoji: str, action: str
    ) -> None:
        """Give an emoji a meaning, or take it."""
        await defer(interaction)
        read = read_emoji(emoji)
        act = None if action == _NOTHING else Act(action)
        if act is not None:
            await _check_ours(interaction, [read])
        await edit_policy(
            interaction,
            where_of(interaction),
            PolicyName.REACTIONS,
            lambda value: with_act(value, read, act),
        )

    @assign.autocomplete("emoji")
    async def _emojis(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        guild_id = check_moderator(interaction).guild_id
        book = await interaction.client.services.policies.book(guild_id)
        acts = acts_of(book.value(Scope.SERVER, guild_id, PolicyName.REACTIONS))
        return suggest_words(typed, [one.shown for emojis in acts.values() for one in emojis])

    @app_commands.command(name="own", description="Say which emojis the bot puts up itself")
    @app_commands.describe(emojis="One after another, or none")
    async def own(self, interaction: discord.Interaction[GrokBot], emojis: str) -> None:
        """Set what stands under each new video."""
        await defer(interaction)
        read = () if emojis.strip().lower() == _NONE else read_emojis(emojis)
        await _check_ours(interaction, read)
        await edit_policy(
            interaction,
            where_of(interaction),
            PolicyName.REACTIONS,
            lambda value: with_own(value, read),
        )

    @app_commands.command(name="reset", description="Go back to what is usual")
    async def reset(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Forget what was set."""
        await defer(interaction)
        await edit_policy(interaction, where_of(interaction), PolicyName.REACTIONS, lambda _: None)


async def _check_ours(interaction: discord.Interaction[GrokBot], emojis: Iterable[Emoji]) -> None:
    """Check that emojis with an id are those of this server: nobody here has others to choose.

    Raises:
        InvalidRequestError: One is not, or Discord can't be asked.
    """
    for emoji in emojis:
        if emoji.id is None or interaction.guild is None:
            continue
        try:
            await interaction.guild.fetch_emoji(emoji.id)
        except discord.NotFound:
            raise InvalidRequestError(NOT_OURS(emoji=emoji.name)) from None
        except (discord.HTTPException, OSError):
            raise InvalidRequestError(NOT_NOW()) from None


async def setup(bot: GrokBot) -> None:
    """Add the group to /grok-admin."""
    admin_group(bot).add_command(Reactions())
