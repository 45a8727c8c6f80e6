from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest

from bot.client import point_discord_at
from sandbox.discord_api import DiscordStandIn
from tests.posting.desk import Desk
from tests.world import settings_for


@pytest.fixture
async def desk(chat: DiscordStandIn, tmp_path: Path) -> AsyncIterator[Desk]:
    settings = settings_for(chat, None, tmp_path)
    point_discord_at(settings)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        await client.login(chat.token)
        yield Desk(chat, client, tmp_path)
