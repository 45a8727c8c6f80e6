"""Bad weather on both sides: replies that are lost, before or after what was asked was done.

No fault lies. A provider that took a job and its money never says that it took nothing; it is
silent, or says something that says nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from sandbox.canned import CannedReply, Script
from sandbox.discord_api.faults import Fault, Faults
from sandbox.provider_stand_in import ProviderStandIn

_PAGE: Final = "<html>bad gateway</html>"
_SLOW_DOWN: Final = CannedReply(429, {"message": "slow down"})


@dataclass(frozen=True, slots=True)
class Climate:
    """What can go wrong, by what was asked."""

    create: Sequence[CannedReply]
    """The paid call."""
    query: Sequence[CannedReply]
    """A question about a job."""
    file: Sequence[CannedReply]
    """A download."""
    messages: Sequence[Fault]
    """Calls of Discord's."""


LOST_REPLIES: Final = Climate(
    create=(
        _SLOW_DOWN,
        CannedReply(drop=True),
        CannedReply(drop=True, accepts=True),
        CannedReply(504, _PAGE, accepts=True),
        CannedReply(half=True, accepts=True),
    ),
    query=(_SLOW_DOWN, CannedReply(drop=True), CannedReply(502, _PAGE), CannedReply(half=True)),
    file=(CannedReply(drop=True), CannedReply(502, _PAGE), CannedReply(half=True)),
    # discord.py sends none of these again by itself.
    messages=tuple(
        Fault("*", "/channels/**", status=status, drop=status is None, after_commit=is_late)
        for status in (None, 503)
        for is_late in (False, True)
    ),
)
"""Replies that don't come, and some that say nothing or "later"."""


class Weather:
    """How often something goes wrong: by chance, and the same for the same seed."""

    def __init__(self, chance: float, seed: int, climate: Climate = LOST_REPLIES) -> None:
        self.chance = chance
        """0 is a fair day."""
        self.climate = climate
        self.random = Random(seed)  # noqa: S311 - repeatable on purpose
        self.hits: Counter[str] = Counter()
        """How often something went wrong, by what was asked."""

    def strikes(self, what: str) -> bool:
        """Whether `what` goes wrong this time."""
        if self.random.random() >= self.chance:
            return False
        self.hits[what] += 1
        return True

    def over(self, provider: ProviderStandIn) -> None:
        """Let a provider have this weather."""
        climate = self.climate
        provider.on_create = StormyScript(self, "create", climate.create)
        provider.on_query = StormyScript(self, "query", climate.query)
        provider.on_file = StormyScript(self, "file", climate.file)
        provider.on_content = StormyScript(self, "file", climate.file)


class StormyScript(Script):
    """The answers to one kind of request, with weather over them."""

    def __init__(self, weather: Weather, what: str, faults: Sequence[CannedReply]) -> None:
        super().__init__()
        self._weather = weather
        self._what = what
        self._faults = faults

    def choose(self) -> CannedReply | None:
        """Choose by the weather, and by the script when that is fair."""
        if self._weather.strikes(self._what):
            return self._weather.random.choice(self._faults)
        return super().choose()


class StormyFaults(Faults):
    """Discord with weather over it."""

    def __init__(self, weather: Weather) -> None:
        super().__init__()
        self._weather = weather

    def take(self, method: str, path: str) -> Fault | None:
        """Choose by the weather, and what waits for this request when that is fair."""
        faults = self._weather.climate.messages
        could = [fault for fault in faults if fault.matches(method, path)]
        if could and self._weather.strikes("discord"):
            return self._weather.random.choice(could)
        return super().take(method, path)
