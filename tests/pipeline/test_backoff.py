from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.pipeline.backoff import backoff

FLOOR = timedelta(seconds=5)
CAP = timedelta(minutes=2)
attempts = st.integers(-3, 10_000)
wishes = st.none() | st.floats(-10, 3600)


@given(attempts, wishes)
def test_a_pause_is_between_its_floor_and_a_tenth_over_what_is_wanted(
    tries: int, wish: float | None
) -> None:
    pause = backoff(tries, floor=FLOOR, cap=CAP, retry_after=wish)

    asked = timedelta(seconds=wish or 0.0)
    assert max(FLOOR, asked) <= pause <= max(CAP, asked) * 1.1


@given(st.integers(0, 30))
def test_each_pause_is_longer_than_the_one_before_until_the_cap(tries: int) -> None:
    pause = backoff(tries, floor=FLOOR, cap=CAP)

    expected = min(FLOOR * 2**tries, CAP)
    assert expected <= pause <= expected * 1.1


def test_pauses_vary_so_that_jobs_do_not_come_back_in_step() -> None:
    assert len({backoff(3, floor=FLOOR, cap=CAP) for _ in range(20)}) > 1
