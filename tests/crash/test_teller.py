import asyncio
from pathlib import Path

from bot.domain import JobState, MessageKind, StoryState
from sandbox.crash.audit import Audit
from sandbox.crash.course import Course
from sandbox.crash.cradle import Cradle
from sandbox.crash.databases import SqliteDatabases
from sandbox.crash.fate import Fate
from sandbox.crash.life import live
from sandbox.crash.plays import Play
from sandbox.crash.scene import open_scene
from sandbox.crash.teller import Teller
from sandbox.crash.weather import Weather


async def test_a_storyboard_is_asked_for_once_and_joined(
    files: SqliteDatabases, tmp_path: Path
) -> None:
    async with (
        Cradle() as cradle,
        open_scene(tmp_path, files, Weather(0.0, 0), Play.STORYBOARD) as scene,
    ):
        assert isinstance(scene.player, Teller)
        assert scene.has_work
        telling = asyncio.create_task(scene.player.run())
        await Course(cradle, None, scene, Fate(())).run()
        await telling
        entries = await scene.database.books.read()

        assert not scene.has_work
        assert [job.state for job in entries.jobs] == [JobState.POSTED] * 2
        assert [story.state for story in entries.stories] == [StoryState.JOINED]
        assert [one.kind for one in entries.messages].count(MessageKind.JOINED) == 1
        assert sum(len(provider.charges) for provider in scene.providers) == 2
        audit = Audit(entries, scene.chat, scene.providers, scene.results)
        assert audit.violations() == []


async def test_whoever_is_not_answered_asks_anew(files: SqliteDatabases, tmp_path: Path) -> None:
    async with Cradle() as cradle:
        told = Fate((), play=Play.STORYBOARD)
        (points,) = (await live(cradle, tmp_path / "explored", files, told)).points
        first = next(one for one in points if "pipeline/storyboards.py:accept" in one.place)

        verdict = await live(cradle, tmp_path / "life", files, Fate((first,), play=Play.STORYBOARD))

    assert (verdict.strikes, verdict.violations) == (1, [])
    assert verdict.jobs == 2  # the first time it was killed before it had counted anything
