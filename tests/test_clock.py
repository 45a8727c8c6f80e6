from datetime import UTC, datetime

from bot.clock import SystemClock


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)

    now = SystemClock().now()

    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


async def test_a_sleep_ends_also_when_its_moment_has_passed() -> None:
    clock = SystemClock()

    await clock.sleep(-5)
    await clock.sleep(0)
    await clock.sleep(0.001)
