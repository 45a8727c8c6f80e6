"""The member's command /grok deliver: a finished video once more, here or elsewhere."""

from typing import Any, Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Redelivery
from bot.errors import NotAllowedError
from bot.interactions import Place, PlaceOption, defer, origin_of, viewer_of
from bot.language import _
from bot.posting.permissions import THREAD_CLOSED, check_can_post, check_can_post_in
from bot.posting.suggestions import MOST, suggest_jobs
from bot.posting.surroundings import check_age
from bot.posting.words import DELIVERIES
from bot.posting.words_private import DELIVERED
from bot.tree import answer

_TYPES: Final = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
)
Target = app_commands.Transform[Place, PlaceOption(*_TYPES)]
"""Where a video can be posted, with what the member may do there."""


async def _deliver(
    interaction: discord.Interaction[GrokBot], job_id: str, target: Place | None
) -> None:
    await defer(interaction)
    redeliverer = interaction.client.services.redeliverer
    viewer = viewer_of(interaction)
    job = await redeliverer.job(job_id, viewer)
    if job.is_private:
        channel_id = job.origin.channel_id
    elif target is None:
        check_can_post(interaction)
        check_age(job, interaction.channel, interaction.guild)
        channel_id = origin_of(interaction).channel_id
    else:
        _check_member_can_post(target)
        channel = target.resolve()
        check_can_post_in(channel, interaction.guild)
        check_age(job, channel, interaction.guild)
        channel_id = target.id
    outcome = await redeliverer.ask(
        job, channel_id, by_id=viewer.member_id, for_moderator=viewer.is_moderator
    )
    text = DELIVERIES[outcome](job_id=job.id, channel=f"<#{channel_id}>")
    if job.is_private and outcome is Redelivery.OWED:
        text = DELIVERED(job_id=job.id)
    await answer(interaction, text)


def _check_member_can_post(target: Place) -> None:
    """Check that the member could ask for a video there too; Discord says what they may.

    Raises:
        NotAllowedError: They could not, or nobody can.
    """
    # A closed thread is in no cache, so that its own word is all there is.
    if isinstance(target, app_commands.AppCommandThread) and (target.archived or target.locked):
        raise NotAllowedError(THREAD_CLOSED())
    granted = target.permissions
    is_thread = isinstance(target, app_commands.AppCommandThread)
    may_send = granted.send_messages_in_threads if is_thread else granted.send_messages
    if not (granted.view_channel and may_send and granted.use_application_commands):
        raise NotAllowedError(
            _(
                "You can't write or use commands in that channel yourself, so the video is not "
                "posted there for you."
            )
        )


def make_command() -> app_commands.Command[Any, ..., None]:
    """Make the command; a fresh one for each bot, because it remembers its group."""

    @app_commands.command(name="deliver", description="Post a finished video once more")
    @app_commands.rename(job_id="id")
    @app_commands.describe(
        job_id="The job's id, as its card shows it", channel="Where to; otherwise here"
    )
    async def deliver(
        interaction: discord.Interaction[GrokBot],
        job_id: str,
        channel: Target | None = None,
    ) -> None:
        await _deliver(interaction, job_id, channel)

    @deliver.autocomplete("job_id")
    async def _job_ids(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        origin = origin_of(interaction)
        found = await interaction.client.services.questions.of_member(
            origin.guild_id, origin.requester_id, limit=MOST
        )
        return suggest_jobs(typed, [job for job in found if job.video is not None])

    return deliver


async def setup(bot: GrokBot) -> None:
    """Add the command to the group that `cogs/grok.py` made."""
    bot.members_group.add_command(make_command())
