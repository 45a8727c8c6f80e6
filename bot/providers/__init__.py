"""The providers that the bot knows: one line each."""

from collections.abc import Iterable, Mapping
from pkgutil import resolve_name
from typing import Final

from bot.errors import ConfigurationError, InvalidRequestError
from bot.providers.base import Provider
from bot.providers.catalogue import LOOKS, Catalogue, with_looks
from bot.providers.overrides import load_catalogue
from bot.settings import Settings

# The first model of the first one that has a key is what members get who name none.
_REGISTRY: Final = (
    "bot.providers.geeknow:GeekNowProvider",
    "bot.providers.xai:XaiProvider",
    "bot.providers.cometapi:CometApiProvider",
    "bot.providers.kyy:GlobalAiOpcProvider",
    "bot.providers.kyy:XingchaoProvider",
)


PROVIDERS: Final[Mapping[str, type[Provider]]] = {
    kind.name: kind for kind in map(resolve_name, _REGISTRY)
}


def catalogue_of(kinds: Iterable[type[Provider]]) -> Catalogue:
    """Put together what the adapters know to be possible."""
    return with_looks([entry for kind in kinds for entry in kind.models], LOOKS)


CATALOGUE: Final = catalogue_of(PROVIDERS.values())
"""What can be had, before the operator's own changes."""


def read_catalogue(settings: Settings) -> Catalogue:
    """Take the catalogue with the changes of the operator's file, if there is one.

    Raises:
        ConfigurationError: The file will not do; the text says where.
    """
    return load_catalogue(CATALOGUE, settings.models_file, PROVIDERS)


def with_keys(settings: Settings) -> frozenset[str]:
    """Name the providers that there is a key for."""
    return frozenset(
        name for name, given in settings.providers.items() if given.api_key is not None
    )


def check_default_model(settings: Settings) -> None:
    """Check that members who name no model get one.

    Raises:
        ConfigurationError: DEFAULT_MODEL is no model and no look of those there are keys for, or
            the operator's file will not do.
    """
    offered = read_catalogue(settings).offered(with_keys(settings))
    if settings.default_model is None or not with_keys(settings):
        return
    try:
        offered.choose(settings.default_model)
    except InvalidRequestError as error:
        raise ConfigurationError(f"DEFAULT_MODEL will not do. {error}") from error
