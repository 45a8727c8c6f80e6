import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import Charge, FailureKind, JobState, MessageKind
from bot.errors import UnknownJobError, UnreachableError
from bot.media.fetch import Fetcher
from bot.media.storage import ResultStorage
from bot.pipeline.collect import Collector
from bot.providers.base import FileSource, Finished, Pending
from tests.media.file_host import FileHost
from tests.pipeline.collecting import make_collector, rendered
from tests.pipeline.fakes import SCHEDULE, ScriptedProvider
from tests.store.world import World

NO_VIDEO = b"\0\0\0\x18ftypisom" + b"not really" * 100


def works(results: Path) -> list[str]:
    return [path.name for path in (results / ".work").iterdir()]


async def test_a_good_file_is_kept_and_its_facts_are_in_the_row(
    collector: Collector, world: World, host: FileHost, clip: bytes, results: Path
) -> None:
    job = await rendered(world, host.serve("/fox.mp4", clip))

    await collector.collect(job)

    moved = await world.job(job.id)
    assert moved.state is JobState.STORED
    assert moved.video is not None
    assert moved.video.key == f"2026/11/{job.id}.mp4"
    assert moved.video.sha256 == hashlib.sha256(clip).hexdigest()
    assert (moved.video.size_bytes, moved.video.width, moved.video.height) == (len(clip), 160, 90)
    assert moved.video.seconds == pytest.approx(1, abs=0.1)
    assert (results / moved.video.key).read_bytes() == clip
    assert works(results) == []
    assert (await world.message(job.id, MessageKind.RESULT)).job_id == job.id


async def test_the_next_source_is_tried_when_the_first_will_not_do(
    collector: Collector,
    scripted: ScriptedProvider,
    world: World,
    host: FileHost,
    clip: bytes,
) -> None:
    gone = host.serve("/gone.mp4", b"", status=404)
    content = host.serve("/content", clip)
    scripted.files = lambda _: [
        FileSource(gone),
        FileSource(content, {"Authorization": "Bearer key"}),
    ]
    job = await rendered(world, gone)

    await collector.collect(job)

    assert (await world.job(job.id)).state is JobState.STORED
    assert [hit.headers.get("Authorization") for hit in host.hits] == [None, "Bearer key"]


async def test_a_file_that_is_not_a_video_is_passed_over_too(
    collector: Collector,
    scripted: ScriptedProvider,
    world: World,
    host: FileHost,
    clip: bytes,
) -> None:
    urls = [
        host.serve("/page.mp4", NO_VIDEO),
        host.serve("/fox.mp4", clip),
    ]
    scripted.files = lambda _: [FileSource(url) for url in urls]
    job = await rendered(world, urls[0])

    await collector.collect(job)

    video = (await world.job(job.id)).video
    assert video is not None
    assert video.size_bytes == len(clip)


async def test_a_second_try_asks_for_a_fresh_address(
    collector: Collector,
    scripted: ScriptedProvider,
    world: World,
    host: FileHost,
    clip: bytes,
) -> None:
    scripted.answers = [Finished(host.serve("/fresh.mp4", clip))]
    job = await rendered(world, host.serve("/expired.mp4", b"", status=403))

    await collector.collect(job)
    between = await world.job(job.id)
    asked_before = list(scripted.polled)
    await collector.collect(await world.again(job))

    assert (between.state, between.attempts, asked_before) == (JobState.RENDERED, 1, [])
    assert (await world.job(job.id)).state is JobState.STORED
    assert scripted.polled == [job.provider_ref]
    assert [hit.path for hit in host.hits] == ["/expired.mp4", "/fresh.mp4"]


@pytest.mark.parametrize(
    "answer", [UnreachableError("502"), UnknownJobError("404"), Pending()], ids=repr
)
async def test_without_a_fresh_address_the_old_one_is_tried_again(
    collector: Collector,
    scripted: ScriptedProvider,
    world: World,
    host: FileHost,
    clip: bytes,
    answer: Pending | Exception,
) -> None:
    scripted.answers = [answer]
    job = await rendered(world, host.serve("/fox.mp4", b"", status=503))
    await collector.collect(job)
    host.serve("/fox.mp4", clip)

    await collector.collect(await world.again(job))

    assert (await world.job(job.id)).state is JobState.STORED


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"<html>not found</html>", "not an MP4"), (NO_VIDEO, "")],
    ids=["page", "damaged"],
)
async def test_a_file_that_will_never_do_is_lost_after_some_minutes(
    collector: Collector,
    scripted: ScriptedProvider,
    world: World,
    host: FileHost,
    results: Path,
    body: bytes,
    reason: str,
) -> None:
    url = host.serve("/page.mp4", body)
    scripted.answers = [Finished(url)] * 5
    job = await rendered(world, url)

    waited = timedelta(0)
    while job.state is JobState.RENDERED:
        await collector.collect(job)
        if (job := await world.job(job.id)).state is JobState.RENDERED:
            waited += await world.pause(job)
            job = await world.again(job)

    assert timedelta(minutes=2) < waited < timedelta(minutes=4)
    assert job.failure is not None
    assert (job.failure.kind, job.failure.charge) == (FailureKind.LOST, Charge.MADE)
    assert reason in job.failure.detail
    assert works(results) == []


async def test_a_provider_that_names_no_file_is_asked_for_it_again(
    collector: Collector, scripted: ScriptedProvider, world: World, host: FileHost, clip: bytes
) -> None:
    job = await rendered(world, None)
    scripted.answers = [Finished(host.serve("/late.mp4", clip))]

    await collector.collect(job)
    await collector.collect(await world.again(job))

    assert (await world.job(job.id)).state is JobState.STORED
    assert scripted.polled == [job.provider_ref]


async def test_a_file_is_tried_once_also_past_the_deadline_and_no_more_often(
    collector: Collector, world: World, host: FileHost
) -> None:
    job = await rendered(world, f"{host.url}/gone.mp4")
    world.clock.advance(SCHEDULE.hard_deadline + timedelta(seconds=1))

    await collector.collect(job)
    waiting = await world.job(job.id)
    await collector.collect(await world.again(job))

    assert (waiting.state, waiting.attempts) == (JobState.RENDERED, 1)
    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert failure.kind is FailureKind.LOST


async def test_a_file_that_the_provider_keeps_no_longer_is_lost(
    world: World, fetcher: Fetcher, storage: ResultStorage
) -> None:
    job = await rendered(world, "https://files.example/fox.mp4")
    world.clock.advance(SCHEDULE.hard_deadline + timedelta(seconds=1))

    await make_collector(world, None, fetcher, storage).collect(job)

    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert failure.kind is FailureKind.LOST


async def test_a_host_in_trouble_is_asked_again_and_again_before_the_file_is_lost(
    collector: Collector, scripted: ScriptedProvider, world: World, host: FileHost, results: Path
) -> None:
    job = await rendered(world, host.serve("/fox.mp4", b"", status=503))
    pauses = []
    while job.state is JobState.RENDERED:
        scripted.answers = [Finished(job.result_url)]
        await collector.collect(job)
        if (job := await world.job(job.id)).state is JobState.RENDERED:
            pauses.append(await world.pause(job))
            job = await world.again(job)

    assert timedelta(hours=3.5) < sum(pauses, timedelta(0)) < timedelta(hours=4.5)
    assert job.failure is not None
    assert (job.failure.kind, job.failure.charge) == (FailureKind.LOST, Charge.MADE)
    assert works(results) == []


async def test_one_hopeless_source_does_not_make_a_troubled_one_hopeless(
    collector: Collector,
    scripted: ScriptedProvider,
    world: World,
    host: FileHost,
) -> None:
    urls = [
        host.serve("/gone.mp4", b"", status=404),
        host.serve("/busy.mp4", b"", status=503),
    ]
    scripted.files = lambda _: [FileSource(url) for url in urls]
    job = await rendered(world, urls[0])

    await collector.collect(job)
    await collector.collect(await world.again(job))

    assert (await world.job(job.id)).state is JobState.RENDERED
