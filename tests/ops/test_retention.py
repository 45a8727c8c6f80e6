import shutil
from datetime import timedelta

import pytest

from bot.domain import JobState
from bot.ops.retention import Rules
from bot.settings import Settings
from tests.manual_clock import START
from tests.ops.attic import DAY, FOR_EVER, Attic

VIDEOS = "2026/11/job{:07d}.mp4"
PICTURES = "references/job{:07d}-1.jpg"


def rules(
    *,
    videos: timedelta | None = None,
    video_bytes: int | None = None,
    references: timedelta | None = None,
    prompts: timedelta | None = None,
) -> Rules:
    return Rules(videos=videos, video_bytes=video_bytes, references=references, prompts=prompts)


def test_zero_keeps_for_ever() -> None:
    settings = Settings(
        _env_file=None,
        results_days=0,
        results_max_gigabytes=0,
        references_days=0,
        prompts_days=0,
    )

    assert Rules.of(settings) == FOR_EVER


def test_the_settings_are_in_days_and_gigabytes() -> None:
    settings = Settings(_env_file=None, results_max_gigabytes=0.5)

    assert Rules.of(settings) == rules(
        videos=30 * DAY, video_bytes=500_000_000, references=7 * DAY, prompts=90 * DAY
    )


async def test_without_rules_everything_stays(attic: Attic) -> None:
    await attic.job(1)
    attic.world.clock.advance(timedelta(days=4000))

    swept = await attic.sweeper(FOR_EVER).sweep()

    assert (swept.videos, swept.references, swept.prompts) == (0, 0, 0)
    assert attic.files() == [VIDEOS.format(1), PICTURES.format(1)]


async def test_old_videos_go_and_their_rows_say_so(attic: Attic) -> None:
    old = await attic.job(1)
    await attic.job(2)

    swept = await attic.sweeper(rules(videos=1.5 * DAY)).sweep()
    again = await attic.sweeper(rules(videos=1.5 * DAY)).sweep()

    assert (swept.videos, swept.video_bytes, again.videos) == (1, 7, 0)
    assert attic.files() == [VIDEOS.format(2), PICTURES.format(1), PICTURES.format(2)]
    assert await attic.world.job(old.id) == old
    removed = "SELECT count(*) FROM jobs WHERE file_removed_at IS NOT NULL"
    assert await attic.world.count(removed) == 1


@pytest.mark.parametrize("limit", [12, 13])
async def test_beyond_the_total_size_the_oldest_videos_go_first(attic: Attic, limit: int) -> None:
    for number, video in enumerate((b"12345", b"1234567", b"123456"), start=1):
        await attic.job(number, video=video)

    swept = await attic.sweeper(rules(video_bytes=limit)).sweep()

    gone = {12: 2, 13: 1}[limit]
    assert swept.videos == gone
    assert [name for name in attic.files() if name.endswith("mp4")] == [
        VIDEOS.format(number) for number in range(gone + 1, 4)
    ]


async def test_below_the_total_size_nothing_goes(attic: Attic) -> None:
    await attic.job(1, video=b"12345")

    swept = await attic.sweeper(rules(video_bytes=5)).sweep()

    assert (swept.videos, attic.files()) == (0, [VIDEOS.format(1), PICTURES.format(1)])


@pytest.mark.parametrize("state", [JobState.RESERVED, JobState.STORED])
async def test_nothing_of_a_job_that_is_open_goes(attic: Attic, state: JobState) -> None:
    job = await attic.job(1, state)
    before = attic.files()
    attic.world.clock.advance(timedelta(days=400))

    everything = rules(videos=DAY, video_bytes=1, references=DAY, prompts=DAY)
    await attic.sweeper(everything).sweep()

    assert attic.files() == before
    assert await attic.world.job(job.id) == job


async def test_nothing_of_a_job_that_owes_a_message_goes(attic: Attic) -> None:
    job = await attic.job(1, owes_card=True)
    attic.world.clock.advance(timedelta(days=400))

    everything = rules(videos=DAY, video_bytes=1, references=DAY, prompts=DAY)
    await attic.sweeper(everything).sweep()

    assert attic.files() == [VIDEOS.format(1), PICTURES.format(1)]
    assert await attic.world.job(job.id) == job


async def test_old_reference_images_and_words_go(attic: Attic) -> None:
    first, second = await attic.job(1), await attic.job(2)

    swept = await attic.sweeper(rules(references=1.5 * DAY, prompts=1.5 * DAY)).sweep()

    assert (swept.references, swept.reference_bytes, swept.prompts) == (1, 7, 1)
    assert attic.files() == [VIDEOS.format(1), VIDEOS.format(2), PICTURES.format(2)]
    assert (await attic.world.job(first.id)).spec.prompt == ""
    assert await attic.world.job(second.id) == second


async def test_a_trial_counts_the_same_and_changes_nothing(attic: Attic) -> None:
    jobs = [await attic.job(number) for number in (1, 2, 3)]
    attic.put(".work/old.part", at=START - 2 * DAY)
    before = attic.files()
    strict = rules(videos=2.5 * DAY, video_bytes=7, references=1.5 * DAY, prompts=1.5 * DAY)

    trial = await attic.sweeper(strict).sweep(is_trial=True)
    unchanged = attic.files()
    swept = await attic.sweeper(strict).sweep()

    assert unchanged == before
    assert (trial.videos, trial.video_bytes, trial.references, trial.prompts) == (2, 14, 2, 2)
    assert (swept.videos, swept.video_bytes, swept.references, swept.prompts) == (2, 14, 2, 2)
    assert (trial.work_files, swept.work_files) == (1, 1)
    assert await attic.world.job(jobs[2].id) == jobs[2]


async def test_work_files_nobody_touched_for_a_day_go(attic: Attic) -> None:
    attic.put(".work/old.mp4.part", at=START - 25 * DAY / 24)
    attic.put(".work/new.mp4.part", at=START - 23 * DAY / 24)

    swept = await attic.sweeper(FOR_EVER).sweep()

    assert (swept.work_files, attic.files()) == (1, [".work/new.mp4.part"])


async def test_a_crash_between_file_and_row_is_mended_by_the_next_sweep(attic: Attic) -> None:
    job = await attic.job(1)
    assert job.video is not None
    await attic.storage.remove(job.video.key)

    swept = await attic.sweeper(rules(videos=DAY / 2)).sweep()

    assert (swept.videos, attic.files()) == (1, [PICTURES.format(1)])
    removed = "SELECT count(*) FROM jobs WHERE file_removed_at IS NOT NULL"
    assert await attic.world.count(removed) == 1


async def test_what_fails_is_named_and_the_rest_is_done(
    attic: Attic, caplog: pytest.LogCaptureFixture
) -> None:
    job = await attic.job(1)
    shutil.rmtree(attic.root / "2026")
    (attic.root / "2026").write_bytes(b"a file where the folder should be")

    swept = await attic.sweeper(rules(videos=DAY / 2, prompts=DAY / 2)).sweep()

    assert swept.problems == ["old videos: disk: Not a directory"]
    assert (swept.videos, swept.prompts) == (0, 1)
    assert (await attic.world.job(job.id)).spec.prompt == ""
    assert "Sweeping old videos stopped: disk: Not a directory" in caplog.text


async def test_a_database_that_is_away_is_named_too(attic: Attic) -> None:
    await attic.job(1)
    await attic.world.execute("ALTER TABLE outbox RENAME TO old_outbox")

    swept = await attic.sweeper(rules(prompts=DAY / 2)).sweep()

    assert [problem.partition(":")[0] for problem in swept.problems] == ["prompts"]


async def test_many_jobs_are_forgotten_in_batches(attic: Attic) -> None:
    await attic.job(1)
    copies = "INSERT INTO jobs SELECT {columns} FROM jobs, numbers WHERE id = 'job0000001'"
    columns = await many_columns(attic)
    await attic.world.execute("CREATE TABLE numbers (n INTEGER)")
    await attic.world.execute(
        "INSERT INTO numbers WITH RECURSIVE c(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM c"
        " WHERE n < 1100) SELECT n FROM c"
    )
    await attic.world.execute(copies.format(columns=columns))

    swept = await attic.sweeper(rules(videos=DAY / 2, prompts=DAY / 2)).sweep()

    assert (swept.videos, swept.prompts) == (1100, 1100)
    assert await attic.world.count("SELECT count(*) FROM jobs WHERE prompt <> ''") == 0


async def many_columns(attic: Attic) -> str:
    own = {"id": "printf('job%07d', n)", "interaction_id": "n"}
    async with attic.world.database.read() as connection:
        rows = (await connection.exec_driver_sql("PRAGMA table_info(jobs)")).mappings()
        return ", ".join(own.get(row["name"], row["name"]) for row in rows)
