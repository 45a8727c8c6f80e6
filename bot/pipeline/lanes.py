"""What the pipeline has of each provider: the adapter, its timing and its rate."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.pipeline.rate import RateGate
from bot.providers import PROVIDERS
from bot.providers.base import PollSchedule, Provider
from bot.providers.connections import requests_per_minute_of, schedule_of
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Lane:
    """One provider with its one key."""

    title: str
    """As people read it."""
    provider: Provider | None
    """None without a key; a job that it took waits until there is one again."""
    schedule: PollSchedule
    gate: RateGate


def open_lanes(settings: Settings, providers: Mapping[str, Provider]) -> Mapping[str, Lane]:
    """Make a lane for every provider that the bot knows, with or without a key."""
    return {
        name: Lane(
            title=kind.title,
            provider=providers.get(name),
            schedule=schedule_of(kind, settings),
            gate=RateGate(requests_per_minute_of(kind, settings)),
        )
        for name, kind in PROVIDERS.items()
    }
