"""The door to Discord: owed messages go out under their nonce, foreign errors stop here."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp
import discord

from bot.clock import Clock
from bot.domain import Job, MessageKind, OwedMessage
from bot.errors import (
    MessageGoneError,
    PostLaterError,
    PostRefusedError,
    PostTooLargeError,
)
from bot.posting import words
from bot.posting.buttons import card_buttons, failure_buttons
from bot.posting.cards import Looks, digest
from bot.posting.places import Place, Posted
from bot.posting.wire import ReplyTo, only, user

Result = TypeVar("Result")

_UNKNOWN_MESSAGE: Final = 10008
_REQUEST_TOO_LARGE: Final = 40005
_UNAUTHORIZED: Final = 401
_TOO_LARGE: Final = 413
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


class ChannelPoster:
    """Sends and edits the messages of jobs over REST; it needs no gateway and no cache."""

    def __init__(self, client: discord.Client, looks: Looks, clock: Clock) -> None:
        self._client = client
        self._looks = looks
        self._clock = clock
        self._under_way: set[asyncio.Task[Any]] = set()

    async def post(
        self,
        job: Job,
        message: OwedMessage,
        place: Place,
        *,
        card_id: int | None,
        video: Path | None,
    ) -> Posted:
        """Send one owed message under its nonce; see `bot.pipeline.deliver.Poster`."""
        # One nonce a place: Discord would answer a second place with the first one's message.
        nonce = message.nonce if place is Place.CHANNEL else f"{message.nonce}d"
        parts = self._parts(job, message.kind, place)
        shown = digest(parts["embed"])
        if card_id is not None and message.kind is not MessageKind.CARD:
            parts["reference"] = ReplyTo(job.origin.channel_id, card_id)
        sent = await self._undisturbed(self._send(job, place, video, nonce=nonce, **parts))
        return Posted(channel_id=sent.channel.id, message_id=sent.id, shown=shown)

    def card_digest(self, job: Job, result: OwedMessage | None) -> str:
        """Return a short digest of what the card of `job` should show now."""
        return digest(self._card(job, result))

    async def edit_card(self, job: Job, card: OwedMessage, result: OwedMessage | None) -> None:
        """Make the card show the job as it is; see `bot.pipeline.refresh.CardEditor`."""
        assert card.message_id is not None  # noqa: S101 - a check of the table holds it
        channel = self._client.get_partial_messageable(card.channel_id)
        await self._undisturbed(
            channel.get_partial_message(card.message_id).edit(
                embed=self._card(job, result), view=card_buttons(job)
            )
        )

    async def _send(
        self,
        job: Job,
        place: Place,
        video: Path | None,
        **parts: Any,  # noqa: ANN401 - what discord.py's `send` takes
    ) -> discord.Message:
        channel = await self._channel(job, place)
        if video is None:
            return await channel.send(**parts)
        with closing(discord.File(video, filename=f"grok-{job.id}.mp4")) as file:
            return await channel.send(file=file, **parts)

    async def _undisturbed(self, call: Coroutine[Any, Any, Result]) -> Result:
        """Make one call that goes on when whoever waits for it gives up.

        discord.py, cancelled while it waits out a global rate limit, never sends anything
        again. A message that lands late does no harm: its nonce is known.
        """
        task = asyncio.create_task(call)
        self._under_way.add(task)
        task.add_done_callback(self._finished)
        with _foreign_errors():
            return await asyncio.shield(task)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # read, so that nobody hears of it as never retrieved

    async def _channel(self, job: Job, place: Place) -> discord.abc.Messageable:
        if place is Place.REQUESTER:
            return await self._client.create_dm(user(job.origin.requester_id))
        return self._client.get_partial_messageable(
            job.origin.channel_id, guild_id=job.origin.guild_id
        )

    def _parts(self, job: Job, kind: MessageKind, place: Place) -> dict[str, Any]:
        mention = f"<@{job.origin.requester_id}>"
        parts: dict[str, Any]
        match kind:
            case MessageKind.CARD:
                parts = {"embed": self._card(job, None), "view": card_buttons(job)}
            case MessageKind.RESULT:
                parts = {
                    "content": f"{mention}, {words.RESULT}",
                    "embed": self._looks.result(job),
                }
            case MessageKind.FAILURE:
                parts = {
                    "content": f"{mention}, {words.FAILURE}",
                    "embed": self._looks.failure(job),
                    # Its button starts a job where it is pressed: of no use in a direct message.
                    "view": failure_buttons(job) if place is Place.CHANNEL else None,
                }
        is_card = kind is MessageKind.CARD
        allowed = discord.AllowedMentions.none() if is_card else only(job.origin.requester_id)
        present = {name: part for name, part in parts.items() if part is not None}
        return {**present, "allowed_mentions": allowed}

    def _card(self, job: Job, result: OwedMessage | None) -> discord.Embed:
        return self._looks.card(job, now=self._clock.now(), result=result)


@contextmanager
def _foreign_errors() -> Iterator[None]:
    """Turn what discord.py and aiohttp raise into our errors.

    Discord's codes: 10008 is a nonce whose message was deleted, 40005 a file over the limit.
    """
    try:
        yield
    except discord.HTTPException as error:
        told = f"{error.status} (code {error.code})"
        if error.code == _UNKNOWN_MESSAGE:
            raise MessageGoneError(told) from error
        if error.status == _TOO_LARGE or error.code == _REQUEST_TOO_LARGE:
            raise PostTooLargeError(told) from error
        # 401, or no code of Discord's own, is about the bot or its network and not about the
        # channel: a reset token, a block by the proxy in front. What is paid for waits.
        is_ours = error.status == _UNAUTHORIZED or error.code == 0
        if is_ours or error.status == _TOO_MANY or error.status >= _SERVER_ERROR:
            raise PostLaterError(told) from error
        raise PostRefusedError(told) from error
    except discord.RateLimited as error:
        raise PostLaterError("rate limited") from error
    # discord.py lets these through: a reset connection is not retried there on Linux, and a
    # session that was closed meanwhile is a RuntimeError.
    except (aiohttp.ClientError, OSError, TimeoutError, RuntimeError) as error:
        raise PostLaterError(type(error).__name__) from None
