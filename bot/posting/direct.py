"""Direct messages with files, to a member who asked for them."""

import io
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import discord

from bot.posting.undisturbed import UndisturbedCalls
from bot.posting.wire import user


@dataclass(frozen=True, slots=True)
class DirectFile:
    """A file by its name: bytes, or where it is on this machine."""

    name: str
    content: bytes | Path
    size_bytes: int


class DirectMessages:
    """Sends over REST. The member has just asked, so no door remembers what refused us before."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._calls = UndisturbedCalls()

    async def send(self, member_id: int, text: str, files: Sequence[DirectFile]) -> None:
        """Send one message; see `bot.pipeline.export.DirectSender`."""
        await self._calls.make(self._send(member_id, text, files))

    async def _send(self, member_id: int, text: str, files: Sequence[DirectFile]) -> None:
        channel = await self._client.create_dm(user(member_id))
        with ExitStack() as opened:
            held = [opened.enter_context(closing(_opened(file))) for file in files]
            await channel.send(text, files=held)


def _opened(file: DirectFile) -> discord.File:
    source = io.BytesIO(file.content) if isinstance(file.content, bytes) else file.content
    return discord.File(source, filename=file.name)
