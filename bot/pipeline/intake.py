"""The front door of the pipeline: a request goes in, a reserved job comes out."""

import logging
from collections.abc import Callable

from bot.domain import (
    Asker,
    Cost,
    Denial,
    FailureKind,
    Job,
    Mode,
    Origin,
    ValidRequest,
    VideoRequest,
)
from bot.errors import FetchError, InvalidRequestError
from bot.limits.allowed import check_person
from bot.limits.bounds import bounds_of
from bot.media.storage import ResultStorage
from bot.pipeline.prompts import PromptWatch
from bot.pipeline.references import read_references
from bot.pipeline.reserve import Reserver
from bot.pipeline.validate import Validator
from bot.posting.doors import ClosedPlaces
from bot.providers.catalogue import Choice
from bot.store.moderation.policies import PolicyStore

log = logging.getLogger(__name__)


class Intake:
    """Validates and reserves, then wakes the runner."""

    def __init__(
        self,
        policies: PolicyStore,
        prompts: PromptWatch,
        validator: Validator,
        reserver: Reserver,
        storage: ResultStorage,
        places: ClosedPlaces,
        wake: Callable[[], None],
    ) -> None:
        self._policies = policies
        self._prompts = prompts
        self._validator = validator
        self._reserver = reserver
        self._storage = storage
        self._places = places
        self._wake = wake

    async def accept(self, request: VideoRequest, asker: Asker) -> Job | Denial:
        """Make a job of `request`, if the limits of `asker` let it in.

        What is allowed is asked before the images are looked at, so that nobody waits for a no,
        and so that what was not said fits; it is decided when the job is inserted.

        Raises:
            InvalidRequestError: It does not fit; nothing was counted or kept.
        """
        facts = await self._policies.facts(request.origin.guild_id, asker, Cost())
        denial = check_person(facts)
        if denial is not None:
            return denial
        valid = await self._validator.validate(request, bounds_of(facts))
        return await self._reserve(valid, asker)

    def choose(self, name: str | None, mode: Mode | None = None) -> Choice:
        """Say which models a request would be checked against; for suggestions.

        Raises:
            InvalidRequestError: There is no such model or look, or none at all.
        """
        return self._validator.choose(name, mode)

    async def repeat(self, job: Job, origin: Origin, asker: Asker) -> Job | Denial:
        """Submit a job of unknown outcome again, on behalf of `origin`; a second time is the first.

        It counts once more: it may be charged twice.

        Raises:
            InvalidRequestError: It has another outcome, or can't be had any more.
        """
        if job.failure is None or job.failure.kind is not FailureKind.OUTCOME_UNKNOWN:
            raise InvalidRequestError("That job has a known outcome. Use /grok video for another.")
        return await self._reserve(await self.again(job, origin), asker)

    async def again(self, job: Job, origin: Origin) -> ValidRequest:
        """Return the very request of a job, as far as it can still be made.

        Raises:
            InvalidRequestError: Something of it is no longer kept or offered.
        """
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
        return self._validator.validate_again(job, origin, images)

    async def _reserve(self, request: ValidRequest, asker: Asker) -> Job | Denial:
        # Whoever commands here was just told by Discord what the bot may do here.
        await self._places.reopen(request.origin.channel_id)
        hits = await self._prompts.hits(request.origin.guild_id, request.spec.prompt)
        made = await self._reserver.reserve(request, asker, hits)
        match made:
            case Denial():
                log.info("Interaction %s: no, %s", request.origin.interaction_id, made.refusal)
            case Job():
                log.info("Job %s is reserved for %s", made.id, made.spec.model)
                self._wake()
        return made
