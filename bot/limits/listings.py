"""Names that are added to a list of channels, roles or models, and taken from it again."""

from collections.abc import Callable, Collection
from typing import Any

from bot.errors import InvalidRequestError
from bot.language import _

Edit = Callable[[Any], Any]
"""Takes a list as it is set, None where none is, and returns it as it is to be."""


def adding(items: Collection[int | str]) -> Edit:
    """Put names on a list, whatever being on it means there."""

    def edit(value: Any) -> Any:  # noqa: ANN401 - as JSON has it
        if value is None:
            raise InvalidRequestError(_("There is no list yet. Please begin one with `set`."))
        return {**value, "items": [*value["items"], *items]}

    return edit


def removing(items: Collection[int | str]) -> Edit:
    """Take names off a list; where they were the last exceptions, there is no list any more."""

    def edit(value: Any) -> Any:  # noqa: ANN401 - as JSON has it
        if value is None or not set(items) <= set(value["items"]):
            raise InvalidRequestError(_("That is not on the list; `show` tells what is."))
        left = [item for item in value["items"] if item not in items]
        if left:
            return {**value, "items": left}
        if value["mode"] == "only":
            # An empty list would allow nothing, and no list everything: neither was asked for.
            raise InvalidRequestError(
                _(
                    "That is the last one on the list, and without it nothing would be allowed. "
                    "Use `set` to allow everything, or `/grok-admin pause`."
                )
            )
        return None

    return edit
