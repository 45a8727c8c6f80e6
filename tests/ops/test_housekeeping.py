import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from bot.errors import StorageError
from bot.ops.housekeeping import Chore, Housekeeper, about_every, daily_at
from tests.manual_clock import PATIENCE_SECONDS, START, ManualClock

HOUR = timedelta(hours=1)


class Work:
    """Remembers when it was done; `trouble` is raised the next time."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.moments: list[datetime] = []
        self.trouble: Exception | None = None

    async def take(self) -> None:
        self.moments.append(self._clock.now())
        await asyncio.sleep(0)
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble


@pytest.fixture
def work(clock: ManualClock) -> Work:
    return Work(clock)


def hourly(work: Work) -> Chore:
    return Chore("sweep", work.take, lambda now: now + HOUR)


@asynccontextmanager
async def keeping(chore: Chore, clock: ManualClock) -> AsyncIterator[Housekeeper]:
    housekeeper = Housekeeper([chore], clock)
    running = asyncio.create_task(housekeeper.run())
    try:
        yield housekeeper
    finally:
        await housekeeper.stop(timedelta(seconds=0.01))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running


async def pass_time(clock: ManualClock, length: timedelta) -> None:
    """Move on in steps that are shorter than any nap."""
    for _ in range(int(length / timedelta(minutes=5))):
        await clock.until_asleep()
        clock.advance(timedelta(minutes=5))
    await clock.until_asleep()


async def test_a_chore_is_done_when_its_time_comes_and_again_after_it(
    work: Work, clock: ManualClock
) -> None:
    async with keeping(hourly(work), clock):
        await pass_time(clock, 2.5 * HOUR)

    assert work.moments == [START + HOUR, START + 2 * HOUR]


@pytest.mark.parametrize(
    ("trouble", "has_trace"),
    [(StorageError("no room", is_final=False), False), (KeyError("surprise"), True)],
)
async def test_a_chore_that_fails_is_done_again_next_time(
    work: Work,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
    trouble: Exception,
    has_trace: bool,  # noqa: FBT001 - pytest passes parameters by name
) -> None:
    work.trouble = trouble
    async with keeping(hourly(work), clock):
        await pass_time(clock, 2 * HOUR)

    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.getMessage().startswith("The sweep failed; it is done again next time")
    assert (record.exc_info is not None) is has_trace
    assert len(work.moments) == 2


async def test_stopping_while_nothing_is_to_do_does_nothing(work: Work, clock: ManualClock) -> None:
    async with keeping(hourly(work), clock):
        await clock.until_asleep()

    assert work.moments == []


async def test_stopping_before_the_start_is_harmless(work: Work, clock: ManualClock) -> None:
    housekeeper = Housekeeper([hourly(work)], clock)

    await housekeeper.stop(HOUR)
    await housekeeper.run()

    assert work.moments == []


async def test_a_chore_in_hand_is_given_up_after_the_grace(clock: ManualClock) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with keeping(Chore("sweep", hang, lambda now: now), clock):
        await began.wait()

    assert ended.is_set()


async def test_a_clock_that_was_set_is_noticed(work: Work, clock: ManualClock) -> None:
    async with keeping(Chore("backup", work.take, daily_at("03:30")), clock):
        await clock.until_asleep()
        clock.advance(timedelta(days=3))
        await clock.until_asleep()

    assert work.moments == [START + timedelta(days=3)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20T03:29:59+00:00", "2026-11-20T03:30:00+00:00"),
        ("2026-11-20T03:30:00+00:00", "2026-11-21T03:30:00+00:00"),
        ("2026-12-31T12:00:00+00:00", "2027-01-01T03:30:00+00:00"),
    ],
)
def test_a_time_of_day_is_the_next_one_in_utc(now: str, expected: str) -> None:
    assert daily_at("03:30")(datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


def test_what_comes_back_varies_by_a_quarter_and_comes_sooner_at_first() -> None:
    firsts = [about_every(HOUR)(START) - START for _ in range(50)]
    later = []
    for _ in range(50):
        next_at = about_every(HOUR)
        next_at(START)
        later.append(next_at(START) - START)

    assert all(HOUR / 8 <= pause <= HOUR * 5 / 24 for pause in firsts)
    assert all(0.75 * HOUR <= pause <= 1.25 * HOUR for pause in later)
    assert len(set(later)) > 10
