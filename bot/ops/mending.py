"""What stands between the bot and a provider, in words for the operator."""

from typing import Final

from bot.domain import PauseReason
from bot.providers.base import Provider

HAPPENED: Final = {
    PauseReason.KEY: "its key was refused",
    PauseReason.CREDIT: "its credit is used up",
    PauseReason.ADDRESS: "what answers at its address is not its API",
}


def how_to_mend(reason: PauseReason, provider: type[Provider] | Provider) -> str:
    """Say what the operator has to do about a provider that lets nobody in."""
    setting = f"PROVIDERS__{provider.name.upper()}"
    match reason:
        case PauseReason.KEY:
            return f"Set {setting}__API_KEY to a key from your account at {provider.title}."
        case PauseReason.CREDIT:
            return f"Top up your account at {provider.title}."
        case PauseReason.ADDRESS:
            return f"Correct {setting}__BASE_URL; its own is {provider.default_base_url}."
