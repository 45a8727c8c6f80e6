from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain import PolicyName, StoryState
from bot.store.engines.engine import open_database
from bot.store.moderation.policies import server
from sandbox.crash.books import Books
from sandbox.crash.databases import Databases
from tests.factories import GUILD
from tests.manual_clock import ManualClock
from tests.store.stories import WHOLE, Stories, make_stories
from tests.store.world import make_world

NOTHING_OWED = "UPDATE outbox SET due_at = NULL, state = 'dropped' WHERE due_at IS NOT NULL"
FIRST_IS_OVER = (
    "UPDATE jobs SET state = 'told', failure = 'refused', charge = 'none', due_at = NULL"
    " WHERE scene = 1"
)


@dataclass(frozen=True, slots=True)
class Library:
    """One database, written by stores and read from outside."""

    stories: Stories
    books: Books


@pytest.fixture
async def library(databases: Databases, tmp_path: Path) -> AsyncIterator[Library]:
    async with databases.fresh(tmp_path) as fresh, open_database(fresh.url) as database:
        yield Library(make_stories(make_world(database, ManualClock())), fresh.books)


async def test_a_scene_waits_for_nobody_s_yes(library: Library) -> None:
    await library.stories.tell(3)

    pending = await library.books.pending()

    assert (pending.jobs, pending.steps, pending.held) == (3, 1, 0)
    assert not pending.is_forgotten


async def test_a_scene_after_one_that_waits_for_a_yes_is_not_forgotten(library: Library) -> None:
    policies, is_reviewed = library.stories.world.policies, True
    await policies.set_policy(server(GUILD), PolicyName.REVIEW, is_reviewed, None)
    await library.stories.tell(2)
    await library.stories.world.execute(NOTHING_OWED)

    pending = await library.books.pending()

    assert (pending.jobs, pending.steps, pending.messages, pending.held) == (1, 0, 0, 1)
    assert not pending.is_forgotten


async def test_scenes_that_nobody_lets_go_on_are_forgotten(library: Library) -> None:
    await library.stories.tell(2)
    await library.stories.world.execute(NOTHING_OWED)
    await library.stories.world.execute(FIRST_IS_OVER)

    assert (await library.books.pending()).is_forgotten


async def test_what_is_to_be_joined_is_still_to_come(library: Library) -> None:
    scenes = await library.stories.told(2)
    await library.stories.world.execute(NOTHING_OWED)

    pending = await library.books.pending()
    entries = await library.books.read()

    assert (pending.jobs, pending.steps, pending.messages, pending.stories) == (0, 0, 0, 1)
    assert not pending.is_worked_off
    (story,) = entries.stories
    assert story.state is StoryState.JOINING
    assert [scene.id for scene in entries.scenes(story)] == [scene.id for scene in scenes]
    assert story in entries.rows()

    await library.stories.boards.mark_joined(await library.stories.joining(), WHOLE)

    pending = await library.books.pending()
    assert (pending.messages, pending.stories) == (1, 0)
