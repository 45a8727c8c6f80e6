import logging
from datetime import timedelta

import pytest

from bot.domain import JobState
from bot.ops.orphans import Orphans
from tests.manual_clock import START
from tests.ops.attic import DAY, FOR_EVER, Attic

OLD = START - 8 * DAY


async def hunt(attic: Attic, *, is_trial: bool = False, even_many: bool = False) -> Orphans:
    swept = await attic.sweeper(FOR_EVER).sweep(is_trial=is_trial, even_many=even_many)
    assert swept.orphans is not None
    return swept.orphans


async def test_files_of_no_job_go_once_they_are_a_week_old(
    attic: Attic, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await attic.job(1)
    attic.put("2026/11/nosuchjob0.mp4", at=OLD)
    attic.put("2026/11/nosuchjob1.mp4", at=START - 6 * DAY)
    attic.put("references/nosuchjob0-1.png", at=OLD)

    found = await hunt(attic)

    assert sorted(found.files) == ["2026/11/nosuchjob0.mp4", "references/nosuchjob0-1.png"]
    assert (found.size_bytes, found.all_files, found.foreign) == (10, 5, 0)
    assert [name for name in attic.files() if "nosuch" in name] == ["2026/11/nosuchjob1.mp4"]
    assert caplog.messages == ["Deleted 2 files that belong to no job"]


async def test_files_that_rows_name_stay_however_old_they_are(attic: Attic) -> None:
    await attic.job(1)
    attic.world.clock.advance(timedelta(days=400))

    found = await hunt(attic)

    assert (found.files, found.missing) == ([], [])
    assert len(attic.files()) == 2


async def test_a_file_whose_row_says_that_it_is_gone_goes(attic: Attic) -> None:
    job = await attic.job(1)
    await attic.world.execute("UPDATE jobs SET file_removed_at = updated_at")
    attic.world.clock.advance(timedelta(days=400))

    found = await hunt(attic)

    assert job.video is not None
    assert found.files == [job.video.key]
    assert attic.files() == [job.references[0].key]


async def test_a_file_of_an_open_job_stays_before_its_row_names_it(attic: Attic) -> None:
    job = await attic.job(1, JobState.RESERVED)
    attic.put(f"2026/11/{job.id}.mp4", at=OLD)

    found = await hunt(attic)

    assert found.files == []
    assert f"2026/11/{job.id}.mp4" in attic.files()


async def test_files_of_somebody_else_are_counted_and_left_alone(attic: Attic) -> None:
    for name in ("holiday.mp4", "2026/11/holiday.mp4", "references/nosuchjob0.png", "a/b.txt"):
        attic.put(name, at=OLD)

    found = await hunt(attic)

    assert (found.files, found.foreign, len(attic.files())) == ([], 4, 4)


async def test_so_many_that_the_database_may_be_the_wrong_one_are_left_alone(
    attic: Attic, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(21):
        attic.put(f"2026/11/nosuch{number:04d}.mp4", at=OLD)

    found = await hunt(attic)
    left = len(attic.files())
    await hunt(attic, even_many=True)

    assert found.are_too_many
    assert "21 of 21 files belong to no job of this database. They stay" in caplog.text
    assert (left, attic.files()) == (21, [])


@pytest.mark.parametrize("count", [1, 2, 20])
async def test_a_few_stay_when_they_are_all_there_is(attic: Attic, count: int) -> None:
    for number in range(count):
        attic.put(f"2026/11/nosuch{number:04d}.mp4", at=OLD)

    found = await hunt(attic)

    assert found.are_too_many
    assert len(attic.files()) == count


def test_a_few_go_where_they_are_no_more_than_half() -> None:
    files = [f"2026/11/nosuch{number:04d}.mp4" for number in range(20)]

    assert not Orphans(files=files, all_files=40).are_too_many
    assert Orphans(files=files, all_files=39).are_too_many
    assert not Orphans(files=[], all_files=0).are_too_many


def test_many_go_where_they_are_a_small_part() -> None:
    files = [f"2026/11/nosuch{number:04d}.mp4" for number in range(30)]

    assert not Orphans(files=files, all_files=300).are_too_many
    assert Orphans(files=files, all_files=299).are_too_many


async def test_a_job_whose_video_is_gone_is_reported(
    attic: Attic, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = [await attic.job(number) for number in (1, 2)]
    assert jobs[0].video is not None
    await attic.storage.remove(jobs[0].video.key)
    early = await hunt(attic)
    attic.world.clock.advance(8 * DAY)

    found = await hunt(attic)

    assert (early.missing, found.missing) == ([], [jobs[0].id])
    assert "The videos of 1 jobs are not in the storage, such as job0000001" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_a_trial_finds_the_same_and_says_nothing(
    attic: Attic, caplog: pytest.LogCaptureFixture
) -> None:
    attic.put("2026/11/nosuchjob0.mp4", at=OLD)

    found = await hunt(attic, is_trial=True)

    assert found.files == attic.files() == ["2026/11/nosuchjob0.mp4"]
    assert caplog.records == []
