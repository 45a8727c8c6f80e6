"""The commands /grok-admin budget: money for a day or month, and what happens before it is used."""

from typing import Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Cost, LimitKind, PolicyName, Scope, Unit
from bot.interactions import asker_of, defer, origin_of
from bot.limits.amounts import read_dollars, read_percent
from bot.limits.budgets import is_budget
from bot.limits.values import LONGEST_SECONDS
from bot.posting.moderation.limit_choices import OFF, PERIOD_CHOICES, read_choice
from bot.posting.moderation.policy_list import Budget, budget_pages
from bot.posting.suggestions import suggest_words
from bot.tree import answer_pages
from cogs.moderation.changing import set_limit, set_policy
from cogs.moderation.group import admin_group
from cogs.moderation.options import Suggestions, offer_sizes, where_of

_PRICES: Final = ("0.25", "0.50", "1.00", "2.00", "5.00", OFF)
_SHARES: Final = ("50", "80", "90", OFF)


class Budgets(app_commands.Group):
    """How much money this server may spend."""

    def __init__(self) -> None:
        super().__init__(name="budget", description="How much money this server may spend")

    @app_commands.command(name="set", description="Set a budget in dollars")
    @app_commands.choices(period=PERIOD_CHOICES)
    @app_commands.describe(period="For how long, in UTC", amount="Dollars, such as 2.50")
    async def set_budget(
        self, interaction: discord.Interaction[GrokBot], period: str, amount: str
    ) -> None:
        """Set what a day or month may cost, and tell what it was before."""
        await defer(interaction)
        where, kind = where_of(interaction), read_choice(PERIOD_CHOICES, LimitKind, period)
        await set_limit(interaction, where, kind, Unit.MONEY, read_dollars(amount))

    @app_commands.command(name="remove", description="Remove a budget")
    @app_commands.choices(period=PERIOD_CHOICES)
    @app_commands.describe(period="Which one")
    async def remove(self, interaction: discord.Interaction[GrokBot], period: str) -> None:
        """Let a day or month cost anything again, and tell what it was."""
        await defer(interaction)
        where, kind = where_of(interaction), read_choice(PERIOD_CHOICES, LimitKind, period)
        await set_limit(interaction, where, kind, Unit.MONEY, None)

    @app_commands.command(name="show", description="Show what is used and what is left")
    async def show(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Tell how each budget of this server stands."""
        await defer(interaction)
        policies, guild_id = interaction.client.services.policies, origin_of(interaction).guild_id
        facts = await policies.facts(guild_id, asker_of(interaction), Cost())
        budgets = [
            Budget(gauge, await policies.reserved_micros(guild_id, gauge.limit.kind))
            for gauge in facts.gauges
            if is_budget(gauge) and gauge.limit.scope is Scope.SERVER
        ]
        await answer_pages(interaction, budget_pages(budgets, facts.book.policies))

    @app_commands.command(name="confirm-above", description="Ask members before a higher price")
    @app_commands.describe(amount="Dollars, such as 0.50; or off")
    async def confirm_above(self, interaction: discord.Interaction[GrokBot], amount: str) -> None:
        """Let members say yes to a price above this one first."""
        await defer(interaction)
        value = None if _is_off(amount) else read_dollars(amount)
        await set_policy(interaction, where_of(interaction), PolicyName.CONFIRM_ABOVE, value)

    @app_commands.command(name="step-down", description="Make less when a budget runs low")
    @app_commands.describe(
        percent="From which used share of a budget on; or off",
        longest="Seconds that a video may have then",
        resolution="Size that it may have then, such as 480p",
        review="Whether a moderator looks at each job then",
    )
    @app_commands.autocomplete(resolution=offer_sizes)
    async def step_down(
        self,
        interaction: discord.Interaction[GrokBot],
        percent: str,
        longest: app_commands.Range[int, 1, LONGEST_SECONDS] | None = None,
        resolution: str | None = None,
        review: bool = False,  # noqa: FBT001, FBT002 - an option of the command
    ) -> None:
        """Make shorter or smaller videos, or look at each, instead of none at all."""
        await defer(interaction)
        value: object = None
        if not _is_off(percent):
            value = {
                "percent": read_percent(percent),
                "longest": longest,
                "resolution": resolution,
                "review": review,
            }
        await set_policy(interaction, where_of(interaction), PolicyName.STEP_DOWN, value)

    @confirm_above.autocomplete("amount")
    async def _prices(self, interaction: discord.Interaction[GrokBot], typed: str) -> Suggestions:
        return suggest_words(typed, _PRICES)

    @step_down.autocomplete("percent")
    async def _shares(self, interaction: discord.Interaction[GrokBot], typed: str) -> Suggestions:
        return suggest_words(typed, _SHARES)


def _is_off(typed: str) -> bool:
    return typed.strip().lower() == OFF


async def setup(bot: GrokBot) -> None:
    """Add the commands to the group of moderators."""
    admin_group(bot).add_command(Budgets())
