"""The ledger read from outside: what each job took, and whether that is what it came to."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.domain import Charge, Cost, EntryKind, Job, Limit, LimitKind, Scope

NOTHING: Final = Cost()


@dataclass(frozen=True, slots=True)
class Booking:
    """One row of the ledger."""

    job_id: str
    kind: EntryKind
    guild_id: int
    channel_id: int
    member_id: int
    cost: Cost
    counted_at: datetime


def booking_from(row: sa.RowMapping) -> Booking:
    """Read one row of `ledger`."""
    return Booking(
        row["job_id"],
        EntryKind(row["kind"]),
        row["guild_id"],
        row["channel_id"],
        row["member_id"],
        Cost(row["jobs"], row["seconds"], row["micros"]),
        row["counted_at"],
    )


def ledger_problems(jobs: Sequence[Job], bookings: Sequence[Booking]) -> Iterator[str]:
    """Hold the rows of each job against how it ended."""
    rows_of: dict[str, list[Booking]] = defaultdict(list)
    for booking in bookings:
        rows_of[booking.job_id].append(booking)
    for job in jobs:
        rows = rows_of[job.id]
        reserves = [one for one in rows if one.kind is EntryKind.RESERVE]
        if len(reserves) != 1:
            yield f"job {job.id} was booked {len(reserves)} times"
        elif not job.is_open:
            booked, wanted = _sum(rows), _outcome(job, reserves[0].cost)
            if booked != wanted:
                yield f"job {job.id} is booked as {booked} and came to {wanted}"


def limit_problems(limits: Sequence[Limit], bookings: Sequence[Booking]) -> Iterator[str]:
    """Let each job in once more, in order, and see which one a daily limit had no room for.

    A row of which a job could not know yet only makes this milder: what comes back does so later.
    """
    for limit, booking, total in _totals(limits, bookings):
        if total > limit.amount:
            what = f"{limit.scope} {limit.kind}/{limit.unit} of {limit.amount}"
            yield f"job {booking.job_id} went past {what}: {total}"


def times_reached(limits: Sequence[Limit], bookings: Sequence[Booking]) -> int:
    """Count the jobs after which a daily limit had no room for another one like it."""
    return sum(
        total + booking.cost.of(limit.unit) > limit.amount
        for limit, booking, total in _totals(limits, bookings)
    )


def _totals(
    limits: Sequence[Limit], bookings: Sequence[Booking]
) -> Iterator[tuple[Limit, Booking, int]]:
    """Say for each daily limit and each job under it what was used with that job."""
    for limit in (one for one in limits if one.kind is LimitKind.DAY):
        for number, booking in enumerate(bookings, start=1):
            if booking.kind is EntryKind.RESERVE and _is_under(limit, booking):
                used = _sum([one for one in bookings[:number] if _is_with(limit, one, booking)])
                yield limit, booking, used.of(limit.unit)


def _outcome(job: Job, reserved: Cost) -> Cost:
    charge = Charge.MADE if job.failure is None else job.failure.charge
    match charge:
        case Charge.NONE:
            return NOTHING
        case Charge.POSSIBLE:
            return reserved
        case Charge.MADE:
            prices = (job.cost_micros, job.estimate_micros, reserved.micros)
            price = next(one for one in prices if one is not None)
            return Cost(1, job.spec.seconds, price)


def _is_under(limit: Limit, booking: Booking) -> bool:
    """Whether a limit is about a job; of roles only the one that everybody has."""
    if limit.guild_id != booking.guild_id or booking.counted_at < limit.set_at:
        return False
    match limit.scope:
        case Scope.SERVER:
            return True
        case Scope.MEMBER:
            return limit.target_id == booking.member_id
        case Scope.CHANNEL:
            return limit.target_id == booking.channel_id
        case Scope.ROLE:
            return limit.target_id == booking.guild_id
        case Scope.EVERYWHERE | Scope.PERSON:
            return False


def _is_with(limit: Limit, other: Booking, booking: Booking) -> bool:
    """Whether another row counts for a limit at the moment of a job."""
    is_same_day = other.counted_at.date() >= booking.counted_at.date()
    is_each_members = limit.scope in {Scope.ROLE, Scope.MEMBER}
    is_theirs = not is_each_members or other.member_id == booking.member_id
    is_here = limit.scope is not Scope.CHANNEL or other.channel_id == booking.channel_id
    return other.guild_id == booking.guild_id and is_same_day and is_theirs and is_here


def _sum(bookings: Sequence[Booking]) -> Cost:
    return Cost(
        sum(one.cost.jobs for one in bookings),
        sum(one.cost.seconds for one in bookings),
        sum(one.cost.micros for one in bookings),
    )
