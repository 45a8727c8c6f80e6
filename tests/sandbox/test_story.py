import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from bot.media.video import VideoProbe
from bot.store.engines.engine import open_database
from bot.store.record.audit import AuditLog
from sandbox.__main__ import cli
from sandbox.narrator import Silence
from sandbox.story.play import Story, StoryOutcome, check_record, play_story
from sandbox.story.transcript import Transcript
from tests.openapi_judge import session_judge


async def play(out: Path, story: Story = Story.MODERATION) -> StoryOutcome:
    judge = session_judge()
    observers = () if judge is None else (judge.observe,)
    return await play_story(story, out, Silence(), observers)


async def test_moderators_hold_the_reins_from_the_first_limit_to_the_record(tmp_path: Path) -> None:
    outcome = await play(tmp_path)

    assert (outcome.problems, outcome.charges) == ([], 6)
    did = " | ".join(line.text for line in outcome.transcript)
    for step in ("limits set", "limits explain", "grant", "Approve", "Reject", "Appeal", "🚩"):
        assert step in did
    assert Image.open(BytesIO(outcome.files["chart"].read_bytes())).format == "PNG"
    rows = [json.loads(line) for line in outcome.files["record"].read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == [*range(1, len(rows) + 1)]
    async with open_database(f"sqlite+aiosqlite:///{outcome.database}") as database:
        assert (await AuditLog(database).verify()).bad_row is None
        async with database.write() as connection:
            await connection.exec_driver_sql("UPDATE audit SET reason = 'x' WHERE id = 3")
    assert "row 3" in (await check_record(outcome.database))[0]


async def test_members_live_in_it_from_a_form_to_a_removal_and_over_a_fall(tmp_path: Path) -> None:
    outcome = await play(tmp_path, Story.MEMBERS)

    assert outcome.problems == []
    assert outcome.charges in {16, 17}  # the one that is cancelled may not have been handed over
    did = " | ".join(line.text for line in outcome.transcript)
    for step in ("compose", "presets share", "Remix", "is killed", "storyboard", "search", "top"):
        assert step in did
    for emoji in "✉⭐❤👍👎🔁🙈🚩🗑❌":
        assert f"reacts with {emoji}" in did
    facts = await VideoProbe().probe(outcome.files["joined"])
    assert facts.seconds == pytest.approx(6, abs=0.3)


def test_a_story_is_told_to_people(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        cli, ["demo", "--story", "moderation", "--out", str(tmp_path)], catch_exceptions=False
    )

    assert result.exit_code == 0
    assert "What is left of the story" in result.stdout
    assert "A moderator declined this video" in result.stdout


def test_a_word_that_is_missing_is_a_problem() -> None:
    transcript = Transcript()

    transcript.expect("a fox in the snow", "fox", "hare")

    assert len(transcript.problems) == 1
    assert "hare" in transcript.problems[0]
