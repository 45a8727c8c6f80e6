"""The menu entries *Animate with Grok*: a video from an image of a message, or from an avatar."""

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import SentFile, VideoRequest
from bot.errors import InvalidRequestError
from bot.interactions import asker_of, defer, open_form, origin_of
from bot.posting import words_forms as words
from bot.posting.message_images import images_of
from bot.posting.permissions import check_can_post
from bot.posting.prompt_form import FilledPrompt, Subject, filled_prompt, prompt_form
from bot.posting.uploads import read_files
from bot.providers.catalogue import Catalogue
from bot.tree import answer_made, answering

_MENU: Final = "Animate with Grok"


@app_commands.guild_only()
async def _animate_message(
    interaction: discord.Interaction[GrokBot], message: discord.Message
) -> None:
    """Open the form at once; only what says that it would be in vain comes before."""
    check_can_post(interaction)
    services, origin = interaction.client.services, origin_of(interaction)
    images = images_of(message)
    if not images:
        raise InvalidRequestError(words.NO_IMAGE())
    _check_count(services.catalogue, len(images))
    draft_id = await services.drafts.keep(origin.guild_id, origin.requester_id, images)
    form = prompt_form(Subject.IMAGES, str(draft_id), most=services.intake.longest_prompt)
    await open_form(interaction, form)


@app_commands.guild_only()
async def _animate_person(
    interaction: discord.Interaction[GrokBot], user: discord.Member | discord.User
) -> None:
    check_can_post(interaction)
    services = interaction.client.services
    _check_count(services.catalogue, 1)
    form = prompt_form(Subject.AVATAR, str(user.id), most=services.intake.longest_prompt)
    await open_form(interaction, form)


def _check_count(catalogue: Catalogue, count: int) -> None:
    """Check that some model takes so many images.

    Raises:
        InvalidRequestError: None does; the text says how many would do.
    """
    most = max((entry.most_images for entry in catalogue), default=0)
    if most == 0:
        raise InvalidRequestError(words.NO_IMAGES_TAKEN())
    if count > most:
        raise InvalidRequestError(words.TOO_MANY(count, most=most))


class Animate(commands.Cog):
    """What becomes of the form that a menu has opened."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Take a form that was sent, also one that was opened before a restart."""
        filled = filled_prompt(interaction)
        if filled is None or filled.subject not in {Subject.IMAGES, Subject.AVATAR}:
            return
        async with answering(interaction):
            await defer(interaction)
            check_can_post(interaction)
            services = self._bot.services
            request = VideoRequest(
                origin=origin_of(interaction),
                prompt=filled.prompt,
                model=filled.model,
                images=await read_files(services.fetcher, await self._files(interaction, filled)),
            )
            made = await services.intake.accept(request, asker_of(interaction))
            await answer_made(interaction, services.looks, made)

    async def _files(
        self, interaction: discord.Interaction[GrokBot], filled: FilledPrompt
    ) -> tuple[SentFile, ...]:
        services, origin = self._bot.services, origin_of(interaction)
        if filled.subject is Subject.AVATAR:
            return (await services.avatars.of(int(filled.of)),)
        images = await services.drafts.images(int(filled.of), origin.guild_id, origin.requester_id)
        if images is None:
            raise InvalidRequestError(words.EXPIRED())
        return images


async def setup(bot: GrokBot) -> None:
    """Add the entries of both menus, and what takes their form."""
    for callback in (_animate_message, _animate_person):
        bot.tree.add_command(app_commands.ContextMenu(name=_MENU, callback=callback))
    await bot.add_cog(Animate(bot))
