"""Puts the card of a job together: what it shows, its buttons, and the mark of what it shows."""

from typing import Any

from bot.clock import Clock
from bot.domain import Job, JobState, Outlook, OwedMessage, Pause
from bot.posting.buttons import card_buttons
from bot.posting.cards import Looks
from bot.posting.facts import is_folded
from bot.posting.outlook_text import outlook_text
from bot.posting.outlooks import Outlooks
from bot.posting.pauses import Pauses
from bot.posting.shown import card_mark


class Cards:
    """Makes cards in the language that is spoken."""

    def __init__(
        self, looks: Looks, clock: Clock, pauses: Pauses, outlooks: Outlooks | None = None
    ) -> None:
        self._looks = looks
        self._clock = clock
        self._pauses = pauses
        self._outlooks = outlooks

    async def first(self, job: Job, *, is_plain: bool) -> tuple[dict[str, Any], str]:
        """Make what is sent, and its mark; plain is without what the member wrote."""
        pause = await self._pause(job)
        outlook = None if self._outlooks is None else await self._outlooks.of(job)
        embed = self._looks.card(
            job,
            now=self._clock.now(),
            result=None,
            pause=pause,
            outlook=outlook,
            is_plain=is_plain,
        )
        parts = {"embed": embed, "view": card_buttons(job)}
        return parts, self.mark(job, None, pause, outlook, is_plain=is_plain)

    def edited(
        self,
        job: Job,
        result: OwedMessage | None,
        pause: Pause | None,
        outlook: Outlook | None,
    ) -> dict[str, Any]:
        """Make what a card is to become."""
        parts: dict[str, Any] = {}
        if job.references and is_folded(job):
            # Nobody fetches them any more. Edit Message keeps files when the field is left out.
            parts["attachments"] = []
        now = self._clock.now()
        embed = self._looks.card(job, now=now, result=result, pause=pause, outlook=outlook)
        return parts | {"embed": embed, "view": card_buttons(job)}

    def mark(
        self,
        job: Job,
        result: OwedMessage | None,
        pause: Pause | None,
        outlook: Outlook | None,
        *,
        is_plain: bool = False,
    ) -> str:
        """Return a short mark of what a card shows; see `bot.posting.shown`."""
        now = self._clock.now()
        embed = self._looks.card(job, now=now, result=result, pause=pause, is_plain=is_plain)
        return card_mark(embed, outlook_text(job, outlook, pause))

    async def _pause(self, job: Job) -> Pause | None:
        if job.state is not JobState.RESERVED:
            return None
        return (await self._pauses.current()).get(job.spec.provider)
