from datetime import timedelta

import pytest

from bot.domain import EVERYWHERE, LimitKind, PolicyName, Scope, Unit
from bot.errors import StaleJobError
from bot.store.engines.restored import make_safe
from bot.store.moderation.policies import Where, server
from bot.store.record.mirrors import Backlog, MirrorStore
from tests.factories import GUILD
from tests.manual_clock import START
from tests.store.world import World

LOG, OTHER = 77, 78
MODERATOR = 44


@pytest.fixture
def mirrors(world: World) -> MirrorStore:
    return MirrorStore(world.database, world.clock)


async def set_log(world: World, channel_id: int | None = LOG, guild_id: int = GUILD) -> None:
    if channel_id is None:
        await world.policies.remove_policy(server(guild_id), PolicyName.LOG_CHANNEL, MODERATOR)
    else:
        await world.policies.set_policy(
            server(guild_id), PolicyName.LOG_CHANNEL, channel_id, MODERATOR
        )


async def set_limits(world: World, *amounts: int, guild_id: int = GUILD) -> None:
    for amount in amounts:
        await world.policies.set_limit(
            server(guild_id), LimitKind.DAY, Unit.JOBS, amount, MODERATOR
        )


async def backlog(mirrors: MirrorStore, guild_id: int = GUILD, *, most: int = 8) -> Backlog | None:
    found = await mirrors.backlogs(most_rows=most)
    return next((one for one in found if one.mirror.guild_id == guild_id), None)


async def there(mirrors: MirrorStore, guild_id: int = GUILD, *, most: int = 8) -> Backlog:
    found = await backlog(mirrors, guild_id, most=most)
    assert found is not None
    return found


def numbers(found: Backlog | None) -> list[int]:
    return [] if found is None else [row.id for row in found.rows]


async def test_a_mirror_begins_with_the_row_that_set_its_channel(
    world: World, mirrors: MirrorStore
) -> None:
    await set_limits(world, 1)
    await set_log(world)
    await set_limits(world, 2)
    await set_limits(world, 3, guild_id=GUILD + 1)
    await set_log(world, OTHER)

    found = await there(mirrors)

    assert (numbers(found), found.channel_id, found.is_last) == ([2, 3, 5], OTHER, False)
    assert await backlog(mirrors, GUILD + 1) is None


async def test_what_was_decided_while_there_was_no_channel_is_left_out(
    world: World, mirrors: MirrorStore
) -> None:
    await set_log(world)
    await set_log(world, None)
    await set_limits(world, 1)
    await set_log(world)

    assert numbers(await backlog(mirrors)) == [4]


async def test_a_channel_that_was_set_without_such_a_row_begins_with_the_newest_one(
    world: World, mirrors: MirrorStore
) -> None:
    await set_limits(world, 1, 2)
    await set_log(world)
    await world.execute("UPDATE audit SET action = 'settings.import' WHERE id = 3")

    assert numbers(await backlog(mirrors)) == [3]


async def test_rows_come_in_order_and_a_message_at_a_time(
    world: World, mirrors: MirrorStore
) -> None:
    await set_log(world)
    await set_limits(world, *range(1, 10))

    first = await there(mirrors, most=8)
    await mirrors.finish(await mirrors.start(first), first.rows[-1].id)
    second = await there(mirrors, most=8)
    await mirrors.finish(await mirrors.start(second), second.rows[-1].id)

    assert (numbers(first), numbers(second)) == ([*range(1, 9)], [9, 10])
    assert await backlog(mirrors) is None


async def test_a_message_that_may_be_there_keeps_its_rows(
    world: World, mirrors: MirrorStore
) -> None:
    await set_log(world)
    begun = await mirrors.start(await there(mirrors))
    await set_limits(world, 1)

    found = await there(mirrors)

    assert (begun.sending_id, begun.first_at, begun.channel_id) == (1, START, LOG)
    assert numbers(found) == [1]
    assert await mirrors.start(found) == begun


async def test_only_one_of_two_processes_goes_on(world: World, mirrors: MirrorStore) -> None:
    await set_log(world)
    found = await there(mirrors)
    await mirrors.start(found)

    with pytest.raises(StaleJobError):
        await mirrors.start(found)


async def test_a_server_that_waits_is_left_alone_until_it_is_due_or_hurried(
    world: World, mirrors: MirrorStore
) -> None:
    await set_log(world)
    mirror = await mirrors.not_sent(await mirrors.start(await there(mirrors)))
    await mirrors.retry(mirror, START + timedelta(minutes=5))
    before = await backlog(mirrors)
    await mirrors.hurry(GUILD, LOG)
    hurried = await there(mirrors)
    await mirrors.leave(GUILD, START + timedelta(minutes=5))
    again = await backlog(mirrors)
    world.clock.advance(timedelta(minutes=5))

    assert (before, again) == (None, None)
    assert hurried.mirror.attempts == 1
    assert numbers(await backlog(mirrors)) == [1]


async def test_another_channel_does_not_wait(world: World, mirrors: MirrorStore) -> None:
    await set_log(world)
    mirror = await mirrors.not_sent(await mirrors.start(await there(mirrors)))
    await mirrors.retry(mirror, START + timedelta(minutes=5))

    await set_log(world, OTHER)

    assert (await there(mirrors)).channel_id == OTHER


async def test_a_mirror_ends_with_the_row_that_took_its_channel_away(
    world: World, mirrors: MirrorStore
) -> None:
    await set_log(world)
    await mirrors.finish(await mirrors.start(await there(mirrors)), 1)
    await set_limits(world, 1)
    await set_log(world, None)
    await set_limits(world, 2)

    last = await there(mirrors)
    await mirrors.finish(await mirrors.start(last), last.rows[-1].id)
    over = await there(mirrors)
    await mirrors.end(over.mirror)

    assert (numbers(last), last.channel_id, last.is_last) == ([2, 3], LOG, True)
    assert (numbers(over), over.is_last) == ([], True)
    assert await backlog(mirrors) is None


async def test_a_channel_that_was_taken_away_before_anything_was_sent_gets_nothing(
    world: World, mirrors: MirrorStore
) -> None:
    await set_log(world)
    await backlog(mirrors)
    await set_log(world, None)

    found = await there(mirrors)

    assert (numbers(found), found.is_last) == ([], True)


async def test_what_the_operator_does_begins_with_the_first_row(
    world: World, mirrors: MirrorStore
) -> None:
    everywhere = Where(EVERYWHERE, Scope.EVERYWHERE)
    for amount in (1, 2):
        await world.policies.set_limit(everywhere, LimitKind.DAY, Unit.JOBS, amount, None)

    found = await there(mirrors, EVERYWHERE)
    await mirrors.finish(found.mirror, 2)

    assert numbers(found) == [1, 2]
    assert await backlog(mirrors, EVERYWHERE) is None


async def test_a_mark_counts_when_its_row_is_ours_and_has_that_hash(
    world: World, mirrors: MirrorStore
) -> None:
    await set_log(world)
    await set_limits(world, 1, 2)
    await set_limits(world, 3, guild_id=GUILD + 1)
    found = await there(mirrors)
    first, second, third = ((row.id, row.hash[:12]) for row in found.rows)
    strange = (third[0], "0" * 12)

    assert await mirrors.newest_of(found.mirror, [second, first]) == second[0]
    assert await mirrors.newest_of(found.mirror, [first, strange, (4, "")]) == first[0]
    assert await mirrors.newest_of(found.mirror, [strange]) is None
    assert await mirrors.newest_of(found.mirror, []) is None


async def test_after_a_restore_what_waits_is_looked_for_first(
    world: World, mirrors: MirrorStore
) -> None:
    await set_log(world)
    await mirrors.finish(await mirrors.start(await there(mirrors)), 1)
    await set_log(world, OTHER, GUILD + 1)
    done = await there(mirrors, GUILD + 1)
    await mirrors.finish(await mirrors.start(done), 2)
    await set_limits(world, 1, 2)
    world.clock.advance(timedelta(days=7))

    await make_safe(world.database, world.clock, set())

    waiting = await there(mirrors)
    assert waiting.mirror.sending_id == 4
    assert waiting.mirror.first_at == START - timedelta(minutes=10)
    assert await backlog(mirrors, GUILD + 1) is None


async def test_a_mirror_speaks_what_its_server_has_chosen(
    world: World, mirrors: MirrorStore
) -> None:
    await set_log(world)
    before = await there(mirrors)
    await world.policies.set_policy(server(GUILD), PolicyName.LANGUAGE, "pl", MODERATOR)

    after = await there(mirrors)

    assert (before.language, after.language) == (None, "pl")
