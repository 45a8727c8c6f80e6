"""The providers that the bot knows: one line each."""

from collections.abc import Mapping
from typing import Final

from bot.errors import ConfigurationError, InvalidRequestError
from bot.providers.base import Provider
from bot.providers.catalogue import CATALOGUE
from bot.providers.geeknow import GeekNowProvider
from bot.settings import Settings

PROVIDERS: Final[Mapping[str, type[Provider]]] = {
    GeekNowProvider.name: GeekNowProvider,
}


def check_default_model(settings: Settings) -> None:
    """Check that members who name no model get one.

    Raises:
        ConfigurationError: DEFAULT_MODEL names none of those there are keys for.
    """
    with_keys = [name for name, given in settings.providers.items() if given.api_key is not None]
    if settings.default_model is None or not with_keys:
        return
    try:
        CATALOGUE.offered(with_keys).find(settings.default_model)
    except InvalidRequestError as error:
        raise ConfigurationError(f"DEFAULT_MODEL will not do. {error}") from error
