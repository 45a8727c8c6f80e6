"""Plays a story from its beginning to its end, and says what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from bot.store.engines.engine import open_database
from bot.store.record.audit import AuditLog
from sandbox.discord_api.exchanges import Observer
from sandbox.discord_api.server import DiscordStandIn
from sandbox.narrator import Narrator
from sandbox.story.members import JOINED, Members
from sandbox.story.moderation import CHART, RECORD, Moderation
from sandbox.story.theatre import Theatre, open_theatre
from sandbox.story.transcript import Line
from sandbox.xai import XaiStandIn

_RENDER_SECONDS: Final = 1.0


class Story(StrEnum):
    """What can be played beside the main job."""

    MODERATION = "moderation"
    MEMBERS = "members"


_LEFT: Final[Mapping[Story, Mapping[str, str]]] = {
    Story.MODERATION: {"chart": CHART, "record": RECORD},
    Story.MEMBERS: {"joined": JOINED},
}
"""The files that a story leaves behind, by what they are."""


@dataclass(slots=True)
class StoryOutcome:
    """What came of a story."""

    story: Story
    database: Path
    files: Mapping[str, Path]
    """Besides, by what they are."""
    charges: int = 0
    transcript: list[Line] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Write it for machines."""
        return {
            "ok": not self.problems,
            "story": self.story,
            "charges": self.charges,
            "database": str(self.database),
            **{name: str(path) for name, path in self.files.items()},
            "problems": self.problems,
            "transcript": [line.as_json() for line in self.transcript],
        }


async def play_story(
    story: Story, out: Path, narrator: Narrator, observers: tuple[Observer, ...] = ()
) -> StoryOutcome:
    """Play it with xAI's stand-in, whose prices are known."""
    files = {name: out / file for name, file in _LEFT[story].items()}
    for path in files.values():
        path.unlink(missing_ok=True)
    chat = DiscordStandIn(observers=observers)
    provider = XaiStandIn(render_seconds=_RENDER_SECONDS, polls_needed=1)
    outcome = StoryOutcome(story, database=out / "bot" / "data" / "bot.sqlite3", files=files)
    async with open_theatre(out, chat, provider, narrator) as theatre:
        outcome.transcript = theatre.transcript.lines
        outcome.problems = theatre.transcript.problems
        try:
            await _play(story, theatre)
        except TimeoutError as error:
            outcome.problems.append(str(error) or "something took too long")
        outcome.charges = len(provider.charges)
    outcome.problems += await check_record(outcome.database)
    return outcome


async def _play(story: Story, theatre: Theatre) -> None:
    match story:
        case Story.MODERATION:
            await Moderation(theatre).play()
        case Story.MEMBERS:
            await Members(theatre).play()


async def check_record(database: Path) -> list[str]:
    """List what is wrong with the record of a bot that has stopped."""
    async with open_database(f"sqlite+aiosqlite:///{database}") as opened:
        verdict = await AuditLog(opened).verify()
    if verdict.bad_row is None:
        return []
    return [f"row {verdict.bad_row} of the record {verdict.problem}"]
