"""What a member does in a life: asks for a storyboard until told that it is accepted."""

import asyncio
from contextlib import suppress
from typing import Final

from sandbox.discord_api.options import CannotDoError
from sandbox.discord_api.server import DiscordStandIn

MODEL: Final = "xai/grok-imagine-video"
"""It can go on from a picture."""
_SCENES: Final = ("a fox wakes up", "a fox falls asleep")
_COMMAND: Final = "grok storyboard"
_IS_TAKEN: Final = "Accepted"
_LOOK_SECONDS: Final = 0.02
_PATIENCE_SECONDS: Final = 10.0
"""Of the machine's time, for a bot that is held; one that is killed loses its connection."""


class Teller:
    """Whoever gets no answer asks anew, with other words: each of these storyboards is one."""

    def __init__(self, chat: DiscordStandIn) -> None:
        self._chat = chat
        self._asked = 0
        self._is_told = False

    @property
    def has_work(self) -> bool:
        """Whether nothing was accepted yet."""
        return not self._is_told

    async def run(self) -> None:
        """Ask, and then do nothing more."""
        while not self._is_told:
            await asyncio.sleep(_LOOK_SECONDS)
            if self._chat.gateway.connected:
                await self._ask_while_connected()

    async def _ask_while_connected(self) -> None:
        asking = asyncio.create_task(self._ask())
        try:
            while not asking.done() and self._chat.gateway.connected:
                await asyncio.wait({asking}, timeout=_LOOK_SECONDS)
        finally:
            asking.cancel()
        await asyncio.wait({asking})
        if not asking.cancelled():
            with suppress(CannotDoError, TimeoutError):
                self._is_told = asking.result().startswith(_IS_TAKEN)

    async def _ask(self) -> str:
        who, channel = self._chat.guild.member("requester"), self._chat.guild.channel("videos")
        run = await who.slash(channel, _COMMAND, model=MODEL, duration=1)
        form = await run.modal(_PATIENCE_SECONDS)
        self._asked += 1
        scenes = "\n".join(f"{scene}, {self._asked}" for scene in _SCENES)
        sent = await who.submit(form, scenes=scenes)
        return (await sent.answer(_PATIENCE_SECONDS)).content
