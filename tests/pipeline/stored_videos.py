"""Jobs whose file is in the storage, and that owe it to their channel."""

import hashlib
from dataclasses import replace

from bot.domain import Job, JobState, MessageKind
from bot.media.storage import ResultStorage
from tests.factories import make_valid_request, make_video
from tests.store.world import MESSAGE_LEASE, World

CLIP = b"the checked video"


async def stored(
    world: World,
    storage: ResultStorage,
    *,
    clip: bytes = CLIP,
    seconds: float = 1.0,
    parent_id: int | None = None,
) -> Job:
    """Bring a job to the point where its file is kept and its card is posted."""
    request = make_valid_request()
    request = replace(request, origin=replace(request.origin, parent_id=parent_id))
    job = await world.reserve_request(request)
    job = await world.jobs.start_submitting(job)
    await world.jobs.mark_rendering(job, "ref", world.clock.now())
    job = await world.claim(job.id)
    await world.jobs.mark_rendered(job, f"https://files.example/{job.id}.mp4")
    job = await world.claim(job.id)
    key = f"2026/11/{job.id}.mp4"
    await storage.write(clip, key)
    sha256 = hashlib.sha256(clip).hexdigest()
    video = replace(make_video(key), size_bytes=len(clip), sha256=sha256, seconds=seconds)
    job = await world.jobs.mark_stored(job, video)
    card = await world.begin_sending(job.id, MessageKind.CARD)
    await world.outbox.mark_sent(card, channel_id=22, message_id=500)
    world.clock.advance(MESSAGE_LEASE)
    assert job.state is JobState.STORED
    return job
