import asyncio

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.errors import ConfigurationError
from bot.ops.finding import Finding
from bot.ops.key_check import check_keys
from bot.providers import PROVIDERS
from bot.settings import ProviderSettings, Settings
from sandbox.xai import XaiStandIn
from tests.media.file_host import FileHost

KEY = "sk-a-very-secret-key"
MODELS = "/v1/models"


def settings_with(provider: str, base_url: str | None, key: str = KEY) -> Settings:
    given = ProviderSettings(api_key=SecretStr(key), base_url=base_url)
    return Settings(_env_file=None, allow_private_hosts=("127.0.0.1",), providers={provider: given})


async def finding_at(host: FileHost, seconds: float = 10) -> Finding:
    (finding,) = await check_keys(settings_with("geeknow", host.base_url), seconds=seconds)
    return finding


async def test_a_good_key_is_accepted(host: FileHost) -> None:
    host.serve(MODELS, b'{"data": []}')

    assert await finding_at(host) == Finding("GeekNow key", "key accepted")
    assert host.hits[0].headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("status", "body", "how", "fix"),
    [
        (401, b'{"message": "Invalid token"}', "its key was refused", "GEEKNOW__API_KEY"),
        (403, b'{"message": "quota exhausted"}', "its credit is used up", "Top up your account"),
        (200, b"<html>hello</html>", "is not its API", "GEEKNOW__BASE_URL"),
        (404, b'{"message": "Invalid URL"}', "is not its API", "https://www.geeknow.top"),
        (500, b'{"message": "oops"}', "could not be reached", "again later"),
    ],
)
async def test_a_bad_answer_is_red_and_says_what_to_do(
    host: FileHost, status: int, body: bytes, how: str, fix: str
) -> None:
    host.serve(MODELS, body, status=status)

    finding = await finding_at(host)

    assert not finding.is_good
    assert how in finding.how
    assert fix in finding.fix
    assert KEY not in f"{finding}"


async def test_a_silent_provider_is_not_waited_for_for_long(host: FileHost) -> None:
    async def say_nothing(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    host.answers[MODELS] = say_nothing

    finding = await finding_at(host, seconds=0.2)

    assert finding.how == "could not be reached: no answer in 0.2 seconds"
    assert not finding.is_good


async def test_a_provider_without_a_free_call_is_said_to_have_none() -> None:
    (finding,) = await check_keys(settings_with("globalaiopc", "https://127.0.0.1:1"))

    assert finding.is_good
    title = PROVIDERS["globalaiopc"].title
    assert finding.how.startswith(f"no free check is known for {title}; only a paid job shows")


@pytest.mark.parametrize(("fault", "is_good"), [((), True), (("team_blocked",), False)])
async def test_each_provider_is_asked_in_its_own_way(
    xai: XaiStandIn, fault: tuple[str, ...], *, is_good: bool
) -> None:
    xai.key_faults = frozenset(fault)

    (finding,) = await check_keys(settings_with("xai", xai.base_url, xai.api_key))

    assert (finding.what, finding.is_good) == ("xAI key", is_good)


async def test_without_keys_nobody_is_asked() -> None:
    assert await check_keys(Settings(_env_file=None)) == []


async def test_an_unknown_provider_is_left_to_the_list_of_providers() -> None:
    assert await check_keys(settings_with("groq", None)) == []


async def test_an_address_that_is_none_can_not_even_be_tried() -> None:
    with pytest.raises(ConfigurationError, match="not an http"):
        await check_keys(settings_with("geeknow", "https://:80"))
