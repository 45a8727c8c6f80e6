from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Measured, Mode, Span, VideoSpec, usual_span
from bot.domain.outlook import COUNTED, ENOUGH
from tests.factories import make_spec

LONGEST = 10_000
TOOK = st.integers(0, LONGEST).map(lambda seconds: timedelta(seconds=seconds))
CLOSE = timedelta(milliseconds=1)
"""More than floating-point numbers lose."""


def measured(
    took: timedelta, *, mode: Mode = Mode.TEXT, seconds: int = 6, resolution: str = "720p"
) -> Measured:
    return Measured(mode, seconds, resolution, took)


def minutes(*several: float) -> list[Measured]:
    return [measured(timedelta(minutes=one)) for one in several]


SPECS = st.builds(make_spec, seconds=st.integers(5, 6), mode=st.sampled_from(Mode))
JOBS = st.lists(
    st.builds(
        Measured,
        st.sampled_from(Mode),
        st.integers(5, 6),
        st.sampled_from(["720p", "1080p"]),
        TOOK,
    ),
    max_size=4 * COUNTED,
)


@pytest.mark.parametrize("count", range(ENOUGH))
def test_of_too_few_nothing_is_usual(count: int) -> None:
    assert usual_span(minutes(*range(count))) is None


def test_what_is_usual_goes_from_the_tenth_to_the_ninetieth_percentile() -> None:
    assert usual_span(minutes(*range(11))) == Span(timedelta(minutes=1), timedelta(minutes=9))


def test_one_that_took_for_ever_does_not_make_that_usual() -> None:
    usual = usual_span(minutes(*[2] * 20, 24 * 60))

    assert usual == Span(timedelta(minutes=2), timedelta(minutes=2))


def test_only_the_newest_count() -> None:
    usual = usual_span(minutes(*[1] * COUNTED, *[60] * COUNTED))

    assert usual == Span(timedelta(minutes=1), timedelta(minutes=1))


def test_those_count_that_are_most_alike_once_there_are_enough() -> None:
    short = [measured(timedelta(minutes=1), seconds=6)] * ENOUGH
    long = [measured(timedelta(minutes=9), seconds=15)] * (ENOUGH - 1)

    spec, longer = make_spec(seconds=6), make_spec(seconds=15)

    assert usual_span(short + long, spec) == Span(timedelta(minutes=1), timedelta(minutes=1))
    mixed = usual_span(short + long, longer)
    assert mixed is not None
    assert mixed.longest == timedelta(minutes=9)


def test_a_resolution_is_told_apart_before_the_length() -> None:
    small = [measured(timedelta(minutes=1))] * ENOUGH
    large = [measured(timedelta(minutes=4), resolution="1080p")] * ENOUGH

    assert usual_span(small + large, make_spec()) == Span(
        timedelta(minutes=1), timedelta(minutes=1)
    )


@given(JOBS, SPECS)
def test_what_is_usual_lies_within_what_was_measured(jobs: list[Measured], spec: VideoSpec) -> None:
    usual = usual_span(jobs, spec)

    assert (usual is None) == (len(jobs) < ENOUGH)
    if usual is not None:
        took = [one.took for one in jobs]
        assert min(took) - CLOSE <= usual.shortest <= usual.longest <= max(took) + CLOSE


@given(st.lists(TOOK, min_size=ENOUGH, max_size=COUNTED))
def test_the_order_of_what_counts_makes_no_difference(took: list[timedelta]) -> None:
    jobs = [measured(one) for one in took]

    assert usual_span(jobs) == usual_span(sorted(jobs, key=lambda one: one.took))


@given(st.lists(TOOK, min_size=ENOUGH, max_size=COUNTED))
def test_most_of_what_counts_is_within_and_at_most_a_fifth_without(took: list[timedelta]) -> None:
    usual = usual_span([measured(one) for one in took])

    assert usual is not None
    faster = sum(one < usual.shortest - CLOSE for one in took)
    slower = sum(one > usual.longest + CLOSE for one in took)
    assert faster <= len(took) / 10 + 1
    assert slower <= len(took) / 10 + 1


@given(st.lists(TOOK, min_size=ENOUGH, max_size=COUNTED), TOOK)
def test_a_service_that_became_slower_is_said_to_be_slower(
    took: list[timedelta], more: timedelta
) -> None:
    before = usual_span([measured(one) for one in took])
    after = usual_span([measured(one + more) for one in took])

    assert before is not None
    assert after is not None
    assert abs(after.shortest - before.shortest - more) < CLOSE
    assert abs(after.longest - before.longest - more) < CLOSE
