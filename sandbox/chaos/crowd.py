"""The members: they ask for videos, change their minds, and press buttons twice."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Final

from sandbox.discord_api.channels import Channel
from sandbox.discord_api.options import CannotDoError
from sandbox.discord_api.people import Member
from sandbox.discord_api.runs import Run
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message
from sandbox.discord_api.uploads import Upload
from sandbox.pictures import make_picture

_MEMBERS: Final = 12
_CHANNELS: Final = 4
_ANSWER_SECONDS: Final = 5.0
_MOST_OPEN: Final = 24
"""Jobs at once; with more, a small machine only waits."""
_CHANGES_OF_MIND: Final = 0.08
_SECOND_TRIES: Final = 0.15
_WITH_PICTURE: Final = 0.3


@dataclass(frozen=True, slots=True)
class _Wish:
    """A model or a look, and a length that fits it."""

    model: str
    seconds: int
    takes_picture: bool = True


_WISHES: Final = (
    _Wish("geeknow/grok-video-3", 1),
    _Wish("xai/grok-imagine-video", 1),
    _Wish("cometapi/grok-imagine-video", 1, takes_picture=False),
    _Wish("globalaiopc/grok_video3", 6),
    _Wish("xingchao/grok_video3", 6),
    _Wish("fast", 6, takes_picture=False),
    _Wish("balanced", 6, takes_picture=False),
)


class Crowd:
    """Everybody who uses the bot."""

    def __init__(self, chat: DiscordStandIn, seed: int) -> None:
        self._chat = chat
        self._random = Random(f"{seed} crowd")  # noqa: S311 - repeatable on purpose
        guild = chat.guild
        self.members = [guild.add_member(f"member-{number}") for number in range(_MEMBERS)]
        self.channels = [guild.add_channel(f"videos-{number}") for number in range(_CHANNELS)]
        self._picture = Upload("reference.png", make_picture("reference", 90, 60))
        self.did: Counter[str] = Counter()
        """What was done, and how often it was answered."""
        self._number = 0

    async def act(self, open_jobs: int) -> None:
        """Let one of them do one thing, and see whether the bot answers."""
        if not self._chat.gateway.connected:
            return
        chance = self._random.random()
        member, channel = self._random.choice(self.members), self._random.choice(self.channels)
        try:
            if chance < _CHANGES_OF_MIND:
                await self._press(channel, "cancel", times=1)
            elif chance < _SECOND_TRIES:
                await self._press(channel, "again", times=2)
            elif open_jobs < _MOST_OPEN:
                await self._ask(member, channel)
        except CannotDoError:
            self.did["could not"] += 1  # the bot went away, or the button did

    async def _ask(self, member: Member, channel: Channel) -> None:
        self._number += 1
        wish = self._random.choice(_WISHES)
        has_picture = wish.takes_picture and self._random.random() < _WITH_PICTURE
        pictures = {"image": self._picture} if has_picture else {}
        run = await member.slash(
            channel,
            "grok video",
            prompt=f"fox number {self._number}",
            model=wish.model,
            duration=wish.seconds,
            **pictures,
        )
        await self._await("asked", run)

    async def _press(self, channel: Channel, action: str, *, times: int) -> None:
        """Press a button of this action, as often as an impatient finger does."""
        found = [(one, which) for one in channel.messages if (which := _button(one, action))]
        if not found:
            return
        message, which = self._random.choice(found)
        owner = self._owner(message)
        runs = [await owner.click(message, which) for _ in range(times)]
        await asyncio.gather(*(self._await(f"pressed {action}", run) for run in runs))

    def _owner(self, message: Message) -> Member:
        """Find who may press it: whom the message pings, or a moderator."""
        owners = [member for member in self.members if member.id in message.pinged]
        return owners[0] if owners else self._chat.guild.member("moderator")

    async def _await(self, what: str, run: Run) -> None:
        try:
            await run.acknowledged(_ANSWER_SECONDS)
        except TimeoutError:
            self.did[f"{what}, no answer"] += 1
        else:
            self.did[what] += 1


def _button(message: Message, action: str) -> str | None:
    for row in message.components:
        for button in row.get("components") or ():
            if str(button.get("custom_id", "")).endswith(f":{action}"):
                return str(button["custom_id"])
    return None
