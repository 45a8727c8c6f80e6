"""Asks every provider with a key, by a call that costs nothing, whether it takes the key."""

import asyncio
from typing import Final

from bot.errors import ProviderAccessError, UnreachableError
from bot.ops.finding import Finding
from bot.ops.mending import HAPPENED, how_to_mend
from bot.providers import PROVIDERS
from bot.providers.base import KeyCheck, Provider
from bot.providers.connections import open_providers
from bot.settings import Settings

_SECONDS: Final = 20.0


async def check_keys(settings: Settings, *, seconds: float = _SECONDS) -> list[Finding]:
    """Check all keys at once, each for at most `seconds`; one finding a key.

    Raises:
        ConfigurationError: A key or an address can't even be tried.
    """
    if settings.providers.keys() - PROVIDERS.keys():
        # Whoever lists the providers says so already.
        return []
    async with open_providers(settings) as providers:
        checks = (_check(provider, seconds) for provider in providers.values())
        return list(await asyncio.gather(*checks))


async def _check(provider: Provider, seconds: float) -> Finding:
    what = f"{provider.title} key"
    again = f"Run the doctor again later; see whether {provider.title} has an outage."
    try:
        async with asyncio.timeout(seconds):
            verdict = await provider.check_key()
    except TimeoutError:
        return Finding(what, f"could not be reached: no answer in {seconds:g} seconds", again)
    except UnreachableError:
        return Finding(what, "could not be reached: no usable answer", again)
    except ProviderAccessError as error:
        fix = how_to_mend(error.reason, provider)
        return Finding(what, HAPPENED[error.reason], fix)
    match verdict:
        case KeyCheck.GOOD:
            return Finding(what, "key accepted")
        case KeyCheck.NOT_POSSIBLE:
            return Finding(
                what,
                f"no free check is known for {provider.title}; "
                "only a paid job shows whether its key is good",
            )
