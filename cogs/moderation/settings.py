"""All that is set in a server, shown or carried: /grok-admin settings show, export and import."""

import asyncio
import io
from typing import Final

import discord
from discord import app_commands

from bot.client import GrokBot
from bot.domain import PolicyName
from bot.errors import InvalidRequestError, NotAllowedError
from bot.interactions import check_moderator, defer
from bot.language import languages, name_of, strung
from bot.limits.exchange import ServerSettings, read_settings, write_settings
from bot.posting.moderation.policy_text import LONG_LINE, limit_line, policy_line
from bot.posting.moderation.rules_text import rule_line
from bot.posting.moderation.words_access import (
    A_RULE,
    EXPORTED,
    IMPORTED,
    IMPORTED_NOTHING,
    NO_SERVER,
    NO_SUCH_CHANNEL,
    NO_SUCH_ROLE,
    NOT_HERE,
)
from bot.posting.uploads import read_attachment
from bot.store.moderation.policies import server
from bot.tree import answer
from cogs.moderation.changing import set_policy, show_lines
from cogs.moderation.group import admin_group

_MOST_BYTES: Final = 256_000
_NAMED: Final = 10


class Settings(app_commands.Group, name="settings", description="All that is set here"):
    """What is set for the server, its channels, roles and members."""

    @app_commands.command(name="show", description="Show all that is set here")
    async def show(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Show limits, then policies, then rules about prompts."""
        await defer(interaction)
        guild_id, services = check_moderator(interaction).guild_id, interaction.client.services
        book = await services.policies.book(guild_id)
        rules = await services.rules.rules(guild_id)
        limits = [limit_line(one) for one in book.limits if one.guild_id == guild_id]
        found = [one for one in book.policies if one.guild_id == guild_id]
        policies = [policy_line(one, room=LONG_LINE) for one in found]
        about_prompts = [A_RULE(rule=rule_line(one)) for one in rules if one.guild_id == guild_id]
        await show_lines(interaction, [f"• {one}" for one in (*limits, *policies, *about_prompts)])

    @app_commands.command(name="language", description="What is spoken here in public")
    @app_commands.describe(language="Leave it out for the language that the server has in Discord")
    @app_commands.choices(
        language=[app_commands.Choice(name=name_of(one), value=one) for one in languages()]
    )
    async def language(
        self, interaction: discord.Interaction[GrokBot], language: str | None = None
    ) -> None:
        """Set in which language cards, results and the record are written."""
        await defer(interaction)
        here = server(check_moderator(interaction).guild_id)
        await set_policy(interaction, here, PolicyName.LANGUAGE, language)

    @app_commands.command(name="export", description="Get all that is set here as a file")
    async def export(self, interaction: discord.Interaction[GrokBot]) -> None:
        """Write the file, for the moderator alone."""
        await defer(interaction)
        guild_id = check_moderator(interaction).guild_id
        settings = await interaction.client.services.exchange.current(guild_id)
        file = discord.File(io.BytesIO(write_settings(settings).encode()), "grok-settings.json")
        text = EXPORTED(count=len(settings.everything))
        await interaction.edit_original_response(content=text, attachments=[file])

    @app_commands.command(name="import", description="Set all that a file has, and nothing else")
    @app_commands.describe(file="What settings export wrote, here or in another server")
    async def import_(
        self, interaction: discord.Interaction[GrokBot], file: discord.Attachment
    ) -> None:
        """Replace everything, or nothing."""
        await defer(interaction)
        moderator, services = check_moderator(interaction), interaction.client.services
        data = await read_attachment(services.fetcher, file, max_bytes=_MOST_BYTES)
        wanted = await asyncio.to_thread(read_settings, data)
        current = await services.exchange.current(moderator.guild_id)
        _check_here(interaction.guild, wanted, current)
        done = await services.exchange.replace(
            moderator.guild_id, wanted, by_id=moderator.member_id
        )
        text = IMPORTED if done.changed else IMPORTED_NOTHING
        await answer(
            interaction,
            text(before=done.before, after=done.after, changed=done.changed),
        )


def _check_here(
    guild: discord.Guild | None, wanted: ServerSettings, current: ServerSettings
) -> None:
    """Check that the channels and roles of a file are those of this server.

    What is set already may stay: an archived thread is in no list of Discord's.

    Raises:
        InvalidRequestError: Some are not; the text names them.
        NotAllowedError: Discord has not said yet what there is.
    """
    if guild is None or guild.unavailable:
        raise NotAllowedError(NO_SERVER())
    channels = {one.id for one in (*guild.channels, *guild.threads)} | current.channel_ids
    roles = {one.id for one in guild.roles} | current.role_ids
    unknown = [
        *(NO_SUCH_CHANNEL(id=one) for one in sorted(wanted.channel_ids - channels)),
        *(NO_SUCH_ROLE(id=one) for one in sorted(wanted.role_ids - roles)),
    ]
    if unknown:
        raise InvalidRequestError(NOT_HERE(missing=strung(unknown[:_NAMED])))


async def setup(bot: GrokBot) -> None:
    """Add the group to /grok-admin."""
    admin_group(bot).add_command(Settings())
