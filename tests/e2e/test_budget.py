"""Money that runs out, prices that are asked about, and a store that can't answer."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.domain import EVERYWHERE, Hold, Job, JobState, LimitKind, PolicyName, Scope, Unit
from bot.settings import Settings
from bot.store.engines.engine import open_database
from bot.store.moderation.policies import Where, server
from bot.tree import STORE_AWAY
from sandbox.discord_api import DiscordStandIn, Message
from sandbox.xai import XaiStandIn
from tests.limits.rows import read_rows
from tests.security.waiting import until
from tests.world import World, running, settings_for

DOLLAR = 1_000_000
PRICE = 350_000
TICKS_OF_A_DOLLAR = 10**10
PAID: dict[str, Any] = {"model": "xai/grok-imagine-video", "duration": 5}
"""Five seconds of 720p at $0.07 each."""
TOO_LATE = "nothing to confirm any more"


@pytest.fixture
def settings(chat: DiscordStandIn, xai: XaiStandIn, tmp_path: Path) -> Settings:
    return settings_for(chat, xai, tmp_path)


@pytest.fixture
async def paid(settings: Settings, chat: DiscordStandIn, xai: XaiStandIn) -> AsyncIterator[World]:
    async with running(settings, chat) as app:
        yield World(chat, xai, app)


async def set_budgets(world: World, micros: int) -> None:
    policies, guild_id = world.app.bot.services.policies, world.chat.guild.id
    everywhere = Where(EVERYWHERE, Scope.EVERYWHERE)
    for kind in (LimitKind.DAY, LimitKind.MONTH):
        await policies.set_limit(everywhere, kind, Unit.MONEY, micros, None)
        await policies.set_limit(server(guild_id), kind, Unit.MONEY, micros, world.moderator.id)


async def confirm_above(app: App, world: World, micros: int) -> None:
    policies, name = app.bot.services.policies, PolicyName.CONFIRM_ABOVE
    await policies.set_policy(server(world.chat.guild.id), name, micros, world.moderator.id)


def at_the_till(xai: XaiStandIn) -> float:
    return sum(charge.cost_ticks for charge in xai.charges) / TICKS_OF_A_DOLLAR


async def spent(settings: Settings) -> int:
    """Add up the rows, as a second reader of the database."""
    async with open_database(settings.database_url) as database:
        return sum(row.taken[Unit.MONEY] for row in await read_rows(database))


async def price_question(world: World) -> tuple[Job, Message]:
    """Ask for a job whose price is asked about, and return it with the question."""
    await confirm_above(world.app, world, PRICE - 1)
    question = await (await world.ask(**PAID)).answer()
    return await world.job(), question


async def test_of_ten_jobs_for_35_cents_a_budget_of_a_dollar_starts_two(
    paid: World, xai: XaiStandIn, settings: Settings
) -> None:
    await set_budgets(paid, DOLLAR)

    runs = await asyncio.gather(*(paid.ask(**PAID) for _ in range(10)))
    answers = [(await run.answer(30)).content for run in runs]
    await until(
        lambda: len([one for one in paid.channel.messages if one.attachments]) == 2, seconds=60
    )

    accepted = [text for text in answers if "Accepted as job" in text]
    refused = [text for text in answers if "over a limit" in text]
    assert (len(accepted), len(refused), len(xai.charges)) == (2, 8, 2)
    assert at_the_till(xai) == pytest.approx(0.70)
    assert await spent(settings) == 2 * PRICE <= DOLLAR
    assert {job.state for job in await paid.jobs()} <= {JobState.STORED, JobState.POSTED}


async def test_a_no_names_the_limit_what_is_used_when_it_ends_and_who_has_set_it(
    paid: World,
) -> None:
    limit = (LimitKind.ROLLING_DAY, Unit.MONEY, DOLLAR // 2)
    where = server(paid.chat.guild.id)
    await paid.app.bot.services.policies.set_limit(where, *limit, paid.moderator.id)
    await (await paid.ask(**PAID)).answer()

    no = await (await paid.ask(**PAID)).answer()

    assert no.is_ephemeral
    assert re.fullmatch(
        r"This would be over a limit: \$0\.50 in 24 hours for this server \(\$0\.35 used\)\. "
        rf"This job takes \$0\.35\. Set by <@{paid.moderator.id}>\. It goes again <t:\d+:R>\.",
        no.content,
    )
    assert len(await paid.jobs()) == 1


async def test_a_price_is_asked_about_before_anything_is_paid_and_once_agreed_it_is_made(
    paid: World, xai: XaiStandIn
) -> None:
    job, question = await price_question(paid)
    before = (len(xai.charges), len(paid.channel.messages), job.held_for)

    yes = await (await paid.requester.click(question, "Make it")).answer()
    again = await (await paid.requester.click(question, "Make it")).answer()
    await paid.job_in(JobState.POSTED)

    assert question.is_ephemeral
    assert "$0.35" in question.content
    assert before == (0, 0, Hold.CONFIRMATION)
    assert f"Accepted as job `{job.id}`" in yes.content
    assert TOO_LATE in again.content
    assert len(xai.charges) == 1


async def test_nobody_else_says_yes_or_no_to_a_price(paid: World, xai: XaiStandIn) -> None:
    job, question = await price_question(paid)

    answers = [
        (await (await who.press(question, f"v1:job:{job.id}:{action}")).answer()).content
        for who in (paid.visitor, paid.moderator)
        for action in ("confirm", "decline")
    ]

    assert all("Only its requester" in text for text in answers)
    assert (await paid.job()).held_for is Hold.CONFIRMATION
    assert xai.charges == []


async def test_a_price_that_is_declined_leaves_nothing_in_the_channel(
    paid: World, xai: XaiStandIn, settings: Settings
) -> None:
    job, question = await price_question(paid)

    no = await (await paid.requester.click(question, "Leave it")).answer()
    late = await (await paid.requester.click(question, "Make it")).answer()

    assert f"Job `{job.id}` is given up" in no.content
    assert TOO_LATE in late.content
    assert (await paid.job()).state is JobState.TOLD
    assert (paid.channel.messages, xai.charges, await spent(settings)) == ([], [], 0)


async def test_a_price_can_be_agreed_to_after_a_restart(
    settings: Settings, chat: DiscordStandIn, xai: XaiStandIn
) -> None:
    async with running(settings, chat) as app:
        job, question = await price_question(World(chat, xai, app))

    async with running(settings, chat) as app:
        world = World(chat, xai, app)
        yes = await (await world.requester.click(question, "Make it")).answer()
        await world.job_in(JobState.POSTED)

    assert f"Accepted as job `{job.id}`" in yes.content
    assert len(xai.charges) == 1


async def test_a_store_that_can_not_answer_is_a_polite_no(
    paid: World, xai: XaiStandIn, settings: Settings
) -> None:
    await set_budgets(paid, DOLLAR)
    async with open_database(settings.database_url) as database, database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE ledger RENAME TO taken_away")

    no = await (await paid.ask(**PAID)).answer()

    assert no.content == STORE_AWAY()
    assert await paid.jobs() == []
    assert (paid.channel.messages, xai.charges) == ([], [])
