"""The moderators of a storm: they set limits, decide cases, at times both at once, and remove."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import Final

from sandbox.crash.moderators import APPROVE, REJECT, Moderators
from sandbox.discord_api.channels import Channel
from sandbox.discord_api.options import CannotDoError
from sandbox.discord_api.people import Member
from sandbox.discord_api.person import CommandValue
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message

_PATIENCE_SECONDS: Final = 2.0
_TRIES: Final = 5
_REMOVALS: Final = 0.2
_TOGETHER: Final = 0.4
_JOBS_A_DAY: Final = 3
_DOLLARS_A_DAY: Final = "3"
_BUDGET: Final = "30"
"""In dollars a day: more than a short storm spends, so that a part of it is told."""


class Board:
    """By chance, and the same for the same seed."""

    def __init__(
        self,
        chat: DiscordStandIn,
        channels: Sequence[Channel],
        members: Sequence[Member],
        seed: int,
    ) -> None:
        self._chat = chat
        self._channels = channels
        self._members = members
        self._random = Random(f"{seed} board")  # noqa: S311 - repeatable on purpose
        self._moderators = Moderators(chat, patience_seconds=_PATIENCE_SECONDS)
        self.did: Counter[str] = Counter()

    async def set_up(self) -> None:
        """Choose channels, have one reviewed, and limit some members, a channel and all.

        Raises:
            TimeoutError: The bot did not answer.
        """
        moderators, reviewed, limited = self._moderators, self._channels[0], self._channels[1]
        await self._set("log-channel", channel=moderators.log)
        await self._set("review channel", channel=moderators.desk)
        await self._set("review on", channel=reviewed)
        await self._set("budget set", period="day", amount=_BUDGET)
        day = {"kind": "day"}
        dollars = {"unit": "money", "amount": _DOLLARS_A_DAY}
        await self._set("limits set", scope="channel", channel=limited, **day, **dollars)
        jobs = {"unit": "jobs", "amount": str(_JOBS_A_DAY)}
        for member in self._members[::4]:
            await self._set("limits set", scope="member", member=member, **day, **jobs)

    async def act(self) -> None:
        """Let them do one thing, if the bot is there."""
        if not self._chat.gateway.connected:
            return
        cases, videos = self._moderators.open_cases(), self._moderators.videos(*self._channels)
        if videos and self._random.random() < _REMOVALS:
            await self._remove(self._random.choice(videos))
        elif cases:
            await self._decide(self._random.choice(cases))

    async def clear(self) -> None:
        """Decide the oldest case that is open."""
        cases = self._moderators.open_cases()
        if cases and self._chat.gateway.connected:
            await self._try("cleared", self._moderators.first, cases[0], REJECT)

    async def _decide(self, case: Message) -> None:
        together = self._random.random() < _TOGETHER
        both = (self._moderators.first, self._moderators.second)
        presses = [
            self._try("decided", who, case, self._random.choice((APPROVE, APPROVE, REJECT)))
            for who in (both if together else both[:1])
        ]
        await asyncio.gather(*presses)

    async def _try(self, what: str, who: Member, case: Message, ruling: str) -> None:
        try:
            await self._moderators.decide(who, case, ruling)
        except (CannotDoError, TimeoutError):
            self.did[f"{what}, no answer"] += 1
        else:
            self.did[what] += 1

    async def _remove(self, video: Message) -> None:
        owners = [member for member in self._members if member.id in video.pinged]
        who = self._random.choice([*owners, self._moderators.first])
        try:
            await self._moderators.remove(who, video)
        except (CannotDoError, TimeoutError):
            self.did["removed, no answer"] += 1
        else:
            self.did["removed"] += 1

    async def _set(self, command: str, **options: CommandValue) -> None:
        for _ in range(_TRIES - 1):
            with suppress(TimeoutError):
                await self._moderators.set(command, **options)
                return
        await self._moderators.set(command, **options)
