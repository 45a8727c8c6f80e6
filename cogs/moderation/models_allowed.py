"""Which models may be used, and by whom: /grok-admin models."""

from typing import Final, Literal

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import PolicyName
from bot.interactions import check_moderator, defer
from bot.limits.listings import adding, removing
from bot.limits.values import listing_of
from bot.posting.suggestions import suggest_words
from cogs.moderation.changing import edit_policy, set_listing, show_policies
from cogs.moderation.group import admin_group
from cogs.moderation.options import SetPlace, Suggestions, offer_models, where_of

_ANOTHER: Final = "Another one"


class Models(app_commands.Group, name="models", description="With which models"):
    """Lists of models for the server, a channel, a role or a member."""

    @app_commands.command(name="set", description="Say which; this replaces the list")
    @app_commands.describe(
        mode="What the list means",
        model="A model, or a look for all of its models",
        model2=_ANOTHER,
        model3=_ANOTHER,
        channel="For one channel or category only",
        role="For one role only",
        member="For one member only",
    )
    @app_commands.autocomplete(model=offer_models, model2=offer_models, model3=offer_models)
    async def choose(  # noqa: PLR0917 - Discord has no list of words; each is an option
        self,
        interaction: discord.Interaction[GrokBot],
        mode: Literal["only", "all but", "all"],
        model: str | None = None,
        model2: str | None = None,
        model3: str | None = None,
        channel: SetPlace | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """Set the list."""
        await defer(interaction)
        where = where_of(interaction, channel, role, member)
        names = [one for one in (model, model2, model3) if one is not None]
        items = [key for name in names for key in _keys(interaction, name)]
        await set_listing(interaction, where, PolicyName.MODELS, mode, items)

    @app_commands.command(name="add", description="Put a model on the list")
    @app_commands.describe(
        model="A model, or a look for all of its models",
        channel="Of one channel or category only",
        role="Of one role only",
        member="Of one member only",
    )
    @app_commands.autocomplete(model=offer_models)
    async def add(
        self,
        interaction: discord.Interaction[GrokBot],
        model: str,
        channel: SetPlace | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """Add to the list."""
        await defer(interaction)
        where = where_of(interaction, channel, role, member)
        edit = adding(_keys(interaction, model))
        await edit_policy(interaction, where, PolicyName.MODELS, edit)

    @app_commands.command(name="remove", description="Take a model off the list")
    @app_commands.describe(
        model="A model of the list",
        channel="Of one channel or category only",
        role="Of one role only",
        member="Of one member only",
    )
    async def remove(
        self,
        interaction: discord.Interaction[GrokBot],
        model: str,
        channel: SetPlace | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """Remove from the list, also what the catalogue does not know any more."""
        await defer(interaction)
        where = where_of(interaction, channel, role, member)
        edit = removing([model.strip()])
        await edit_policy(interaction, where, PolicyName.MODELS, edit)

    @app_commands.command(name="show", description="Show the lists")
    async def show(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Show which models may be used by whom."""
        await defer(interaction)
        await show_policies(interaction, PolicyName.MODELS)

    @remove.autocomplete("model")
    async def _listed(self, interaction: discord.Interaction[GrokBot], typed: str) -> Suggestions:
        guild_id = check_moderator(interaction).guild_id
        book = await interaction.client.services.policies.book(guild_id)
        names = {
            str(item)
            for one in book.policies
            if one.guild_id == guild_id and one.name is PolicyName.MODELS
            for item in listing_of(one).items
        }
        return suggest_words(typed, sorted(names))


def _keys(interaction: discord.Interaction[GrokBot], name: str) -> list[str]:
    """List the models that a name stands for today.

    Raises:
        InvalidRequestError: Nothing is called so.
    """
    return [entry.key for entry in interaction.client.services.catalogue.choose(name).entries]


async def setup(bot: GrokBot) -> None:
    """Add the group to /grok-admin."""
    admin_group(bot).add_command(Models())
