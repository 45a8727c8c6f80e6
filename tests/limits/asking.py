"""People who ask for videos, and what is known when one of them does, made in a line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain import (
    EVERYWHERE,
    Asker,
    Block,
    Denial,
    Gauge,
    Grant,
    Job,
    Limit,
    LimitKind,
    Offer,
    Policy,
    PolicyName,
    Scope,
    Unit,
    ValidRequest,
)
from bot.limits.facts import Facts, Wish, wish_of
from bot.limits.rulebook import Rulebook
from bot.store.reservations import ReservationStore
from tests.factories import (
    CHANNEL,
    GUILD,
    REQUESTER,
    make_asker,
    make_job_id,
    make_origin,
    make_spec,
)
from tests.manual_clock import START
from tests.store.world import World

PRICE = 350_000
SECONDS = 6
MODERATOR = 77
OPERATORS = frozenset({Scope.EVERYWHERE, Scope.PERSON})


@dataclass(frozen=True, slots=True)
class Person:
    """A member in a place."""

    member_id: int = REQUESTER
    guild_id: int = GUILD
    channel_id: int = CHANNEL
    roles: tuple[int, ...] = ()
    parent_channel_id: int | None = None
    category_id: int | None = None

    @property
    def asker(self) -> Asker:
        origin = make_origin(
            guild_id=self.guild_id, channel_id=self.channel_id, requester_id=self.member_id
        )
        return make_asker(
            origin,
            roles=self.roles,
            parent_channel_id=self.parent_channel_id,
            category_id=self.category_id,
        )

    def request(
        self,
        number: int,
        *,
        micros: int | None = PRICE,
        seconds: int = SECONDS,
        alternatives: tuple[Offer, ...] = (),
        repeats: str | None = None,
    ) -> ValidRequest:
        origin = make_origin(
            number,
            guild_id=self.guild_id,
            channel_id=self.channel_id,
            requester_id=self.member_id,
        )
        return ValidRequest(
            origin,
            make_spec(seconds=seconds),
            estimate_micros=micros,
            alternatives=alternatives,
            repeats=repeats,
        )

    async def ask(
        self,
        world: World,
        number: int,
        *,
        bound_micros: int | None = None,
        store: ReservationStore | None = None,
        **wanted: Any,  # noqa: ANN401 - what `request` takes
    ) -> Job | Denial:
        """Ask for a job with that number; the same number again is the same interaction."""
        return await world.ask(
            make_job_id(number),
            self.request(number, **wanted),
            asker=self.asker,
            bound_micros=bound_micros,
            store=store,
        )

    async def get(self, world: World, number: int, **wanted: Any) -> Job:  # noqa: ANN401 - as above
        """Ask for a job that is let in."""
        made = await self.ask(world, number, **wanted)
        assert isinstance(made, Job)
        return made

    async def lack(self, world: World, number: int, **wanted: Any) -> Denial:  # noqa: ANN401 - as above
        """Ask for a job that is turned away."""
        made = await self.ask(world, number, **wanted)
        assert isinstance(made, Denial)
        return made


def limit(
    amount: int,
    scope: Scope = Scope.SERVER,
    kind: LimitKind = LimitKind.DAY,
    unit: Unit = Unit.JOBS,
    target_id: int = GUILD,
) -> Limit:
    is_operators = scope in OPERATORS
    return Limit(
        guild_id=EVERYWHERE if is_operators else GUILD,
        scope=scope,
        target_id=0 if is_operators else target_id,
        kind=kind,
        unit=unit,
        amount=amount,
        set_by_id=None if is_operators else MODERATOR,
        set_at=START,
    )


def gauge(of: Limit, used: int = 0, granted: int = 0, until: datetime | None = None) -> Gauge:
    return Gauge(of, used, granted=granted, until=until)


def policy(
    name: PolicyName, value: object, scope: Scope = Scope.SERVER, target_id: int = GUILD
) -> Policy:
    is_operators = scope in OPERATORS
    return Policy(
        guild_id=EVERYWHERE if is_operators else GUILD,
        scope=scope,
        target_id=0 if is_operators else target_id,
        name=name,
        value=value,
        set_by_id=None if is_operators else MODERATOR,
        set_at=START,
    )


def facts(
    *policies: Policy,
    gauges: Sequence[Gauge] = (),
    grants: Sequence[Grant] = (),
    roles: Collection[int] = (),
    asker: Asker | None = None,
    block: Block | None = None,
) -> Facts:
    return Facts(
        now=START,
        asker=asker or make_asker(roles=roles),
        book=Rulebook(tuple(one.limit for one in gauges), policies),
        gauges=tuple(gauges),
        grants=tuple(grants),
        block=block,
    )


def wish(
    *,
    micros: int | None = PRICE,
    seconds: int = SECONDS,
    resolution: str = "720p",
    images: int = 0,
    alternatives: tuple[Offer, ...] = (),
    bound_micros: int | None = None,
) -> Wish:
    request = Person().request(1, micros=micros, seconds=seconds, alternatives=alternatives)
    sized = replace(request, spec=replace(request.spec, resolution=resolution))
    return replace(wish_of(sized, bound_micros=bound_micros), images=images)


def only(*items: int | str) -> dict[str, object]:
    return {"mode": "only", "items": list(items)}


def all_but(*items: int | str) -> dict[str, object]:
    return {"mode": "except", "items": list(items)}
