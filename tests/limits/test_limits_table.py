"""Every limit that can be set: each scope, each kind and each unit, counted from rows."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bot.domain import EVERYWHERE, Cost, Job, JobState, LimitKind, Refusal, Scope, Unit
from bot.store.moderation.policies import Where
from tests.factories import CHANNEL, GUILD, REQUESTER
from tests.limits.asking import MODERATOR, OPERATORS, PRICE, SECONDS, Person
from tests.manual_clock import START
from tests.store.world import World

ROLE = 55
OTHER = 34
ELSEWHERE = 12
MINUTE = timedelta(minutes=1)
COST = Cost(jobs=1, seconds=SECONDS, micros=PRICE)
TARGETS = {
    Scope.EVERYWHERE: 0,
    Scope.PERSON: 0,
    Scope.SERVER: GUILD,
    Scope.CHANNEL: CHANNEL,
    Scope.ROLE: ROLE,
    Scope.MEMBER: REQUESTER,
}
ROOM_FOR_TWO = {Unit.JOBS: 2, Unit.SECONDS: 3 * SECONDS - 1, Unit.MONEY: 1_000_000}
WAITS = {Unit.JOBS: 60, Unit.SECONDS: 10, Unit.MONEY: 171}
"""Each is a minute after one of the jobs, as 171 seconds for $1 are for $0.35."""
ENDS = {
    LimitKind.AT_ONCE: None,
    LimitKind.COOLDOWN: START + MINUTE,
    LimitKind.ROLLING_DAY: START + timedelta(days=1),
    LimitKind.DAY: datetime(2026, 11, 21, tzinfo=UTC),
    LimitKind.MONTH: datetime(2026, 12, 1, tzinfo=UTC),
}
ASKER = Person(roles=(ROLE,))
SHARING = {
    Scope.EVERYWHERE: Person(OTHER, ELSEWHERE, 23),
    Scope.PERSON: Person(REQUESTER, ELSEWHERE, 23),
    Scope.SERVER: Person(OTHER, channel_id=23),
    Scope.CHANNEL: Person(OTHER, channel_id=24, parent_channel_id=CHANNEL),
    Scope.ROLE: Person(channel_id=23, roles=(ROLE,)),
    Scope.MEMBER: Person(channel_id=23),
}
"""Somebody whose jobs count against the same amount."""
NOT_SHARING = {
    Scope.PERSON: Person(OTHER, roles=(ROLE,)),
    Scope.SERVER: Person(REQUESTER, ELSEWHERE),
    Scope.CHANNEL: Person(channel_id=23, roles=(ROLE,)),
    Scope.ROLE: Person(OTHER, roles=(ROLE,)),
    Scope.MEMBER: Person(OTHER, roles=(ROLE,)),
}
"""Somebody who has an amount of their own, or none."""
CELLS = [
    pytest.param(*cell, id=" ".join(cell).replace("_", " "))
    for cell in product(Scope, LimitKind, Unit)
]


def where(scope: Scope) -> Where:
    return Where(EVERYWHERE if scope in OPERATORS else GUILD, scope, TARGETS[scope])


def places(kind: LimitKind) -> int:
    """Tell how many jobs are let in before one is turned away."""
    return 1 if kind is LimitKind.COOLDOWN else 2


async def set_and_fill(world: World, scope: Scope, kind: LimitKind, unit: Unit) -> list[Job]:
    amount = (WAITS if kind is LimitKind.COOLDOWN else ROOM_FOR_TWO)[unit]
    by_id = None if scope in OPERATORS else MODERATOR
    await world.policies.set_limit(where(scope), kind, unit, amount, by_id)
    made = []
    for number in range(1, places(kind) + 1):
        made.append(await ASKER.get(world, number))
        world.clock.advance(timedelta(seconds=1))
    return made


async def finish(world: World, job: Job) -> None:
    """End a job that was paid for."""
    submitting = await world.jobs.start_submitting(await world.claim(job.id))
    await world.jobs.mark_rendering(submitting, "ref", world.clock.now())
    await world.jobs.cancel(job.id)


@pytest.mark.parametrize(("scope", "kind", "unit"), CELLS)
async def test_a_limit_says_no_and_when_it_is_over(
    world: World, scope: Scope, kind: LimitKind, unit: Unit
) -> None:
    first, *_ = await set_and_fill(world, scope, kind, unit)

    denial = await ASKER.lack(world, 8)

    gauge = denial.gauge
    assert gauge is not None
    used = 0 if kind is LimitKind.COOLDOWN else 2 * COST.of(unit)
    assert (denial.refusal, denial.scope, denial.target_id) == (
        Refusal.LIMIT,
        scope,
        TARGETS[scope],
    )
    assert (gauge.limit.kind, gauge.limit.unit) == (kind, unit)
    assert (gauge.used, denial.wanted, denial.until) == (used, COST.of(unit), ENDS[kind])
    assert denial.set_by_id == (None if scope in OPERATORS else MODERATOR)

    if denial.until is None:
        await finish(world, first)
    else:
        world.clock.advance(denial.until - world.clock.now() - timedelta(microseconds=1))
        await ASKER.lack(world, 9)
        world.clock.advance(timedelta(microseconds=1))
    assert (await ASKER.get(world, 10)).state is JobState.RESERVED


@pytest.mark.parametrize(("scope", "kind", "unit"), CELLS)
async def test_a_limit_is_for_whom_it_is_set_and_for_nobody_else(
    world: World, scope: Scope, kind: LimitKind, unit: Unit
) -> None:
    await set_and_fill(world, scope, kind, unit)

    denial = await SHARING[scope].lack(world, 8)

    assert denial.scope is scope
    if scope in NOT_SHARING:
        await NOT_SHARING[scope].get(world, 9)


def test_each_scope_kind_and_unit_has_its_cell() -> None:
    assert len(CELLS) == len(Scope) * len(LimitKind) * len(Unit) == 90
