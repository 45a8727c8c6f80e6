"""The door to Discord: owed messages go out under their nonce, cards are kept in step."""

import io
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import timedelta
from typing import Any, Final

import discord

from bot.clock import Clock
from bot.domain import (
    CleanImage,
    Hold,
    Job,
    MessageKind,
    Outlook,
    OwedMessage,
    Pause,
    Place,
)
from bot.errors import PlaceClosedError
from bot.language import speaking
from bot.posting import words
from bot.posting.attachments import reference_name
from bot.posting.budget import beginning_by
from bot.posting.buttons import failure_buttons
from bot.posting.card_parts import Cards
from bot.posting.cards import Looks
from bot.posting.curtain import curtain_parts, is_behind_curtain
from bot.posting.doors import ClosedPlaces, Doors
from bot.posting.forms import AttachedVideo, VideoForm
from bot.posting.marks import counted_mark, is_the_one, nonce_of, video_name
from bot.posting.moderation import words_desk
from bot.posting.moderation.case_buttons import case_buttons
from bot.posting.moderation.case_cards import CaseReader, appeal_answer, case_card
from bot.posting.places import Posted
from bot.posting.showcase import Showcase
from bot.posting.shown import digest
from bot.posting.undisturbed import BEGUN_WITHIN, LANDED_WITHIN, UndisturbedCalls
from bot.posting.video_parts import video_parts
from bot.posting.wire import ReplyTo, only, user
from bot.providers.entries import ModelEntry

_SKEW: Final = timedelta(minutes=2)
"""By how much our clock and Discord's, which dates the messages, may differ."""
_GUESSED: Final = timedelta(minutes=10)
"""How far back to look when nobody can tell when the first try was."""
_QUIET: Final = frozenset(
    {MessageKind.CARD, MessageKind.CASE, MessageKind.GALLERY, MessageKind.WEEKLY}
)
"""Messages that ping nobody."""
_LOOKED_AT: Final = 1000
"""Messages at most, in pages of a hundred; so many in five minutes are rare."""


class ChannelPoster:
    """Sends and edits the messages of jobs over REST; it needs no gateway and no cache."""

    def __init__(
        self,
        client: discord.Client,
        looks: Looks,
        clock: Clock,
        cards: Cards,
        places: ClosedPlaces,
        cases: CaseReader,
        showcase: Showcase,
        *,
        offered: Sequence[ModelEntry] = (),
        wants_mention: Callable[[int], Awaitable[bool]] | None = None,
    ) -> None:
        self._client = client
        self._looks = looks
        self._clock = clock
        self._cards = cards
        self._cases = cases
        self._showcase = showcase
        self._offered = offered
        self._wants_mention = wants_mention
        self._doors = Doors(places)
        self._calls = UndisturbedCalls()

    async def post(
        self,
        job: Job,
        message: OwedMessage,
        place: Place,
        *,
        card_id: int | None,
        video: VideoForm | None = None,
        images: Sequence[CleanImage] = (),
        is_plain: bool = False,
    ) -> Posted:
        """Send one owed message under its nonce; see `bot.pipeline.errand.Poster`."""
        if is_behind_curtain(job, message, place):
            video = None
        with speaking(job.origin.language):
            parts = await self._parts(job, message, place, video, is_plain=is_plain)
        shown = parts.pop("shown", None) or digest(parts["embed"])
        if card_id is not None and message.kind is not MessageKind.CARD:
            parts["reference"] = ReplyTo(job.origin.channel_id, card_id)

        async def send() -> discord.Message:
            # A message that lands after nobody waits for it does no harm: its nonce is known.
            return await self._calls.make(
                self._send(
                    job,
                    message,
                    place,
                    _files(job, message, video, images),
                    nonce=nonce_of(message, place),
                    **parts,
                )
            )

        begun_by = (message.tried_at or self._clock.now()) + BEGUN_WITHIN
        with beginning_by(self._clock, begun_by):
            sent = await self._doors.pass_through(_door(job, message, place), send)
        return Posted(channel_id=sent.channel.id, message_id=sent.id, shown=shown)

    async def find(self, job: Job, message: OwedMessage, place: Place) -> Posted | None:
        """Look for a message that an earlier try may have posted."""

        async def look() -> discord.Message | None:
            return await self._calls.make(self._look(job, message, place))

        found = await self._doors.pass_through(_door(job, message, place), look)
        return None if found is None else Posted(found.channel.id, found.id)

    def card_digest(
        self,
        job: Job,
        result: OwedMessage | None,
        pause: Pause | None,
        outlook: Outlook | None = None,
    ) -> str:
        """Return a short digest of what the card of `job` should show now."""
        with speaking(job.origin.language):
            return self._cards.mark(job, result, pause, outlook)

    async def edit_card(
        self,
        job: Job,
        card: OwedMessage,
        result: OwedMessage | None,
        pause: Pause | None,
        outlook: Outlook | None = None,
    ) -> None:
        """Make the card show the job as it is; see `bot.pipeline.refresh.CardEditor`."""
        assert card.message_id is not None  # noqa: S101 - a check of the table holds it
        partial = self._client.get_partial_messageable(card.channel_id).get_partial_message(
            card.message_id
        )
        with speaking(job.origin.language):
            parts = self._cards.edited(job, result, pause, outlook)

        async def edit() -> object:
            return await self._calls.make(partial.edit(**parts))

        await self._doors.pass_through(card.channel_id, edit)

    async def _look(self, job: Job, message: OwedMessage, place: Place) -> discord.Message | None:
        """Read what was posted while a try could land, oldest first, and know ours by its marks."""
        assert message.first_at is not None  # noqa: S101 - only what was tried is looked for
        own, now = self._client.user, self._clock.now()
        # A first try in the future was dated by a clock that was set back since.
        began = message.first_at if message.first_at <= now else now - _GUESSED
        begin = began - _SKEW
        end = (message.tried_at or now) + LANDED_WITHIN + _SKEW
        channel = await self._channel(job, message, place)
        after = discord.Object(discord.utils.time_snowflake(begin))
        async for found in channel.history(limit=_LOOKED_AT, after=after, oldest_first=True):
            if found.created_at > end:
                return None
            if own is not None and found.author.id == own.id and is_the_one(found, job, message):
                return found
        return None

    async def _send(
        self,
        job: Job,
        message: OwedMessage,
        place: Place,
        files: Iterator[discord.File],
        **parts: Any,  # noqa: ANN401 - what discord.py's `send` takes
    ) -> discord.Message:
        channel = await self._channel(job, message, place)
        with ExitStack() as opened:
            held = [opened.enter_context(closing(file)) for file in files]
            if held:
                parts["files"] = held
            return await channel.send(**parts)

    async def _channel(
        self, job: Job, message: OwedMessage, place: Place
    ) -> discord.abc.Messageable:
        if place is Place.REQUESTER:
            return await self._client.create_dm(user(job.origin.requester_id))
        channel_id = _door(job, message, place)
        return self._client.get_partial_messageable(channel_id, guild_id=job.origin.guild_id)

    async def _parts(
        self,
        job: Job,
        message: OwedMessage,
        place: Place,
        video: VideoForm | None,
        *,
        is_plain: bool,
    ) -> dict[str, Any]:
        mention = f"<@{job.origin.requester_id}>"
        parts: dict[str, Any]
        match message.kind:
            case _ if is_behind_curtain(job, message, place):
                parts = curtain_parts(job, message)
            case MessageKind.CARD:
                parts, mark = await self._cards.first(job, is_plain=is_plain)
                parts["shown"] = mark
            case MessageKind.RESULT | MessageKind.DELIVERY | MessageKind.JOINED:
                parts = video_parts(
                    self._looks, self._offered, job, message, place, form=video, is_plain=is_plain
                )
            case MessageKind.FAILURE:
                parts = {
                    "content": words.FAILURE(mention=mention),
                    "embed": self._looks.failure(job, place, is_plain=is_plain),
                    # Its button starts a job where it is pressed: of no use in a direct message.
                    "view": failure_buttons(job) if place is not Place.REQUESTER else None,
                }
            case MessageKind.CASE | MessageKind.ANSWER:
                parts = await self._desk_parts(job, message, is_plain=is_plain)
            case MessageKind.GALLERY | MessageKind.WEEKLY:
                parts = await self._showcase.parts(job, message, video, is_plain=is_plain)
        is_quiet = message.kind in _QUIET or (
            self._wants_mention is not None
            and not await self._wants_mention(job.origin.requester_id)
        )
        allowed = discord.AllowedMentions.none() if is_quiet else only(job.origin.requester_id)
        present = {name: part for name, part in parts.items() if part is not None}
        return {**present, "allowed_mentions": allowed}

    async def _desk_parts(
        self, job: Job, message: OwedMessage, *, is_plain: bool
    ) -> dict[str, Any]:
        view = await self._cases.view(message.sequence)
        assert view is not None  # noqa: S101 - nobody removes a case
        small = self._looks.facts(job)
        if message.kind is MessageKind.CASE:
            embed = case_card(view, small, is_plain=is_plain)
            return {"embed": embed, "view": case_buttons(view.case)}
        said = words_desk.ANSWER(mention=f"<@{job.origin.requester_id}>")
        embed = appeal_answer(view, f"{small}{counted_mark(message)}", is_plain=is_plain)
        return {"content": said, "embed": embed}


def _door(job: Job, message: OwedMessage, place: Place) -> int:
    """Return the snowflake of the channel, or of the member whose direct messages they are.

    Raises:
        PlaceClosedError: There is no such place for this job.
    """
    match place:
        case Place.CHANNEL:
            return message.channel_id
        case Place.PARENT if job.origin.parent_id is not None:
            return job.origin.parent_id
        case Place.PARENT:
            raise PlaceClosedError("it was asked for outside of threads")
        case Place.REQUESTER:
            return job.origin.requester_id


def _files(
    job: Job, message: OwedMessage, video: VideoForm | None, images: Sequence[CleanImage]
) -> Iterator[discord.File]:
    """Open what goes with a message, each file when it is its turn.

    Images that nobody has approved are seen by whoever chooses to.
    """
    if isinstance(video, AttachedVideo):
        yield discord.File(video.path, filename=video_name(job), spoiler=job.is_spoiler)
    for number, image in enumerate(images, start=1):
        name = reference_name(number, image.media_type)
        is_covered = message.kind is MessageKind.CASE or job.held_for is Hold.REVIEW
        yield discord.File(io.BytesIO(image.data), filename=name, spoiler=is_covered)
