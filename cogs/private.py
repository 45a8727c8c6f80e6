"""Private videos: the buttons by which their requesters see them and publish them."""

import discord
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import Job, Place
from bot.interactions import defer
from bot.posting.buttons import Action
from bot.posting.forms import AttachedVideo, VideoForm
from bot.posting.marks import video_name
from bot.posting.result_buttons import revealed_buttons, shown_buttons
from bot.posting.words_private import PUBLISHED, SHOWN
from bot.tree import answer, answering


class PrivateControls(commands.Cog):
    """Each press is asked for its member alone: in direct messages there is no server."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_job_button(
        self, interaction: discord.Interaction[GrokBot], action: Action, job_id: str
    ) -> None:
        """Answer a press; whatever goes wrong becomes a sentence."""
        if action not in {Action.PUBLISH, Action.REVEAL}:
            return
        async with answering(interaction):
            await defer(interaction)
            if action is Action.PUBLISH:
                await self._publish(interaction, job_id)
            else:
                await self._reveal(interaction, job_id)

    async def _publish(self, interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        job = await self._bot.services.private.publish(job_id, interaction.user.id)
        channel = f"<#{job.origin.channel_id}>"
        await answer(interaction, PUBLISHED(job_id=job.id, channel=channel))

    async def _reveal(self, interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        services = self._bot.services
        message_id = 0 if interaction.message is None else interaction.message.id
        job, form = await services.private.reveal(
            job_id, interaction.user.id, message_id, most_bytes=interaction.filesize_limit
        )
        if job.failure is not None and form is None:
            embed = services.looks.failure(job, Place.REQUESTER)
            view = shown_buttons(job, services.catalogue, is_theirs=True)
        else:
            embed = services.looks.result(job, None, Place.REQUESTER, form=form)
            view = revealed_buttons(job, services.catalogue)
        await answer(
            interaction,
            SHOWN(),
            view or discord.utils.MISSING,
            embeds=[embed],
            files=_files(job, form),
        )


def _files(job: Job, form: VideoForm | None) -> list[discord.File]:
    if not isinstance(form, AttachedVideo):
        return []
    return [discord.File(form.path, filename=video_name(job), spoiler=job.is_spoiler)]


async def setup(bot: GrokBot) -> None:
    """Add the buttons to the bot."""
    await bot.add_cog(PrivateControls(bot))
