"""The member's commands /grok presets: requests that are kept under a name."""

from typing import Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Recipe, VideoRequest, Viewer
from bot.errors import InvalidRequestError
from bot.interactions import asker_of, defer, origin_of, viewer_of
from bot.posting import words_presets as words
from bot.posting.member_lists import preset_lines
from bot.posting.pages import pages
from bot.posting.permissions import check_can_post
from bot.posting.suggestions import (
    MOST,
    suggest_jobs,
    suggest_models,
    suggest_presets,
    suggest_words,
)
from bot.posting.text import safe
from bot.providers.override_form import LONGEST_SECONDS
from bot.tree import answer, answer_made, answer_pages

_NAME: Final = 60


def make_group() -> app_commands.Group:
    """Make the subgroup; a fresh one for each bot, because it remembers its group."""
    group = app_commands.Group(name="presets", description="Requests that you keep under a name")
    _add_saving(group)
    _add_using(group)
    _add_keeping(group)
    return group


def _add_saving(group: app_commands.Group) -> None:
    @group.command(name="save", description="Keep a request under a name")
    @app_commands.rename(job_id="job")
    @app_commands.describe(
        name="What you call it; an earlier one of that name is replaced",
        prompt="What the video should show; {} stands for what is typed when it is used",
        job_id="A job whose request is kept; what you say here goes before it",
        model="Which model makes it, or a look such as fast",
        duration="Length in seconds",
        aspect="Shape of the picture, such as 3:2",
        resolution="Size of the picture, such as 720p",
    )
    async def save(  # noqa: PLR0917 - each is an option
        interaction: discord.Interaction[GrokBot],
        name: str,
        prompt: str | None = None,
        job_id: str | None = None,
        model: str | None = None,
        duration: app_commands.Range[int, 1, LONGEST_SECONDS] | None = None,
        aspect: str | None = None,
        resolution: str | None = None,
    ) -> None:
        said = Recipe(prompt or "", model, duration, aspect, resolution)
        await _save(interaction, name, said, job_id)

    @save.autocomplete("job_id")
    async def _jobs(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        origin = origin_of(interaction)
        found = await interaction.client.services.questions.of_member(
            origin.guild_id, origin.requester_id, limit=MOST
        )
        return suggest_jobs(typed, found)

    @save.autocomplete("model")
    async def _models(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return suggest_models(interaction.client.services.catalogue, typed)


def _add_using(group: app_commands.Group) -> None:
    @group.command(name="use", description="Make a video of a preset")
    @app_commands.describe(name="The preset", prompt="What is added to its prompt")
    async def use(
        interaction: discord.Interaction[GrokBot], name: str, prompt: str | None = None
    ) -> None:
        await defer(interaction)
        check_can_post(interaction)
        services = interaction.client.services
        bare = VideoRequest(origin=origin_of(interaction), prompt=prompt or "")
        request = await services.presets.fill(viewer_of(interaction), name, bare)
        made = await services.intake.accept(request, asker_of(interaction))
        await answer_made(interaction, services.looks, made)

    @use.autocomplete("name")
    async def _names(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        viewer = viewer_of(interaction)
        found = await interaction.client.services.presets.usable(viewer)
        return suggest_presets(typed, found, viewer.member_id)

    @group.command(name="list", description="What you can use here")
    async def listing(interaction: discord.Interaction[GrokBot]) -> None:
        await defer(interaction)
        viewer = viewer_of(interaction)
        found = await interaction.client.services.presets.usable(viewer)
        lines = [preset_lines(one, viewer.member_id) for one in found] or [words.NONE()]
        await answer_pages(interaction, pages(lines, between="\n", left_out=words.MORE))


def _add_keeping(group: app_commands.Group) -> None:
    @group.command(name="share", description="Let everybody on this server use a preset of yours")
    @app_commands.describe(name="The preset", enabled="Yes, or no: it is yours alone")
    async def share(
        interaction: discord.Interaction[GrokBot],
        name: str,
        enabled: bool = True,  # noqa: FBT001, FBT002 - an option
    ) -> None:
        await defer(interaction)
        presets = interaction.client.services.presets
        kept = await presets.share(viewer_of(interaction), name, is_shared=enabled)
        told = words.SHARED if enabled else words.UNSHARED
        await answer(interaction, told(name=safe(kept, _NAME)))

    @group.command(name="delete", description="Forget a preset of yours")
    @app_commands.describe(name="The preset")
    async def delete(interaction: discord.Interaction[GrokBot], name: str) -> None:
        await defer(interaction)
        kept = await interaction.client.services.presets.delete(viewer_of(interaction), name)
        await answer(interaction, words.DELETED(name=safe(kept, _NAME)))

    @share.autocomplete("name")
    @delete.autocomplete("name")
    async def _own(
        interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        viewer = viewer_of(interaction)
        found = await interaction.client.services.presets.own(viewer)
        return suggest_words(typed, [one.name for one in found])


async def _save(
    interaction: discord.Interaction[GrokBot], name: str, said: Recipe, job_id: str | None
) -> None:
    await defer(interaction)
    viewer = viewer_of(interaction)
    recipe = await _recipe(interaction, said, job_id, viewer)
    kept = await interaction.client.services.presets.save(viewer, name, recipe)
    await answer(interaction, words.SAVED(name=safe(kept, _NAME)))


async def _recipe(
    interaction: discord.Interaction[GrokBot], said: Recipe, job_id: str | None, viewer: Viewer
) -> Recipe:
    """Fill what was not said from a job, if there is one."""
    if job_id is None:
        if not said.prompt:
            raise InvalidRequestError(words.NOTHING_TO_KEEP())
        return said
    job = await interaction.client.services.access.usable(job_id, viewer)
    prompt = said.prompt or job.spec.prompt
    if not prompt:
        raise InvalidRequestError(words.PROMPT_GONE())
    spec = job.spec
    own = None if spec.mode.needs_video else f"{spec.provider}/{spec.model}"
    return Recipe(
        prompt,
        said.model or job.look or own,
        said.seconds or spec.seconds,
        said.aspect_ratio or spec.aspect_ratio,
        said.resolution or spec.resolution,
    )


async def setup(bot: GrokBot) -> None:
    """Add the subgroup to the group that `cogs/grok.py` made."""
    bot.members_group.add_command(make_group())
