"""The queue of reactions: bounded, in order, and with messages that have to wait for something."""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from bot.clock import Clock
from bot.domain import PostedVideo, ReactionEvent
from bot.errors import StoreUnavailableError

log = logging.getLogger(__name__)

MOST: Final = 2000
"""Events that wait; what comes beyond that is read from its message later."""
BATCH: Final = 50
"""Events that are written at once."""
_MOST_MISSED: Final = 500
_TROUBLE_SECONDS: Final = 2.0


class ReactionInbox:
    """One worker takes the events, in their order for each message."""

    def __init__(
        self, take: Callable[[Sequence[ReactionEvent]], Awaitable[None]], clock: Clock
    ) -> None:
        self._take = take
        self._clock = clock
        self._waiting: deque[ReactionEvent] = deque()
        self._held: dict[int, list[ReactionEvent]] = {}
        self._missed: OrderedDict[int, PostedVideo] = OrderedDict()
        self._changed = asyncio.Event()
        self._turn = asyncio.Lock()
        self._is_closing = False
        self._in_hand = 0

    def put(self, event: ReactionEvent) -> None:
        """Take an event in, or note its message when there is no room."""
        if self.size >= MOST:
            self.miss(event.message)
            return
        self._waiting.append(event)
        self._changed.set()

    @property
    def size(self) -> int:
        """Return how many events wait."""
        return len(self._waiting) + sum(map(len, self._held.values())) + self._in_hand

    def miss(self, message: PostedVideo) -> None:
        """Note that an event of a message was not taken in."""
        if not self._missed:
            log.warning("More reactions than can be taken in: some are read later")
        self._missed[message.message_id] = message
        if len(self._missed) > _MOST_MISSED:
            self._missed.popitem(last=False)

    def missed(self) -> list[PostedVideo]:
        """Hand over the messages of which an event was not taken in."""
        found = list(self._missed.values())
        self._missed.clear()
        return found

    def hold(self, message_id: int, *events: ReactionEvent) -> None:
        """Let what is heard about a message wait, beginning with these events."""
        self._held.setdefault(message_id, []).extend(events)

    def release(self, message_id: int) -> None:
        """Let it go on, in its order and before what came later."""
        self._waiting.extendleft(reversed(self._held.pop(message_id, [])))
        self._changed.set()

    @asynccontextmanager
    async def holding(self, message_id: int) -> AsyncIterator[bool]:
        """Let what is heard about a message wait while it is read.

        False: something else holds it already, so that reading it now would mix up the order.
        """
        if message_id in self._held:
            yield False
            return
        self.hold(message_id)
        try:
            async with self._turn:
                pass  # what is in hand is written by now
            yield True
        finally:
            self.release(message_id)

    async def run(self) -> None:
        """Work until `close`; nothing else ends it."""
        while not self._is_closing:
            batch = self._next()
            if not batch:
                self._changed.clear()
                await self._changed.wait()
                continue
            self._in_hand = len(batch)
            try:
                async with self._turn:
                    await self._work(batch)
            finally:
                self._in_hand = 0

    def close(self) -> None:
        """Begin nothing more."""
        self._is_closing = True
        self._changed.set()

    def _next(self) -> list[ReactionEvent]:
        batch: list[ReactionEvent] = []
        while self._waiting and len(batch) < BATCH:
            event = self._waiting.popleft()
            held = self._held.get(event.message.message_id)
            if held is None:
                batch.append(event)
            else:
                held.append(event)
        return batch

    async def _work(self, batch: Sequence[ReactionEvent]) -> None:
        """Have a batch taken, again and again while the database is away."""
        is_troubled = False
        while not self._is_closing:
            try:
                await self._take(batch)
            except StoreUnavailableError as error:
                if not is_troubled:
                    log.error("The reactions wait for the database: %s", error)
                is_troubled = True
                await self._clock.sleep(_TROUBLE_SECONDS)
            except Exception:
                log.exception("A batch of reactions broke; their messages are read instead")
                for event in batch:
                    self.miss(event.message)
                return
            else:
                return
