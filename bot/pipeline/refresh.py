"""Keeps the posted cards in step with their jobs, without pestering Discord."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import Job, MessageKind, Outlook, OwedMessage, Pause
from bot.errors import MessageGoneError, PostingError, PostLaterError, StoreUnavailableError
from bot.pipeline.foresight import Foresight
from bot.posting.pauses import Pauses
from bot.posting.shown import is_same_but_for_outlook
from bot.store.outbox import OutboxStore

log = logging.getLogger(__name__)

EDIT_INTERVAL: Final = timedelta(seconds=4)
"""A card is edited at most this often; Discord allows about five edits in five seconds."""
OUTLOOK_INTERVAL: Final = timedelta(seconds=15)
"""Where nothing but its place in the queue or the usual time has changed, this often."""
OUTLOOK_EDITS: Final = 5
"""Of such cards so many a round, those in front first: of Discord's fifty requests a second the
others need the most, and a card that has news must not wait for a thousand that have little."""


class CardEditor(Protocol):
    """The door to Discord, as cards need it."""

    def card_digest(
        self,
        job: Job,
        result: OwedMessage | None,
        pause: Pause | None,
        outlook: Outlook | None = None,
    ) -> str:
        """Return a short digest of what the card of `job` should show now.

        `pause` is that of the job's provider, if there is one; see `bot.posting.shown` for what
        of the digest tells of the outlook.
        """
        ...

    async def edit_card(
        self,
        job: Job,
        card: OwedMessage,
        result: OwedMessage | None,
        pause: Pause | None,
        outlook: Outlook | None = None,
    ) -> None:
        """Make the card show the job as it is, without its images once they are of no use.

        Raises:
            PostLaterError: Out of reach or busy.
            PostRefusedError: The channel is closed to us.
            MessageGoneError: Somebody removed the card.
        """
        ...


class CardRefresher:
    """Edits each card that no longer shows its job."""

    def __init__(
        self,
        outbox: OutboxStore,
        editor: CardEditor,
        clock: Clock,
        pauses: Pauses,
        foresight: Foresight,
    ) -> None:
        self._outbox = outbox
        self._editor = editor
        self._clock = clock
        self._pauses = pauses
        self._foresight = foresight
        self._edited_at: dict[str, datetime] = {}
        self._outlook_edits = 0
        """How many of this round changed nothing else."""

    async def refresh(self) -> None:
        """Look at every live card once."""
        live = await self._outbox.live_cards()
        pauses = await self._pauses.current() if live else {}
        outlooks = await self._foresight.of_all(job for job, _ in live)
        self._outlook_edits = 0
        for job, card in sorted(live, key=lambda pair: _number(outlooks.get(pair[0].id))):
            # A thousand cards take a tenth of a second to draw: commands are answered in between.
            await asyncio.sleep(0)
            try:
                outlook = outlooks.get(job.id)
                await self._refresh_one(job, card, pauses.get(job.spec.provider), outlook)
            except StoreUnavailableError:
                raise
            except Exception:
                # One card that can't be drawn must not keep the others from moving.
                self._edited_at[job.id] = self._clock.now()
                log.exception("The card of job %s can't be kept in step", job.id)
        still_live = {job.id for job, _ in live}
        for job_id in self._edited_at.keys() - still_live:
            del self._edited_at[job_id]

    async def _refresh_one(
        self, job: Job, card: OwedMessage, pause: Pause | None, outlook: Outlook | None
    ) -> None:
        now = self._clock.now()
        edited_at = self._edited_at.get(job.id)
        if edited_at is not None and now - edited_at < EDIT_INTERVAL:
            return
        is_over = not job.is_open
        sent = await self._outbox.sent(job.id) if is_over else {}
        result = sent.get(MessageKind.RESULT)
        digest = self._editor.card_digest(job, result, pause, outlook)
        if not is_over and not self._is_worth_an_edit(digest, card, edited_at, now):
            return
        self._edited_at[job.id] = now
        try:
            if digest != card.shown:
                await self._editor.edit_card(job, card, result, pause, outlook)
        except PostLaterError as error:
            log.info("The card of job %s is edited later: %s", job.id, error)
        except MessageGoneError:
            log.info("The card of job %s was removed", job.id)
            await self._outbox.mark_shown(card, digest, is_folded=True)
        except PostingError as error:
            # A closed thread may open again; the next change of the job tries once more.
            log.info("The card of job %s can't be edited now: %s", job.id, error)
            await self._outbox.mark_shown(card, digest, is_folded=is_over)
        else:
            await self._outbox.mark_shown(card, digest, is_folded=is_over)

    def _is_worth_an_edit(
        self, digest: str, card: OwedMessage, edited_at: datetime | None, now: datetime
    ) -> bool:
        if card.shown is None or not is_same_but_for_outlook(digest, card.shown):
            return True
        is_early = edited_at is not None and now - edited_at < OUTLOOK_INTERVAL
        if digest == card.shown or is_early or self._outlook_edits >= OUTLOOK_EDITS:
            return False
        self._outlook_edits += 1
        return True


def _number(outlook: Outlook | None) -> int:
    """Return by what cards are put in order: those that do not wait, then from the front on."""
    return 0 if outlook is None or outlook.place is None else outlook.place.number
