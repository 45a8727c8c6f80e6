"""Makes new jobs of earlier ones: again, remixed, continued, extended or edited."""

from dataclasses import dataclass
from typing import Final

from bot.domain import (
    Asker,
    Denial,
    FailureKind,
    Job,
    JobState,
    Lineage,
    Mode,
    Origin,
    Relation,
    VideoRequest,
    Viewer,
)
from bot.errors import InvalidRequestError
from bot.pipeline.access import (
    JobAccess,
    check_not_hidden,
    check_not_removed,
    check_not_withheld,
)
from bot.pipeline.continuing import Continuer
from bot.pipeline.intake import Intake
from bot.posting.words_continuing import FILE_GONE
from bot.posting.words_controls import IMAGES_GONE, NOT_FINISHED, OUTCOME_UNKNOWN
from bot.providers.catalogue import Catalogue
from bot.store.questions import JobQuestions

_MODES: Final = {Relation.EDIT: Mode.EDIT, Relation.EXTEND: Mode.EXTEND}


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants something of a job, and from where; it is made at their own cost and limits."""

    viewer: Viewer
    origin: Origin
    asker: Asker


class Sequels:
    """Looks at the earlier job first; `catalogue` is what is offered here."""

    def __init__(
        self,
        access: JobAccess,
        questions: JobQuestions,
        intake: Intake,
        continuer: Continuer,
        catalogue: Catalogue,
    ) -> None:
        self._access = access
        self._questions = questions
        self._intake = intake
        self._continuer = continuer
        self._catalogue = catalogue

    async def check(self, job_id: str, viewer: Viewer, relation: Relation) -> Job:
        """Check that something can come of a job, as far as that can be said before a prompt is.

        Raises:
            NotAllowedError: There is no such job for them, its video was removed, or its prompt
                is not theirs to use.
            InvalidRequestError: It is not over, or what it would go on from is not kept.
        """
        if relation not in {Relation.AGAIN, Relation.REMIX}:
            job, _ = await self._access.source(job_id, viewer)
            if relation is Relation.CONTINUE and (await self._questions.swept(job.id))[0]:
                raise InvalidRequestError(FILE_GONE())
            return job
        job = await self._access.visible(job_id, viewer)
        check_not_removed(job)
        check_not_hidden(job)
        check_not_withheld(job, viewer)
        if job.is_open and job.state is not JobState.FAILED:
            raise InvalidRequestError(NOT_FINISHED())
        is_unknown = job.failure is not None and job.failure.kind is FailureKind.OUTCOME_UNKNOWN
        if relation is Relation.AGAIN and is_unknown:
            raise InvalidRequestError(OUTCOME_UNKNOWN())
        if job.references and (await self._questions.swept(job.id))[1]:
            raise InvalidRequestError(IMAGES_GONE())
        return job

    async def again(self, job_id: str, wish: Wish) -> Job | Denial:
        """Make the very request of a job once more; a few seconds later it is the same wish.

        Raises:
            NotAllowedError: As of `check`.
            InvalidRequestError: As of `check`, or something of it is no longer kept or offered.
        """
        job = await self.check(job_id, wish.viewer, Relation.AGAIN)
        lineage = Lineage(job.id, Relation.AGAIN)
        return await self._intake.derive(job, wish.origin, wish.asker, lineage)

    async def make(
        self,
        job_id: str,
        relation: Relation,
        prompt: str,
        wish: Wish,
        *,
        model: str | None = None,
        seconds: int | None = None,
    ) -> Job | Denial:
        """Make with a prompt what is to come of a job; of a private one it is private in any case.

        Raises:
            NotAllowedError: As of `check`.
            UnableError: No model can do that with this video.
            InvalidRequestError: As of `check`, or it does not fit.
        """
        job = await self.check(job_id, wish.viewer, relation)
        match relation:
            case Relation.REMIX:
                lineage = Lineage(job.id, relation)
                made = self._intake.derive(job, wish.origin, wish.asker, lineage, prompt=prompt)
                return await made
            case Relation.CONTINUE:
                request = await self._continuer.request(
                    job.id,
                    wish.viewer,
                    wish.origin,
                    prompt,
                    model=model,
                    seconds=seconds,
                    is_private=job.is_private or None,
                )
            case _:
                request = await self._changed(job, relation, prompt, wish, model, seconds)
        return await self._intake.accept(request, wish.asker)

    async def _changed(
        self,
        job: Job,
        relation: Relation,
        prompt: str,
        wish: Wish,
        model: str | None,
        seconds: int | None,
    ) -> VideoRequest:
        """Ask for an edit or an extension: by the model that made the video, if it can."""
        mode = _MODES[relation]
        _, source = await self._access.source(job.id, wish.viewer)
        own = self._catalogue.entry(job.spec.provider, job.spec.model)
        if model is None and own is not None and mode in own.modes:
            model = own.key
        return VideoRequest(
            origin=wish.origin,
            prompt=prompt,
            model=model,
            seconds=seconds,
            mode=mode,
            source=source,
            lineage=Lineage(job.id, relation),
            is_private=job.is_private or None,
        )
