"""What the people of a story ask the bot for, and the videos that they get."""

import asyncio
import io
import re
from pathlib import Path
from typing import Final

import av

from sandbox.discord_api.person import CommandValue
from sandbox.discord_api.state import Message
from sandbox.story.theatre import Theatre

_FOOTER: Final = re.compile(r"job ([0-9a-z]{10})")
_JOB_ID: Final = re.compile(r"`([0-9a-z]{10})`")


class Videos:
    """Asks in the channel for videos, and looks for the answers there."""

    def __init__(self, theatre: Theatre) -> None:
        self._theatre = theatre

    async def asks(self, name: str, prompt: str, *expected: str, **options: CommandValue) -> str:
        """Let somebody ask for a video, and return the id of the job, if there is one."""
        given: dict[str, CommandValue] = {"prompt": prompt, "duration": 1, **options}
        return job_in(await self._theatre.types(name, "grok video", *expected, **given))

    async def makes(self, name: str, prompt: str, **options: CommandValue) -> Message:
        """Let somebody ask for a video, and return its message."""
        return await self.result(name, await self.asks(name, prompt, "Accepted", **options))

    async def result(self, name: str, job_id: str, *expected: str) -> Message:
        """Wait for the message with the video of a job."""
        message = await self.final(name, job_id, *expected, is_video=True)
        if not message.attachments:
            self._theatre.transcript.problems.append(f"job {job_id} has no video")
        return message

    async def final(
        self, name: str, job_id: str, *expected: str, is_video: bool = False
    ) -> Message:
        """Wait for the message that says what came of a job, and mentions whoever asked."""
        member_id = self._theatre.person(name).id
        seen = self._theatre.seen

        def is_it(message: Message) -> bool:
            is_new = message.id not in seen and message.pinged == {member_id}
            is_of_job = bool(message.embeds) and job_id in str(message.embeds[0].get("footer"))
            return is_new and is_of_job and bool(message.attachments) is is_video

        message = await self._theatre.sees(
            self._theatre.channel, f"the answer to {name}", is_it, *expected
        )
        seen.add(message.id)
        return message


async def keep(message: Message, path: Path) -> None:
    """Write the first file of a message down."""
    if not message.attachments:
        return
    await asyncio.to_thread(path.write_bytes, message.attachments[0].data)


def job_in(answer: Message) -> str:
    """Return the id of the job that an answer names; empty when it names none."""
    found = _JOB_ID.search(answer.content)
    return found[1] if found else ""


def job_of(message: Message) -> str:
    """Return the id of the job that a message in the channel is about; empty without one."""
    found = _FOOTER.search(footer_of(message))
    return found[1] if found else ""


def footer_of(message: Message) -> str:
    """Return the small line at the end of a message."""
    footers = (embed.get("footer", {}).get("text", "") for embed in message.embeds)
    return str(next(footers, ""))


def seconds_of(message: Message) -> float:
    """Measure the first video of a message; 0 when it has none."""
    if not message.attachments:
        return 0.0
    with av.open(io.BytesIO(message.attachments[0].data), "r", format="mp4") as container:
        return (container.duration or 0) / av.time_base
