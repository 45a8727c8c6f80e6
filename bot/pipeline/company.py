"""Processes that work on one database: they share what is limited, and inherit from the dead."""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.errors import StoreUnavailableError
from bot.store.leases import LeaseStore

log = logging.getLogger(__name__)

_ROUND_SECONDS: Final = 5.0
_MOURNING: Final = timedelta(seconds=15)
"""How long a process must be gone: after a restart of the database all have to come back."""


class Look(Protocol):
    """Who lives, as one look showed it."""

    @property
    def living(self) -> Collection[int]:
        """One number for each process."""
        ...

    @property
    def is_ousted(self) -> bool:
        """Whether another process has the gateway that was ours, or the database to itself."""
        ...

    def has(self, worker: str) -> bool:
        """Tell whether the worker of that name lives."""
        ...


class Presence(Protocol):
    """The door to the others."""

    async def look(self) -> Look:
        """See who lives.

        Raises:
            StoreUnavailableError: The database did not answer.
        """
        ...


class Company:
    """Looks around every few seconds.

    `shares` are told how many processes there are, and divide by that.
    """

    def __init__(
        self,
        presence: Presence,
        leases: LeaseStore,
        clock: Clock,
        *,
        shares: Sequence[Callable[[int], None]],
    ) -> None:
        self._presence = presence
        self._leases = leases
        self._clock = clock
        self._shares = shares
        self._count = 1
        self._missing: dict[str, datetime] = {}

    async def run(self) -> None:
        """Look around; return when another process has taken this one's place."""
        is_troubled = False
        while True:
            try:
                if await self.round():
                    return
            except StoreUnavailableError as error:
                if not is_troubled:
                    log.warning("The other processes can't be seen: %s", error)
                is_troubled = True
            except Exception:
                log.exception("A look at the other processes failed; the next one is as planned")
            else:
                is_troubled = False
            await self._clock.sleep(_ROUND_SECONDS)

    async def round(self) -> bool:
        """Look once: divide what is shared, and free what a dead process had in hand.

        True means that this one has to end: another one has taken its place.

        Raises:
            StoreUnavailableError: The database did not answer.
        """
        try:
            look = await self._presence.look()
        except StoreUnavailableError:
            self._missing = {}  # whoever is not back yet was not seen to be gone
            raise
        if look.is_ousted:
            return True
        self._divide(max(1, len(look.living)))
        now = self._clock.now()
        gone = [worker for worker in await self._leases.holders() if not look.has(worker)]
        self._missing = {worker: self._missing.get(worker, now) for worker in gone}
        dead = [worker for worker, since in self._missing.items() if now - since >= _MOURNING]
        if dead:
            count = await self._leases.release(dead)
            log.info("Took over %d rows of processes that have ended", count)
        return False

    def _divide(self, count: int) -> None:
        if count == self._count:
            return
        log.info("%d processes share the work now", count)
        self._count = count
        for share in self._shares:
            share(count)
