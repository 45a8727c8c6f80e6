from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain import Job, JobState, MessageKind, MessageState
from bot.store.engines.engine import Database, open_database
from bot.store.migrate import migrate
from bot.store.retention import Files, RetentionStore
from tests.factories import make_failure, make_reference
from tests.manual_clock import START, ManualClock
from tests.store.engines import sqlite_url
from tests.store.world import World

DAY = timedelta(days=1)
LONG_AFTER = START + timedelta(days=400)


@pytest.fixture
def retention(world: World) -> RetentionStore:
    return RetentionStore(world.database, world.clock)


async def post_cards(world: World) -> None:
    """Settle every message that is owed, so that nothing holds a job back."""
    for message in await world.outbox.claim(64, DAY):
        sending = await world.outbox.start_sending(message)
        await world.outbox.mark_sent(sending, channel_id=22, message_id=901)


async def drop_cards(world: World) -> None:
    await world.execute("UPDATE outbox SET due_at = NULL, state = 'dropped' WHERE kind = 'card'")


def gone(job_id: str) -> Files:
    return Files(job_id, (), 0)


async def over(world: World, number: int = 1, state: JobState = JobState.POSTED) -> Job:
    job = await world.bring_to(state, number, references=[make_reference(f"references/j-{number}")])
    await drop_cards(world)
    return job


async def test_the_videos_of_jobs_that_ended_before_a_moment_are_found_the_oldest_first(
    world: World, retention: RetentionStore
) -> None:
    for number in (1, 2, 3):
        await over(world, number)
        world.clock.advance(DAY)

    found = await retention.oldest_videos(START + 2 * DAY)

    assert found == [
        Files("job0000001", ("2026/11/job0000001.mp4",), 1234),
        Files("job0000002", ("2026/11/job0000001.mp4",), 1234),
    ]
    assert len(await retention.oldest_videos(None)) == 3
    assert len(await retention.oldest_videos(None, limit=1)) == 1
    assert await retention.video_bytes() == 3 * 1234


@pytest.mark.parametrize(
    "state",
    [state for state in JobState if state not in (JobState.POSTED, JobState.TOLD)],
)
async def test_nothing_of_an_open_job_is_ever_found(
    world: World, retention: RetentionStore, state: JobState
) -> None:
    await over(world, 1, state)

    assert await retention.oldest_videos(None) == []
    assert await retention.old_references(LONG_AFTER) == []
    assert await retention.old_prompts(LONG_AFTER) == []


async def test_nothing_of_a_job_that_still_owes_a_message_is_found(
    world: World, retention: RetentionStore
) -> None:
    job = await world.bring_to(JobState.POSTED, references=[make_reference()])

    before = (
        await retention.oldest_videos(None),
        await retention.old_references(LONG_AFTER),
        await retention.old_prompts(LONG_AFTER),
    )
    await retention.record_videos([gone(job.id)])
    await retention.record_references([job.id])
    await retention.blank_prompts([job.id])

    assert before == ([], [], [])
    assert await world.job(job.id) == job
    assert await retention.video_bytes() == 1234


async def test_what_is_recorded_is_not_found_again_and_its_facts_stay(
    world: World, retention: RetentionStore
) -> None:
    job = await over(world)
    world.clock.advance(DAY)

    await retention.record_videos([gone(job.id)])
    await retention.record_references([job.id])

    assert await retention.oldest_videos(None) == []
    assert await retention.old_references(LONG_AFTER) == []
    assert await retention.video_bytes() == 0
    assert await world.job(job.id) == job


async def test_reference_images_are_found_with_their_keys_and_sizes(
    world: World, retention: RetentionStore
) -> None:
    images = [make_reference("references/a-1.jpg"), make_reference("references/a-2.jpg")]
    await world.bring_to(JobState.TOLD, 1, references=images)
    await world.bring_to(JobState.TOLD, 2)
    await drop_cards(world)

    found = await retention.old_references(START + DAY)

    assert found == [Files("job0000001", ("references/a-1.jpg", "references/a-2.jpg"), 14)]
    assert await retention.old_references(START) == []


async def test_the_words_of_a_job_are_blanked_and_its_row_stays_readable(
    world: World, retention: RetentionStore
) -> None:
    job = await world.bring_to(JobState.RENDERING)
    await world.jobs.fail(job, make_failure(detail="the prompt 'A fox' is not allowed"))
    await post_cards(world)
    world.clock.advance(DAY)

    found = await retention.old_prompts(START + DAY)
    await retention.blank_prompts(found)

    blanked = await world.job(job.id)
    assert found == [job.id]
    assert (blanked.spec.prompt, blanked.result_url) == ("", None)
    assert blanked.failure == make_failure(detail="")
    assert blanked.provider_ref == f"ref-{job.id}"
    history = await world.questions.history(job.id)
    assert [event for _, event, _ in history][-2:] == ["sent:failure", "told"]
    assert {detail for _, _, detail in history} == {None}
    assert await retention.old_prompts(LONG_AFTER) == []


async def test_a_row_says_which_of_its_files_are_still_wanted(
    world: World, retention: RetentionStore
) -> None:
    first, second = await over(world, 1), await over(world, 2)
    await over(world, 3, JobState.RENDERED)
    await retention.record_videos([gone(first.id)])
    await retention.record_references([second.id])

    keys, still_open = await retention.keys_in_use(["job0000001", "job0000002", "job0000003", "no"])

    assert keys == {"references/j-1", "2026/11/job0000001.mp4", "references/j-3"}
    assert still_open == {"job0000003"}


async def test_videos_are_paged_through_by_their_jobs(
    world: World, retention: RetentionStore
) -> None:
    for number in (1, 2, 3):
        await over(world, number)
    await retention.record_videos([gone("job0000002")])

    first = await retention.videos_after("", START + DAY, limit=1)
    rest = await retention.videos_after("job0000001", START + DAY)

    assert first == [("job0000001", "2026/11/job0000001.mp4")]
    assert rest == [("job0000003", "2026/11/job0000001.mp4")]
    assert await retention.videos_after("", START) == []


async def test_a_message_owed_since_it_was_looked_for_keeps_the_words(
    world: World, retention: RetentionStore
) -> None:
    job = await over(world)
    found = await retention.old_prompts(LONG_AFTER)
    await world.execute(
        "UPDATE outbox SET due_at = :now, state = 'pending' WHERE kind = 'card'",
        now=START,
    )

    await retention.blank_prompts(found)

    assert found == [job.id]
    assert (await world.message(job.id, MessageKind.CARD)).state is MessageState.PENDING
    assert (await world.job(job.id)).spec.prompt == "A fox in the snow"


async def test_giving_room_back_is_harmless_where_there_is_none(
    world: World, retention: RetentionStore
) -> None:
    job = await over(world)

    await retention.give_room_back()

    assert await world.job(job.id) == job


async def pages(database: Database) -> int:
    async with database.read() as connection:
        count: int = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
    return count


async def test_a_sqlite_file_shrinks_once_the_words_are_gone(tmp_path: Path) -> None:
    path, clock = tmp_path / "bot.sqlite3", ManualClock()
    async with open_database(sqlite_url(path)) as database:
        await migrate(database)
        async with database.write() as connection:
            await connection.execute(sa.text("CREATE TABLE long_words (words TEXT)"))
            for _ in range(50):
                await connection.execute(
                    sa.text("INSERT INTO long_words VALUES (:words)"), {"words": "x" * 40_000}
                )
        async with database.write() as connection:
            await connection.execute(sa.text("DELETE FROM long_words"))

        before = await pages(database)
        await RetentionStore(database, clock).give_room_back()
        after = await pages(database)

    assert before - after > 400
