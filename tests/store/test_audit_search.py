from datetime import timedelta

import pytest

from bot.store.record.audit import AuditFilter, Entry, append
from tests.factories import GUILD
from tests.manual_clock import START, ManualClock
from tests.store.test_audit import make_entry, put
from tests.store.world import World


async def test_the_newest_rows_come_first_and_a_page_at_a_time(world: World) -> None:
    await put(world.database, 5)
    async with world.database.write() as connection:
        await append(connection, make_entry(6, guild_id=GUILD + 1), now=world.clock.now())
    here = AuditFilter(guild_id=GUILD)

    first = await world.audit.newest(here, limit=2)
    second = await world.audit.newest(here, limit=9, before_id=first[-1].id)

    assert [row.id for row in first] == [5, 4]
    assert [row.id for row in second] == [3, 2, 1]


async def test_all_rows_come_in_pages_from_the_oldest_on(world: World) -> None:
    await put(world.database, 501)

    pages = [[row.id for row in page] async for page in world.audit.pages(AuditFilter())]

    assert pages == [[*range(1, 501)], [501]]


@pytest.mark.parametrize(
    ("which", "found"),
    [
        (AuditFilter(), [1, 2, 3]),
        (AuditFilter(actor_id=5), [1]),
        (AuditFilter(about_id=5), [1, 2]),
        (AuditFilter(about_id=50), [3]),
        (AuditFilter(action="limit"), [1, 3]),
        (AuditFilter(action="limit.set"), [1]),
        (AuditFilter(action="limit_"), []),
        (AuditFilter(target="day"), [3]),
        (AuditFilter(since=START + timedelta(seconds=2)), [2, 3]),
        (AuditFilter(until=START + timedelta(seconds=2)), [1]),
    ],
)
async def test_rows_are_found_by_who_what_whom_and_when(
    world: World, which: AuditFilter, found: list[int]
) -> None:
    entries = (
        Entry("limit.set", guild_id=GUILD, actor_id=5, target="member:7"),
        Entry("block.set", guild_id=GUILD, target="member:5"),
        Entry("limit.remove", guild_id=GUILD, target="member:50 day/jobs"),
    )
    clock = ManualClock()
    async with world.database.write() as connection:
        for entry in entries:
            clock.advance(seconds=1)
            await append(connection, entry, now=clock.now())

    rows = await world.audit.newest(which, limit=9)

    assert sorted(row.id for row in rows) == found
