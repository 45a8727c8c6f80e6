"""A collector with all its parts, and jobs for it."""

from bot.domain import Job, JobState
from bot.media.fetch import Fetcher
from bot.media.storage import ResultStorage
from bot.media.video import VideoProbe
from bot.pipeline.collect import Collector
from tests.pipeline.fakes import ScriptedProvider, make_lane
from tests.store.world import World


def make_collector(
    world: World,
    scripted: ScriptedProvider | None,
    fetcher: Fetcher,
    storage: ResultStorage,
    room_bytes: int = 1,
) -> Collector:
    return Collector(
        world.jobs,
        {"scripted": make_lane(scripted)},
        fetcher,
        VideoProbe(),
        storage,
        world.clock,
        room_bytes=room_bytes,
    )


async def rendered(world: World, url: str | None) -> Job:
    job = await world.bring_to(JobState.RENDERING)
    await world.jobs.mark_rendered(job, url)
    return await world.claim(job.id)
