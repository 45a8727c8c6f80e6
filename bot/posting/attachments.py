"""The files of posted messages: their names, and addresses where anybody can fetch them."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

import discord

from bot.clock import Clock
from bot.posting.undisturbed import UndisturbedCalls

_REFERENCE: Final = re.compile(r"(?:SPOILER_)?reference-(\d+)\.")
_HEX: Final = 16
_REMEMBERED: Final = 256
"""Messages; a job asks once for each try of its submission, so few are asked for again."""


def reference_name(number: int, media_type: str) -> str:
    """Name the file of a job's reference image, counted from 1, such as `reference-1.png`."""
    return f"reference-{number}.{media_type.partition('/')[2]}"


@dataclass(frozen=True, slots=True)
class _Signed:
    """The addresses of one message, and when the first of them expires."""

    urls: tuple[str, ...] = field(repr=False)
    expires_at: datetime


class PostedFiles:
    """Finds the signed addresses of a message's files; it needs no gateway.

    An address is handed out as long as it lives for at least `shortest_life` more, because a
    provider may fetch it late; then the message is read again for a new one.
    """

    def __init__(
        self,
        client: discord.Client,
        clock: Clock,
        *,
        shortest_life: timedelta = timedelta(hours=1),
        remembered: int = _REMEMBERED,
    ) -> None:
        self._client = client
        self._clock = clock
        self._shortest_life = shortest_life
        self._remembered = remembered
        self._known: OrderedDict[tuple[int, int], _Signed] = OrderedDict()
        self._calls = UndisturbedCalls()

    async def urls(self, channel_id: int, message_id: int) -> tuple[str, ...]:
        """Return an address for each file of a message of ours, in the order of the files.

        Raises:
            PostLaterError: Discord was out of reach or busy.
            PostRefusedError: The channel is gone or closed to us.
            MessageGoneError: Somebody removed the message.
        """
        key = (channel_id, message_id)
        known = self._known.get(key)
        if known is not None and known.expires_at - self._clock.now() >= self._shortest_life:
            self._known.move_to_end(key)
            return known.urls
        self._known.pop(key, None)
        channel = self._client.get_partial_messageable(channel_id)
        message = await self._calls.make(channel.fetch_message(message_id))
        urls = tuple(file.url for file in sorted(message.attachments, key=_place))
        expires_at = _first_end(urls)
        if expires_at is not None:
            self._known[key] = _Signed(urls, expires_at)
        while len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return urls


def _place(file: discord.Attachment) -> int:
    """Say where a file stands: Discord does not promise the order in which they were sent."""
    found = _REFERENCE.match(file.filename)
    return int(found[1]) if found else 0


def _first_end(urls: Sequence[str]) -> datetime | None:
    """Return when the first of the addresses expires; None when that can't be told of all.

    `ex` holds hexadecimal seconds (Discord's reference, Signed Attachment CDN URLs).
    """
    try:
        ends = [int(parse_qs(urlsplit(url).query)["ex"][0], _HEX) for url in urls]
        return datetime.fromtimestamp(min(ends), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
