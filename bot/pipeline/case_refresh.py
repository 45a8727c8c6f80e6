"""Keeps the posted cards of cases in step with what was decided."""

import logging
from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.domain import CaseState, CaseView, OwedMessage
from bot.errors import MessageGoneError, PostingError, PostLaterError, StoreUnavailableError
from bot.pipeline.refresh import EDIT_INTERVAL
from bot.store.moderation.case_questions import CaseQuestions
from bot.store.outbox import OutboxStore

log = logging.getLogger(__name__)


class Editor(Protocol):
    """The door to Discord, as the cards of cases need it."""

    def digest(self, view: CaseView) -> str:
        """Return a short digest of what the card should show now."""
        ...

    async def edit(self, card: OwedMessage, view: CaseView) -> None:
        """Make the card show its case, without buttons once it is decided.

        Raises:
            PostLaterError: Out of reach or busy.
            PostRefusedError: The channel is closed to us.
            MessageGoneError: Somebody removed the card.
        """
        ...


class CaseRefresher:
    """Edits each card that no longer shows its case."""

    def __init__(
        self, cases: CaseQuestions, outbox: OutboxStore, editor: Editor, clock: Clock
    ) -> None:
        self._cases = cases
        self._outbox = outbox
        self._editor = editor
        self._clock = clock
        self._tried_at: dict[int, datetime] = {}

    async def refresh(self) -> None:
        """Look once at every card that may be out of step."""
        stale = await self._cases.stale_cards()
        for card, view in stale:
            try:
                await self._refresh_one(card, view)
            except StoreUnavailableError:
                raise
            except Exception:
                # One card that can't be drawn must not keep the others from being edited.
                log.exception("The card of case %s can't be kept in step", view.case.id)
        still_stale = {view.case.id for _, view in stale}
        for case_id in self._tried_at.keys() - still_stale:
            del self._tried_at[case_id]

    async def _refresh_one(self, card: OwedMessage, view: CaseView) -> None:
        now, case = self._clock.now(), view.case
        tried_at = self._tried_at.get(case.id)
        if tried_at is not None and now - tried_at < EDIT_INTERVAL:
            return
        self._tried_at[case.id] = now
        shown = self._editor.digest(view)
        try:
            if shown != card.shown:
                await self._editor.edit(card, view)
        except PostLaterError as error:
            log.info("The card of case %s is edited later: %s", case.id, error)
            return
        except MessageGoneError:
            log.info("The card of case %s was removed", case.id)
            await self._outbox.mark_shown(card, shown, is_folded=True)
            return
        except PostingError as error:
            log.info("The card of case %s can't be edited: %s", case.id, error)
        await self._outbox.mark_shown(card, shown, is_folded=case.state is not CaseState.OPEN)
