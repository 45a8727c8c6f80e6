from copy import deepcopy

import pytest

from bot.domain import EVERYWHERE, LimitKind, Scope, Unit
from bot.store.moderation.policies import Where, server
from sandbox.canned import CannedReply
from tests.security.waiting import until
from tests.world import World, record_events

CROWD = 50
NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


async def test_risk_14_a_crowd_in_two_servers_is_counted_to_the_last_one(world: World) -> None:
    world.provider.on_query.always(NEVER)
    elsewhere = world.chat.add_guild("elsewhere")
    first = await world.ask()
    await first.answer()
    data = first.interaction.data
    places = [
        (guild.channel("videos"), guild.member(name))
        for guild in (world.chat.guild, elsewhere)
        for name in ("requester", "visitor")
    ]

    runs = [
        await member.forge(channel, deepcopy(data))
        for channel, member in (places * CROWD)[: CROWD - 1]
    ]
    answers = [(await run.answer(30)).content for run in runs]
    await until(lambda: len(world.provider.charges) == CROWD)

    questions = world.app.bot.services.questions
    rows = [
        job
        for channel, member in places
        for job in await questions.of_member(channel.state.guild_id or 0, member.id, limit=CROWD)
    ]
    assert all("Accepted as job" in answer for answer in answers)
    assert len(rows) == len({job.origin.interaction_id for job in rows}) == CROWD
    assert len(world.provider.charges) == len({job.id for job in rows}) == CROWD


@pytest.mark.parametrize("scope", [Scope.EVERYWHERE, Scope.PERSON, Scope.SERVER])
async def test_risk_14_a_crowd_in_two_servers_gets_exactly_what_a_limit_allows(
    world: World, scope: Scope
) -> None:
    world.provider.on_query.always(NEVER)
    elsewhere = world.chat.add_guild("elsewhere")
    first = await world.ask()
    await first.answer()
    guilds = (world.chat.guild, elsewhere)
    here = scope is Scope.SERVER
    where = server(guilds[0].id) if here else Where(EVERYWHERE, scope)
    policies, by_id = world.app.bot.services.policies, world.moderator.id if here else None
    await policies.set_limit(where, LimitKind.MONTH, Unit.JOBS, 7, by_id)
    crowd = guilds[:1] if here else guilds

    runs = [
        await guild.member("requester").forge(
            guild.channel("videos"), deepcopy(first.interaction.data)
        )
        for guild in (crowd * CROWD)[: CROWD - 1]
    ]
    answers = [(await run.answer(30)).content for run in runs]
    await until(lambda: len(world.provider.charges) == 7)

    questions, member = world.app.bot.services.questions, world.requester
    rows = [
        job for guild in guilds for job in await questions.of_member(guild.id, member.id, limit=99)
    ]
    assert sum("Accepted as job" in answer for answer in answers) == 6
    assert sum("over a limit" in answer for answer in answers) == CROWD - 7
    assert len(rows) == len(world.provider.charges) == 7


async def test_risk_14_and_15_a_crowd_that_repeats_itself_is_a_small_one(world: World) -> None:
    world.provider.on_query.always(NEVER)
    events = record_events(world.chat)
    for _ in range(5):
        await (await world.ask()).answer()
    commands = [data for event, data in events if event == "INTERACTION_CREATE"]

    for data in commands * 10:
        world.chat.gateway.dispatch("INTERACTION_CREATE", data)
    await (await world.ask()).answer()
    await until(lambda: len(world.provider.charges) == 6)

    assert len(await world.jobs()) == 6
    assert len(world.provider.charges) == 6
