import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import AuditRow
from bot.store.engines.engine import Database, open_database
from bot.store.record.audit import AuditFilter, AuditLog, Entry, append, audit_from
from bot.store.record.chain import GENESIS, Verdict, check_chain, hash_of
from bot.store.record.schema import audit, audit_head
from tests.factories import GUILD, REQUESTER
from tests.manual_clock import START
from tests.store.engines import Engine
from tests.store.world import World

ROWS = 6
OTHER = "9" * 64
Tamper = Callable[[AsyncConnection], Awaitable[object]]


class UndoneError(Exception):
    """Ends a transaction of which nothing is to stay."""


async def put(database: Database, count: int, *, begin: int = 1) -> None:
    async with database.write() as connection:
        for number in range(begin, begin + count):
            await append(connection, make_entry(number), now=START + timedelta(seconds=number))


def make_entry(number: int, guild_id: int = GUILD) -> Entry:
    return Entry(
        "limit.set",
        guild_id=guild_id,
        actor_id=REQUESTER if number % 2 else None,
        target=f"member:{number} day/jobs",
        reason="zu viel \0 \ud800 🦊",
        before=number,
        after={"amount": number + 1},
    )


async def verdict_after(database: Database, tamper: Tamper) -> Verdict:
    """Check the record as it is after `tamper`, which is undone then."""
    found = []
    with suppress(UndoneError):
        async with database.write() as connection:
            await tamper(connection)
            found.append(await check_chain(connection))
            undo()
    return found[0]


def undo() -> None:
    raise UndoneError


async def row_of(connection: AsyncConnection, number: int) -> AuditRow:
    found = await connection.execute(sa.select(audit).where(audit.c.id == number))
    return audit_from(found.mappings().one())


def change(number: int, **values: object) -> Tamper:
    statement = sa.update(audit).where(audit.c.id == number).values(values)
    return lambda connection: connection.execute(statement)


def remove(number: int) -> Tamper:
    statement = sa.delete(audit).where(audit.c.id == number)
    return lambda connection: connection.execute(statement)


def change_end(**values: object) -> Tamper:
    return lambda connection: connection.execute(sa.update(audit_head).values(values))


def swap(first: int, second: int) -> Tamper:
    async def tamper(connection: AsyncConnection) -> None:
        for old, new in ((first, -1), (second, first), (-1, second)):
            await connection.execute(sa.update(audit).where(audit.c.id == old).values(id=new))

    return tamper


def seal_anew(number: int) -> Tamper:
    """Change a row and give it the hash that it would have then."""

    async def tamper(connection: AsyncConnection) -> None:
        row = replace(await row_of(connection, number), reason="another one")
        await change(number, reason=row.reason, hash=hash_of(row))(connection)

    return tamper


def insert_after(number: int) -> Tamper:
    """Put a well sealed row between two, and move the later ones on."""

    async def tamper(connection: AsyncConnection) -> None:
        later = sa.update(audit).where(audit.c.id > number)
        await connection.execute(later.values(id=-audit.c.id))
        moved = sa.update(audit).where(audit.c.id < 0).values(id=1 - audit.c.id)
        await connection.execute(moved)
        before = await row_of(connection, number)
        forged = replace(before, id=number + 1, previous_hash=before.hash)
        sealed = replace(forged, hash=hash_of(forged))
        await connection.execute(sa.insert(audit).values(asdict(sealed)))

    return tamper


numbers = st.integers(1, ROWS)
changes: dict[str, st.SearchStrategy[Any]] = {
    "at": st.timedeltas(timedelta(days=1), timedelta(days=900)).map(lambda late: START + late),
    "guild_id": st.integers(GUILD + 1, 2**62),
    "actor_id": st.integers(REQUESTER + 1, 2**62),
    "action": st.sampled_from(["limit.remove", "Limit.set", "limit.set ", ""]),
    "target": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
    "reason": st.sampled_from(["", "zu viel ? ? 🦊 ", "ZU VIEL"]),
    "before": st.sampled_from(["null", "", "0"]),
    "after": st.sampled_from(["null", "{}", '{"amount":2}']),
    "previous_hash": st.sampled_from([OTHER, "", GENESIS.replace("0", "a")]),
    "hash": st.sampled_from([OTHER, "", GENESIS]),
}


@st.composite
def tampers(draw: st.DrawFn) -> tuple[str, Tamper, set[int]]:
    """Draw something that is done to the record, and the rows that may be named for it."""
    number = draw(numbers)
    match draw(st.sampled_from(["change", "id", "remove", "swap", "insert", "seal"])):
        case "change":
            column = draw(st.sampled_from(sorted(changes)))
            value = draw(changes[column])
            return f"{column} of {number} = {value!r}", change(number, **{column: value}), {number}
        case "id":
            new = draw(st.integers(-9, 0) | st.integers(ROWS + 1, ROWS + 9))
            expected = new if new < 1 else number
            return f"id of {number} = {new}", change(number, id=new), {expected}
        case "remove":
            return f"remove {number}", remove(number), {number}
        case "swap":
            other = draw(numbers.filter(lambda one: one != number))
            return f"swap {number}, {other}", swap(number, other), {min(number, other)}
        case "insert":
            return f"insert after {number}", insert_after(number), {number + 1, number + 2}
        case _:
            return f"seal {number} anew", seal_anew(number), {number}


def test_any_single_change_removal_swap_or_insertion_is_found(engine: Engine) -> None:
    with asyncio.Runner() as loop:
        loop.run(check_tampers(loop, engine))


async def check_tampers(loop: asyncio.Runner, engine: Engine) -> None:
    running = loop.get_loop()
    async with open_database(engine.migrated()) as database:
        await put(database, ROWS)

        @settings(
            max_examples=120,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(tampers())
        def every(drawn: tuple[str, Tamper, set[int]]) -> None:
            name, tamper, expected = drawn
            checking = asyncio.run_coroutine_threadsafe(verdict_after(database, tamper), running)
            verdict = checking.result(60)
            assert verdict.bad_row in expected, (name, verdict)

        await asyncio.to_thread(every)
        assert await AuditLog(database).verify() == Verdict(ROWS, last_hash=await end_of(database))


async def end_of(database: Database) -> str:
    async with database.read() as connection:
        found: str = (await connection.execute(sa.select(audit_head.c.hash))).scalar_one()
    return found


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (change_end(last_id=ROWS - 1), ROWS),
        (change_end(last_id=ROWS + 1), ROWS + 1),
        (change_end(last_id=0), 1),
        (change_end(last_id=-4), 1),
        (change_end(hash=OTHER), ROWS),
        (lambda connection: connection.execute(sa.delete(audit_head)), 1),
    ],
)
async def test_a_changed_note_of_the_end_is_found(world: World, tamper: Tamper, named: int) -> None:
    await put(world.database, ROWS)

    assert (await verdict_after(world.database, tamper)).bad_row == named


async def test_a_record_in_which_all_is_well_says_how_long_it_is(world: World) -> None:
    empty = await world.audit.verify()
    await put(world.database, 1203)

    verdict = await world.audit.verify()

    assert empty == Verdict(0)
    assert verdict == Verdict(1203, last_hash=await end_of(world.database))


async def test_a_row_far_from_the_beginning_is_named(world: World) -> None:
    await put(world.database, 1203)

    verdict = await verdict_after(world.database, change(1001, reason="other"))

    assert (verdict.rows, verdict.bad_row) == (1000, 1001)


async def test_fifty_who_write_at_once_make_a_chain_without_gaps(engine: Engine) -> None:
    url = engine.migrated()
    async with open_database(url) as one, open_database(url) as other:
        await asyncio.gather(
            *(put(one if number % 2 else other, 1, begin=number) for number in range(1, 51))
        )

        verdict = await AuditLog(one).verify()
        rows = await AuditLog(other).newest(AuditFilter(), limit=100)

    assert (verdict.rows, verdict.bad_row) == (50, None)
    assert sorted(row.before for row in rows) == sorted(str(number) for number in range(1, 51))


async def test_what_is_not_committed_leaves_no_gap(world: World) -> None:
    await put(world.database, 1)
    with pytest.raises(UndoneError):
        await fail_after_writing(world.database)

    await put(world.database, 1, begin=2)

    assert (await world.audit.verify()).rows == 2


async def fail_after_writing(database: Database) -> None:
    async with database.write() as connection:
        await append(connection, make_entry(7), now=START)
        undo()
