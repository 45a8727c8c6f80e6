"""Databases as earlier versions of the bot left them."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

import bot.store
from bot.domain import JobState, MessageKind, MessageState
from bot.store.engines.engine import Database
from bot.store.schema import job_events, jobs, outbox
from tests.factories import make_job_id
from tests.manual_clock import START

MIGRATIONS = Path(bot.store.__file__).with_name("migrations")
NEWEST_FIRST = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
EARLIER = NEWEST_FIRST[:0:-1]
OF_EVERY_VERSION = {
    "guild_id": 11,
    "channel_id": 22,
    "requester_id": 33,
    "provider": "geeknow",
    "model": "grok-video-3",
    "prompt": "A fox in the snow",
    "seconds": 6,
    "resolution": "720p",
    "reference_images": [],
    "created_at": START,
    "updated_at": START,
}


async def make_old(database: Database, revision: str) -> None:
    """Make a database as that version left it, with a job on its way and one that is over."""

    def upgrade(connection: sa.Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    rendering = {
        "id": make_job_id(1),
        "interaction_id": 1,
        "state": JobState.RENDERING,
        "provider_ref": "ref-1",
        "submitted_at": START,
        "due_at": START,
        **OF_EVERY_VERSION,
    }
    posted = {
        "id": make_job_id(2),
        "interaction_id": 2,
        "state": JobState.POSTED,
        "provider_ref": "ref-2",
        "submitted_at": START,
        "file_key": "2026/11/job0000002.mp4",
        "file_bytes": 5,
        "file_sha256": "ab" * 32,
        "file_seconds": 6.0,
        "file_width": 16,
        "file_height": 9,
        **OF_EVERY_VERSION,
    }
    card = {
        "job_id": make_job_id(1),
        "kind": MessageKind.CARD,
        "state": MessageState.PENDING,
        "channel_id": 22,
        "due_at": START,
        "created_at": START,
    }
    async with database.write() as connection:
        await connection.run_sync(upgrade)
        await connection.execute(sa.insert(jobs).values(rendering))
        await connection.execute(sa.insert(jobs).values(posted))
        await connection.execute(sa.insert(outbox).values(card).inline())
        event = {"job_id": make_job_id(1), "at": START, "event": "reserved"}
        await connection.execute(sa.insert(job_events).values(event))
