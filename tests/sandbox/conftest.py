from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from sandbox.discord_api import Channel, DiscordStandIn, Exchange, Member
from tests.openapi_judge import session_judge
from tests.sandbox.hand_clock import HandClock
from tests.sandbox.rest_client import RestClient
from tests.sandbox.small_bot import SmallBot, running


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


_FIRST_SNOWFLAKE = 1 << 40


def with_text_ids(exchange: Exchange) -> Exchange:
    """Write the ids in a request as texts, which plain discord.py does not and our bot does."""
    return replace(exchange, request=_as_texts(exchange.request))


def _as_texts(value: object) -> object:
    match value:
        case dict():
            return {name: _as_texts(one) for name, one in value.items()}
        case list():
            return [_as_texts(one) for one in value]
        case int() if value > _FIRST_SNOWFLAKE:
            return str(value)
    return value


@pytest.fixture
async def chat(clock: HandClock) -> AsyncIterator[DiscordStandIn]:
    judge = session_judge()
    before = len(judge.problems) if judge else 0
    async with DiscordStandIn(
        clock=clock,
        observers=[lambda exchange: judge.observe(with_text_ids(exchange))] if judge else [],
        event_observers=[judge.observe_event] if judge else [],
    ) as opened:
        yield opened
    assert judge is None or judge.problems[before:] == []


@pytest.fixture
async def lax_chat(clock: HandClock) -> AsyncIterator[DiscordStandIn]:
    async with DiscordStandIn(clock=clock) as opened:
        yield opened


@pytest.fixture
async def bot(chat: DiscordStandIn) -> AsyncIterator[SmallBot]:
    async with running(chat) as started:
        yield started


@pytest.fixture
def channel(chat: DiscordStandIn) -> Channel:
    return chat.guild.channel("videos")


@pytest.fixture
def requester(chat: DiscordStandIn) -> Member:
    return chat.guild.member("requester")


@pytest.fixture
def visitor(chat: DiscordStandIn) -> Member:
    return chat.guild.member("visitor")


@pytest.fixture
def moderator(chat: DiscordStandIn) -> Member:
    return chat.guild.member("moderator")


@pytest.fixture
async def rest(chat: DiscordStandIn) -> AsyncIterator[RestClient]:
    async with aiohttp.ClientSession() as session:
        yield RestClient(session, chat)


@pytest.fixture
async def lax_rest(lax_chat: DiscordStandIn) -> AsyncIterator[RestClient]:
    async with aiohttp.ClientSession() as session:
        yield RestClient(session, lax_chat)
