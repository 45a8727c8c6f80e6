"""Addresses that are for development only: taken where the settings name them, said loudly."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.errors import ConfigurationError
from bot.media.addresses import is_public
from bot.providers import PROVIDERS
from bot.settings import ProviderSettings, Settings


def with_base_url(settings: Settings, provider: str, base_url: str) -> Settings:
    """Return `settings` with another address for one provider.

    Raises:
        ConfigurationError: No key may go there; the text says what to set.
    """
    host = _host(base_url)
    if _is_private(base_url) and host not in settings.allow_private_hosts:
        raise ConfigurationError(
            f"{host} is not on the public internet. For development, and with no real key, "
            f"set ALLOW_PRIVATE_HOSTS={host}."
        )
    given = settings.providers.get(provider, ProviderSettings())
    changed = given.model_copy(update={"base_url": base_url})
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    values["providers"] = {**settings.providers, provider: changed}
    try:
        return Settings(_env_file=None, **values)
    except ValidationError:
        raise ConfigurationError(
            "--base-url must start with https://, or with http:// and an IP address "
            "that ALLOW_PRIVATE_HOSTS names."
        ) from None


def development_warning(settings: Settings) -> str | None:
    """Say what of the settings is not for a bot that people use; None where nothing is."""
    addresses = [
        f"The key of {kind.title} goes to {base_url}."
        for name, kind in PROVIDERS.items()
        if (given := settings.providers.get(name)) is not None
        and given.api_key is not None
        and (base_url := given.base_url) is not None
        and _is_for_development(base_url)
    ]
    if settings.allow_private_hosts:
        hosts = ", ".join(settings.allow_private_hosts)
        addresses.append(f"Files may come from {hosts} without encryption.")
    return " ".join(addresses) or None


def _is_for_development(url: str) -> bool:
    return _is_private(url) or url.startswith("http://")


def _is_private(url: str) -> bool:
    host = _host(url)
    try:
        ip_address(host)
    except ValueError:
        return False
    return not is_public(host)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
