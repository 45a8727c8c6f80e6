import asyncio

import aiohttp
import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.client import GrokBot, point_discord_at
from bot.posting.budget import CallBudget, share_of
from bot.settings import Settings
from sandbox.discord_api import DiscordStandIn
from tests.media.file_host import open_file_host
from tests.posting.desk import Desk

FREE = ("/interactions/1/token/callback", "/webhooks/1/token/messages/@original")


@given(st.integers(min_value=1, max_value=40))
def test_all_processes_together_stay_below_discords_limit_in_any_second(processes: int) -> None:
    burst, a_second = share_of(processes)

    assert burst >= 1
    assert a_second > 0
    assert processes * (burst + a_second) <= 50.000001


@given(st.integers(min_value=41, max_value=1000))
def test_ever_more_processes_get_ever_less_but_never_nothing(processes: int) -> None:
    burst, a_second = share_of(processes)

    assert burst == 1
    assert 0 < a_second <= share_of(processes - 1)[1]


async def test_a_request_beyond_the_budget_waits_and_an_answer_to_a_member_does_not() -> None:
    budget = CallBudget()
    budget.share(40)  # one at once, and the next one after four seconds
    async with (
        open_file_host("127.0.0.1") as discord_host,
        open_file_host("127.0.0.1") as file_host,
        aiohttp.ClientSession(trace_configs=[budget.trace()]) as session,
    ):
        point_discord_at(Settings(_env_file=None, discord_api_url=discord_host.base_url))
        await session.get(discord_host.serve("/users/@me", b"{}"))
        waiting = asyncio.create_task(session.get(f"{discord_host.base_url}/users/@me"))
        for path in FREE:
            await session.get(discord_host.serve(path, b"{}"))
        await session.get(file_host.serve("/users/@me", b"a file"))

        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_what_discord_py_asks_for_by_itself_counts_too(desk: Desk) -> None:
    budget = CallBudget()
    budget.share(40)
    async with discord.Client(intents=discord.Intents.none(), http_trace=budget.trace()) as client:
        desk.chat.exchanges.clear()
        logging_in = asyncio.create_task(client.login(desk.chat.token))
        await first_request_of(desk.chat)

        # The application is asked for next, and that has to wait.
        assert not logging_in.done()
        logging_in.cancel()
        await asyncio.gather(logging_in, return_exceptions=True)


async def first_request_of(chat: DiscordStandIn) -> None:
    async with asyncio.timeout(60):
        while True:
            if chat.asked("GET", "/users/@me"):
                return
            await asyncio.sleep(0.01)


async def test_a_larger_share_is_taken_at_once(desk: Desk) -> None:
    budget = CallBudget()
    budget.share(40)
    async with aiohttp.ClientSession(trace_configs=[budget.trace()]) as session:
        await session.get(f"{desk.chat.api_url}/users/@me")
        budget.share(1)

        async with asyncio.timeout(60):
            for _ in range(10):
                await session.get(f"{desk.chat.api_url}/users/@me")


@pytest.mark.parametrize("syncs", [True, False])
async def test_the_bot_keeps_to_a_budget(syncs: bool) -> None:  # noqa: FBT001 - pytest passes parameters by name
    bot = GrokBot(syncs_by_itself=syncs)

    assert bot.http.http_trace is not None
