import asyncio
from pathlib import Path

from bot.domain import CaseState, MessageKind
from sandbox.crash.course import Course
from sandbox.crash.cradle import Cradle
from sandbox.crash.databases import Databases
from sandbox.crash.desk_audit import DeskAudit
from sandbox.crash.fate import Fate
from sandbox.crash.plays import Play
from sandbox.crash.scene import open_scene
from sandbox.crash.watch import REJECTED, Watch
from sandbox.crash.weather import Weather


async def test_one_job_is_approved_and_removed_and_another_is_rejected(
    databases: Databases, tmp_path: Path
) -> None:
    async with (
        Cradle() as cradle,
        open_scene(tmp_path, databases, Weather(0.0, 0), Play.MODERATORS) as scene,
    ):
        assert isinstance(scene.player, Watch)
        watching = asyncio.create_task(scene.player.run())
        await Course(cradle, None, scene, Fate(())).run()
        watching.cancel()
        entries = await scene.database.books.read()

        assert [case.state for case in entries.cases] == [CaseState.APPROVED, CaseState.REJECTED]
        removed = {job.spec.prompt for job in entries.jobs if job.removed_at is not None}
        assert removed == {job.spec.prompt for job in entries.jobs} - {REJECTED}
        assert [row.action for row in entries.record[:3]] == ["policy.set"] * 3
        decided = ["case.approve", "case.reject", "removal.ask"]
        assert sorted(row.action for row in entries.record[3:]) == decided
        assert scene.player.moderators.log.messages
        assert MessageKind.CASE in {message.kind for message in entries.messages}
        assert DeskAudit(entries, scene.chat).violations() == []
