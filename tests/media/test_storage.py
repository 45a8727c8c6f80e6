import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, FetchError
from bot.media.storage import ResultStorage

KEY = "2026/11/abc234defg.mp4"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "results"


@pytest.fixture
def storage(root: Path) -> ResultStorage:
    return ResultStorage.from_url(f"file://{root}")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


async def test_a_checked_file_is_moved_under_its_key(storage: ResultStorage, root: Path) -> None:
    work = storage.work_path("abc.mp4")
    work.write_bytes(b"video")

    await storage.keep(work, KEY)

    assert files(root) == [KEY]
    assert await storage.read(KEY) == b"video"
    assert (root / KEY).read_bytes() == b"video"


async def test_keeping_again_replaces_what_an_earlier_try_left(
    storage: ResultStorage, root: Path
) -> None:
    await storage.write(b"earlier", KEY)
    work = storage.work_path("abc.mp4")
    work.write_bytes(b"later")

    await storage.keep(work, KEY)

    assert files(root) == [KEY]
    assert await storage.read(KEY) == b"later"


async def test_written_bytes_are_read_back_and_removed(storage: ResultStorage, root: Path) -> None:
    await storage.write(b"picture", "references/abc-1.png")

    data = await storage.read("references/abc-1.png")
    await storage.remove("references/abc-1.png")
    await storage.remove("references/abc-1.png")

    assert data == b"picture"
    assert files(root) == []


async def test_only_the_owner_can_look_into_the_folders(storage: ResultStorage, root: Path) -> None:
    await storage.write(b"picture", "references/abc-1.png")

    modes = {folder.stat().st_mode & 0o777 for folder in (root, root.parent, root / "references")}

    assert modes == {0o700}


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../outside.mp4",
        "2026/../../outside.mp4",
        "2026/./a.mp4",
        "2026//a.mp4",
        "2026/",
        ".work/abc.mp4",
        "2026/.hidden",
        "..\\outside.mp4",
        "ABC.mp4",
        "a b.mp4",
        "a\0.mp4",
        "a.mp4\n",
        "ä.mp4",
    ],
)
async def test_a_key_that_is_none_of_ours_is_refused(
    key: str, storage: ResultStorage, root: Path
) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        await storage.read(key)
    with pytest.raises(ValueError, match="not a storage key"):
        await storage.write(b"data", key)

    assert files(root.parent.parent) == []


async def test_a_link_does_not_lead_out_of_the_folder(
    storage: ResultStorage, root: Path, tmp_path: Path
) -> None:
    (root / "2026").symlink_to(tmp_path)

    with pytest.raises(ValueError, match="not a storage key"):
        await storage.write(b"data", "2026/a.mp4")

    assert files(tmp_path) == []


@pytest.mark.parametrize("name", ["", "../a.mp4", "sub/a.mp4", ".hidden", "A.mp4"])
def test_a_work_file_has_a_plain_name(name: str, storage: ResultStorage) -> None:
    with pytest.raises(ValueError, match="not a work file name"):
        storage.work_path(name)


async def test_an_unchanged_file_is_verified(storage: ResultStorage, root: Path) -> None:
    await storage.write(b"video", KEY)

    path = await storage.verify(KEY, sha256=digest(b"video"), size_bytes=5)

    assert path == (root / KEY)


@pytest.mark.parametrize("now", [b"VIDEO", b"video and more", b""])
async def test_a_swapped_file_is_not_posted(now: bytes, storage: ResultStorage, root: Path) -> None:
    await storage.write(b"video", KEY)
    (root / KEY).write_bytes(now)

    with pytest.raises(FetchError, match="not the one that was checked") as caught:
        await storage.verify(KEY, sha256=digest(b"video"), size_bytes=5)

    assert caught.value.is_final


async def test_a_file_that_is_gone_is_gone_for_good(storage: ResultStorage) -> None:
    with pytest.raises(FetchError, match="disk: No such file") as verifying:
        await storage.verify(KEY, sha256=digest(b"video"), size_bytes=5)
    with pytest.raises(FetchError, match="disk: No such file") as reading:
        await storage.read(KEY)

    assert verifying.value.is_final
    assert reading.value.is_final


async def test_a_file_that_can_not_be_read_now_may_be_read_later(
    storage: ResultStorage, root: Path
) -> None:
    (root / KEY).mkdir(parents=True)

    with pytest.raises(FetchError, match="disk: Is a directory") as caught:
        await storage.verify(KEY, sha256=digest(b"video"), size_bytes=5)

    assert not caught.value.is_final


async def test_a_disk_that_refuses_leaves_no_part_behind(
    storage: ResultStorage, root: Path
) -> None:
    (root / "2026").write_bytes(b"a file where a folder should be")

    with pytest.raises(FetchError, match="disk: ") as writing:
        await storage.write(b"data", "2026/a.mp4")
    with pytest.raises(FetchError, match="disk: ") as keeping:
        await storage.keep(storage.work_path("missing.mp4"), "other/a.mp4")

    assert not writing.value.is_final
    assert not keeping.value.is_final
    assert files(root) == ["2026"]


def test_free_room_is_told_in_bytes(storage: ResultStorage, root: Path) -> None:
    shutil.rmtree(root)

    assert storage.free_bytes() > 0
    assert (root / ".work").is_dir()


def test_there_is_no_room_where_no_folder_can_be_made(storage: ResultStorage, root: Path) -> None:
    shutil.rmtree(root)
    root.write_bytes(b"a file where the folder should be")

    assert storage.free_bytes() == 0


async def test_a_relative_folder_is_beside_the_place_of_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    storage = ResultStorage.from_url("file://data/my%20results")

    await storage.write(b"video", "a.mp4")

    assert (tmp_path / "data" / "my results" / "a.mp4").read_bytes() == b"video"


async def test_the_folder_stays_the_same_when_the_program_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    storage = ResultStorage.from_url("file://results")

    monkeypatch.chdir("/")

    await storage.write(b"video", "a.mp4")

    assert (tmp_path / "results" / "a.mp4").read_bytes() == b"video"


@pytest.mark.parametrize(
    "url",
    ["", "data/results", "file:data", "file://", "file:///", "s3://bucket/x", "file://a%00b"],
)
def test_an_address_of_another_kind_is_explained_to_the_operator(url: str) -> None:
    with pytest.raises(ConfigurationError, match="such as file://data/results"):
        ResultStorage.from_url(url)


def test_a_folder_that_can_not_be_made_is_explained_to_the_operator(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(ConfigurationError, match=r"can't be made: File exists"):
        ResultStorage.from_url(f"file://{tmp_path}/file/results")


async def test_a_work_folder_that_was_tidied_away_comes_back(
    storage: ResultStorage, root: Path
) -> None:
    shutil.rmtree(root)

    await storage.write(b"data", "a.png")

    assert files(root) == ["a.png"]


async def test_a_plain_folder_has_no_link_for_its_files(storage: ResultStorage) -> None:
    assert await storage.link_for("2026/11/a.mp4", timedelta(days=7)) is None
    with pytest.raises(ValueError, match="not a storage key"):
        await storage.link_for("../a.mp4", timedelta(days=7))
