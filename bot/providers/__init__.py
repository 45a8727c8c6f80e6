"""The providers that the bot knows: one line each."""

from collections.abc import Mapping
from typing import Final

from bot.providers.base import Provider
from bot.providers.geeknow import GeekNowProvider

PROVIDERS: Final[Mapping[str, type[Provider]]] = {
    GeekNowProvider.name: GeekNowProvider,
}
