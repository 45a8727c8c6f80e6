import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import product
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain import (
    Cancelled,
    Charge,
    Denial,
    Failure,
    FailureKind,
    Job,
    JobState,
    Limit,
    LimitKind,
    Offer,
    PolicyName,
    Scope,
    Unit,
)
from bot.store.engines.engine import open_database
from bot.store.moderation.policies import Where, server
from tests.factories import GUILD, make_job_id, make_spec, make_video
from tests.limits.asking import MODERATOR, OPERATORS, Person, limit
from tests.limits.rows import overdrawn, passed, read_rows
from tests.manual_clock import ManualClock
from tests.store.engines import Engine
from tests.store.world import World, make_world

Value = TypeVar("Value")
ROLE = 55
PEOPLE = (
    Person(33, roles=(ROLE,)),
    Person(34, channel_id=23, roles=(ROLE,)),
    Person(33, 12, 24),
)
TARGETS = {Scope.SERVER: GUILD, Scope.CHANNEL: 22, Scope.ROLE: ROLE, Scope.MEMBER: 34}
AMOUNTS = {Unit.JOBS: (1, 2, 4), Unit.SECONDS: (6, 13, 25), Unit.MONEY: (400_000, 999_999)}
COOLDOWNS = {Unit.JOBS: (30,), Unit.SECONDS: (10,), Unit.MONEY: (500,)}
LIMITS = [
    limit(amount, scope, kind, unit, TARGETS.get(scope, 0))
    for scope, kind, unit in product(Scope, LimitKind, Unit)
    for amount in (COOLDOWNS if kind is LimitKind.COOLDOWN else AMOUNTS)[unit]
]
PRICES = (0, 70_000, 350_000, None)
BOUND = 300_000
AT_ONCE = dict.fromkeys(JobState, timedelta(0))
"""Leases that are over at once: there is one worker."""


class LimitsUnderStress(RuleBasedStateMachine):
    """People who ask, and jobs that end in every way, over the real stores."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.open = AsyncExitStack()
        opening = self.open.enter_async_context(open_database(self.engine.migrated()))
        self.database = self.wait(opening)
        self.clock = ManualClock()
        self.world: World = make_world(self.database, self.clock)
        self.limits: list[Limit] = []
        self.asked: list[tuple[int, Person, dict[str, Any]]] = []
        self.spend: dict[str, int] = {}
        """What each job costs as far as the model knows."""

    def wait(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self.loop.run(work)

    @initialize(chosen=st.lists(st.sampled_from(LIMITS), min_size=1, max_size=4))
    def set_limits(self, chosen: list[Limit]) -> None:
        for one in chosen:
            where = Where(one.guild_id, one.scope, one.target_id)
            by_id = None if one.scope in OPERATORS else MODERATOR
            work = self.world.policies.set_limit(where, one.kind, one.unit, one.amount, by_id)
            self.wait(work)
        # Of two amounts for the same the second one is left.
        last = {(one.scope, one.kind, one.unit): one for one in chosen}
        self.limits = list(last.values())

    @rule(above=st.sampled_from([100_000, 10**12]))
    def ask_about_prices(self, above: int) -> None:
        name = PolicyName.CONFIRM_ABOVE
        self.wait(self.world.policies.set_policy(server(GUILD), name, above, MODERATOR))

    @rule(
        who=st.sampled_from(PEOPLE),
        micros=st.sampled_from(PRICES),
        seconds=st.sampled_from([1, 6]),
        other=st.sampled_from([0, 0, 90_000, 350_000]),
    )
    def ask(self, who: Person, micros: int | None, seconds: int, other: int) -> None:
        offer = Offer(make_spec(provider="other", model="other-1", seconds=8), other)
        wanted: dict[str, Any] = {
            "micros": micros,
            "seconds": seconds,
            "alternatives": (offer,) * bool(other),
        }
        number = len(self.asked) + 1
        self.asked.append((number, who, wanted))
        made = self.wait(who.ask(self.world, number, bound_micros=BOUND, **wanted))
        if isinstance(made, Job):
            self.spend[made.id] = max(BOUND if micros is None else micros, other)

    @precondition(lambda self: self.asked)
    @rule(pick=st.integers(0, 99))
    def deliver_again(self, pick: int) -> None:
        number, who, wanted = self.asked[pick % len(self.asked)]
        if make_job_id(number) not in self.spend:
            return
        made = self.wait(who.ask(self.world, number, bound_micros=BOUND, **wanted))
        assert not isinstance(made, Denial)
        assert made.id == make_job_id(number)

    @rule(
        who=st.sampled_from(PEOPLE),
        unit=st.sampled_from(list(Unit)),
        size=st.integers(0, 1),
        hours=st.sampled_from([1, 30]),
    )
    def grant(self, who: Person, unit: Unit, size: int, hours: int) -> None:
        granting = self.world.members.grant(
            who.guild_id,
            who.member_id,
            unit=unit,
            amount=AMOUNTS[unit][size],
            expires_at=self.clock.now() + timedelta(hours=hours),
            reason="",
            by_id=MODERATOR,
        )
        self.wait(granting)

    @rule(seconds=st.sampled_from([1, 61, 901, 43_200, 86_400, 31 * 86_400, -3_600, -86_400]))
    def time_passes_or_is_set_back(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @rule()
    def restart(self) -> None:
        self.world = make_world(self.database, self.clock)

    @precondition(lambda self: self.spend)
    @rule(pick=st.integers(0, 99), says_yes=st.booleans())
    def answer_about_a_price(self, pick: int, *, says_yes: bool) -> None:
        job_id = list(self.spend)[pick % len(self.spend)]
        if says_yes:
            _, who, _ = next(one for one in self.asked if make_job_id(one[0]) == job_id)
            self.wait(self.world.holds.confirm(job_id, who.asker))
        elif self.wait(self.world.holds.decline(job_id)):
            self.spend[job_id] = 0

    @precondition(lambda self: self.spend)
    @rule(pick=st.integers(0, 99))
    def cancel(self, pick: int) -> None:
        job_id = list(self.spend)[pick % len(self.spend)]
        if self.wait(self.world.jobs.cancel(job_id)) is Cancelled.FREE:
            self.spend[job_id] = 0

    @rule(choice=st.integers(0, 99), share=st.sampled_from([None, 0, 50, 100]))
    def work(self, choice: int, share: int | None) -> None:
        """Take every job that is due one step on; it costs that share of what was reserved."""
        for job in self.wait(self.world.jobs.claim(64, AT_ONCE)):
            spend = self.spend[job.id]
            cost = None if share is None else spend * share // 100
            self.wait(self.step(job, choice, cost))

    async def step(self, job: Job, choice: int, cost: int | None) -> None:
        jobs, now = self.world.jobs, self.clock.now()
        match job.state:
            case JobState.RESERVED if job.held_for is not None:
                await jobs.expire(job)
                self.spend[job.id] = 0
            case JobState.RESERVED:
                await jobs.start_submitting(job)
            case JobState.SUBMITTING if choice % 4 == 0:
                back = await jobs.put_back(job, now, detail="busy")
                self.free(back)
            case JobState.SUBMITTING if choice % 4 == 1 and job.alternatives:
                self.free(await jobs.turn_to(job, job.alternatives[0], detail="away"))
            case JobState.SUBMITTING if choice % 4 != 2:
                await jobs.mark_rendering(job, "ref", now)
            case JobState.RENDERING if choice % 4 != 2:
                await jobs.mark_rendered(job, None, cost_micros=cost)
            case JobState.RENDERED if choice % 4 != 2:
                await jobs.mark_stored(job, make_video())
                self.settle(job, job.cost_micros)
            case _:
                charge = list(Charge)[choice % len(Charge)]
                failure = Failure(FailureKind.REFUSED, charge, "why")
                failed = await jobs.fail(job, failure, cost_micros=cost)
                if charge is Charge.NONE:
                    self.spend[job.id] = 0
                elif charge is Charge.MADE:
                    self.settle(job, failed.cost_micros)

    def free(self, job: Job) -> None:
        """Note that a job which was to be cancelled was not started."""
        if job.state is JobState.FAILED:
            self.spend[job.id] = 0

    def settle(self, job: Job, cost: int | None) -> None:
        made = job.estimate_micros if cost is None else cost
        if made is not None:
            self.spend[job.id] = made

    @invariant()
    def no_limit_was_ever_passed_and_the_rows_are_the_spend(self) -> None:
        rows = self.wait(read_rows(self.database))

        assert [one for one in self.limits if passed(one, PEOPLE, rows)] == []
        assert {row.job_id: row.taken[Unit.MONEY] for row in rows} == self.spend
        assert self.wait(overdrawn(self.database)) == []

    def teardown(self) -> None:
        self.wait(self.open.aclose())
        self.loop.close()


def test_whatever_happens_no_limit_is_passed_by_one(engine: Engine) -> None:
    LimitsUnderStress.engine = engine

    run_state_machine_as_test(
        LimitsUnderStress,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
