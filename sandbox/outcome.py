"""What came of a command, as numbers, and what was not as it should be."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.errors import NotAVideoError
from bot.media.video import VideoProbe
from sandbox.discord_api.runs import Ack
from sandbox.discord_api.state import Message
from sandbox.job_watch import SeenJob

_MICROS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class PostedVideo:
    """The file that arrived in the channel."""

    path: Path
    seconds: float
    size_bytes: int

    def as_json(self) -> dict[str, object]:
        """Write it for machines."""
        return {"path": str(self.path), "seconds": self.seconds, "bytes": self.size_bytes}


@dataclass(slots=True)
class Outcome:
    """What came of one command; of two, that of the second, with the first one's as its source."""

    ack_milliseconds: float = 0.0
    job: SeenJob | None = None
    states: list[str] = field(default_factory=list)
    messages: int = 0
    final_messages: int = 0
    charges: int = 0
    charged_ticks: int = 0
    """What the provider took, in ten-billionths of a dollar; 0 where it doesn't say."""
    kills: int = 0
    video: PostedVideo | None = None
    told: str | None = None
    """The title of the honest failure, where there is no video."""
    source: "Outcome | None" = None
    exit_code: int | None = None
    problems: list[str] = field(default_factory=list)

    def heed(self, ack: Ack) -> None:
        """Note the first answer, which comes at once and for the member alone."""
        self.ack_milliseconds = round(ack.seconds * 1000, 1)
        if not (ack.is_ephemeral and ack.is_deferred):
            self.problems.append("the command was not acknowledged for the member alone")

    async def keep(self, final: Message, member_id: int, folder: Path) -> None:
        """Note the answer in the channel, and keep its video in `folder`."""
        if final.pinged != {member_id}:
            self.problems.append("the answer did not ping the requester alone")
        if not final.attachments:
            self.told = final.embeds[0].get("title")
            return
        attachment = final.attachments[0]
        path = folder / attachment.filename
        await asyncio.to_thread(path.write_bytes, attachment.data)
        try:
            facts = await VideoProbe().probe(path)
        except NotAVideoError as error:
            self.problems.append(f"the posted file is no video: {error}")
            return
        self.video = PostedVideo(path, round(facts.seconds, 3), attachment.size)

    def as_json(self) -> dict[str, object]:
        """Write it for machines; money is in dollars, null where nobody knows."""
        job, source = self.job, self.source
        written: dict[str, object] = {
            "ok": not self.problems,
            "provider": job and job.provider,
            "model": job and job.model,
            "mode": job and job.mode,
            "ack_ms": self.ack_milliseconds,
            "states": self.states,
            "messages": self.messages,
            "final_messages": self.final_messages,
            "charges": self.charges,
            "estimate_usd": _dollars(job.estimate_micros) if job else None,
            "cost_usd": _dollars(job.cost_micros) if job else None,
            "kills": self.kills,
            "told": self.told,
            "video": self.video and self.video.as_json(),
            "problems": self.problems,
        }
        if source is not None:
            written["source"] = {
                "job": source.job and source.job.id,
                "charges": source.charges,
                "cost_usd": _dollars(source.job.cost_micros) if source.job else None,
                "video": source.video and source.video.as_json(),
            }
        return written


def _dollars(micros: int | None) -> float | None:
    return None if micros is None else micros / _MICROS
