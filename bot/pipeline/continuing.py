"""A new video that begins where a finished one ended: for every model that takes a picture."""

from bot.domain import Job, Lineage, Mode, Origin, Relation, UploadedImage, VideoRequest, Viewer
from bot.errors import FetchError, InvalidRequestError, NotAVideoError
from bot.pipeline.access import JobAccess
from bot.pipeline.last_frame import LastFrames
from bot.posting.words_continuing import FILE_AWAY, FILE_GONE, NO_FRAME
from bot.providers.catalogue import Catalogue


class Continuer:
    """Makes the request; `catalogue` is what is offered here."""

    def __init__(self, access: JobAccess, frames: LastFrames, catalogue: Catalogue) -> None:
        self._access = access
        self._frames = frames
        self._catalogue = catalogue

    async def request(
        self,
        job_id: str,
        viewer: Viewer,
        origin: Origin,
        prompt: str,
        *,
        model: str | None = None,
        seconds: int | None = None,
        is_private: bool | None = None,
    ) -> VideoRequest:
        """Ask for a video whose first frame is the last one of a job's, on behalf of `origin`.

        Without a model it is the one that made the video, if that takes a picture; otherwise the
        usual one of those that do.

        Raises:
            NotAllowedError: There is no such job for `viewer`, or its video was removed.
            InvalidRequestError: It is not finished, or its file is no longer there.
        """
        job, _ = await self._access.source(job_id, viewer)
        return VideoRequest(
            origin=origin,
            prompt=prompt,
            model=model or self._own(job),
            seconds=seconds,
            images=(await self._frame(job),),
            mode=Mode.IMAGE,
            lineage=Lineage(job.id, Relation.CONTINUE),
            is_private=is_private,
        )

    def _own(self, job: Job) -> str | None:
        entry = self._catalogue.entry(job.spec.provider, job.spec.model)
        return entry.key if entry is not None and entry.can(Mode.IMAGE) else None

    async def _frame(self, job: Job) -> UploadedImage:
        try:
            return await self._frames.of(job)
        except NotAVideoError:
            raise InvalidRequestError(NO_FRAME()) from None
        except FetchError as error:
            words = FILE_GONE if error.is_final else FILE_AWAY
            raise InvalidRequestError(words()) from None
