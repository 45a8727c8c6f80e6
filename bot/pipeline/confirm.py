"""The requester's word on a price: a job that waits for it goes on, or is given up."""

from collections.abc import Callable, Sequence
from typing import Final

from bot.domain import Asker, Denial, Job, Viewer
from bot.errors import InvalidRequestError, NotAllowedError
from bot.language import Phrase, _
from bot.limits.prompt_rules import Hit, merged
from bot.pipeline.access import JobAccess
from bot.pipeline.prompts import PromptWatch
from bot.store.community.storyboards import StoryboardStore
from bot.store.holds import HoldStore

_TOO_LATE: Final = Phrase(
    "There is nothing to confirm any more. Start another one with `/grok video`."
)


class Confirmer:
    """Asks nobody but the requester, and believes the answer once."""

    def __init__(
        self,
        access: JobAccess,
        holds: HoldStore,
        storyboards: StoryboardStore,
        prompts: PromptWatch,
        wake: Callable[[], None],
    ) -> None:
        self._access = access
        self._holds = holds
        self._storyboards = storyboards
        self._prompts = prompts
        self._wake = wake

    async def confirm(self, job_id: str, viewer: Viewer, asker: Asker) -> Job | Denial:
        """Let a job go on.

        Raises:
            NotAllowedError: It is not theirs.
            InvalidRequestError: It does not wait for that any more.
        """
        job = await self._own(job_id, viewer)
        # Its price may be asked about before a rule sends it to the moderators.
        hits = merged([await self._hits(scene) for scene in await self._scenes(job)])
        made = await self._holds.confirm(job.id, asker, hits)
        if made is None:
            raise InvalidRequestError(_TOO_LATE())
        self._wake()
        return made

    async def decline(self, job_id: str, viewer: Viewer) -> Job:
        """Give a job up; nothing was charged.

        Raises:
            NotAllowedError: It is not theirs.
            InvalidRequestError: It does not wait for that any more.
        """
        job = await self._own(job_id, viewer)
        if not await self._holds.decline(job.id):
            raise InvalidRequestError(_TOO_LATE())
        return job

    async def _scenes(self, job: Job) -> Sequence[Job]:
        """List what the yes is about: of a storyboard all scenes."""
        found = await self._storyboards.find(job)
        return [job] if found is None else found[1]

    async def _hits(self, job: Job) -> Sequence[Hit]:
        return await self._prompts.hits(job.origin.guild_id, job.spec.prompt)

    async def _own(self, job_id: str, viewer: Viewer) -> Job:
        job = await self._access.visible(job_id, viewer)
        if job.origin.requester_id != viewer.member_id:
            raise NotAllowedError(_("Only its requester can say yes or no to this price."))
        return job
