from datetime import datetime, timedelta

import pytest

from bot.domain import Job, MessageKind
from bot.media.storage import ResultStorage
from bot.posting.forms import LinkedVideo
from tests.pipeline.delivering import MEBIBYTE, Rungs
from tests.pipeline.fakes import FakePoster
from tests.pipeline.stored_videos import stored
from tests.store.world import World

SIGNED = "https://bucket.example/2026/11/video.mp4?signature=abc"
PUBLIC = "https://videos.example/2026/11/video.mp4"
LARGE = bytes(12 * MEBIBYTE)
DAYS = timedelta(days=3)


@pytest.fixture
def rungs(world: World, storage: ResultStorage, poster: FakePoster) -> Rungs:
    return Rungs(world, storage, poster, kept_for=DAYS)


async def end_said(rungs: Rungs, job: Job) -> datetime | None:
    await rungs.deliverer().deliver(await rungs.world.owed(job.id, MessageKind.RESULT))
    (post,) = rungs.poster.posts
    assert isinstance(post.form, LinkedVideo)
    return post.form.expires_at


@pytest.mark.parametrize("url", [SIGNED, PUBLIC])
async def test_a_link_is_not_said_to_work_longer_than_the_file_is_kept(
    rungs: Rungs, url: str
) -> None:
    rungs.files.url = url
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    end = await end_said(rungs, job)

    assert end == job.updated_at + DAYS


async def test_a_file_that_the_next_sweep_deletes_is_linked_for_an_hour(rungs: Rungs) -> None:
    rungs.files.url = SIGNED
    job = await stored(rungs.world, rungs.storage, clip=LARGE)
    rungs.world.clock.advance(DAYS)

    end = await end_said(rungs, job)

    assert end == rungs.world.clock.now() + timedelta(hours=1)


async def test_a_signed_link_of_a_file_that_is_kept_for_long_ends_after_a_week(
    rungs: Rungs,
) -> None:
    rungs.kept_for = timedelta(days=30)
    rungs.files.url = SIGNED
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    end = await end_said(rungs, job)

    assert end == rungs.world.clock.now() + timedelta(days=7)
