"""The front door of the pipeline: a request goes in, a reserved job comes out."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from bot.domain import (
    Asker,
    Cost,
    Denial,
    FailureKind,
    Job,
    Lineage,
    Mode,
    Origin,
    ValidRequest,
    VideoRequest,
)
from bot.errors import FetchError, InvalidRequestError
from bot.language import _
from bot.limits.allowed import check_person
from bot.limits.bounds import Bounds, bounds_of
from bot.media.storage import ResultStorage
from bot.pipeline.preferred import preferred
from bot.pipeline.prompts import PromptWatch
from bot.pipeline.references import read_references
from bot.pipeline.reserve import Reserver
from bot.pipeline.validate import Validator
from bot.posting.doors import ClosedPlaces
from bot.posting.words_controls import IMAGES_GONE
from bot.providers.catalogue import Choice
from bot.store.community.preferences import PreferenceStore
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
        *,
        preferences: PreferenceStore,
    ) -> None:
        self._policies = policies
        self._preferences = preferences
        self._prompts = prompts
        self._validator = validator
        self._reserver = reserver
        self._storage = storage
        self._places = places
        self._wake = wake

    @property
    def longest_prompt(self) -> int:
        """Return how many characters a prompt may have."""
        return self._validator.longest_prompt

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
        return await self._reserve(await self._valid(request, bounds_of(facts)), asker)

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
            raise InvalidRequestError(
                _("That job has a known outcome. Use /grok video for another.")
            )
        return await self._reserve(await self.again(job, origin), asker)

    async def derive(
        self,
        job: Job,
        origin: Origin,
        asker: Asker,
        lineage: Lineage,
        *,
        prompt: str | None = None,
    ) -> Job | Denial:
        """Make the request of a job once more as a job of its own, perhaps with another prompt.

        It is private if that job is, or if whoever wants it has chosen so for all of theirs.

        Raises:
            InvalidRequestError: Something of it is no longer kept or offered.
        """
        chosen = await self._preferences.of(origin.requester_id)
        wanted = replace(job, is_private=job.is_private or chosen.is_private)
        request = await self.again(wanted, origin, lineage=lineage, prompt=prompt)
        return await self._reserve(request, asker)

    async def again(
        self,
        job: Job,
        origin: Origin,
        *,
        lineage: Lineage | None = None,
        prompt: str | None = None,
    ) -> ValidRequest:
        """Return the very request of a job, as far as it can still be made.

        Without a lineage it takes the place of that job; with one, and perhaps another prompt, it
        comes of it.

        Raises:
            InvalidRequestError: Something of it is no longer kept or offered.
        """
        if not job.spec.prompt and prompt is None:
            raise InvalidRequestError(
                _(
                    "The prompt of that job is no longer kept. "
                    "Please start a new one with /grok video."
                )
            )
        try:
            images = await read_references(self._storage, job)
        except FetchError as error:
            if not error.is_final:
                raise InvalidRequestError(
                    _("The reference images can't be read at this moment. Please try again later.")
                ) from None
            raise InvalidRequestError(IMAGES_GONE()) from None
        return self._validator.validate_again(job, origin, images, lineage=lineage, prompt=prompt)

    async def _valid(self, request: VideoRequest, bounds: Bounds) -> ValidRequest:
        """Check a request as its member usually wants it; where that does not fit, as it is."""
        chosen = await self._preferences.of(request.origin.requester_id)
        if request.is_private is None:
            request = replace(request, is_private=chosen.is_private)
        wanted = preferred(request, chosen)
        if wanted != request:
            with suppress(InvalidRequestError):
                return await self._validator.validate(wanted, bounds)
        return await self._validator.validate(request, bounds)

    async def _reserve(self, request: ValidRequest, asker: Asker) -> Job | Denial:
        # Whoever commands here was just told by Discord what the bot may do here.
        await self._places.reopen(request.origin.channel_id)
        if request.is_private:
            await self._places.reopen(request.origin.requester_id)
        hits = await self._prompts.hits(request.origin.guild_id, request.spec.prompt)
        made = await self._reserver.reserve(request, asker, hits)
        match made:
            case Denial():
                log.info("Interaction %s: no, %s", request.origin.interaction_id, made.refusal)
            case Job():
                log.info("Job %s is reserved for %s", made.id, made.spec.model)
                self._wake()
        return made
