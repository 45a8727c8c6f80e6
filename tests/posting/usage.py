"""Usage as the store would count it."""

from datetime import UTC, date, datetime, timedelta

from bot.domain import DayUsage, Usage, UsageLine

FIRST = date(2026, 11, 1)


def make_line(label: str, *, jobs: int) -> UsageLine:
    return UsageLine(label, jobs=jobs, seconds=jobs * 8, micros=jobs * 400_000, unpriced=0)


def make_usage(
    *,
    days: int = 1,
    jobs: int = 10,
    models: tuple[UsageLine, ...] = (),
    members: tuple[UsageLine, ...] = (),
    total: UsageLine | None = None,
) -> Usage:
    """Make so many jobs on each of so many days."""
    since = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    return Usage(
        since=since,
        until=since + timedelta(days=days),
        days=tuple(
            DayUsage(FIRST + timedelta(days=day), jobs, jobs * 8, jobs * 400_000)
            for day in range(days)
        ),
        models=models,
        members=members,
        total=make_line("Total", jobs=jobs * days) if total is None else total,
    )
