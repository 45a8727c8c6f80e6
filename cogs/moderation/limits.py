"""The commands /grok-admin limits: set, remove, show, and explain what applies to a member."""

from typing import Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import LimitKind, Scope, Unit, VideoRequest
from bot.errors import InvalidRequestError, UserError
from bot.interactions import asker_at, defer, origin_of
from bot.limits.amounts import read_amount
from bot.limits.values import LONGEST_SECONDS
from bot.posting.moderation.explanation_text import explanation_pages
from bot.posting.moderation.limit_choices import (
    KIND_CHOICES,
    SCOPE_CHOICES,
    UNIT_CHOICES,
    check_target,
    read_choice,
    read_limit_key,
    suggest_limits,
)
from bot.posting.moderation.policy_list import book_pages
from bot.posting.suggestions import suggest_seconds, suggest_words
from bot.providers.entries import ModelEntry
from bot.store.moderation.policies import Where
from bot.tree import answer_pages
from cogs.moderation.changing import set_limit
from cogs.moderation.group import admin_group
from cogs.moderation.options import AskingPlace, LimitedPlace, offer_models

_ANY_PROMPT: Final = "anything"
"""Rules about prompts are another command's."""


class Limits(app_commands.Group):
    """How much may be made, by whom and where."""

    def __init__(self) -> None:
        super().__init__(name="limits", description="How much may be made, by whom and where")

    @app_commands.command(name="set", description="Set a limit")
    @app_commands.choices(scope=SCOPE_CHOICES, kind=KIND_CHOICES, unit=UNIT_CHOICES)
    @app_commands.describe(
        scope="Whose use is limited",
        kind="Over which time",
        unit="What is counted",
        amount="Such as 5, or dollars such as 2.50; of a pause, its seconds",
        channel="With the scope channel: a channel, thread or category",
        role="With the scope role",
        member="With the scope member",
    )
    async def choose(  # noqa: PLR0917 - each is an option of the command
        self,
        interaction: discord.Interaction[GrokBot],
        scope: str,
        kind: str,
        unit: str,
        amount: str,
        channel: LimitedPlace | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """Set an amount, and tell what it was before."""
        await defer(interaction)
        guild_id = origin_of(interaction).guild_id
        chosen = {Scope.CHANNEL: channel, Scope.ROLE: role, Scope.MEMBER: member}
        wanted = read_choice(SCOPE_CHOICES, Scope, scope)
        over = read_choice(KIND_CHOICES, LimitKind, kind)
        counted = read_choice(UNIT_CHOICES, Unit, unit)
        ids = {one: None if target is None else target.id for one, target in chosen.items()}
        target_id = check_target(wanted, guild_id, ids)
        where = Where(guild_id, wanted, target_id)
        await set_limit(interaction, where, over, counted, read_amount(amount, over, counted))

    @app_commands.command(name="remove", description="Remove a limit")
    @app_commands.describe(limit="One of those that are set here")
    async def remove(self, interaction: discord.Interaction[GrokBot], limit: str) -> None:
        """Remove an amount, and tell what it was."""
        await defer(interaction)
        guild_id = origin_of(interaction).guild_id
        scope, target_id, kind, unit = read_limit_key(limit, guild_id)
        await set_limit(interaction, Where(guild_id, scope, target_id), kind, unit, None)

    @app_commands.command(name="show", description="Show all that is set here")
    async def show(self, interaction: discord.Interaction[GrokBot]) -> None:
        """List the limits and policies of this server, and those of the operator."""
        await defer(interaction)
        origin = origin_of(interaction)
        book = await interaction.client.services.policies.book(origin.guild_id)
        await answer_pages(interaction, book_pages(book))

    @app_commands.command(name="explain", description="What applies to a member, and why")
    @app_commands.describe(
        member="Who would ask",
        channel="Where; otherwise here",
        model="What for: a model or a look",
        duration="Length in seconds",
        resolution="Size, such as 720p",
    )
    @app_commands.autocomplete(model=offer_models)
    async def explain(
        self,
        interaction: discord.Interaction[GrokBot],
        member: discord.User,
        channel: AskingPlace | None = None,
        model: str | None = None,
        duration: app_commands.Range[int, 1, LONGEST_SECONDS] | None = None,
        resolution: str | None = None,
    ) -> None:
        """Tell what would come of a request by that member, and which rule decides it."""
        await defer(interaction)
        if not isinstance(member, discord.Member):
            raise InvalidRequestError("That person is not a member of this server.")
        request = VideoRequest(
            origin_of(interaction),
            _ANY_PROMPT,
            model=model,
            seconds=duration,
            resolution=resolution,
        )
        asker = asker_at(interaction, member, channel)
        told = await interaction.client.services.explainer.explain(request, asker)
        await answer_pages(interaction, explanation_pages(told))

    @remove.autocomplete("limit")
    async def _limits(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        origin = origin_of(interaction)
        book = await interaction.client.services.policies.book(origin.guild_id)
        return suggest_limits(typed, book.limits, interaction.guild)

    @explain.autocomplete("duration")
    async def _durations(
        self, interaction: discord.Interaction[GrokBot], typed: int | str
    ) -> list[app_commands.Choice[int]]:
        lengths = [seconds for entry in _chosen(interaction) for seconds in entry.seconds]
        return suggest_seconds(str(typed), lengths)

    @explain.autocomplete("resolution")
    async def _resolutions(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        sizes = [size for entry in _chosen(interaction) for size in entry.resolutions]
        return suggest_words(typed, sizes)


def _chosen(interaction: discord.Interaction[GrokBot]) -> tuple[ModelEntry, ...]:
    """List the models that the command as typed so far would be checked against."""
    services = interaction.client.services
    typed = str(getattr(interaction.namespace, "model", None) or "")
    try:
        return services.intake.choose(typed or None).entries
    except UserError:
        return services.catalogue.entries


async def setup(bot: GrokBot) -> None:
    """Add the commands to the group of moderators."""
    admin_group(bot).add_command(Limits())
