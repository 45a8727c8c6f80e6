from typing import Any

import pytest
from pydantic import SecretStr

from bot.settings import ProviderSettings, Settings

TOKEN = "token-nobody-may-see"  # noqa: S105 - made up
HALF = "half-nobody-may-see"
URL = "postgresql+asyncpg://"


def given(**values: Any) -> Settings:  # noqa: ANN401 - as many kinds of value as settings
    return Settings(_env_file=None, **values)


def test_no_secret_is_printed() -> None:
    settings = given(
        discord_token=TOKEN,
        providers={"geeknow": ProviderSettings(api_key=SecretStr("key-nobody-may-see"))},
        database_url=f"{URL}bot:password-nobody-may-see@db.example/bot",
    )

    for text in (repr(settings), str(settings), repr(settings.providers)):
        assert "nobody-may-see" not in text


def test_the_redactor_alone_gets_the_secrets() -> None:
    settings = given(
        discord_token=f" {TOKEN}\n",
        providers={
            "geeknow": {"api_key": "a-key"},
            "other": {"api_key": "  "},
            "third": {"base_url": "https://third.example"},
        },
        s3_access_key_id="an-id",
        s3_secret_access_key=HALF,
    )

    assert set(settings.secrets()) == {TOKEN, "a-key", "an-id", HALF}


def test_the_password_of_the_database_is_a_secret_as_it_is_written_and_as_it_is_meant() -> None:
    url = f"{URL}bot:half%40a/pass%23word?@db.example/bot?ssl=require"

    secrets = given(database_url=url).secrets()

    assert set(secrets) == {"half%40a/pass%23word?", "half@a/pass#word?"}


def test_a_password_behind_the_question_mark_is_a_secret_too() -> None:
    url = f"{URL}db.example/bot?user=bot&password=half%40a+word&ssl=require"

    assert set(given(database_url=url).secrets()) == {"half%40a+word", "half@a word"}


@pytest.mark.parametrize("user", ["", "bot@", "bot:@"])
def test_a_database_without_a_password_has_no_secret(user: str) -> None:
    url = f"{URL}{user}db.example:5432/bot"

    assert given(database_url=url).secrets() == ()
