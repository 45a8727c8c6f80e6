"""Tells somebody why their reaction was not honoured: directly, else by a note that goes again.

Discord has no answer to a reaction that one person alone could see.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine, Hashable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from bot.clock import Clock
from bot.domain import PostedVideo
from bot.errors import PlaceClosedError, PostingError
from bot.posting.direct import DirectFile
from bot.posting.words_reactions import CLOSED

log = logging.getLogger(__name__)

NOTE_STAYS: Final = timedelta(seconds=20)
_SAID_AGAIN_AFTER: Final = timedelta(minutes=1)
_NOTED_AGAIN_AFTER: Final = timedelta(minutes=10)
"""For the same member; in the same channel it is `NOTE_STAYS`."""
_REMEMBERED: Final = 2000


class DirectSender(Protocol):
    """The door to direct messages."""

    async def send(self, member_id: int, text: str, files: Sequence[DirectFile]) -> None:
        """Send one message.

        Raises:
            PlaceClosedError: The member takes none from the bot.
            PostingError: Discord would not, or was out of reach.
        """
        ...


class Notes(Protocol):
    """The door to a channel, for something short."""

    async def post_note(self, channel_id: int, member_id: int, text: str) -> PostedVideo:
        """Say something to a member where everybody reads it.

        Raises:
            PostingError: Discord would not, or was out of reach.
        """
        ...

    async def remove_note(self, note: PostedVideo) -> None:
        """Take it back.

        Raises:
            PostingError: Discord would not, or was out of reach.
        """
        ...


class Recently:
    """Remembers what was done a short time ago, and not more of it than there is room for."""

    def __init__(self, clock: Clock, *, most: int = _REMEMBERED) -> None:
        self._clock = clock
        self._most = most
        self._done: OrderedDict[Hashable, datetime] = OrderedDict()

    def is_new(self, what: Hashable, within: timedelta) -> bool:
        """Tell whether it was not done for so long, and note that it is done now."""
        now = self._clock.now()
        at = self._done.get(what)
        if at is not None and now - at < within:
            return False
        self._done[what] = now
        self._done.move_to_end(what)
        if len(self._done) > self._most:
            self._done.popitem(last=False)
        return True

    def forget(self, what: Hashable) -> None:
        """Take back that it was done: it came to nothing."""
        self._done.pop(what, None)


class Teller:
    """Says the same to the same person once a minute at most, whatever they click."""

    def __init__(self, direct: DirectSender, notes: Notes, clock: Clock) -> None:
        self._direct = direct
        self._notes = notes
        self._clock = clock
        self._recently = Recently(clock)
        self._removing: set[asyncio.Task[None]] = set()

    async def tell(self, member_id: int, channel_id: int, text: str) -> None:
        """Say it by direct message; where those are closed, say so in the channel for a while."""
        if not self._recently.is_new(("said", member_id, text), _SAID_AGAIN_AFTER):
            return
        try:
            await self._direct.send(member_id, text, [])
        except PlaceClosedError:
            await self._note(member_id, channel_id)
        except PostingError as error:
            log.info("Somebody could not be told about their reaction: %s", error)

    def close(self) -> None:
        """Take no note back any more: one that is there stays."""
        for task in self._removing:
            task.cancel()

    async def _note(self, member_id: int, channel_id: int) -> None:
        is_new = self._recently.is_new(("noted", member_id), _NOTED_AGAIN_AFTER)
        # What is said to others about their limits is nobody else's business, so it is not said.
        if not is_new or not self._recently.is_new(("noted in", channel_id), NOTE_STAYS):
            return
        try:
            note = await self._notes.post_note(channel_id, member_id, CLOSED())
        except PostingError as error:
            log.info("A note about a reaction could not be posted: %s", error)
            return
        self._later(self._remove(note))

    async def _remove(self, note: PostedVideo) -> None:
        await self._clock.sleep(NOTE_STAYS.total_seconds())
        try:
            await self._notes.remove_note(note)
        except PostingError as error:
            log.info("A note about a reaction stays: %s", error)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._removing.add(task)
        task.add_done_callback(self._removing.discard)
