import asyncio
import os
import shutil
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, StorageError
from bot.ops.backups.backup import back_up, backup_folder
from bot.ops.backups.backup_tar import files_to_pack
from bot.settings import Settings
from tests.manual_clock import START, ManualClock
from tests.ops.attic import Attic


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_packing_that_is_given_up_ends_soon_and_leaves_nothing(
    attic: Attic, settings: Settings, clock: ManualClock
) -> None:
    for number in (1, 2, 3):
        await attic.job(number)
    loop, threads = asyncio.get_running_loop(), ThreadPoolExecutor()
    loop.set_default_executor(threads)
    began, go_on = asyncio.Event(), threading.Event()
    calls: list[int] = []

    def hold(done: int, _total: int) -> None:
        calls.append(done)
        loop.call_soon_threadsafe(began.set)
        go_on.wait(20)

    backing = asyncio.create_task(back_up(settings, clock, with_results=True, watch=hold))
    await began.wait()
    backing.cancel()
    await asyncio.gather(backing, return_exceptions=True)
    go_on.set()
    threads.shutdown(wait=True)
    loop.set_default_executor(ThreadPoolExecutor())

    assert len(calls) == 1
    assert names(backup_folder(settings)) == []


async def test_the_results_go_into_a_tar_on_demand(
    attic: Attic, settings: Settings, clock: ManualClock
) -> None:
    await attic.job(1)
    attic.put(".work/half.part", at=START)
    attic.put("Holiday Pictures/a.jpg", at=START)
    (attic.root / "link.mp4").symlink_to("/etc/passwd")
    seen: list[tuple[int, int]] = []

    made = await back_up(
        settings, clock, with_results=True, watch=lambda done, total: seen.append((done, total))
    )

    assert made.path.name == "grok-bot-20261120-120000.tar"
    assert names(made.path.parent) == [made.path.name]
    with tarfile.open(made.path) as tar:
        assert tar.getnames() == [
            "bot.sqlite3",
            "results/2026/11/job0000001.mp4",
            "results/references/job0000001-1.jpg",
        ]
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.usefixtures("attic")
async def test_what_goes_while_it_is_packed_is_left_out(
    settings: Settings, clock: ManualClock, tmp_path: Path, attic: Attic
) -> None:
    for number in (1, 2):
        await attic.job(number)

    def remove_the_last(_done: int, _total: int) -> None:
        (tmp_path / "results/2026/11/job0000002.mp4").unlink(missing_ok=True)

    made = await back_up(settings, clock, with_results=True, watch=remove_the_last)

    with tarfile.open(made.path) as tar:
        assert "results/2026/11/job0000002.mp4" not in tar.getnames()
        assert len(tar.getnames()) == 4


async def test_a_disk_without_room_for_the_results_is_told_before_they_are_packed(
    settings: Settings, clock: ManualClock, tmp_path: Path, attic: Attic
) -> None:
    await attic.job(1)
    # A file of holes takes no room itself.
    os.truncate(
        tmp_path / "results/2026/11/job0000001.mp4", shutil.disk_usage(tmp_path).free + 10**9
    )

    with pytest.raises(ConfigurationError, match=r"no room for the backup in .*: it needs about"):
        await back_up(settings, clock, with_results=True)

    assert names(backup_folder(settings)) == []


def test_what_goes_while_the_results_are_listed_is_left_out(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        (tmp_path / name).write_bytes(b"a video")

    listed = files_to_pack(tmp_path)
    first = next(listed)
    (tmp_path / "b.mp4").unlink()

    assert [first, *listed] == [
        (f"results/{name}", tmp_path / name, 7) for name in ("a.mp4", "c.mp4")
    ]


@pytest.mark.parametrize("beginning", [b"\0" * 512, b"\xff" * 512])
async def test_a_tar_that_is_not_what_was_written_is_no_backup(
    attic: Attic, settings: Settings, clock: ManualClock, beginning: bytes
) -> None:
    await attic.job(1)

    def spoil(_done: int, _total: int) -> None:
        for part in backup_folder(settings).glob(".*.part"):
            with part.open("rb+") as file:
                file.write(beginning)

    with pytest.raises(StorageError, match="is not whole"):
        await back_up(settings, clock, with_results=True, watch=spoil)

    assert names(backup_folder(settings)) == []


async def test_results_in_a_bucket_are_not_packed(settings: Settings, clock: ManualClock) -> None:
    in_bucket = settings.model_copy(update={"results_url": "s3://bucket"})

    with pytest.raises(ConfigurationError, match="The results are in a bucket"):
        await back_up(in_bucket, clock, with_results=True)
