import hashlib
import json
from pathlib import Path

from pydantic import SecretStr

from bot.domain import JobState
from bot.media.storage import open_storage
from sandbox.discord_api import DiscordStandIn
from sandbox.geeknow import GeekNowStandIn
from tests.media.s3_server import ACCESS_KEY, SECRET_KEY, S3Server
from tests.world import PICTURE, World, running, settings_for


async def test_a_video_goes_through_a_bucket_to_its_channel(
    chat: DiscordStandIn, provider: GeekNowStandIn, s3: S3Server, tmp_path: Path
) -> None:
    await s3.make_bucket("of-the-journey")
    settings = settings_for(chat, provider, tmp_path).model_copy(
        update={
            "results_url": "s3://of-the-journey/results",
            "s3_endpoint": s3.url,
            "s3_access_key_id": SecretStr(ACCESS_KEY),
            "s3_secret_access_key": SecretStr(SECRET_KEY),
        }
    )

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        await world.ask(image=PICTURE)
        message = await world.final()
        job = await world.job_in(JobState.POSTED)

    assert job.video is not None
    storage = open_storage(settings)
    kept = {file.key async for page in storage.files() for file in page}
    assert kept == {job.video.key, job.references[0].key}
    (attachment,) = message.attachments
    assert hashlib.sha256(attachment.data).hexdigest() == job.video.sha256
    assert not (tmp_path / "results").exists()


async def test_without_room_a_video_waits_with_its_provider_and_the_heartbeat_says_so(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    more_than_any_disk = {"result_max_megabytes": 10**12}
    settings = settings_for(chat, provider, tmp_path).model_copy(update=more_than_any_disk)

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        await world.ask()
        job = await world.job_in(JobState.RENDERED)

    pulse = json.loads((tmp_path / "heartbeat.json").read_text(encoding="utf-8"))
    assert (job.video, pulse["has_room"]) == (None, False)


async def test_pictures_that_can_not_be_kept_are_told_and_nothing_is_paid(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "results" / "references").write_bytes(b"a file where the folder should be")

    run = await world.ask(image=PICTURE)

    assert "pictures can't be kept at the moment" in (await run.answer()).content
    assert world.provider.charges == []
