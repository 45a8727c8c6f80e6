"""From settings to providers that can be called: addresses, keys and timing."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import aiohttp

from bot.errors import ConfigurationError
from bot.providers import PROVIDERS
from bot.providers.base import PollSchedule, Provider
from bot.providers.client import ApiClient
from bot.settings import ProviderSettings, Settings

_NOTHING_GIVEN = ProviderSettings()


def connect(settings: Settings, session: aiohttp.ClientSession) -> Mapping[str, Provider]:
    """Make every provider that has a key, in the order of the registry.

    Raises:
        ConfigurationError: A setting names no provider, or a key or an address will not do.
    """
    unknown = settings.providers.keys() - PROVIDERS.keys()
    if unknown:
        raise ConfigurationError(
            f"PROVIDERS__{min(unknown).upper()}__… names no provider of this bot. "
            f"It knows {', '.join(PROVIDERS)}."
        )
    providers = {}
    for name, kind in PROVIDERS.items():
        given = settings.providers.get(name, _NOTHING_GIVEN)
        if given.api_key is not None:
            base_url = given.base_url or kind.default_base_url
            providers[name] = kind(ApiClient(session, base_url=base_url, api_key=given.api_key))
    return providers


@asynccontextmanager
async def open_providers(settings: Settings) -> AsyncIterator[Mapping[str, Provider]]:
    """Make the same on connections of their own, and close these at the end.

    Raises:
        ConfigurationError: A setting names no provider, or a key or an address will not do.
    """
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield connect(settings, session)


def schedule_of(kind: type[Provider], settings: Settings) -> PollSchedule:
    """Take a provider's schedule, with what the settings replace."""
    given = settings.providers.get(kind.name, _NOTHING_GIVEN)
    wanted = {
        "first": _duration(given.first_poll_seconds, timedelta(seconds=1)),
        "interval": _duration(given.poll_seconds, timedelta(seconds=1)),
        "soft_deadline": _duration(given.soft_deadline_minutes, timedelta(minutes=1)),
        "hard_deadline": _duration(given.hard_deadline_hours, timedelta(hours=1)),
    }
    return replace(kind.schedule, **{name: one for name, one in wanted.items() if one is not None})


def requests_per_minute_of(kind: type[Provider], settings: Settings) -> float:
    """Tell how often a provider's key may be called."""
    given = settings.providers.get(kind.name, _NOTHING_GIVEN)
    return given.requests_per_minute or kind.requests_per_minute


def _duration(count: float | None, unit: timedelta) -> timedelta | None:
    return None if count is None else count * unit
