"""The member's commands /grok top: the best videos of a time, as far as they may be seen here."""

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.interactions import asker_of, defer, origin_of
from bot.posting.surroundings import seen_by
from bot.posting.top_pages import A_PAGE, Span, TopPage, last_page, top_buttons, top_embed
from bot.store.community.rankings import RankingFilter
from bot.tree import answering

_MEMBER: Final = "Only the videos of one member"


def make_group() -> app_commands.Group:
    """Make the subgroup; a fresh one for each bot, because it remembers its group."""
    group = app_commands.Group(name="top", description="The videos that members like best")

    @group.command(name="week", description="The best videos of the last 7 days")
    @app_commands.describe(member=_MEMBER)
    async def week(
        interaction: discord.Interaction[GrokBot], member: discord.User | None = None
    ) -> None:
        await _begin(interaction, Span.WEEK, member)

    @group.command(name="month", description="The best videos of the last 30 days")
    @app_commands.describe(member=_MEMBER)
    async def month(
        interaction: discord.Interaction[GrokBot], member: discord.User | None = None
    ) -> None:
        await _begin(interaction, Span.MONTH, member)

    @group.command(name="all", description="The best videos of all time")
    @app_commands.describe(member=_MEMBER)
    async def all_(
        interaction: discord.Interaction[GrokBot], member: discord.User | None = None
    ) -> None:
        await _begin(interaction, Span.ALL, member)

    return group


class Top(commands.Cog):
    """What a press on the buttons does."""

    @commands.Cog.listener()
    async def on_top_page(self, interaction: discord.Interaction[GrokBot], page: TopPage) -> None:
        """Show a page; what may be seen is asked anew with each press."""
        async with answering(interaction):
            await defer(interaction)
            await _show(interaction, page)


async def _begin(
    interaction: discord.Interaction[GrokBot], span: Span, member: discord.User | None
) -> None:
    await defer(interaction)
    await _show(interaction, TopPage(span, None if member is None else member.id))


async def _show(interaction: discord.Interaction[GrokBot], page: TopPage) -> None:
    services = interaction.client.services
    asker_of(interaction)  # refuses where Discord has not told who may see what
    which = RankingFilter(
        origin_of(interaction).guild_id,
        since=page.since(services.clock.now()),
        member_id=page.member_id,
        channel_ids=seen_by(interaction),
    )
    total = await services.rankings.count(which)
    here = TopPage(page.span, page.member_id, min(page.number, last_page(total)))
    found = await services.rankings.best(which, limit=A_PAGE, offset=here.number * A_PAGE)
    await interaction.edit_original_response(
        embed=top_embed(here, found, total), view=top_buttons(here, total)
    )


async def setup(bot: GrokBot) -> None:
    """Add the subgroup to the group that `cogs/grok.py` made."""
    bot.members_group.add_command(make_group())
    await bot.add_cog(Top())
