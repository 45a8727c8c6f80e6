import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.media.storage import ResultStorage

KEY = "2026/11/abc234defg.mp4"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def storage(root: Path) -> ResultStorage:
    return ResultStorage.from_url(f"file://{root}")


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


async def test_the_storage_is_tried_out_and_left_as_it_was(
    storage: ResultStorage, root: Path
) -> None:
    await storage.check()

    assert files(root) == []


async def test_everything_that_is_kept_is_listed_but_not_what_is_being_made(
    storage: ResultStorage,
) -> None:
    await storage.write(b"video", KEY)
    await storage.write(b"picture", "references/abc-1.png")
    storage.work_path("abc.mp4").write_bytes(b"half")

    listed = {file.key: file.size_bytes async for page in storage.files() for file in page}

    assert listed == {KEY: 5, "references/abc-1.png": 7}


async def test_a_plain_folder_has_no_links(storage: ResultStorage) -> None:
    assert await storage.link_for(KEY, timedelta(hours=1)) is None


async def test_a_published_folder_has_links_for_keys_of_ours(root: Path) -> None:
    storage = ResultStorage.from_url(f"file://{root}", public_url="https://videos.example.com/a/")

    link = await storage.link_for(KEY, timedelta(hours=1))

    assert link == f"https://videos.example.com/a/{KEY}"
    with pytest.raises(ValueError, match="not a storage key"):
        await storage.link_for("../secret", timedelta(hours=1))


async def test_work_files_are_old_when_nobody_has_touched_them(storage: ResultStorage) -> None:
    now = datetime.now(UTC)
    for name, hours in (("old.mp4.part", 25), ("new.mp4.part", 23)):
        storage.work_path(name).write_bytes(b"half")
        touched = (now - timedelta(hours=hours)).timestamp()
        os.utime(storage.work_path(name), (touched, touched))

    old = await storage.old_work(now - timedelta(days=1))
    await storage.remove_work(old)

    assert [path.name for path in old] == ["old.mp4.part"]
    assert storage.work_path("new.mp4.part").exists()
    assert not storage.work_path("old.mp4.part").exists()


async def test_a_file_that_goes_while_the_list_is_made_is_left_out(
    storage: ResultStorage, root: Path
) -> None:
    (root / "2026").mkdir()
    for number in range(600):
        (root / "2026" / f"{number}.mp4").write_bytes(b"")

    counts = []
    async for page in storage.files():
        counts.append(len(page))
        shutil.rmtree(root / "2026", ignore_errors=True)

    assert counts == [500]


async def test_a_work_file_that_is_gone_once_its_age_is_asked_is_left_out(
    storage: ResultStorage,
) -> None:
    # A link to nothing answers as a file does that another process has just removed.
    storage.work_path("gone.mp4").symlink_to("nowhere")
    storage.work_path("there.mp4").write_bytes(b"half")

    old = await storage.old_work(datetime.now(UTC) + timedelta(days=1))

    assert [path.name for path in old] == ["there.mp4"]
