"""Which places take messages from us: asked before each call, told after it."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from bot.errors import PlaceClosedError

Result = TypeVar("Result")

_REFUSALS: Final = 2
"""After so many in a row a place is left alone; the store says how long it remembers them."""


class ClosedPlaces(Protocol):
    """The refusals of places, which outlive a restart."""

    async def refusals(self, place_id: int) -> int:
        """Return how often in a row a place refused us lately."""
        ...

    async def note_refusal(self, place_id: int, problem: str) -> None:
        """Count one more."""
        ...

    async def reopen(self, place_id: int) -> None:
        """Forget them."""
        ...


class Doors:
    """Guards the calls to channels and members; by the snowflake of either.

    Discord blocks a bot that is refused too often (10,000 times in ten minutes, from its Rate
    Limits page), and each refusal of a closed channel counts.
    """

    def __init__(self, places: ClosedPlaces) -> None:
        self._places = places

    async def pass_through(self, place_id: int, call: Callable[[], Awaitable[Result]]) -> Result:
        """Return what `call` returns; it is not made where it would be refused again.

        Raises:
            PlaceClosedError: The place takes nothing from us.
        """
        refusals = await self._places.refusals(place_id)
        if refusals >= _REFUSALS:
            raise PlaceClosedError("it refused us before")
        try:
            result = await call()
        except PlaceClosedError as error:
            await self._places.note_refusal(place_id, str(error))
            raise
        if refusals:
            await self._places.reopen(place_id)
        return result
