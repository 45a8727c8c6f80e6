"""The moderators' commands /grok-admin posts: reports, removals and buttons of posted videos."""

import re
from typing import Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import Change, PolicyName
from bot.errors import InvalidRequestError
from bot.interactions import defer
from bot.language import _
from bot.posting.suggestions import suggest_words
from bot.posting.words_removal import HIDE_AT, HIDES_AT, HIDES_NEVER, REMOVE_FILES, YES_OR_NO
from bot.store.moderation.reports import HIDE_AT as USUAL
from bot.tree import answer
from cogs.moderation.changing import change_policy, set_policy
from cogs.moderation.group import admin_group
from cogs.moderation.options import where_of

_OFF: Final = "off"
_COUNT: Final = re.compile(r"[1-9][0-9]{0,2}")
_SUGGESTED: Final = (_OFF, "1", "2", "3", "5", "10")


def make_group() -> app_commands.Group:
    """Make the subgroup; a fresh one for each bot, because it remembers its group."""
    group = app_commands.Group(name="posts", description="Posted videos: reports, removal, buttons")

    @group.command(name="hide-at", description="Hide a video at so many reports")
    @app_commands.describe(reports="How many different members, or off")
    async def hide_at(interaction: discord.Interaction[GrokBot], reports: str) -> None:
        await defer(interaction)
        here, count = where_of(interaction), _count(reports)
        change = await change_policy(interaction, here, PolicyName.HIDE_AT, count)
        before = _hides(USUAL if change.before is None else change.before)
        await answer(interaction, HIDE_AT(after=_hides(change.after), before=before))

    @hide_at.autocomplete("reports")
    async def _counts(
        _interaction: discord.Interaction[GrokBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return suggest_words(typed, _SUGGESTED)

    @group.command(name="remove-files", description="Delete the stored file of a removed video")
    @app_commands.describe(enabled="Yes, or no: it stays for as long as other files")
    async def remove_files(interaction: discord.Interaction[GrokBot], enabled: bool) -> None:  # noqa: FBT001 - an option
        await defer(interaction)
        here = where_of(interaction)
        change = await change_policy(interaction, here, PolicyName.REMOVE_FILES, enabled)
        await answer(interaction, _removes(change))

    @group.command(name="own-controls", description="Whose are the buttons under a video?")
    @app_commands.describe(enabled="Yes: its requester's alone; no: everybody's")
    async def own_controls(interaction: discord.Interaction[GrokBot], enabled: bool) -> None:  # noqa: FBT001 - an option
        await defer(interaction)
        await set_policy(interaction, where_of(interaction), PolicyName.OWN_CONTROLS, enabled)

    return group


def _count(typed: str) -> int:
    word = typed.strip().lower()
    if word == _OFF:
        return 0
    if not _COUNT.fullmatch(word):
        raise InvalidRequestError(_("Say a number of reports from 1 to 100, or “off”."))
    return int(word)


def _hides(count: int) -> str:
    return HIDES_AT(count=count) if count else HIDES_NEVER()


def _removes(change: Change) -> str:
    after, before = (YES_OR_NO[bool(one)]() for one in (change.after, change.before))
    return REMOVE_FILES(after=after, before=before)


async def setup(bot: GrokBot) -> None:
    """Add the subgroup."""
    admin_group(bot).add_command(make_group())
