import asyncio
import secrets
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from bot.domain import JobState
from bot.media.fetch import Fetcher
from bot.media.storage import ResultStorage, open_storage
from bot.pipeline.collect import Collector
from bot.providers.base import FileSource
from tests.media.downloads import filling_the_disk, streaming
from tests.media.file_host import FileHost
from tests.media.s3_server import S3Server
from tests.media.test_bucket import settings_of as bucket_settings
from tests.pipeline.collecting import make_collector, rendered
from tests.pipeline.fakes import ScriptedProvider
from tests.store.world import LEASES, World

NO_VIDEO = b"\0\0\0\x18ftypisom" + b"not really" * 100


async def test_more_files_than_are_fetched_at_once_wait_without_a_worker(
    collector: Collector, world: World, host: FileHost, clip: bytes
) -> None:
    arrived, gone = asyncio.Event(), asyncio.Event()

    async def hold(_: web.Request) -> web.StreamResponse:
        if len(host.hits) == 4:
            arrived.set()
        await gone.wait()
        return web.Response(body=clip, content_type="video/mp4")

    host.answers["/slow.mp4"] = hold
    jobs = []
    for number in range(1, 6):
        job = await world.bring_to(JobState.RENDERING, number)
        await world.jobs.mark_rendered(job, host.url("/slow.mp4"))
        jobs.append(await world.claim(job.id))
    fetching = [asyncio.create_task(collector.collect(job)) for job in jobs[:4]]
    await arrived.wait()

    await collector.collect(jobs[4])
    waiting = await world.job(jobs[4].id)
    gone.set()
    await asyncio.gather(*fetching)

    assert (waiting.state, waiting.attempts) == (JobState.RENDERED, 0)
    assert (await world.job(jobs[0].id)).state is JobState.STORED


async def test_without_room_on_the_disk_the_file_waits_with_its_provider(
    world: World,
    scripted: ScriptedProvider,
    fetcher: Fetcher,
    storage: ResultStorage,
    host: FileHost,
    clip: bytes,
    results: Path,
) -> None:
    more_than_there_is = shutil.disk_usage(results).total + 1
    collector = make_collector(world, scripted, fetcher, storage, more_than_there_is)
    job = await rendered(world, host.serve("/fox.mp4", clip))

    await collector.collect(job)

    moved = await world.job(job.id)
    assert moved == replace(job, updated_at=moved.updated_at)
    assert await world.pause(job) == timedelta(minutes=5)
    assert host.hits == []


async def test_without_a_key_the_file_waits_with_its_provider(
    world: World, fetcher: Fetcher, storage: ResultStorage
) -> None:
    job = await rendered(world, "https://files.example/fox.mp4")

    await make_collector(world, None, fetcher, storage).collect(job)

    assert (await world.job(job.id)).state is JobState.RENDERED
    assert await world.pause(job) == timedelta(minutes=5)


async def test_a_disk_that_will_not_take_the_file_costs_no_try(
    collector: Collector, world: World, host: FileHost, clip: bytes, results: Path
) -> None:
    (results / "2026").write_bytes(b"a file where the folder should be")
    job = await rendered(world, host.serve("/fox.mp4", clip))

    await collector.collect(job)

    moved = await world.job(job.id)
    assert (moved.state, moved.attempts) == (JobState.RENDERED, 0)
    assert await world.pause(job) == timedelta(minutes=5)


async def test_a_disk_that_fails_in_the_middle_of_a_download_costs_no_try_either(
    collector: Collector,
    scripted: ScriptedProvider,
    world: World,
    host: FileHost,
    clip: bytes,
    results: Path,
) -> None:
    first, second = host.url("/fox.mp4"), host.serve("/content", clip)
    host.answers["/fox.mp4"] = streaming(112, filling_the_disk(results / ".work"))
    scripted.files = lambda _: [FileSource(first), FileSource(second)]
    job = await rendered(world, first)

    await collector.collect(job)

    moved = await world.job(job.id)
    assert (moved.state, moved.attempts) == (JobState.RENDERED, 0)
    assert [hit.path for hit in host.hits] == ["/fox.mp4"]


async def test_a_bucket_that_is_away_costs_no_try_and_gets_the_file_once_it_is_back(
    world: World,
    scripted: ScriptedProvider,
    fetcher: Fetcher,
    s3: S3Server,
    host: FileHost,
    clip: bytes,
    tmp_path: Path,
) -> None:
    bucket = f"away-for-a-while-{secrets.token_hex(4)}"
    storage = open_storage(bucket_settings(s3.url, bucket, tmp_path))
    collector = make_collector(world, scripted, fetcher, storage)
    job = await rendered(world, host.serve("/fox.mp4", clip))
    await collector.collect(job)
    waiting = await world.job(job.id)
    pause = await world.pause(job)

    await s3.make_bucket(bucket)
    world.clock.advance(timedelta(minutes=5))
    await collector.collect(await world.claim(job.id))

    assert (waiting.state, waiting.attempts, pause) == (
        JobState.RENDERED,
        0,
        timedelta(minutes=5),
    )
    assert (await world.job(job.id)).state is JobState.STORED


async def test_a_file_that_was_kept_before_a_crash_is_simply_kept_again(
    collector: Collector, world: World, host: FileHost, clip: bytes, storage: ResultStorage
) -> None:
    job = await rendered(world, host.serve("/fox.mp4", clip))
    await storage.write(b"kept by the process that crashed", f"2026/11/{job.id}.mp4")
    world.clock.advance(LEASES[JobState.RENDERED])

    await collector.collect(await world.claim(job.id))

    video = (await world.job(job.id)).video
    assert video is not None
    assert await storage.read(video.key) == clip
