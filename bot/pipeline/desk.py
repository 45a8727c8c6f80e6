"""The moderators' desk: what they decide about cases, and what a member may appeal."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.domain import (
    AlreadyDecided,
    Appealed,
    Asker,
    CaseKind,
    CaseState,
    CaseView,
    Decided,
    Denial,
    Job,
    Ruling,
    Viewer,
)
from bot.errors import InvalidRequestError, NotAllowedError
from bot.language import Phrase
from bot.pipeline.access import JobAccess
from bot.pipeline.intake import Intake
from bot.pipeline.reserve import Reserver
from bot.store.moderation.case_questions import CaseQuestions
from bot.store.moderation.desk import CaseStore, Order

_NOT_YOURS: Final = Phrase("Only its requester can appeal.")
_NOT_DECLINED: Final = Phrase(
    "That job was not declined by a moderator, so there is nothing to appeal."
)
_NO_CASE: Final = Phrase(
    "There is no such case here. `/grok-admin review list` shows the open ones."
)
_LONGEST_REASON: Final = 300
_NO_REASON: Final = Phrase(
    "Please say why in at most {count} characters; the member reads it. Nothing was changed."
)


class Desk:
    """Decides once, and says who was first."""

    def __init__(
        self,
        access: JobAccess,
        store: CaseStore,
        cases: CaseQuestions,
        intake: Intake,
        reserver: Reserver,
        wake: Callable[[], None],
    ) -> None:
        self._access = access
        self._store = store
        self._cases = cases
        self._intake = intake
        self._reserver = reserver
        self._wake = wake

    async def view(self, case_id: int, moderator: Viewer) -> CaseView:
        """Find a case of the moderator's own server.

        Raises:
            NotAllowedError: There is none; one of another server is not admitted to exist.
        """
        view = await self._cases.view(case_id, moderator.guild_id)
        if view is None:
            raise NotAllowedError(_NO_CASE())
        return view

    async def decide(
        self,
        case_id: int,
        ruling: Ruling,
        moderator: Viewer,
        *,
        interaction_id: int,
        reason: str = "",
    ) -> Decided | AlreadyDecided | Denial:
        """Decide a case; of an appeal that is approved a new job is made in the same commit.

        Raises:
            NotAllowedError: There is no such case in the moderator's server.
            InvalidRequestError: There is no reason, or the job can't be made any more.
        """
        view = await self.view(case_id, moderator)
        if ruling is not Ruling.APPROVE and not 0 < len(reason) <= _LONGEST_REASON:
            raise InvalidRequestError(_NO_REASON(count=_LONGEST_REASON))
        order = Order(case_id, moderator.guild_id, ruling, moderator.member_id, reason)
        is_appeal = view.case.kind is CaseKind.APPEAL and view.case.state is CaseState.OPEN
        if is_appeal and ruling is Ruling.APPROVE:
            outcome = await self._renew(order, view.job, interaction_id)
        else:
            outcome = await self._store.decide(order)
        if outcome is None:
            raise NotAllowedError(_NO_CASE())
        self._wake()
        return outcome

    async def appeal(self, job_id: str, viewer: Viewer, asker: Asker) -> Appealed:
        """Ask the moderators to think again, once for each job.

        Raises:
            NotAllowedError: It is not theirs.
            InvalidRequestError: No moderator declined it.
        """
        job = await self._access.visible(job_id, viewer)
        if job.origin.requester_id != viewer.member_id:
            raise NotAllowedError(_NOT_YOURS())
        appealed = await self._store.appeal(job.id, asker)
        if appealed is None:
            raise InvalidRequestError(_NOT_DECLINED())
        self._wake()
        return appealed

    async def _renew(
        self, order: Order, job: Job, interaction_id: int
    ) -> Decided | AlreadyDecided | Denial | None:
        # The interaction is the moderator's: the member's own has made the first job.
        origin = replace(job.origin, interaction_id=interaction_id)
        request = await self._intake.again(job, origin)
        async with self._reserver.ready(request) as renewal:
            outcome = await self._store.decide(order, renewal)
            is_used = isinstance(outcome, Decided) and outcome.made is not None
            if not is_used:
                await self._reserver.forget(renewal.references)
            return outcome
