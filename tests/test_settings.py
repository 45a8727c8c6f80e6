import os
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.errors import ConfigurationError
from bot.settings import ProviderSettings, Settings, read_settings

TOKEN = "token-nobody-may-see"  # noqa: S105 - made up
KEY = "key-nobody-may-see"
SECRET_HALF = "half-nobody-may-see"  # noqa: S105 - made up


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def read(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def refusal(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(monkeypatch, **values)
    assert caught.value.__suppress_context__
    return str(caught.value)


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = read_settings()

    assert settings.discord_token is None
    assert settings.providers == {}
    assert settings.database_url == "sqlite+aiosqlite:///data/bot.sqlite3"
    assert (settings.results_url, settings.data_dir) == ("file://data/results", Path("data"))
    assert (settings.worker_limit, settings.prompt_max_characters) == (8, 2000)
    assert (settings.log_level, settings.allow_private_hosts) == ("INFO", ())


def test_every_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch,
        DISCORD_TOKEN=TOKEN,
        DATABASE_URL="sqlite+aiosqlite:///elsewhere.sqlite3",
        RESULTS_URL="file:///srv/results",
        DATA_DIR="/srv/data",
        DEFAULT_MODEL="geeknow/grok-video-3",
        PROMPT_MAX_CHARACTERS="4000",
        WORKER_LIMIT="2",
        RESULT_MAX_MEGABYTES="100",
        LOG_LEVEL="DEBUG",
        DISCORD_API_URL="http://127.0.0.1:8080/api/v10",
        DISCORD_GATEWAY_URL="ws://[::1]:8080/gateway",
        ALLOW_PRIVATE_HOSTS=" 127.0.0.1, ::1 ,",
        PROVIDERS__GEEKNOW__API_KEY=KEY,
        PROVIDERS__GEEKNOW__BASE_URL="https://geeknow.example",
        PROVIDERS__GEEKNOW__FIRST_POLL_SECONDS="0.5",
        PROVIDERS__GEEKNOW__POLL_SECONDS="1",
        PROVIDERS__OTHER__API_KEY="another-key",
    )

    assert settings == Settings(
        discord_token=SecretStr(TOKEN),
        database_url="sqlite+aiosqlite:///elsewhere.sqlite3",
        results_url="file:///srv/results",
        data_dir=Path("/srv/data"),
        default_model="geeknow/grok-video-3",
        prompt_max_characters=4000,
        worker_limit=2,
        result_max_megabytes=100,
        log_level="DEBUG",
        discord_api_url="http://127.0.0.1:8080/api/v10",
        discord_gateway_url="ws://[::1]:8080/gateway",
        allow_private_hosts=("127.0.0.1", "::1"),
        providers={
            "geeknow": ProviderSettings(
                api_key=SecretStr(KEY),
                base_url="https://geeknow.example",
                first_poll_seconds=0.5,
                poll_seconds=1,
            ),
            "other": ProviderSettings(api_key=SecretStr("another-key")),
        },
    )


def test_where_and_how_long_things_are_kept_is_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch,
        PUBLIC_RESULTS_URL="https://videos.example.com",
        S3_ENDPOINT="https://s3.example.com",
        S3_REGION="auto",
        S3_ACCESS_KEY_ID="an-id",
        S3_SECRET_ACCESS_KEY=SECRET_HALF,
        RESULTS_DAYS="0",
        RESULTS_MAX_GIGABYTES="0.5",
        REFERENCES_DAYS="1",
        PROMPTS_DAYS="30",
        BACKUP_AT="03:30",
        BACKUP_DIR="/srv/backups",
        BACKUP_KEEP="0",
    )

    assert settings == Settings(
        public_results_url="https://videos.example.com",
        s3_endpoint="https://s3.example.com",
        s3_region="auto",
        s3_access_key_id=SecretStr("an-id"),
        s3_secret_access_key=SecretStr(SECRET_HALF),
        results_days=0,
        results_max_gigabytes=0.5,
        references_days=1,
        prompts_days=30,
        backup_at="03:30",
        backup_dir=Path("/srv/backups"),
        backup_keep=0,
    )


def test_a_file_beside_the_bot_is_read_and_the_environment_goes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = (
        "# a comment",
        "DISCORD_TOKEN=",
        f"PROVIDERS__GEEKNOW__API_KEY={KEY}",
        "WORKER_LIMIT=3",
        "DEFAULT_MODEL=from-the-file",
        "SOMETHING_OF_ANOTHER_PROGRAM=1",
    )
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")

    settings = read(monkeypatch, DEFAULT_MODEL="from-the-environment")

    assert settings.discord_token is None
    assert settings.providers["geeknow"].api_key == SecretStr(KEY)
    assert (settings.worker_limit, settings.default_model) == (3, "from-the-environment")


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch,
        DISCORD_TOKEN="",
        WORKER_LIMIT="",
        ALLOW_PRIVATE_HOSTS="",
        PROVIDERS__GEEKNOW__API_KEY="",
    )

    assert settings.secrets() == ()
    assert settings.worker_limit == 8


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROMPT_MAX_CHARACTERS", "0"),
        ("PROMPT_MAX_CHARACTERS", "4001"),
        ("WORKER_LIMIT", "0"),
        ("WORKER_LIMIT", "65"),
        ("WORKER_LIMIT", "many-nobody-may-see"),
        ("RESULT_MAX_MEGABYTES", "0"),
        ("RESULT_MAX_MEGABYTES", "4001"),
        ("RESULTS_DAYS", "-1"),
        ("RESULTS_MAX_GIGABYTES", "inf"),
        ("RESULTS_MAX_GIGABYTES", "-0.1"),
        ("REFERENCES_DAYS", "1.5"),
        ("PROMPTS_DAYS", "40000"),
        ("BACKUP_AT", "24:00"),
        ("BACKUP_AT", "3:30"),
        ("BACKUP_KEEP", "-1"),
        ("S3_ENDPOINT", "http://s3.example/nobody-may-see"),
        ("S3_ACCESS_KEY_ID", "nobody may-see"),
        ("S3_SECRET_ACCESS_KEY", "nobody-may-see"),
        ("PUBLIC_RESULTS_URL", "http://videos.example/nobody-may-see"),
        ("LOG_LEVEL", "LOUD"),
        ("DISCORD_API_URL", "https://discord.com/api/nobody-may-see"),
        ("DISCORD_API_URL", "http://localhost:8080"),
        ("DISCORD_API_URL", "http://127.0.0.1:8080@evil.example"),
        ("DISCORD_API_URL", "http://[nobody-may-see"),
        ("DISCORD_API_URL", "nobody-may-see"),
        ("DISCORD_GATEWAY_URL", "wss://gateway.discord.gg"),
        ("DISCORD_GATEWAY_URL", "ws://10.0.0.1"),
        ("ALLOW_PRIVATE_HOSTS", "localhost"),
        ("ALLOW_PRIVATE_HOSTS", "127.0.0.1,nobody-may-see"),
        ("PROVIDERS__GEEKNOW__BASE_URL", "http://geeknow.example/nobody-may-see"),
        ("PROVIDERS__GEEKNOW__BASE_URL", "ftp://geeknow.example"),
        ("PROVIDERS__GEEKNOW__BASE_URL", "nobody-may-see"),
        ("PROVIDERS__GEEKNOW__BASE_URL", "https://[nobody-may-see"),
        ("PROVIDERS__GEEKNOW__FIRST_POLL_SECONDS", "0"),
        ("PROVIDERS__GEEKNOW__POLL_SECONDS", "-1"),
        ("PROVIDERS__GEEKNOW__POLL_SECONDS", "nan"),
        ("PROVIDERS__GEEKNOW__POLL_SECONDS", "inf"),
        ("PROVIDERS__GEEKNOW__POLL_SECONDS", "1e300"),
        ("PROVIDERS__GEEKNOW__API_KYE", "nobody-may-see"),
        ("PROVIDERS__GEEKNOW__API_KEY__MORE", "nobody-may-see"),
        ("PROVIDERS__GEEKNOW", "nobody-may-see"),
        ("PROVIDERS", "nobody-may-see"),
        ("PROVIDERS", '["nobody-may-see"]'),
        ("PROVIDERS", '{"geeknow": "nobody-may-see"}'),
    ],
)
def test_a_value_that_will_not_do_is_refused_by_name_and_never_quoted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    sentence = refusal(
        monkeypatch, **{"DISCORD_TOKEN": TOKEN, "PROVIDERS__THIRD__API_KEY": KEY, name: value}
    )

    assert name.removesuffix("__MORE") in sentence
    assert "nobody-may-see" not in sentence


def test_a_bucket_on_a_listed_private_host_needs_no_encryption(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = read(
        monkeypatch, ALLOW_PRIVATE_HOSTS="127.0.0.1", S3_ENDPOINT="http://127.0.0.1:9000"
    )

    assert settings.s3_endpoint == "http://127.0.0.1:9000"


def test_several_bad_values_are_named_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refusal(monkeypatch, WORKER_LIMIT="0", PROMPT_MAX_CHARACTERS="x")

    assert "WORKER_LIMIT" in sentence
    assert "PROMPT_MAX_CHARACTERS" in sentence


def test_a_provider_on_a_listed_private_host_needs_no_encryption(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = read(
        monkeypatch,
        ALLOW_PRIVATE_HOSTS="127.0.0.1",
        PROVIDERS__GEEKNOW__BASE_URL="http://127.0.0.1:9000",
    )

    assert settings.providers["geeknow"].base_url == "http://127.0.0.1:9000"


def test_a_provider_on_another_host_needs_encryption_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sentence = refusal(
        monkeypatch,
        ALLOW_PRIVATE_HOSTS="127.0.0.1",
        PROVIDERS__GEEKNOW__BASE_URL="http://127.0.0.2:9000",
    )

    assert "must start with https://" in sentence


def test_a_file_that_is_not_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes(b"DISCORD_TOKEN=\xff\xfe\n")

    assert refusal(monkeypatch) == ".env is not UTF-8 text. Please save it anew as UTF-8."


def test_settings_do_not_change_after_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, PROVIDERS__GEEKNOW__API_KEY=KEY)

    with pytest.raises(ValidationError):
        settings.worker_limit = 9  # type: ignore[misc]  # that is what is tried here
    with pytest.raises(ValidationError):
        settings.providers["geeknow"].api_key = None  # type: ignore[misc]  # the same
