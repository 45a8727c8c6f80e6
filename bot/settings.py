"""Everything an operator may set, read once; `.env.example` lists the same names."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import unquote, unquote_plus, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from bot.errors import ConfigurationError

_DAY_SECONDS: Final = 86_400
_DAY_MINUTES: Final = 1_440
_MONTH_HOURS: Final = 720
_CENTURY_DAYS: Final = 36_525
_MEGABYTE: Final = 1_000_000
_DOLLAR: Final = 1_000_000
_TIME_OF_DAY: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATABASE_PASSWORD: Final = re.compile(r"^[\w+]+://[^:/]*:([^@]*)@")
"""As the database's library splits its address."""
_QUERY_PASSWORD: Final = re.compile(r"[?&]password=([^&]*)")


class ProviderSettings(BaseModel):
    """What one provider needs: `PROVIDERS__<NAME>__…` in the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    api_key: SecretStr | None = None
    base_url: str | None = None
    first_poll_seconds: float | None = Field(default=None, gt=0, le=_DAY_SECONDS)
    poll_seconds: float | None = Field(default=None, gt=0, le=_DAY_SECONDS)
    soft_deadline_minutes: float | None = Field(default=None, gt=0, le=_DAY_MINUTES)
    hard_deadline_hours: float | None = Field(default=None, gt=0, le=_MONTH_HOURS)
    requests_per_minute: float | None = Field(default=None, gt=0, le=6000)

    @field_validator("api_key")
    @classmethod
    def _key_fits_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        return _checked_secret(key)


class Settings(BaseSettings):
    """The bot's configuration; frozen, with secrets that don't print.

    `hide_input_in_errors` keeps given keys out of the message about a missing one.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    discord_token: SecretStr | None = None
    database_url: str = Field(default="sqlite+aiosqlite:///data/bot.sqlite3", repr=False)
    results_url: str = "file://data/results"
    public_results_url: str | None = None
    s3_endpoint: str | None = None
    s3_region: str = "us-east-1"
    s3_access_key_id: SecretStr | None = None
    s3_secret_access_key: SecretStr | None = None
    data_dir: Path = Path("data")
    results_days: int = Field(default=30, ge=0, le=_CENTURY_DAYS)
    results_max_gigabytes: float = Field(default=20, ge=0, le=1_000_000)
    references_days: int = Field(default=7, ge=0, le=_CENTURY_DAYS)
    prompts_days: int = Field(default=90, ge=0, le=_CENTURY_DAYS)
    backup_at: str | None = None
    backup_dir: Path | None = None
    backup_keep: int = Field(default=7, ge=0, le=_CENTURY_DAYS)
    providers: dict[str, ProviderSettings] = {}
    default_model: str | None = None
    models_file: Path | None = None
    show_prices: bool = False
    unknown_price_dollars: float | None = Field(default=None, gt=0, le=1000)
    prompt_max_characters: int = Field(default=2000, ge=1, le=4000)
    worker_limit: int = Field(default=8, ge=1, le=64)
    result_max_megabytes: int = Field(default=500, ge=1, le=4000)
    upload_limit_megabytes: int | None = Field(default=None, ge=1, le=500)
    shrink: bool = True
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    discord_api_url: str | None = None
    discord_gateway_url: str | None = None
    allow_private_hosts: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("discord_token", "s3_access_key_id", "s3_secret_access_key")
    @classmethod
    def _secret_fits_a_header(cls, secret: SecretStr | None) -> SecretStr | None:
        return _checked_secret(secret)

    @field_validator("backup_at")
    @classmethod
    def _is_time_of_day(cls, text: str | None) -> str | None:
        if text is not None and not _TIME_OF_DAY.fullmatch(text):
            msg = "must be a time of day in UTC, such as 03:30"
            raise ValueError(msg)
        return text

    @property
    def result_max_bytes(self) -> int:
        """The size of the largest video that is fetched."""
        return self.result_max_megabytes * _MEGABYTE

    @property
    def unknown_price_micros(self) -> int | None:
        """What a job of unknown price counts for, where the operator has said so."""
        dollars = self.unknown_price_dollars
        return None if dollars is None else round(dollars * _DOLLAR)

    @property
    def upload_limit_bytes(self) -> int | None:
        """The largest file that is attached, where the operator has said so."""
        megabytes = self.upload_limit_megabytes
        return None if megabytes is None else megabytes * _MEGABYTE

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, for the log's redactor alone."""
        keys = [provider.api_key for provider in self.providers.values()]
        keys += [self.s3_access_key_id, self.s3_secret_access_key]
        values = [secret.get_secret_value() for secret in (self.discord_token, *keys) if secret]
        if found := _DATABASE_PASSWORD.search(self.database_url):
            values += [found[1], unquote(found[1])]
        for word in _QUERY_PASSWORD.findall(self.database_url):
            values += [word, unquote_plus(word)]
        return tuple(value.strip() for value in values if value.strip())

    @model_validator(mode="before")
    @classmethod
    def _split_hosts(cls, values: object) -> object:
        if isinstance(values, dict) and isinstance(values.get("allow_private_hosts"), str):
            hosts = values["allow_private_hosts"].split(",")
            values["allow_private_hosts"] = tuple(host.strip() for host in hosts if host.strip())
        return values

    @model_validator(mode="after")
    def _discord_is_real_or_loopback(self) -> Self:
        # An address from the environment would be handed the bot's token.
        for name in ("discord_api_url", "discord_gateway_url"):
            url = getattr(self, name)
            if url is not None and not _is_loopback(url):
                msg = (
                    f"{name.upper()} may only name a loopback address such as http://127.0.0.1:8080"
                )
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _private_hosts_are_addresses(self) -> Self:
        for host in self.allow_private_hosts:
            try:
                ipaddress.ip_address(host)
            except ValueError:
                msg = "ALLOW_PRIVATE_HOSTS takes IP addresses, separated by commas"
                raise ValueError(msg) from None
        return self

    @model_validator(mode="after")
    def _keys_travel_encrypted(self) -> Self:
        for name in ("s3_endpoint", "public_results_url"):
            url = getattr(self, name)
            if url is not None and not self._is_guarded(url):
                raise ValueError(f"{name.upper()} must start with https://")
        if (self.s3_access_key_id is None) != (self.s3_secret_access_key is None):
            raise ValueError("S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together")
        for name, provider in self.providers.items():
            if provider.base_url is not None and not self._is_guarded(provider.base_url):
                msg = f"PROVIDERS__{name.upper()}__BASE_URL must start with https://"
                raise ValueError(msg)
        return self

    def _is_guarded(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        private = parts.hostname in self.allow_private_hosts
        return parts.scheme == "https" or (parts.scheme == "http" and private)


def _checked_secret(secret: SecretStr | None) -> SecretStr | None:
    if secret is None:
        return None
    text = secret.get_secret_value().strip()
    if not text:
        return None
    if not (text.isascii() and text.isprintable() and " " not in text):
        msg = "holds a space, a line break or another character that no key holds; copy it again"
        raise ValueError(msg)
    return SecretStr(text)


def _is_loopback(url: str) -> bool:
    try:
        return ipaddress.ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return False


def read_settings() -> Settings:
    """Read the environment and `.env`.

    Raises:
        ConfigurationError: A value will not do; the text names the setting, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"{'__'.join(map(str, problem['loc'])).upper() or 'settings'}: "
            + problem["msg"].removeprefix("Value error, ")
            for problem in error.errors(include_input=False, include_url=False)
        )
        raise ConfigurationError(f"The settings are not usable. {problems}.") from None
    except SettingsError:
        raise ConfigurationError(
            "PROVIDERS can't be read. Set PROVIDERS__<NAME>__API_KEY and the like instead."
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(".env is not UTF-8 text. Please save it anew as UTF-8.") from None
