"""Direct messages with files, to a member who asked for them."""

import io
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord

from bot.domain import Job, PostedVideo
from bot.posting.cards import Looks
from bot.posting.forms import AttachedVideo, VideoForm
from bot.posting.marks import video_name
from bot.posting.showcase import link_to
from bot.posting.undisturbed import UndisturbedCalls
from bot.posting.wire import user
from bot.posting.words_reactions import SENT


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


class DirectClips:
    """Sends a video to whoever asked for it, with what stands under it."""

    def __init__(self, client: discord.Client, looks: Looks) -> None:
        self._client = client
        self._looks = looks
        self._calls = UndisturbedCalls()

    async def send_clip(
        self, job: Job, member_id: int, form: VideoForm | None, message: PostedVideo
    ) -> None:
        """Send one video; see `bot.pipeline.reacting.courier.ClipSender`."""
        await self._calls.make(self._send(job, member_id, form, message))

    async def _send(
        self, job: Job, member_id: int, form: VideoForm | None, message: PostedVideo
    ) -> None:
        channel = await self._client.create_dm(user(member_id))
        text = SENT(link=link_to(job, message))
        embed = self._looks.result(job, form=form)
        with ExitStack() as opened:
            parts: dict[str, Any] = {}
            if isinstance(form, AttachedVideo):
                name = video_name(job)
                file = discord.File(form.path, filename=name, spoiler=job.is_spoiler)
                parts["files"] = [opened.enter_context(closing(file))]
            await channel.send(text, embed=embed, **parts)
