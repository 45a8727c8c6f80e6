"""The door to Discord: owed messages go out under their nonce, cards are kept in step."""

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import discord

from bot.clock import Clock
from bot.domain import CleanImage, Job, JobState, MessageKind, OwedMessage, Pause
from bot.posting import words
from bot.posting.attachments import reference_name
from bot.posting.buttons import card_buttons, failure_buttons
from bot.posting.cards import Looks, digest
from bot.posting.facts import is_folded
from bot.posting.pauses import Pauses
from bot.posting.places import Place, Posted
from bot.posting.undisturbed import UndisturbedCalls
from bot.posting.wire import ReplyTo, only, user


class ChannelPoster:
    """Sends and edits the messages of jobs over REST; it needs no gateway and no cache."""

    def __init__(self, client: discord.Client, looks: Looks, clock: Clock, pauses: Pauses) -> None:
        self._client = client
        self._looks = looks
        self._clock = clock
        self._pauses = pauses
        self._calls = UndisturbedCalls()

    async def post(
        self,
        job: Job,
        message: OwedMessage,
        place: Place,
        *,
        card_id: int | None,
        video: Path | None,
        images: Sequence[CleanImage] = (),
    ) -> Posted:
        """Send one owed message under its nonce; see `bot.pipeline.deliver.Poster`."""
        # One nonce a place: Discord would answer a second place with the first one's message.
        nonce = message.nonce if place is Place.CHANNEL else f"{message.nonce}d"
        parts = await self._parts(job, message.kind, place)
        shown = digest(parts["embed"])
        if card_id is not None and message.kind is not MessageKind.CARD:
            parts["reference"] = ReplyTo(job.origin.channel_id, card_id)
        # A message that lands after nobody waits for it does no harm: its nonce is known.
        sent = await self._calls.make(
            self._send(job, place, _files(job, video, images), nonce=nonce, **parts)
        )
        return Posted(channel_id=sent.channel.id, message_id=sent.id, shown=shown)

    def card_digest(self, job: Job, result: OwedMessage | None, pause: Pause | None) -> str:
        """Return a short digest of what the card of `job` should show now."""
        return digest(self._card(job, result, pause))

    async def edit_card(
        self, job: Job, card: OwedMessage, result: OwedMessage | None, pause: Pause | None
    ) -> None:
        """Make the card show the job as it is; see `bot.pipeline.refresh.CardEditor`."""
        assert card.message_id is not None  # noqa: S101 - a check of the table holds it
        channel = self._client.get_partial_messageable(card.channel_id)
        parts: dict[str, Any] = {}
        if job.references and is_folded(job):
            # Nobody fetches them any more. Edit Message keeps files when the field is left out.
            parts["attachments"] = []
        await self._calls.make(
            channel.get_partial_message(card.message_id).edit(
                embed=self._card(job, result, pause), view=card_buttons(job), **parts
            )
        )

    async def _send(
        self,
        job: Job,
        place: Place,
        files: Iterator[discord.File],
        **parts: Any,  # noqa: ANN401 - what discord.py's `send` takes
    ) -> discord.Message:
        channel = await self._channel(job, place)
        with ExitStack() as opened:
            held = [opened.enter_context(closing(file)) for file in files]
            if held:
                parts["files"] = held
            return await channel.send(**parts)

    async def _channel(self, job: Job, place: Place) -> discord.abc.Messageable:
        if place is Place.REQUESTER:
            return await self._client.create_dm(user(job.origin.requester_id))
        return self._client.get_partial_messageable(
            job.origin.channel_id, guild_id=job.origin.guild_id
        )

    async def _parts(self, job: Job, kind: MessageKind, place: Place) -> dict[str, Any]:
        mention = f"<@{job.origin.requester_id}>"
        parts: dict[str, Any]
        match kind:
            case MessageKind.CARD:
                pause = await self._pause(job)
                parts = {"embed": self._card(job, None, pause), "view": card_buttons(job)}
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

    def _card(self, job: Job, result: OwedMessage | None, pause: Pause | None) -> discord.Embed:
        return self._looks.card(job, now=self._clock.now(), result=result, pause=pause)

    async def _pause(self, job: Job) -> Pause | None:
        if job.state is not JobState.RESERVED:
            return None
        return (await self._pauses.current()).get(job.spec.provider)


def _files(job: Job, video: Path | None, images: Sequence[CleanImage]) -> Iterator[discord.File]:
    """Open what goes with a message, each file when it is its turn."""
    if video is not None:
        yield discord.File(video, filename=f"grok-{job.id}.mp4")
    for number, image in enumerate(images, start=1):
        name = reference_name(number, image.media_type)
        yield discord.File(io.BytesIO(image.data), filename=name)
