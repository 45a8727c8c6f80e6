"""The names of a few members, asked of Discord: the bot keeps no list of them."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Final

import aiohttp
import discord

from bot.posting.moderation.words_usage import UNNAMED

_PATIENCE_SECONDS: Final = 5.0

log = logging.getLogger(__name__)


async def names_of(guild: discord.Guild | None, ids: Collection[int]) -> Mapping[int, str]:
    """Return what members are called; who has left, or can't be asked about, is a number."""
    found = await asyncio.gather(*(_name(guild, one) for one in ids))
    return dict(zip(ids, found, strict=True))


async def _name(guild: discord.Guild | None, member_id: int) -> str:
    if guild is not None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return (await guild.fetch_member(member_id)).display_name
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:  # and TimeoutError
            log.info("Member %s could not be asked about: %s", member_id, error)
    return UNNAMED(member_id=member_id)
