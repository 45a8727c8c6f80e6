"""The moderators' commands about the record: search, export, and the channel it is mirrored to."""

import io
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import GrokBot
from bot.domain import PolicyName
from bot.interactions import check_moderator, defer, origin_of
from bot.limits.moments import parse_since
from bot.posting.permissions import check_can_log_in
from bot.posting.record import words
from bot.posting.record.file import FileFormat, Tail
from bot.posting.record.lines import MOST_ROWS, known_actions
from bot.posting.record.pages import RecordQuery, page_of
from bot.posting.suggestions import suggest_words
from bot.store.record.audit import AuditFilter
from bot.tree import answer, answering
from cogs.moderation.changing import change_policy
from cogs.moderation.group import admin_group
from cogs.moderation.options import Channel, TextPlace, where_of

_LARGEST_FILE: Final = 9_000_000
"""Bytes; Discord takes 10 MB in a server without boosts."""
_PAGE: Final = 500


class RecordPages(commands.Cog):
    """What a press on the button to older rows does."""

    @commands.Cog.listener()
    async def on_older_rows(
        self, interaction: discord.Interaction[GrokBot], query: RecordQuery
    ) -> None:
        """Answer a press; whatever goes wrong becomes a sentence."""
        async with answering(interaction):
            check_moderator(interaction)
            await defer(interaction)
            await _show(interaction, query)


async def _show(interaction: discord.Interaction[GrokBot], query: RecordQuery) -> None:
    which = AuditFilter(
        guild_id=origin_of(interaction).guild_id,
        about_id=query.member_id or None,
        action=query.action or None,
        since=query.since,
    )
    record = interaction.client.services.audit
    rows = await record.newest(which, limit=MOST_ROWS + 1, before_id=query.before_id or None)
    embed, view = page_of(query, rows)
    shown: dict[str, Any] = {} if view is None else {"view": view}
    await interaction.followup.send(embed=embed, ephemeral=True, **shown)


async def _export(
    interaction: discord.Interaction[GrokBot], form: FileFormat, since: str | None
) -> None:
    """Send the newest rows that fit into one file, from the oldest of them on."""
    since_at = None if since is None else parse_since(since, now=interaction.created_at)
    which = AuditFilter(guild_id=origin_of(interaction).guild_id, since=since_at)
    record, tail = interaction.client.services.audit, Tail(form, _LARGEST_FILE)
    before_id = None
    while rows := await record.newest(which, limit=_PAGE, before_id=before_id):
        if not tail.take(rows):
            break
        before_id = rows[-1].id
    text = words.EXPORTED if form is FileFormat.CSV else words.EXPORTED_LINES
    said = text(tail.rows, cut=words.CUT() if tail.is_cut else "")
    file = discord.File(io.BytesIO(tail.written()), filename=f"record.{form}")
    await interaction.followup.send(said, file=file, ephemeral=True)


async def _set_log_channel(
    interaction: discord.Interaction[GrokBot], channel: Channel | None
) -> None:
    services, here = interaction.client.services, where_of(interaction)
    if channel is None:
        change = await change_policy(interaction, here, PolicyName.LOG_CHANNEL, None)
        await answer(interaction, (words.LOG_OFF if change.is_one else words.LOG_WAS_OFF)())
        return
    check_can_log_in(channel.resolve(), interaction.guild)
    change = await change_policy(interaction, here, PolicyName.LOG_CHANNEL, channel.id)
    await services.mirrors.hurry(here.guild_id, channel.id)
    before = words.NO_LOG_CHANNEL() if change.before is None else f"<#{change.before}>"
    await answer(interaction, words.LOG_SET(channel=f"<#{channel.id}>", before=before))


def make_group() -> app_commands.Group:
    """Make `/grok-admin audit`; a fresh one for each bot, because it remembers its root."""
    group = app_commands.Group(name="audit", description="Who decided what, and when")

    @group.command(name="search", description="Look through the record, the newest first")
    @app_commands.describe(
        member="Who did it, or whom it was done to",
        action="What was done, or how that begins, such as limit",
        since="Such as 12h, 3d or 2w, or a day such as 2027-01-31",
    )
    async def search(
        interaction: discord.Interaction[GrokBot],
        member: discord.User | None = None,
        action: app_commands.Range[str, 1, 48] | None = None,
        since: app_commands.Range[str, 1, 20] | None = None,
    ) -> None:
        await defer(interaction)
        since_at = None if since is None else parse_since(since, now=interaction.created_at)
        query = RecordQuery.of(None if member is None else member.id, action, since_at)
        await _show(interaction, query)

    @search.autocomplete("action")
    async def _actions(
        interaction: discord.Interaction[GrokBot],  # noqa: ARG001 - discord.py hands it over
        typed: str,
    ) -> list[app_commands.Choice[str]]:
        return suggest_words(typed, known_actions())

    @group.command(name="export", description="Get the record as a file")
    @app_commands.rename(form="format")
    @app_commands.describe(
        form="csv for a spreadsheet, jsonl for a program",
        since="Such as 12h, 3d or 2w, or a day such as 2027-01-31",
    )
    async def export(
        interaction: discord.Interaction[GrokBot],
        form: FileFormat,
        since: app_commands.Range[str, 1, 20] | None = None,
    ) -> None:
        await defer(interaction)
        await _export(interaction, form, since)

    return group


def make_log_channel() -> app_commands.Command[Any, ..., None]:
    """Make `/grok-admin log-channel`; a fresh one for each bot."""

    @app_commands.command(name="log-channel", description="Mirror the record to a channel")
    @app_commands.describe(channel="Where to; without one it is not mirrored any more")
    async def log_channel(
        interaction: discord.Interaction[GrokBot],
        channel: TextPlace | None = None,
    ) -> None:
        await defer(interaction)
        await _set_log_channel(interaction, channel)

    return log_channel


async def setup(bot: GrokBot) -> None:
    """Add the commands to /grok-admin."""
    root = admin_group(bot)
    root.add_command(make_group())
    root.add_command(make_log_channel())
    await bot.add_cog(RecordPages())
