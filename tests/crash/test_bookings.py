from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import Charge, Cost, EntryKind, Job, JobState, Limit, LimitKind, Scope, Unit
from sandbox.crash.bookings import Booking, ledger_problems, limit_problems, times_reached
from tests.factories import CHANNEL, GUILD, REQUESTER, make_failure, make_job
from tests.manual_clock import START

RESERVED = Cost(1, 8, 500)
MADE = Cost(1, 6, 300)
DAY = timedelta(days=1)


def booking(
    job: Job,
    cost: Cost = RESERVED,
    kind: EntryKind = EntryKind.RESERVE,
    *,
    member_id: int = REQUESTER,
) -> Booking:
    return Booking(job.id, kind, GUILD, CHANNEL, member_id, cost, job.created_at)


def back(cost: Cost) -> Cost:
    return Cost(-cost.jobs, -cost.seconds, -cost.micros)


def ended(charge: Charge | None) -> Job:
    if charge is None:
        return replace(make_job(JobState.POSTED), cost_micros=300)
    failure = make_failure(charge=charge)
    return replace(make_job(JobState.TOLD), failure=failure, cost_micros=300)


SETTLED = Cost(0, -2, -200)


@pytest.mark.parametrize(
    ("charge", "kind", "more"),
    [
        (None, EntryKind.SETTLE, SETTLED),
        (Charge.MADE, EntryKind.SETTLE, SETTLED),
        (Charge.POSSIBLE, None, Cost()),
        (Charge.NONE, EntryKind.REFUND, back(RESERVED)),
    ],
)
def test_rows_that_come_to_what_the_job_came_to_are_good(
    charge: Charge | None, kind: EntryKind | None, more: Cost
) -> None:
    job = ended(charge)
    rows = [booking(job)] + ([] if kind is None else [booking(job, more, kind)])

    assert list(ledger_problems([job], rows)) == []


@pytest.mark.parametrize(
    ("charge", "rows", "wanted"),
    [
        (None, [RESERVED], MADE),
        (Charge.MADE, [RESERVED, back(RESERVED)], MADE),
        (Charge.POSSIBLE, [RESERVED, back(RESERVED)], RESERVED),
        (Charge.NONE, [RESERVED], Cost()),
        (Charge.NONE, [RESERVED, back(RESERVED), back(RESERVED)], Cost()),
    ],
)
def test_rows_that_come_to_something_else_are_found(
    charge: Charge | None, rows: list[Cost], wanted: Cost
) -> None:
    job = ended(charge)
    kinds = [EntryKind.RESERVE, EntryKind.REFUND, EntryKind.REFUND]
    books = [booking(job, cost, kind) for cost, kind in zip(rows, kinds, strict=False)]

    (found,) = ledger_problems([job], books)

    assert found.startswith(f"job {job.id} is booked as ")
    assert found.endswith(f" and came to {wanted}")


@pytest.mark.parametrize("times", [0, 2])
def test_a_job_that_was_not_booked_once_is_found(times: int) -> None:
    job = ended(None)

    found = list(ledger_problems([job], [booking(job)] * times))

    assert found == [f"job {job.id} was booked {times} times"]


def limit(
    scope: Scope = Scope.MEMBER,
    target_id: int = REQUESTER,
    unit: Unit = Unit.JOBS,
    amount: int = 2,
) -> Limit:
    set_at = START - DAY
    return Limit(GUILD, scope, target_id, LimitKind.DAY, unit, amount, None, set_at)


def jobs_of(count: int) -> list[Booking]:
    return [booking(make_job(number=number)) for number in range(1, count + 1)]


LIMITS = [
    limit(),
    limit(Scope.ROLE, GUILD),
    limit(Scope.CHANNEL, CHANNEL),
    limit(Scope.SERVER, GUILD),
    limit(Scope.SERVER, GUILD, Unit.MONEY, 1_400),
    limit(Scope.SERVER, GUILD, Unit.SECONDS, 23),
]


@pytest.mark.parametrize("one", LIMITS, ids=lambda one: f"{one.scope} {one.unit}")
def test_one_job_too_many_is_found(one: Limit) -> None:
    assert list(limit_problems([one], jobs_of(2))) == []
    assert times_reached([one], jobs_of(2)) == 1

    (found,) = limit_problems([one], jobs_of(3))

    assert found.startswith(f"job job0000003 went past {one.scope} day/{one.unit} of {one.amount}:")


@pytest.mark.parametrize(
    "one",
    [
        limit(target_id=REQUESTER + 1),
        limit(Scope.CHANNEL, CHANNEL + 1),
        replace(limit(), guild_id=GUILD + 1),
        replace(limit(), set_at=START + DAY),
        replace(limit(), kind=LimitKind.AT_ONCE),
    ],
)
def test_a_limit_that_is_about_others_is_not_passed(one: Limit) -> None:
    assert list(limit_problems([one], jobs_of(3))) == []


def test_what_was_given_back_before_has_room_again() -> None:
    first, second, third = jobs_of(3)
    refund = replace(first, kind=EntryKind.REFUND, cost=back(first.cost))

    assert list(limit_problems([limit()], [first, second, refund, third])) == []
    assert len(list(limit_problems([limit()], [first, second, third, refund]))) == 1


def test_another_day_has_room_again_and_another_member_has_their_own() -> None:
    first, second, third = jobs_of(3)
    tomorrow = replace(third, counted_at=third.counted_at + DAY)
    other = replace(third, member_id=REQUESTER + 1)

    assert list(limit_problems([limit()], [first, second, tomorrow])) == []
    assert list(limit_problems([limit(Scope.ROLE, GUILD)], [first, second, other])) == []
