from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.discord_api import DiscordStandIn
from sandbox.geeknow import GeekNowStandIn
from tests.world import World, judged_discord, running, settings_for


@pytest.fixture
async def chat() -> AsyncIterator[DiscordStandIn]:
    async with judged_discord() as opened:
        yield opened


@pytest.fixture
async def provider() -> AsyncIterator[GeekNowStandIn]:
    async with GeekNowStandIn(clip_scale=0.1) as opened:
        yield opened


@pytest.fixture
async def world(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> AsyncIterator[World]:
    async with running(settings_for(chat, provider, tmp_path), chat) as app:
        yield World(chat, provider, app)
