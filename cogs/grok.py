"""The member's commands: /grok video, edit, extend and cancel."""

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import Mode, Relation, VideoRequest
from bot.interactions import asker_of, defer, entries_so_far, origin_of, viewer_of, wish_of
from bot.posting.permissions import check_can_post
from bot.posting.suggestions import (
    MOST,
    suggest_jobs,
    suggest_models,
    suggest_presets,
    suggest_seconds,
    suggest_words,
)
from bot.posting.uploads import read_images
from bot.posting.words import CANCEL_ANSWERS
from bot.providers.entries import ModelEntry
from bot.providers.override_form import LONGEST_SECONDS
from bot.tree import answer, answer_made

_MODES: Final = {"edit": Mode.EDIT, "extend": Mode.EXTEND}


class Grok(
    commands.GroupCog,
    group_name="grok",
    group_description="Make videos from a prompt and reference images",
):
    """Each command acknowledges first, then works, then answers the member alone."""

    def __init__(self, bot: GrokBot) -> None:
        self._bot = bot
        super().__init__()

    @app_commands.command(name="video", description="Make a video from a prompt and images")
    @app_commands.describe(
        prompt="What the video should show",
        model="Which model makes it, or a look such as fast",
        duration="Length in seconds",
        aspect="Shape of the picture, such as 3:2",
        resolution="Size of the picture, such as 720p",
        preset="A request that you keep: what you say here goes before it",
        image="A reference image: PNG, JPEG or WebP",
        image2="Another reference image",
        image3="Another reference image",
        image4="Another reference image",
        image5="Another reference image",
        image6="Another reference image",
        image7="Another reference image",
        private="Yes: it comes to you alone, until you publish it",
    )
    async def video(  # noqa: PLR0913, PLR0917 - Discord has no list of attachments; each is an option
        self,
        interaction: discord.Interaction[GrokBot],
        prompt: str,
        model: str | None = None,
        duration: app_commands.Range[int, 1, LONGEST_SECONDS] | None = None,
        aspect: str | None = None,
        resolution: str | None = None,
        preset: str | None = None,
        image: discord.Attachment | None = None,
        image2: discord.Attachment | None = None,
        image3: discord.Attachment | None = None,
        image4: discord.Attachment | None = None,
        image5: discord.Attachment | None = None,
        image6: discord.Attachment | None = None,
        image7: discord.Attachment | None = None,
        private: bool | None = None,  # noqa: FBT001 - an option
    ) -> None:
        """Reserve a job and let its card tell the rest."""
        await defer(interaction)
        check_can_post(interaction)
        given = (image, image2, image3, image4, image5, image6, image7)
        request = VideoRequest(
            origin=origin_of(interaction),
            prompt=prompt,
            model=model,
            seconds=duration,
            aspect_ratio=aspect,
            resolution=resolution,
            images=await read_images(self._bot.services.fetcher, given),
            is_private=private,
        )
        if preset is not None:
            presets = self._bot.services.presets
            request = await presets.fill(viewer_of(interaction), preset, request)
        await self._accept(interaction, request)

    @app_commands.command(name="edit", description="Change a posted video as your prompt says")
    @app_commands.rename(job_id="job")
    @app_commands.describe(
        job_id="The video: its job's id, as its card shows it",
        prompt="What is to be different",
        model="Which model changes it; otherwise the one that made it, if it can",
    )
    async def edit(
        self,
        interaction: discord.Interaction[GrokBot],
        job_id: str,
        prompt: str,
        model: str | None = None,
    ) -> None:
        """Reserve a job that makes a changed video of a posted one."""
        await self._change(interaction, Relation.EDIT, job_id, prompt, model)

    @app_commands.command(name="extend", description="Make a posted video longer")
    @app_commands.rename(job_id="job")
    @app_commands.describe(
        job_id="The video: its job's id, as its card shows it",
        prompt="How it goes on",
        duration="Seconds that are added",
        model="Which model continues it; otherwise the one that made it, if it can",
    )
    async def extend(
        self,
        interaction: discord.Interaction[GrokBot],
        job_id: str,
        prompt: str,
        duration: app_commands.Range[int, 1, LONGEST_SECONDS] | None = None,
        model: str | None = None,
    ) -> None:
        """Reserve a job that makes a posted video longer."""
        await self._change(interaction, Relation.EXTEND, job_id, prompt, model, seconds=duration)

    @app_commands.command(name="cancel", description="Cancel one of your jobs")
    @app_commands.rename(job_id="id")
    @app_commands.describe(job_id="The job's id, as its card shows it")
    async def cancel(self, interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        """Give a job up and say what that means for the charge."""
        await defer(interaction)
        outcome = await self._bot.services.access.cancel(job_id, viewer_of(interaction))
        await answer(interaction, CANCEL_ANSWERS[outcome]())

    @video.autocomplete("model")
    @edit.autocomplete("model")
    @extend.autocomplete("model")
    async def _models(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return suggest_models(self._bot.services.catalogue, typed, _mode_of(interaction))

    @video.autocomplete("preset")
    async def _presets(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        viewer = viewer_of(interaction)
        found = await self._bot.services.presets.usable(viewer)
        return suggest_presets(typed, found, viewer.member_id)

    @video.autocomplete("aspect")
    async def _aspects(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        entries = self._chosen(interaction)
        return suggest_words(typed, [ratio for entry in entries for ratio in entry.aspect_ratios])

    @video.autocomplete("resolution")
    async def _resolutions(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        entries = self._chosen(interaction)
        return suggest_words(typed, [name for entry in entries for name in entry.resolutions])

    @video.autocomplete("duration")
    @extend.autocomplete("duration")
    async def _durations(
        self, interaction: discord.Interaction[GrokBot], typed: int | str
    ) -> list[app_commands.Choice[int]]:
        is_extend = _mode_of(interaction) is Mode.EXTEND
        seconds = [
            length
            for entry in self._chosen(interaction)
            for length in _lengths(entry, is_extend=is_extend)
        ]
        return suggest_seconds(str(typed), seconds)

    @edit.autocomplete("job_id")
    @extend.autocomplete("job_id")
    async def _videos(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await self._bot.services.access.videos(viewer_of(interaction), limit=MOST)
        return suggest_jobs(typed, found)

    @cancel.autocomplete("job_id")
    async def _job_ids(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        origin = origin_of(interaction)
        found = await self._bot.services.questions.of_member(
            origin.guild_id, origin.requester_id, limit=MOST
        )
        return suggest_jobs(typed, [job for job in found if job.is_open])

    async def _change(
        self,
        interaction: discord.Interaction[GrokBot],
        relation: Relation,
        job_id: str,
        prompt: str,
        model: str | None,
        *,
        seconds: int | None = None,
    ) -> None:
        await defer(interaction)
        check_can_post(interaction)
        services = self._bot.services
        made = await services.sequels.make(
            job_id, relation, prompt, wish_of(interaction), model=model, seconds=seconds
        )
        await answer_made(interaction, services.looks, made)

    async def _accept(
        self, interaction: discord.Interaction[GrokBot], request: VideoRequest
    ) -> None:
        services = self._bot.services
        made = await services.intake.accept(request, asker_of(interaction))
        # From here on the job runs: an answer that gets lost must not look like a failure.
        await answer_made(interaction, services.looks, made)

    def _chosen(self, interaction: discord.Interaction[GrokBot]) -> tuple[ModelEntry, ...]:
        """List the models that the command as typed so far would be checked against."""
        return entries_so_far(interaction, _mode_of(interaction))


def _mode_of(interaction: discord.Interaction[GrokBot]) -> Mode | None:
    return _MODES.get(interaction.command.name) if interaction.command else None


def _lengths(entry: ModelEntry, *, is_extend: bool) -> tuple[int, ...]:
    if not is_extend:
        return entry.seconds
    return () if entry.extending is None else entry.extending.seconds


async def setup(bot: GrokBot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Grok(bot))
