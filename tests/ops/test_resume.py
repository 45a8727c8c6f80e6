import pytest

from bot.domain import PauseReason
from bot.errors import ConfigurationError, InvalidRequestError
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from bot.store.pauses import PauseStore
from tests.manual_clock import ManualClock
from tests.ops.trial_desk import Desk

URL = "sqlite+aiosqlite:///data/bot.sqlite3"


async def pause(*providers: str) -> None:
    async with open_database(URL) as database:
        await migrate(database)
        for provider in providers:
            await PauseStore(database, ManualClock()).pause(provider, PauseReason.KEY, "no")


async def paused() -> set[str]:
    async with open_database(URL) as database:
        return set(await PauseStore(database, ManualClock()).current())


async def test_a_paused_provider_goes_on_and_the_others_stay_paused(desk: Desk) -> None:
    await pause("geeknow", "xai")

    result = await desk.run("resume", "geeknow")

    assert result.exit_code == 0, result.output
    assert "GeekNow goes on" in result.output
    assert await paused() == {"xai"}


async def test_a_provider_that_is_not_paused_is_said_not_to_be(desk: Desk) -> None:
    await pause("xai")

    result = await desk.run("resume", "GeekNow")

    assert (result.exit_code, result.output) == (0, "GeekNow was not paused.\n")
    assert await paused() == {"xai"}


@pytest.mark.parametrize("name", ["retired", "Retired"])
async def test_a_pause_of_a_provider_that_nobody_knows_any_more_is_ended_too(
    desk: Desk, name: str
) -> None:
    await pause(name, "xai")

    result = await desk.run("resume", "RETIRED")

    assert result.exit_code == 0, result.output
    assert "The pause of retired is over. This version does not know" in result.output
    assert await paused() == {"xai"}


async def test_without_a_database_nothing_is_paused_and_none_is_made(desk: Desk) -> None:
    result = await desk.run("resume", "geeknow")

    assert (result.exit_code, result.output) == (0, "GeekNow was not paused.\n")
    assert list(desk.folder.iterdir()) == []


async def test_an_unknown_name_is_answered_with_those_there_are(desk: Desk) -> None:
    result = await desk.run("resume", "groq")

    assert isinstance(result.exception, InvalidRequestError)
    assert "Known: geeknow, xai" in str(result.exception)


async def test_a_database_of_an_older_version_is_left_alone(desk: Desk) -> None:
    async with open_database(URL):
        pass

    result = await desk.run("resume", "geeknow")

    assert isinstance(result.exception, ConfigurationError)
    assert "Run grok-bot migrate" in str(result.exception)
