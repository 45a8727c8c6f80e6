"""The front door of the pipeline: a request goes in, a reserved job comes out."""

import logging
from collections.abc import Callable

from bot.domain import FailureKind, Job, Mode, Origin, ValidRequest, VideoRequest
from bot.errors import FetchError, InvalidRequestError
from bot.media.storage import ResultStorage
from bot.pipeline.references import read_references
from bot.pipeline.reserve import Reserver
from bot.pipeline.validate import Validator
from bot.posting.doors import ClosedPlaces
from bot.providers.catalogue import Choice

log = logging.getLogger(__name__)


class Intake:
    """Validates and reserves, then wakes the runner."""

    def __init__(
        self,
        validator: Validator,
        reserver: Reserver,
        storage: ResultStorage,
        places: ClosedPlaces,
        wake: Callable[[], None],
    ) -> None:
        self._validator = validator
        self._reserver = reserver
        self._storage = storage
        self._places = places
        self._wake = wake

    async def accept(self, request: VideoRequest) -> Job:
        """Make a job of `request`.

        Raises:
            InvalidRequestError: It does not fit; nothing was counted or kept.
        """
        return await self._reserve(await self._validator.validate(request))

    def choose(self, name: str | None, mode: Mode | None = None) -> Choice:
        """Say which models a request would be checked against; for suggestions.

        Raises:
            InvalidRequestError: There is no such model or look, or none at all.
        """
        return self._validator.choose(name, mode)

    async def repeat(self, job: Job, origin: Origin) -> Job:
        """Submit a job of unknown outcome again, on behalf of `origin`; a second time is the first.

        Raises:
            InvalidRequestError: It has another outcome, or can't be had any more.
        """
        if job.failure is None or job.failure.kind is not FailureKind.OUTCOME_UNKNOWN:
            raise InvalidRequestError("That job has a known outcome. Use /grok video for another.")
        if not job.spec.prompt:
            raise InvalidRequestError(
                "The prompt of that job is no longer kept. Please start a new one with /grok video."
            )
        try:
            images = await read_references(self._storage, job)
        except FetchError as error:
            if not error.is_final:
                raise InvalidRequestError(
                    "The reference images can't be read at this moment. Please try again later."
                ) from None
            raise InvalidRequestError(
                "The reference images of that job are no longer kept. "
                "Please start a new one with /grok video."
            ) from None
        return await self._reserve(self._validator.validate_again(job, origin, images))

    async def _reserve(self, request: ValidRequest) -> Job:
        # Whoever commands here was just told by Discord what the bot may do here.
        await self._places.reopen(request.origin.channel_id)
        job = await self._reserver.reserve(request)
        log.info("Job %s is reserved for %s", job.id, job.spec.model)
        self._wake()
        return job
