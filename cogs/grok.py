"""The member's commands: /grok video, jobs, show, cancel and help."""

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import Job, MessageKind, VideoRequest
from bot.interactions import defer, origin_of, read_images, viewer_of
from bot.posting.cards import accepted, job_url
from bot.posting.permissions import check_can_post
from bot.posting.text import safe
from bot.posting.words import CANCEL_ANSWERS, HELP, NO_JOBS, STATE_WORDS
from bot.providers.catalogue import ModelEntry
from bot.tree import answer

_LISTED: Final = 10
_CHOICES: Final = 25
"""Discord shows at most this many suggestions."""
_LINE_PROMPT: Final = 60


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
        model="Which model makes it",
        duration="Length in seconds",
        aspect="Shape of the picture, such as 3:2",
        resolution="Size of the picture, such as 720p",
        image="A reference image: PNG, JPEG or WebP",
        image2="Another reference image",
        image3="Another reference image",
        image4="Another reference image",
        image5="Another reference image",
        image6="Another reference image",
        image7="Another reference image",
    )
    async def video(  # noqa: PLR0913, PLR0917 - Discord has no list of attachments; each is an option
        self,
        interaction: discord.Interaction[GrokBot],
        prompt: str,
        model: str | None = None,
        duration: app_commands.Range[int, 1, 60] | None = None,
        aspect: str | None = None,
        resolution: str | None = None,
        image: discord.Attachment | None = None,
        image2: discord.Attachment | None = None,
        image3: discord.Attachment | None = None,
        image4: discord.Attachment | None = None,
        image5: discord.Attachment | None = None,
        image6: discord.Attachment | None = None,
        image7: discord.Attachment | None = None,
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
            images=await read_images([one for one in given if one is not None]),
        )
        job = await self._bot.services.intake.accept(request)
        # From here on the job runs: an answer that gets lost must not look like a failure.
        await answer(interaction, accepted(job))

    @app_commands.command(name="jobs", description="Your jobs here: running and recent")
    async def jobs(self, interaction: discord.Interaction[GrokBot]) -> None:
        """List the member's jobs, the running ones first."""
        await defer(interaction)
        origin = origin_of(interaction)
        found = await self._bot.services.questions.of_member(
            origin.guild_id, origin.requester_id, limit=_LISTED
        )
        lines = [await self._line(job) for job in found]
        text = "\n".join(lines) or NO_JOBS
        await answer(interaction, text)

    @app_commands.command(name="show", description="Show one job")
    @app_commands.rename(job_id="id")
    @app_commands.describe(job_id="The job's id, as its card shows it")
    async def show(self, interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        """Show where a job stands and link to its messages."""
        await defer(interaction)
        services = self._bot.services
        job = await services.access.visible(job_id, viewer_of(interaction))
        sent = await services.outbox.sent(job.id)
        embed = services.looks.details(job, result=sent.get(MessageKind.RESULT))
        await interaction.edit_original_response(embed=embed)

    @app_commands.command(name="cancel", description="Cancel one of your jobs")
    @app_commands.rename(job_id="id")
    @app_commands.describe(job_id="The job's id, as its card shows it")
    async def cancel(self, interaction: discord.Interaction[GrokBot], job_id: str) -> None:
        """Give a job up and say what that means for the charge."""
        await defer(interaction)
        outcome = await self._bot.services.access.cancel(job_id, viewer_of(interaction))
        await answer(interaction, CANCEL_ANSWERS[outcome])

    @app_commands.command(name="help", description="How this works")
    async def help(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Explain the commands and the models."""
        models = "\n".join(
            f"- `{entry.model}`: {entry.title}, {_lengths(entry.seconds)}, "
            f"{', '.join(entry.resolutions)}, up to {entry.most_references} images"
            for entry in self._bot.services.catalogue
        )
        text = HELP.format(models=models or "- none is set up yet")
        await interaction.response.send_message(text, ephemeral=True)

    @video.autocomplete("model")
    async def _models(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return [
            app_commands.Choice(name=f"{entry.title} ({_lengths(entry.seconds)})", value=entry.key)
            for entry in self._bot.services.catalogue
            if typed.lower() in f"{entry.key} {entry.title}".lower()
        ][:_CHOICES]

    @video.autocomplete("aspect")
    async def _aspects(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        entries = self._chosen(interaction)
        return _matching(typed, [ratio for entry in entries for ratio in entry.aspect_ratios])

    @video.autocomplete("resolution")
    async def _resolutions(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        entries = self._chosen(interaction)
        return _matching(typed, [name for entry in entries for name in entry.resolutions])

    @show.autocomplete("job_id")
    @cancel.autocomplete("job_id")
    async def _job_ids(
        self, interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        origin = origin_of(interaction)
        is_cancel = interaction.command is not None and interaction.command.name == "cancel"
        found = await self._bot.services.questions.of_member(
            origin.guild_id, origin.requester_id, limit=_CHOICES
        )
        return [
            app_commands.Choice(
                name=f"{job.id} · {STATE_WORDS[job.state]} · {job.spec.prompt}"[:100], value=job.id
            )
            for job in found
            if (job.is_open or not is_cancel)
            and typed.lower() in f"{job.id} {job.spec.prompt}".lower()
        ]

    def _chosen(self, interaction: discord.Interaction[GrokBot]) -> list[ModelEntry]:
        """Return the model chosen so far, or all of them."""
        entries = list(self._bot.services.catalogue)
        chosen = str(getattr(interaction.namespace, "model", None) or "")
        return [entry for entry in entries if entry.key == chosen] or entries

    async def _line(self, job: Job) -> str:
        sent = await self._bot.services.outbox.sent(job.id)
        link = job_url(job, sent.get(MessageKind.RESULT) or sent.get(MessageKind.CARD))
        state = STATE_WORDS[job.state]
        where = f"[{state}]({link})" if link else state
        return f"`{job.id}` {where} · {safe(job.spec.prompt, _LINE_PROMPT)}"


def _lengths(seconds: tuple[int, ...]) -> str:
    return f"{seconds[0]} s" if len(seconds) == 1 else f"{seconds[0]}–{seconds[-1]} s"  # noqa: RUF001 - a range takes an en dash


def _matching(typed: str, values: list[str]) -> list[app_commands.Choice[str]]:
    found = [value for value in dict.fromkeys(values) if typed.lower() in value]
    return [app_commands.Choice(name=value, value=value) for value in found][:_CHOICES]


async def setup(bot: GrokBot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Grok(bot))
