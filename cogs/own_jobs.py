"""The member's commands /grok jobs and show: their jobs, a page at a time, and any one."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import Job, MessageKind, Viewer, hides_prompt
from bot.errors import NotAllowedError
from bot.interactions import defer, origin_of, viewer_of
from bot.posting.cards import video_message
from bot.posting.outlook_text import outlook_text
from bot.posting.own_jobs import (
    PAGE,
    OwnPress,
    own_jobs_controls,
    own_jobs_embed,
    own_link,
    with_way_back,
)
from bot.posting.progress import joined
from bot.posting.result_buttons import shown_buttons
from bot.posting.suggestions import MOST, suggest_jobs
from bot.posting.words_own_jobs import NO_JOBS, NOT_HERE
from bot.tree import answering


class OwnJobs(commands.Cog):
    """What the controls of the list do."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_own_jobs(self, interaction: discord.Interaction[GrokBot], press: OwnPress) -> None:
        """Answer a press; whatever goes wrong becomes a sentence."""
        async with answering(interaction):
            await defer(interaction)
            message = interaction.message
            if message is None or not message.flags.ephemeral:
                # The list is changed where it stands, and it stands before its member alone.
                raise NotAllowedError(NOT_HERE())
            viewer = viewer_of(interaction)
            if press.job_id is None:
                await _show_page(interaction, viewer, press.page)
                return
            job = await self._bot.services.access.visible(press.job_id, viewer)
            embed, buttons = await _sheet(interaction, job, viewer)
            view = with_way_back(buttons, press.page)
            await interaction.edit_original_response(content=None, embed=embed, view=view)


async def _sheet(
    interaction: discord.Interaction[GrokBot], job: Job, viewer: Viewer
) -> tuple[discord.Embed, discord.ui.View | None]:
    """Make what one job looks like to whoever looks it up, and its buttons."""
    services = interaction.client.services
    pause = (await services.pauses.current()).get(job.spec.provider)
    expected = outlook_text(job, await services.foresight.of(job), pause)
    said = joined(expected.place, expected.usual)
    embed = services.looks.details(
        job,
        result=video_message(await services.outbox.sent(job.id)),
        pause=pause,
        is_moderator=viewer.is_moderator,
        hides_prompt=hides_prompt(job, viewer),
        more=[said] if said else [],
    )
    is_theirs = job.origin.requester_id == viewer.member_id
    return embed, shown_buttons(job, services.catalogue, is_theirs=is_theirs)


async def _show_page(interaction: discord.Interaction[GrokBot], viewer: Viewer, page: int) -> None:
    services = interaction.client.services
    found = await services.questions.of_member(
        viewer.guild_id, viewer.member_id, limit=PAGE + 1, offset=page * PAGE
    )
    jobs = found[:PAGE]
    if not jobs and page == 0:
        await interaction.edit_original_response(content=NO_JOBS(), embed=None, view=None)
        return
    embed = own_jobs_embed(
        jobs,
        {job.id: await _link(interaction, job) for job in jobs},
        await services.foresight.of_all(jobs),
        await services.pauses.current(),
        page=page,
    )
    controls = own_jobs_controls(jobs, page=page, has_more=len(found) > PAGE)
    await interaction.edit_original_response(content=None, embed=embed, view=controls)


async def _link(interaction: discord.Interaction[GrokBot], job: Job) -> str | None:
    sent = await interaction.client.services.outbox.sent(job.id)
    shown = video_message(sent) or sent.get(MessageKind.FAILURE) or sent.get(MessageKind.CARD)
    return own_link(job, shown)


def make_jobs() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="jobs", description="Your jobs here: running and recent")
    async def jobs(interaction: discord.Interaction[GrokBot]) -> None:
        """List the member's jobs, the running ones first."""
        await defer(interaction)
        await _show_page(interaction, viewer_of(interaction), 0)

    return jobs


def make_show() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="show", description="Show one job, and what can be done with it")
    @app_commands.rename(job_id="id")
    @app_commands.describe(job_id="The job's id, as its card shows it")
    async def show(interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        """Show where a job stands, with links to its messages and the buttons that it has."""
        await defer(interaction)
        viewer = viewer_of(interaction)
        job = await interaction.client.services.access.visible(job_id, viewer)
        embed, buttons = await _sheet(interaction, job, viewer)
        await interaction.edit_original_response(embed=embed, view=buttons)

    @show.autocomplete("job_id")
    async def _job_ids(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        origin = origin_of(interaction)
        found = await interaction.client.services.questions.of_member(
            origin.guild_id, origin.requester_id, limit=MOST
        )
        return suggest_jobs(typed, found)

    return show


async def setup(bot: GrokBot) -> None:
    """Add the commands to the group that `cogs/grok.py` made, and what answers the controls."""
    bot.members_group.add_command(make_jobs())
    bot.members_group.add_command(make_show())
    await bot.add_cog(OwnJobs(bot))
