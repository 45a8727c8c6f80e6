"""Fifty who ask at once, in two servers and by two stores, take exactly what is allowed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain import EVERYWHERE, Denial, Job, LimitKind, Refusal, Scope, Unit
from bot.store.engines.engine import Database, open_database
from bot.store.moderation.policies import Where
from bot.store.reservations import ReservationStore
from tests.factories import CHANNEL, GUILD
from tests.limits.asking import MODERATOR, OPERATORS, PRICE, Person
from tests.limits.rows import read_rows
from tests.manual_clock import ManualClock
from tests.store.engines import Engine
from tests.store.world import World, make_world

CROWD = 50
TARGETS = {Scope.SERVER: GUILD, Scope.CHANNEL: CHANNEL, Scope.MEMBER: 33}


@pytest.fixture
async def databases(engine: Engine) -> AsyncIterator[tuple[Database, Database]]:
    """Two ways into one database, as two processes have them."""
    url = engine.migrated()
    patience = timedelta(minutes=1)  # they wait for each other, on whatever machine
    async with (
        open_database(url, patience=patience) as one,
        open_database(url, patience=patience) as other,
    ):
        yield one, other


@pytest.fixture
def world(databases: tuple[Database, Database], clock: ManualClock) -> World:
    return make_world(databases[0], clock)


async def rush(
    world: World, databases: tuple[Database, Database], people: list[Person]
) -> list[Job | Denial]:
    stores = [ReservationStore(database, world.clock) for database in databases]
    return await asyncio.gather(
        *(
            people[number % len(people)].ask(world, number, store=stores[number // 2 % 2])
            for number in range(CROWD)
        )
    )


ONE_PERSON = [Person(), Person(guild_id=12, channel_id=24)]
MANY = [
    Person(100 + number, *((GUILD, CHANNEL) if number % 2 else (12, 24))) for number in range(CROWD)
]


@pytest.mark.parametrize("kind", [LimitKind.AT_ONCE, LimitKind.MONTH])
@pytest.mark.parametrize(
    ("scope", "people", "elsewhere"),
    [
        (Scope.EVERYWHERE, ONE_PERSON, 0),
        (Scope.EVERYWHERE, MANY, 0),
        (Scope.PERSON, ONE_PERSON, 0),
        (Scope.SERVER, ONE_PERSON, 25),
        (Scope.SERVER, MANY, 25),
        (Scope.CHANNEL, MANY, 25),
        (Scope.MEMBER, ONE_PERSON, 25),
    ],
    ids=[
        "everywhere one",
        "everywhere many",
        "person",
        "server one",
        "server many",
        "channel",
        "member",
    ],
)
async def test_a_crowd_takes_exactly_the_allowed_number(
    world: World,
    databases: tuple[Database, Database],
    *,
    kind: LimitKind,
    scope: Scope,
    people: list[Person],
    elsewhere: int,
) -> None:
    is_operators = scope in OPERATORS
    guild_id, by_id = (EVERYWHERE, None) if is_operators else (GUILD, MODERATOR)
    where = Where(guild_id, scope, TARGETS.get(scope, 0))
    await world.policies.set_limit(where, kind, Unit.JOBS, 7, by_id)

    made = await rush(world, databases, people)

    accepted = [one for one in made if isinstance(one, Job)]
    refused = {one.refusal for one in made if isinstance(one, Denial)}
    rows = await read_rows(world.database)
    assert len(accepted) == 7 + elsewhere
    assert {one.id for one in accepted} == {row.job_id for row in rows}
    assert refused == {Refusal.LIMIT}


@pytest.mark.parametrize("people", [ONE_PERSON, MANY], ids=["one", "many"])
@pytest.mark.parametrize(
    ("amount", "places"),
    [(PRICE * 7, 7), (PRICE * 7 - 1, 6), (PRICE * 7 + 1, 7), (PRICE - 1, 0)],
)
async def test_a_crowd_spends_a_budget_to_the_last_job_and_no_further(
    world: World,
    databases: tuple[Database, Database],
    people: list[Person],
    amount: int,
    places: int,
) -> None:
    everywhere = Where(EVERYWHERE, Scope.EVERYWHERE)
    await world.policies.set_limit(everywhere, LimitKind.DAY, Unit.MONEY, amount, None)

    await rush(world, databases, people)

    rows = await read_rows(world.database)
    assert sum(row.taken[Unit.MONEY] for row in rows) == places * PRICE <= amount


async def test_a_crowd_uses_a_grant_up_and_no_more_of_it(
    world: World, databases: tuple[Database, Database]
) -> None:
    where = Where(GUILD, Scope.MEMBER, 33)
    await world.policies.set_limit(where, LimitKind.DAY, Unit.JOBS, 2, MODERATOR)
    await world.members.grant(
        GUILD,
        33,
        unit=Unit.JOBS,
        amount=3,
        expires_at=world.clock.now().replace(hour=13),
        reason="",
        by_id=MODERATOR,
    )

    made = await rush(world, databases, [Person()])

    assert sum(isinstance(one, Job) for one in made) == 5
    assert await world.members.grants(GUILD, 33) == []
