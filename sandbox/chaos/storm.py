"""One storm: a bot for many members, everything that can happen to it, and what is left."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from bot.domain import FailureKind
from sandbox.bot_process import settings_for
from sandbox.chaos.board import Board
from sandbox.chaos.crowd import Crowd
from sandbox.chaos.keeper import Keeper
from sandbox.chaos.mischief import Mischief
from sandbox.chaos.revival import Revival, Sequel
from sandbox.chaos.trouble import STORM
from sandbox.crash.audit import Audit, log_problems
from sandbox.crash.bookings import times_reached
from sandbox.crash.books import Books, Entries, Pending
from sandbox.crash.cradle import Cradle
from sandbox.crash.databases import PostgresDatabases, SqliteDatabases
from sandbox.crash.desk_audit import DeskAudit
from sandbox.crash.launch import LOG, Launch
from sandbox.crash.weather import StormyFaults, Weather
from sandbox.crash.world_clock import WorldClock
from sandbox.discord_api.server import DiscordStandIn
from sandbox.provider_stand_in import ProviderStandIn
from sandbox.providers import STAND_INS

_RATE: Final = 5.0
_POLL_SECONDS: Final = 1.0
_CLIP_SCALE: Final = 0.05
_FAULTS: Final = 0.12
_CALM_SECONDS: Final = 120.0
"""Of the machine's time, until everything has to be done once the weather is fair."""
_CALM_LEAP: Final = timedelta(seconds=20)
_ACT_SECONDS: Final = 0.35
_MODERATE_SECONDS: Final = 0.4
_UNKNOWN_PRICE: Final = "0.10"
"""In dollars: where money is limited, a model without a price would take no job."""
_RUSH: Final = 4
_RUSH_SECONDS: Final = 0.15
_LOOK_SECONDS: Final = 0.5
_START_SECONDS: Final = 30.0
_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What storm is ordered."""

    minutes: float
    seed: int
    folder: Path
    postgres: str | None = None
    """The address of an empty database, which then has a second process; SQLite without one."""


@dataclass(slots=True)
class Damage:
    """What came of it."""

    engine: str = SqliteDatabases.title
    jobs: int = 0
    states: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    charges: int = 0
    starts: int = 0
    kills: int = 0
    stops: int = 0
    deeds: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    members: Counter[str] = field(default_factory=Counter)
    moderators: Counter[str] = field(default_factory=Counter)
    desk: Counter[str] = field(default_factory=Counter)
    """What there was for them."""
    sequel: Sequel = field(default_factory=Sequel)
    """What came of the backup."""
    leftovers: int = 0
    """Files that wait for the sweep."""
    largest_bytes: int = 0
    growth_bytes: int = 0
    violations: list[str] = field(default_factory=list)


class Storm:
    """A world for one storm."""

    def __init__(
        self, forecast: Forecast, on_look: Callable[[Pending], None] | None = None
    ) -> None:
        self._forecast = forecast
        self._on_look = on_look
        self._clock = WorldClock.make(forecast.folder / "clock", rate=_RATE)
        self._weather = Weather(_FAULTS, forecast.seed, STORM)
        self._chat = DiscordStandIn(clock=self._clock, faults=StormyFaults(self._weather))
        self._providers: list[ProviderStandIn] = [
            entry.stand_in(clock=self._clock, polls_needed=2, clip_scale=_CLIP_SCALE)
            for entry in STAND_INS.values()
        ]
        self._results = forecast.folder / "data" / "results"
        database = forecast.folder / "data" / "bot.sqlite3"
        self._database = None if forecast.postgres else database
        self._books = Books(forecast.postgres) if forecast.postgres else Books.of_file(database)
        self._crowd = Crowd(self._chat, forecast.seed)
        self._board = Board(self._chat, self._crowd.channels, self._crowd.members, forecast.seed)
        self._mischief = Mischief(self._clock, self._database, forecast.seed)
        self._pending = Pending(0, 0, 0, 0)

    async def run(self) -> Damage:
        """Let it blow over."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._books.close)
            await stack.enter_async_context(self._chat)
            for provider in self._providers:
                await stack.enter_async_context(provider)
                self._weather.over(provider)
            keepers = [
                Keeper(await stack.enter_async_context(Cradle()), launch)
                for launch in self._launches()
            ]
            for keeper in keepers:
                await keeper.start()
                # The first one makes the tables.
                await self._chat.wait_for_command("grok", "video", seconds=_START_SECONDS)
            await self._chat.wait_until_connected(_START_SECONDS)
            revival = Revival(
                self._launch(has_gateway=True), self._chat, self._providers, self._clock
            )
            await self._board.set_up()
            await self._blow(keepers, revival)
            settled = await self._calm_down(keepers)
            for keeper in keepers:
                await keeper.stop()
            damage = await self._assess(keepers, settled=settled)
            damage.sequel = await revival.revive(await self._books.read())
            damage.violations += [f"restored: {line}" for line in damage.sequel.violations]
            return damage

    def _launches(self) -> list[Callable[[], Launch]]:
        """Say how each process is started; only PostgreSQL lets a second one in."""
        gateway = partial(self._launch, has_gateway=True)
        worker = partial(self._launch, has_gateway=False)
        return [gateway] if self._forecast.postgres is None else [gateway, worker]

    def _launch(self, *, has_gateway: bool) -> Launch:
        settings = settings_for(self._chat, *self._providers, poll_seconds=_POLL_SECONDS)
        settings["UNKNOWN_PRICE_DOLLARS"] = _UNKNOWN_PRICE
        if self._forecast.postgres is not None:
            settings["DATABASE_URL"] = self._forecast.postgres
        return Launch(
            str(self._forecast.folder), settings, str(self._clock.path), has_gateway=has_gateway
        )

    async def _blow(self, keepers: list[Keeper], revival: Revival) -> None:
        seconds = self._forecast.minutes * _MINUTE
        harm, look = partial(self._harm, keepers), partial(self._look, keepers)
        works = (harm, look, self._act, self._moderate)
        tasks = [asyncio.create_task(self._for_ever(work)) for work in works]
        await asyncio.wait(tasks, timeout=seconds / 2, return_when=asyncio.FIRST_COMPLETED)
        rush = [asyncio.create_task(self._for_ever(self._rush)) for _ in range(_RUSH)]
        await revival.back_up()
        await _end(rush)
        done, _ = await asyncio.wait(
            tasks, timeout=seconds / 2, return_when=asyncio.FIRST_EXCEPTION
        )
        await _end(tasks)
        for task in done:
            task.result()  # only what broke is done before its time

    async def _rush(self) -> None:
        """Let a few more members act, so that a backup has much that is under way."""
        await asyncio.sleep(_RUSH_SECONDS)
        await self._crowd.act(self._pending.jobs)

    async def _for_ever(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await work()

    async def _harm(self, keepers: list[Keeper]) -> None:
        await self._mischief.rest()
        await self._mischief.do_something(keepers)

    async def _act(self) -> None:
        await asyncio.sleep(_ACT_SECONDS)
        await self._crowd.act(self._pending.jobs)

    async def _moderate(self) -> None:
        await asyncio.sleep(_MODERATE_SECONDS)
        await self._board.act()

    async def _look(self, keepers: list[Keeper]) -> None:
        await asyncio.sleep(_LOOK_SECONDS)
        self._pending = await self._books.pending()
        for keeper in keepers:
            keeper.weigh()
        if self._on_look is not None:
            self._on_look(self._pending)

    async def _calm_down(self, keepers: list[Keeper]) -> bool:
        """Let the bot finish in fair weather, with time that runs a little faster."""
        self._weather.chance = 0.0
        for keeper in keepers:
            keeper.go_on()
            if keeper.is_down:
                await keeper.mourn()
                await keeper.start()
        try:
            async with asyncio.timeout(_CALM_SECONDS):
                while not (self._pending.is_nothing or self._pending.is_forgotten):
                    await self._look(keepers)
                    await self._board.clear()
                    self._clock.leap(_CALM_LEAP)
        except TimeoutError:
            return False
        return True

    async def _assess(self, keepers: list[Keeper], *, settled: bool) -> Damage:
        entries = await self._books.read()
        damage = _count(entries)
        if self._forecast.postgres is not None:
            damage.engine = PostgresDatabases.title
        damage.charges = sum(len(provider.charges) for provider in self._providers)
        for keeper in keepers:
            damage.starts += keeper.starts
            damage.kills += keeper.kills
            damage.stops += keeper.stops
            damage.largest_bytes = max(damage.largest_bytes, keeper.weights.largest)
            damage.growth_bytes = max(damage.growth_bytes, keeper.weights.growth)
            damage.violations += keeper.problems
        damage.deeds, damage.faults = self._mischief.done, self._weather.hits
        damage.members, damage.moderators = self._crowd.did, self._board.did
        if not settled:
            damage.violations.append(f"it did not come to rest: {self._pending}")
        audit = Audit(entries, self._chat, self._providers, self._results)
        damage.violations += audit.violations()
        damage.violations += DeskAudit(entries, self._chat).violations()
        damage.leftovers = len(audit.leftovers())
        intruders = await self._books.intruders()
        if intruders:
            damage.violations.append(f"{intruders} connections are open, and nobody runs")
        damage.violations += await self._books.damage()
        damage.violations += log_problems(self._forecast.folder / LOG)
        return damage


def _count(entries: Entries) -> Damage:
    damage = Damage(jobs=len(entries.jobs))
    for job in entries.jobs:
        damage.states[str(job.state if job.failure is None else job.failure.kind)] += 1
        damage.desk["removed videos"] += job.removed_at is not None
    damage.unknown = damage.states[FailureKind.OUTCOME_UNKNOWN]
    damage.desk.update(f"{case.state} cases" for case in entries.cases)
    damage.desk["rows on record"] = len(entries.record)
    damage.desk["limits reached"] = times_reached(entries.limits, entries.bookings)
    return damage


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
