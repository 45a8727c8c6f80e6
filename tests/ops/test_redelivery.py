from bot.domain import MessageKind, OwedMessage
from bot.errors import BotError, ConfigurationError
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from bot.store.moderation.takedowns import TakedownStore
from tests.factories import CHANNEL
from tests.manual_clock import ManualClock
from tests.ops.trial_desk import Desk
from tests.store.world import PATH_OF_A_VIDEO, make_world

URL = "sqlite+aiosqlite:///data/bot.sqlite3"


async def post_a_video() -> str:
    async with open_database(URL) as database:
        await migrate(database)
        world = make_world(database, ManualClock())
        return (await world.bring_to(PATH_OF_A_VIDEO[-1])).id


async def owed(job_id: str) -> OwedMessage | None:
    async with open_database(URL) as database:
        return await make_world(database, ManualClock()).outbox.message(
            job_id, MessageKind.DELIVERY
        )


async def test_a_posted_video_is_owed_once_more(desk: Desk) -> None:
    job_id = await post_a_video()

    result = await desk.run("deliver", f" {job_id.upper()} ")

    assert result.exit_code == 0, result.output
    assert f"The video of job {job_id} is posted within seconds, or as soon" in result.output
    message = await owed(job_id)
    assert message is not None
    assert (message.sequence, message.channel_id) == (1, CHANNEL)


async def test_another_channel_may_be_named(desk: Desk) -> None:
    job_id = await post_a_video()

    await desk.run("deliver", job_id, "--channel", "1234567890123456789")

    message = await owed(job_id)
    assert message is not None
    assert message.channel_id == 1234567890123456789


async def test_a_second_wish_hurries_the_first(desk: Desk) -> None:
    job_id = await post_a_video()
    await desk.run("deliver", job_id)

    result = await desk.run("deliver", job_id)

    assert (result.exit_code, "owed already" in result.output) == (0, True)


async def test_without_a_video_nothing_is_owed(desk: Desk) -> None:
    before = await desk.run("deliver", "nosuchjob0")
    untouched = list(desk.folder.iterdir())
    await post_a_video()

    after = await desk.run("deliver", "nosuchjob0")

    assert untouched == []
    for result in (before, after):
        assert type(result.exception) is BotError
        assert str(result.exception) == "There is no finished video of job nosuchjob0."


async def test_a_database_of_an_older_version_is_left_alone(desk: Desk) -> None:
    async with open_database(URL):
        pass

    result = await desk.run("deliver", "nosuchjob0")

    assert isinstance(result.exception, ConfigurationError)
    assert "Run grok-bot migrate" in str(result.exception)


async def test_a_removed_video_is_not_owed(desk: Desk) -> None:
    job_id = await post_a_video()
    async with open_database(URL) as database:
        await TakedownStore(database, ManualClock()).remove(job_id, 77)

    result = await desk.run("deliver", job_id)

    assert "was removed, so it is not posted again" in str(result.exception)
    assert await owed(job_id) is None
