import logging
from datetime import timedelta

import pytest

from bot.domain import EVERYWHERE, LimitKind, PolicyName, Scope, Unit
from bot.errors import (
    MessageGoneError,
    PlaceClosedError,
    PostFilteredError,
    PostLaterError,
    PostRefusedError,
    StaleJobError,
    StoreUnavailableError,
)
from bot.pipeline.mirror import CLOSED_FOR, RecordMirror
from bot.store.moderation.policies import Where, server
from bot.store.record.audit import Entry, append
from bot.store.record.mirrors import MirrorStore
from tests.factories import GUILD
from tests.pipeline.log_channels import Channels
from tests.store.world import World

LOG, OTHER = 77, 78
SECONDS = timedelta(seconds=6)
SOON = timedelta(seconds=61)
LATER = timedelta(minutes=8)


@pytest.fixture
def channels() -> Channels:
    return Channels()


@pytest.fixture
def mirror(world: World, channels: Channels) -> RecordMirror:
    return RecordMirror(MirrorStore(world.database, world.clock), channels, world.clock)


async def set_log(world: World, channel_id: int | None = LOG) -> None:
    if channel_id is None:
        await world.policies.remove_policy(server(GUILD), PolicyName.LOG_CHANNEL, 1)
    else:
        await world.policies.set_policy(server(GUILD), PolicyName.LOG_CHANNEL, channel_id, 1)


async def set_limit(world: World, amount: int) -> None:
    await world.policies.set_limit(server(GUILD), LimitKind.DAY, Unit.JOBS, amount, 1)


async def rounds(world: World, mirror: RecordMirror, *pauses: timedelta) -> None:
    for pause in pauses:
        world.clock.advance(pause)
        await mirror.tick()


async def test_each_row_is_sent_once_and_in_order(
    world: World, mirror: RecordMirror, channels: Channels
) -> None:
    await set_log(world)
    for amount in range(1, 10):
        await set_limit(world, amount)

    await rounds(world, mirror, *[SECONDS] * 4)

    assert channels.posts == [(LOG, [*range(1, 9)]), (LOG, [9, 10])]


@pytest.mark.parametrize("lost", [True, False])
async def test_a_send_without_an_answer_is_repeated_under_its_nonce_while_it_is_young(
    world: World, mirror: RecordMirror, channels: Channels, *, lost: bool
) -> None:
    await set_log(world)
    channels.errors, channels.lost = [PostLaterError("reset")], lost

    await mirror.tick()
    await set_limit(world, 1)
    await rounds(world, mirror, *[SECONDS] * 4)

    assert channels.posts == [(LOG, [1]), (LOG, [2])]
    assert channels.looks == []


@pytest.mark.parametrize("lost", [True, False])
async def test_an_old_one_is_looked_for_once_it_can_have_landed(
    world: World, mirror: RecordMirror, channels: Channels, *, lost: bool
) -> None:
    await set_log(world)
    channels.errors, channels.lost = [PostLaterError("reset")], lost
    begun_at = world.clock.now()
    await mirror.tick()
    await set_limit(world, 1)

    await rounds(world, mirror, SOON, SECONDS)
    looked_at_once = list(channels.looks)
    await rounds(world, mirror, LATER, SECONDS, SECONDS)

    assert looked_at_once == []
    assert channels.looks == [(LOG, begun_at)]
    assert channels.posts == ([(LOG, [1]), (LOG, [2])] if lost else [(LOG, [1, 2])])


async def test_a_clock_that_was_set_back_does_not_hide_what_was_sent(
    world: World, mirror: RecordMirror, channels: Channels
) -> None:
    await set_log(world)
    channels.errors, channels.lost = [PostLaterError("reset")], True
    await mirror.tick()
    await world.execute("UPDATE audit_mirrors SET due_at = NULL")

    world.clock.advance(timedelta(days=-1))
    await mirror.tick()
    await mirror.tick()

    assert channels.looks == [(LOG, world.clock.now() - timedelta(minutes=10))]
    assert channels.posts == [(LOG, [1])]


async def test_a_history_that_is_out_of_reach_is_looked_at_later(
    world: World, mirror: RecordMirror, channels: Channels
) -> None:
    await set_log(world)
    channels.errors, channels.lost = [PostLaterError("reset")], True
    await mirror.tick()
    channels.blind = PostLaterError("503")
    await rounds(world, mirror, LATER)
    channels.blind = PlaceClosedError("403")
    await rounds(world, mirror, LATER)
    channels.blind = None

    await rounds(world, mirror, LATER, SECONDS)

    assert len(channels.looks) == 3
    assert channels.posts == [(LOG, [1])]


async def test_a_closed_channel_keeps_its_rows(
    world: World,
    mirror: RecordMirror,
    channels: Channels,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_log(world)
    channels.errors = [PlaceClosedError("404")] * 3

    await rounds(world, mirror, *[CLOSED_FOR] * 2, SECONDS)
    await set_limit(world, 1)
    await rounds(world, mirror, *[CLOSED_FOR] * 2)

    assert channels.posts == [(LOG, [1, 2])]
    assert caplog.text.count("is closed to us") == 1


async def test_what_may_be_in_a_channel_that_is_gone_is_sent_to_the_new_one(
    world: World, mirror: RecordMirror, channels: Channels
) -> None:
    await set_log(world)
    channels.errors = [PostLaterError("reset")]
    await mirror.tick()
    await set_log(world, OTHER)
    channels.blind = PlaceClosedError("404")

    await rounds(world, mirror, SECONDS, SECONDS)

    assert channels.posts == [(OTHER, [1, 2])]


@pytest.mark.parametrize("lost", [True, False])
async def test_what_may_be_in_the_last_channel_is_looked_for_there(
    world: World, mirror: RecordMirror, channels: Channels, *, lost: bool
) -> None:
    await set_log(world)
    channels.errors, channels.lost = [PostLaterError("reset")], lost
    await mirror.tick()
    await set_log(world, OTHER)

    await rounds(world, mirror, SECONDS, SECONDS, LATER, SECONDS)

    assert channels.posts == ([(LOG, [1]), (OTHER, [2])] if lost else [(OTHER, [1, 2])])


async def test_a_message_that_somebody_removed_is_not_sent_again(
    world: World, mirror: RecordMirror, channels: Channels
) -> None:
    await set_log(world)
    channels.errors = [MessageGoneError("10008")]

    await rounds(world, mirror, SECONDS, SECONDS)

    assert channels.posts == []


async def test_a_filter_gets_the_row_without_its_words(
    world: World, mirror: RecordMirror, channels: Channels
) -> None:
    await set_log(world)
    channels.errors = [PostFilteredError("200000")]

    await rounds(world, mirror, SECONDS, SECONDS)

    assert (channels.posts, channels.plain) == ([(LOG, [1])], [True])


async def test_what_discord_will_not_take_is_tried_again_and_said_in_the_log(
    world: World,
    mirror: RecordMirror,
    channels: Channels,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_log(world)
    channels.errors = [PostRefusedError("400")]

    await rounds(world, mirror, SECONDS, SECONDS)

    assert channels.posts == [(LOG, [1])]
    assert "does not take the record" in caplog.text


async def test_a_mirror_that_was_switched_off_ends_and_waits_for_nobody(
    world: World, mirror: RecordMirror, channels: Channels
) -> None:
    await set_log(world)
    await mirror.tick()
    await set_log(world, None)
    channels.errors = [PlaceClosedError("404")]

    await rounds(world, mirror, SECONDS, LATER, LATER)

    assert channels.posts == [(LOG, [1])]
    assert await world.count("SELECT count(*) FROM audit_mirrors WHERE guild_id <> 0") == 0


async def test_one_server_s_trouble_stays_with_it(
    world: World,
    mirror: RecordMirror,
    channels: Channels,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_log(world)
    here = server(GUILD + 1)
    await world.policies.set_policy(here, PolicyName.LOG_CHANNEL, OTHER, 1)
    channels.errors = [RuntimeError("surprise")]

    await mirror.tick()
    first = list(channels.posts)
    await rounds(world, mirror, timedelta(minutes=6), LATER, SECONDS)

    assert first == [(OTHER, [2])]
    assert channels.posts == [(OTHER, [2]), (LOG, [1])]
    assert "can't be mirrored now" in caplog.text


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TimeoutError(), "takes its time"),
        (StaleJobError("gone on"), "mirrored first"),
        (StoreUnavailableError("away"), "waits for the database"),
    ],
)
async def test_trouble_that_passes_loses_nothing(
    world: World,
    mirror: RecordMirror,
    channels: Channels,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    told: str,
) -> None:
    caplog.set_level(logging.INFO)
    await set_log(world)
    channels.errors = [error]

    await rounds(world, mirror, SECONDS, SECONDS)

    assert channels.posts == [(LOG, [1])]
    assert told in caplog.text


async def test_what_the_operator_does_is_said_in_the_log_once(
    world: World,
    mirror: RecordMirror,
    channels: Channels,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    everywhere = Where(EVERYWHERE, Scope.EVERYWHERE)
    await world.policies.set_limit(everywhere, LimitKind.DAY, Unit.MONEY, 5_000_000, None)
    alert = {"percent": 80, "used": 4_000_000, "amount": 5_000_000}
    entry = Entry("budget.alert", target="everywhere day/money", after=alert)
    async with world.database.write() as connection:
        await append(connection, entry, now=world.clock.now())

    await rounds(world, mirror, SECONDS, SECONDS)

    said = [(one.levelname, one.message) for one in caplog.records if "On record" in one.message]
    assert [level for level, _ in said] == ["INFO", "WARNING"]
    assert "80 % of the whole bot's day budget of $5.00 is used" in said[1][1]
    assert channels.posts == []
