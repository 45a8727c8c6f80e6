"""The first step of a later scene: the last frame of the one before becomes its first picture."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.domain import CleanImage, Job, ReferenceImage, Relation, VideoSpec
from bot.errors import FetchError, InvalidRequestError, NotAVideoError
from bot.media.images import clean_image, fit_together
from bot.media.storage import ResultStorage
from bot.pipeline.backoff import backoff
from bot.pipeline.last_frame import LastFrames
from bot.pipeline.reserve import keep_reference
from bot.pipeline.submit import Submitter
from bot.providers.entries import Transport
from bot.store.community.scenes import SceneStore
from bot.store.jobs import JobStore
from bot.store.questions import JobQuestions

log = logging.getLogger(__name__)

_PATIENCE: Final = timedelta(hours=24)
"""How long this machine may have trouble with one frame."""
_FLOOR: Final = timedelta(seconds=2)
_CAP: Final = timedelta(minutes=10)


class _NoFrameError(Exception):
    """There is nothing that the scene could go on from."""


class SceneStarter:
    """Gives a scene that was let go on its picture, and any other reserved job to the submitter."""

    def __init__(
        self,
        submitter: Submitter,
        jobs: JobStore,
        scenes: SceneStore,
        questions: JobQuestions,
        frames: LastFrames,
        storage: ResultStorage,
        clock: Clock,
        *,
        transport_of: Callable[[VideoSpec], Transport],
    ) -> None:
        self._submitter = submitter
        self._jobs = jobs
        self._scenes = scenes
        self._questions = questions
        self._frames = frames
        self._storage = storage
        self._transport_of = transport_of
        self._clock = clock

    async def step(self, job: Job) -> None:
        """Take the next step of a reserved job."""
        if job.held_for is not None or not _lacks_picture(job):
            await self._submitter.submit(job)
            return
        try:
            frame = await self._frame(job)
        except (_NoFrameError, NotAVideoError, InvalidRequestError) as error:
            await self._break_off(job, error)
        except FetchError as error:
            is_late = self._clock.now() - job.waiting_since > _PATIENCE
            if error.is_final or is_late:
                await self._break_off(job, error)
                return
            log.warning("Scene %s waits for its first frame: %s", job.id, error)
            pause = backoff(job.attempts, floor=_FLOOR, cap=_CAP)
            await self._jobs.postpone(job, self._clock.now() + pause, attempts=job.attempts + 1)
        else:
            await self._scenes.begin(job, frame)
            log.info("Scene %s goes on from the one before", job.id)

    async def _frame(self, job: Job) -> ReferenceImage:
        assert job.lineage is not None  # noqa: S101 - `_lacks_picture` has looked
        before = await self._questions.job(job.lineage.job_id)
        if before is None or before.video is None:
            raise _NoFrameError("the scene before has no video")
        if before.removed_at is not None or before.hidden_at is not None:
            raise _NoFrameError("the video of the scene before was taken away")
        upload = await self._frames.of(before)
        most_bytes = self._transport_of(job.spec).most_image_bytes

        def clean() -> CleanImage:
            (image,) = fit_together([clean_image(upload)], most_bytes)
            return image

        image = await asyncio.to_thread(clean)
        return await keep_reference(self._storage, job.id, 1, image)

    async def _break_off(self, job: Job, error: Exception) -> None:
        log.warning("Scene %s can't go on from the one before: %s", job.id, error)
        await self._scenes.break_off(job)


def _lacks_picture(job: Job) -> bool:
    is_later_scene = job.lineage is not None and job.lineage.relation is Relation.SCENE
    return is_later_scene and not job.references
