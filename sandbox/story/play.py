"""Plays a story from its beginning to its end, and says what came of it."""

import shutil
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sandbox.discord_api.exchanges import Observer
from sandbox.discord_api.server import DiscordStandIn
from sandbox.narrator import Narrator
from sandbox.story.moderation import CHART, RECORD, Moderation, check_record
from sandbox.story.theatre import open_theatre
from sandbox.story.transcript import Line
from sandbox.xai import XaiStandIn

_RENDER_SECONDS = 1.0


class Story(StrEnum):
    """What can be played beside the main job."""

    MODERATION = "moderation"


@dataclass(slots=True)
class StoryOutcome:
    """What came of a story."""

    story: Story
    database: Path
    chart: Path
    record: Path
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
            "chart": str(self.chart),
            "record": str(self.record),
            "problems": self.problems,
            "transcript": [line.as_json() for line in self.transcript],
        }


async def play_story(
    story: Story, out: Path, narrator: Narrator, observers: tuple[Observer, ...] = ()
) -> StoryOutcome:
    """Play it with xAI's stand-in, whose prices are known."""
    for name in (CHART, RECORD):
        (out / name).unlink(missing_ok=True)
    shutil.rmtree(out / "bot", ignore_errors=True)
    chat = DiscordStandIn(observers=observers)
    provider = XaiStandIn(render_seconds=_RENDER_SECONDS, polls_needed=1)
    outcome = StoryOutcome(
        story,
        database=out / "bot" / "data" / "bot.sqlite3",
        chart=out / CHART,
        record=out / RECORD,
    )
    async with open_theatre(out, chat, provider, narrator) as theatre:
        outcome.transcript = theatre.transcript.lines
        outcome.problems = theatre.transcript.problems
        try:
            await Moderation(theatre).play()
        except TimeoutError as error:
            outcome.problems.append(str(error) or "something took too long")
        outcome.charges = len(provider.charges)
    outcome.problems += await check_record(outcome.database)
    return outcome
