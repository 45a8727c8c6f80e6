"""The pictures of people, asked of Discord when they are wanted: the bot keeps none."""

from typing import Final

import discord

from bot.domain import SentFile
from bot.errors import InvalidRequestError, PostingError
from bot.posting.undisturbed import UndisturbedCalls
from bot.posting.words_forms import NO_PICTURE

_SIDE: Final = 1024
"""Pixels; Discord makes a picture of any power of two up to 4096 (Image Formatting)."""


class Avatars:
    """Asks over REST: whoever is pointed at need not be a member."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._calls = UndisturbedCalls()

    async def of(self, user_id: int) -> SentFile:
        """Return where the picture of a person is.

        Raises:
            InvalidRequestError: Discord does not tell.
        """
        try:
            user = await self._calls.make(self._client.fetch_user(user_id))
        except PostingError:
            raise InvalidRequestError(NO_PICTURE()) from None
        picture = user.display_avatar.replace(size=_SIDE, format="png")
        return SentFile(f"{user.name}.png", picture.url)
