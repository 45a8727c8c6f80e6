"""What moderators do in a life: they approve one job, reject another, and remove a video."""

import asyncio
from contextlib import suppress
from typing import Final

from sandbox.crash.moderators import APPROVE, REJECT, Moderators
from sandbox.discord_api.channels import Channel
from sandbox.discord_api.options import CannotDoError
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message

REJECTED: Final = "a fox that is rejected"
_LOOK_SECONDS: Final = 0.02
_IS_TAKEN: Final = "removed"
"""In the answer, when the video goes or is gone; before its row knows it there is another one."""
_PATIENCE_SECONDS: Final = 1.0
"""Of the machine's time: whoever is killed does not answer, and is back within less."""


class Watch:
    """Both moderators press each button at once, and again until the bot has answered."""

    def __init__(self, chat: DiscordStandIn, channel: Channel) -> None:
        self.moderators = Moderators(chat, patience_seconds=_PATIENCE_SECONDS)
        self._chat = chat
        self._channel = channel
        self._answered: set[int] = set()
        """The cards of cases that are decided, and videos that are removed."""

    @property
    def has_work(self) -> bool:
        """Whether a video is there that is to be removed."""
        return bool(self._videos())

    async def run(self) -> None:
        """Go on for ever."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if not self._chat.gateway.connected:
                continue
            with suppress(CannotDoError, TimeoutError):
                await self._do_next()

    async def _do_next(self) -> None:
        for case in self.moderators.open_cases():
            if case.id not in self._answered:
                await self._decide(case)
        for video in self._videos():
            told = await self.moderators.remove(self.moderators.first, video)
            if _IS_TAKEN in told:
                self._answered.add(video.id)

    def _videos(self) -> list[Message]:
        videos = self.moderators.videos(self._channel)
        return [one for one in videos if one.id not in self._answered]

    async def _decide(self, case: Message) -> None:
        ruling = REJECT if REJECTED in str(case.embeds) else APPROVE
        both = (self.moderators.first, self.moderators.second)
        decisions = [self.moderators.decide(who, case, ruling) for who in both]
        told = await asyncio.gather(*decisions, return_exceptions=True)
        # The second of them may find a card without buttons.
        if None in told:
            self._answered.add(case.id)
