"""What may go to a gallery: asked at the vote, and once more when it is posted."""

from typing import Protocol

from bot.domain import Job, MessageKind, Origin, OwedMessage, PolicyName, Scope
from bot.errors import PostRefusedError
from bot.limits.values import gallery_of
from bot.store.community.copies import is_showable
from bot.store.moderation.policies import PolicyStore


class Surroundings(Protocol):
    """The channels of a server, as far as they decide who sees what."""

    async def may_show(self, origin: Origin, channel_id: int) -> bool:
        """Tell whether what was asked for there may be shown in a channel of that server.

        Raises:
            PostLaterError: Discord is out of reach.
            PostRefusedError: The bot is not in that server any more.
        """
        ...


class GalleryGate:
    """Lets nothing through that was withdrawn, or that others would see than before."""

    def __init__(self, policies: PolicyStore, surroundings: Surroundings) -> None:
        self._policies = policies
        self._surroundings = surroundings

    async def check(self, job: Job, message: OwedMessage) -> None:
        """Check that an owed message may go to the gallery now.

        Raises:
            PostRefusedError: It may not, and not later either.
            PostLaterError: Discord is out of reach.
        """
        guild_id = job.origin.guild_id
        book = await self._policies.book(guild_id)
        value = book.value(Scope.SERVER, guild_id, PolicyName.GALLERY)
        if value is None or gallery_of(value).channel_id != message.channel_id:
            raise PostRefusedError("that channel is no gallery any more")
        if message.kind is MessageKind.WEEKLY:
            if not gallery_of(value).is_weekly:
                raise PostRefusedError("the best of a week are not wanted any more")
            return  # whoever lists them asks about each
        if not is_showable(job):
            raise PostRefusedError("its video was withdrawn")
        if not await self._surroundings.may_show(job.origin, message.channel_id):
            raise PostRefusedError("others would see it there than where it was posted")
