"""The moderators' command /grok-admin jobs: what is made here, and what to do about it."""

from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import Job, MessageKind, Redelivery, Shelf, Viewer, hides_prompt
from bot.errors import InvalidRequestError
from bot.interactions import check_moderator, defer
from bot.language import strung
from bot.posting.cards import job_url, video_message
from bot.posting.moderation.jobs_list import jobs_embed
from bot.posting.moderation.jobs_panel import Deed, Place, Press, job_controls, list_controls
from bot.posting.moderation.words_jobs import NO_SUCH_STATE
from bot.posting.permissions import check_can_post_in
from bot.posting.suggestions import suggest_words
from bot.posting.text import safe
from bot.posting.words import CANCEL_ANSWERS, DELIVERIES
from bot.posting.words_details import PRIVATE
from bot.posting.words_private import DELIVERED
from bot.posting.words_removal import REMOVALS
from bot.tree import answering
from cogs.moderation.group import admin_group
from cogs.moderation.options import ListedPlace

_TYPED: Final = 60


class JobsDesk(commands.Cog):
    """What the controls of the list do."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_jobs_panel(self, interaction: discord.Interaction[GrokBot], press: Press) -> None:
        """Answer a press; whatever goes wrong becomes a sentence."""
        async with answering(interaction):
            await defer(interaction)
            viewer = check_moderator(interaction)
            if press.job_id is None:
                await _show_page(interaction, viewer, press.place)
            else:
                await _do(interaction, viewer, press, press.job_id)


async def _show_page(
    interaction: discord.Interaction[GrokBot], viewer: Viewer, place: Place
) -> None:
    services = interaction.client.services
    page = await services.overseer.page(place.filter(viewer.guild_id), place.number)
    hidden = {job.id for job in page.jobs if hides_prompt(job, viewer)}
    links = {job.id: await _link(interaction, job) for job in page.jobs if job.id not in hidden}
    here = Place(page.number, place.shelf, place.member_id, place.channel_id)
    embed = jobs_embed(
        page.which, page.jobs, links, number=page.number, last=page.last, total=page.total
    )
    controls = list_controls(page.jobs, here, page.last, hidden=hidden)
    await interaction.edit_original_response(content=None, embed=embed, view=controls)


async def _do(
    interaction: discord.Interaction[GrokBot], viewer: Viewer, press: Press, job_id: str
) -> None:
    overseer = interaction.client.services.overseer
    said: str | None = None
    match press.deed:
        case Deed.SHOW:
            pass
        case Deed.CANCEL:
            said = CANCEL_ANSWERS[await overseer.cancel(job_id, viewer)]()
        case Deed.POST_AGAIN:
            said = await _post_again(interaction, viewer, job_id)
        case Deed.REMOVE:
            said = REMOVALS[await overseer.remove(job_id, viewer)](job_id=job_id)
    job = await overseer.job(job_id, viewer)
    services = interaction.client.services
    is_hidden = hides_prompt(job, viewer)
    embed = services.looks.details(
        job,
        result=None if is_hidden else video_message(await services.outbox.sent(job.id)),
        pause=(await services.pauses.current()).get(job.spec.provider),
        is_moderator=True,
        hides_prompt=is_hidden,
        more=[PRIVATE()] if job.is_private else [],
    )
    controls = job_controls(job, press.place)
    await interaction.edit_original_response(content=said, embed=embed, view=controls)


async def _post_again(
    interaction: discord.Interaction[GrokBot], viewer: Viewer, job_id: str
) -> str:
    overseer = interaction.client.services.overseer
    job = await overseer.job(job_id, viewer)
    channel_id, guild = job.origin.channel_id, interaction.guild
    check_can_post_in(None if guild is None else guild.get_channel_or_thread(channel_id), guild)
    outcome = await overseer.deliver(job_id, viewer)
    if job.is_private and outcome is Redelivery.OWED:
        return DELIVERED(job_id=job.id)
    return DELIVERIES[outcome](job_id=job.id, channel=f"<#{channel_id}>")


async def _link(interaction: discord.Interaction[GrokBot], job: Job) -> str | None:
    sent = await interaction.client.services.outbox.sent(job.id)
    return job_url(job, sent.get(MessageKind.CARD) or video_message(sent))


def _shelf(typed: str | None) -> Shelf | None:
    if typed is None:
        return None
    try:
        return Shelf(typed.strip().lower())
    except ValueError:
        text = NO_SUCH_STATE(typed=safe(typed, _TYPED), states=strung(Shelf))
        raise InvalidRequestError(text) from None


def make_command() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="jobs", description="The jobs of this server, the newest first")
    @app_commands.describe(
        state="Only those that stand there",
        member="Only theirs",
        channel="Only those of a channel with its threads, or of a category",
    )
    async def jobs(
        interaction: discord.Interaction[GrokBot],
        state: str | None = None,
        member: discord.User | None = None,
        channel: ListedPlace | None = None,
    ) -> None:
        await defer(interaction)
        viewer = check_moderator(interaction)
        place = Place(
            shelf=_shelf(state),
            member_id=None if member is None else member.id,
            channel_id=None if channel is None else channel.id,
        )
        await _show_page(interaction, viewer, place)

    @jobs.autocomplete("state")
    async def _states(
        _: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return suggest_words(typed, Shelf)

    return jobs


async def setup(bot: GrokBot) -> None:
    """Add the command to the group, and what answers its controls."""
    await bot.add_cog(JobsDesk(bot))
    admin_group(bot).add_command(make_command())
