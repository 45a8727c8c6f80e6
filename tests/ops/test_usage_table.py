from collections.abc import AsyncIterator

import pytest

from bot.clock import SystemClock
from bot.domain import ValidRequest
from bot.errors import ConfigurationError
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from tests.factories import GUILD, make_job_id, make_origin, make_spec
from tests.manual_clock import ManualClock
from tests.ops.trial_desk import Desk
from tests.store.world import World, make_world


@pytest.fixture
async def world(desk: Desk) -> AsyncIterator[World]:
    async with open_database(f"sqlite+aiosqlite:///{desk.folder}/data/bot.sqlite3") as database:
        await migrate(database)
        # The command reads the real clock.
        yield make_world(database, ManualClock(SystemClock().now()))


async def ask(world: World, number: int, guild_id: int = GUILD, member_id: int = 33) -> None:
    origin = make_origin(number, guild_id=guild_id, requester_id=member_id)
    await world.put(make_job_id(number), ValidRequest(origin, make_spec(), estimate_micros=350_000))


async def test_all_servers_are_added_up_for_the_operator(world: World, desk: Desk) -> None:
    await ask(world, 1)
    await ask(world, 2, guild_id=987_654)

    result = await desk.run("usage", "--days", "7")
    alone = await desk.run("usage", "--guild", "987654")

    assert result.exit_code == 0, result.output
    for cell in ("By server", "987654", "By model", "scripted/script-1", "By member", "$0.70"):
        assert cell in result.output
    assert "$0.35" in alone.output
    assert "$0.70" not in alone.output


async def test_of_many_lines_the_first_are_shown(world: World, desk: Desk) -> None:
    for number in range(27):
        await ask(world, number, member_id=5000 + number)

    result = await desk.run("usage")

    assert "and 2 more" in result.output
    assert "5026" not in result.output


@pytest.mark.usefixtures("world")
async def test_where_nothing_was_made_that_is_said(desk: Desk) -> None:
    result = await desk.run("usage", "--days", "1")

    assert result.output.endswith("(UTC): Nothing was made in this time.\n")


async def test_without_a_database_there_is_nothing_to_add_up(desk: Desk) -> None:
    assert isinstance((await desk.run("usage")).exception, ConfigurationError)
