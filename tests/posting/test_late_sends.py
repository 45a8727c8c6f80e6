from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from bot.client import GrokBot
from bot.domain import JobState, MessageKind, Place
from bot.errors import PostLaterError
from bot.posting.undisturbed import BEGUN_WITHIN
from tests.posting.desk import Desk, message

MESSAGES = "/channels/*/messages"
INSTANT = timedelta(seconds=1)


@pytest.fixture
async def real(desk: Desk, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose client is the bot's own, with its gate."""
    async with GrokBot(syncs_by_itself=False) as bot:
        await discord.Client.login(bot, desk.chat.token)
        yield Desk(desk.chat, bot, tmp_path)


async def post(desk: Desk, held_for: timedelta) -> None:
    """Post a result whose "sending" was committed that long ago."""
    job = desk.job(JobState.STORED)
    begun_at = desk.clock.now()
    owed = replace(message(job, MessageKind.RESULT), first_at=begun_at, tried_at=begun_at)
    desk.clock.advance(held_for)
    await desk.poster.post(job, owed, Place.CHANNEL, card_id=None, video=desk.video())


async def test_a_send_that_begins_late_is_not_begun(real: Desk) -> None:
    with pytest.raises(PostLaterError, match="LateSendError"):
        await post(real, BEGUN_WITHIN + INSTANT)

    assert real.chat.asked("POST", MESSAGES) == []
    assert real.channel.messages == []


async def test_a_send_in_time_is_made(real: Desk) -> None:
    await post(real, BEGUN_WITHIN)

    assert len(real.channel.messages) == 1


async def test_what_comes_after_a_late_send_is_not_held_back(real: Desk) -> None:
    with pytest.raises(PostLaterError):
        await post(real, BEGUN_WITHIN + INSTANT)

    await real.result()

    assert len(real.channel.messages) == 1
