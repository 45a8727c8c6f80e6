import asyncio
import hashlib
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import ConfigurationError, FetchError, StorageError
from bot.media.storage import ResultStorage, open_storage
from bot.settings import Settings
from tests.media.file_host import FileHost
from tests.media.s3_server import ACCESS_KEY, REGION, SECRET_KEY, S3Server

KEY = "2026/11/abc234defg.mp4"
VIDEO = b"video" * 100_000
SHA = hashlib.sha256(VIDEO).hexdigest()


def settings_of(endpoint: str, bucket: str, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        allow_private_hosts=("127.0.0.1",),
        results_url=f"s3://{bucket}/our/results",
        s3_endpoint=endpoint,
        s3_region=REGION,
        s3_access_key_id=SecretStr(ACCESS_KEY),
        s3_secret_access_key=SecretStr(SECRET_KEY),
        data_dir=folder,
    )


@pytest.fixture
def bucket(request: pytest.FixtureRequest) -> str:
    return f"bucket-{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}"


@pytest.fixture
async def storage(s3: S3Server, bucket: str, tmp_path: Path) -> ResultStorage:
    await s3.make_bucket(bucket)
    return open_storage(settings_of(s3.url, bucket, tmp_path))


async def kept(storage: ResultStorage) -> dict[str, int]:
    return {file.key: file.size_bytes async for page in storage.files() for file in page}


def work_files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "work").iterdir())


async def keep_video(storage: ResultStorage) -> None:
    work = storage.work_path("abc234defg.mp4")
    work.write_bytes(VIDEO)
    await storage.keep(work, KEY)


async def test_a_checked_file_goes_to_the_bucket_and_a_copy_waits_for_its_delivery(
    storage: ResultStorage, tmp_path: Path
) -> None:
    await keep_video(storage)

    path = await storage.verify(KEY, sha256=SHA, size_bytes=len(VIDEO))

    assert await kept(storage) == {KEY: len(VIDEO)}
    assert path.read_bytes() == VIDEO
    assert work_files(tmp_path) == [path.name]


async def test_another_machine_brings_the_file_here_and_checks_it(
    storage: ResultStorage, s3: S3Server, bucket: str, tmp_path: Path
) -> None:
    await keep_video(storage)
    elsewhere = open_storage(settings_of(s3.url, bucket, tmp_path / "elsewhere"))

    path = await elsewhere.verify(KEY, sha256=SHA, size_bytes=len(VIDEO))

    assert path.is_relative_to(tmp_path / "elsewhere")
    assert path.read_bytes() == VIDEO
    assert work_files(tmp_path / "elsewhere") == [path.name]


async def test_a_copy_that_was_changed_is_not_taken_for_the_file(
    storage: ResultStorage,
) -> None:
    await keep_video(storage)
    copy = await storage.verify(KEY, sha256=SHA, size_bytes=len(VIDEO))
    copy.write_bytes(b"swapped")

    path = await storage.verify(KEY, sha256=SHA, size_bytes=len(VIDEO))

    assert path.read_bytes() == VIDEO


@pytest.mark.parametrize("now", [b"VIDEO" * 100_000, b"short", VIDEO + b"and more"])
async def test_a_swapped_file_is_not_posted(
    now: bytes, storage: ResultStorage, s3: S3Server, bucket: str, tmp_path: Path
) -> None:
    await keep_video(storage)
    await storage.write(now, KEY)
    elsewhere = open_storage(settings_of(s3.url, bucket, tmp_path / "elsewhere"))

    with pytest.raises(FetchError, match="not the one that was checked") as caught:
        await elsewhere.verify(KEY, sha256=SHA, size_bytes=len(VIDEO))

    assert (caught.value.is_final, isinstance(caught.value, StorageError)) == (True, False)
    assert work_files(tmp_path / "elsewhere") == []


async def test_copies_go_once_no_delivery_can_want_them(
    storage: ResultStorage, tmp_path: Path
) -> None:
    await keep_video(storage)
    (old,) = (tmp_path / "work").iterdir()
    long_ago = time.time() - 1000
    os.utime(old, (long_ago, long_ago))
    other = storage.work_path("other.mp4")
    other.write_bytes(b"another")

    await storage.keep(other, "2026/11/other.mp4")

    assert work_files(tmp_path) == ["copy-2026-11-other.mp4"]


async def test_written_bytes_are_read_back_and_removed(
    storage: ResultStorage, tmp_path: Path
) -> None:
    await storage.write(b"picture", "references/abc-1.png")
    await keep_video(storage)

    data = await storage.read("references/abc-1.png")
    await storage.remove("references/abc-1.png", KEY)
    await storage.remove("references/abc-1.png", KEY)

    assert data == b"picture"
    assert await kept(storage) == {}
    assert work_files(tmp_path) == []


async def test_a_file_that_is_gone_is_gone_for_good(storage: ResultStorage) -> None:
    with pytest.raises(StorageError, match="bucket: 404 Not Found NoSuchKey") as reading:
        await storage.read(KEY)
    with pytest.raises(StorageError, match="bucket: 404 Not Found NoSuchKey") as verifying:
        await storage.verify(KEY, sha256=SHA, size_bytes=5)

    assert (reading.value.is_final, verifying.value.is_final) == (True, True)


async def test_a_bucket_that_is_gone_may_come_back_and_no_video_is_given_up(
    s3: S3Server, tmp_path: Path
) -> None:
    storage = open_storage(settings_of(s3.url, "no-such-bucket", tmp_path))

    with pytest.raises(StorageError, match="404 Not Found NoSuchBucket") as reading:
        await storage.read(KEY)
    with pytest.raises(StorageError, match="404 Not Found NoSuchBucket") as writing:
        await storage.write(b"data", KEY)

    assert (reading.value.is_final, writing.value.is_final) == (False, False)


async def test_a_link_lets_anybody_have_the_file(
    storage: ResultStorage, s3: S3Server, bucket: str
) -> None:
    await keep_video(storage)

    link = await storage.link_for(KEY, timedelta(days=30))

    assert link is not None
    assert link.startswith(f"{s3.url}/{bucket}/our/results/{KEY}?")
    assert "X-Amz-Expires=604800" in link
    assert await s3.fetch(link) == (200, VIDEO)


async def test_the_storage_is_tried_out_and_left_as_it_was(storage: ResultStorage) -> None:
    await storage.check()

    assert await kept(storage) == {}
    assert storage.free_bytes() > 0


async def test_a_file_that_was_not_made_is_the_disks_fault(storage: ResultStorage) -> None:
    with pytest.raises(StorageError, match="disk: No such file"):
        await storage.keep(storage.work_path("missing.mp4"), KEY)


async def test_what_the_server_says_is_shortened_and_names_no_address_and_no_key(
    host: FileHost, tmp_path: Path
) -> None:
    said = f"<Error><Code>AccessDenied</Code><AWSAccessKeyId>{ACCESS_KEY}</AWSAccessKeyId></Error>"
    host.serve(f"/a-bucket/our/results/{KEY}", said.encode(), status=403)
    storage = open_storage(settings_of(host.base_url, "a-bucket", tmp_path))

    with pytest.raises(StorageError) as caught:
        await storage.read(KEY)

    assert str(caught.value) == "bucket: 403 Forbidden AccessDenied"
    assert not caught.value.is_final
    assert caught.value.__cause__ is None


async def test_an_upload_of_which_less_arrived_is_not_taken_for_done(
    host: FileHost, tmp_path: Path
) -> None:
    host.serve(f"/a-bucket/our/results/{KEY}", b"12", headers={"ETag": '"x"'})
    storage = open_storage(settings_of(host.base_url, "a-bucket", tmp_path))
    work = storage.work_path("abc.mp4")
    work.write_bytes(b"12345")

    with pytest.raises(StorageError, match="2 of 5 bytes arrived") as caught:
        await storage.keep(work, KEY)

    assert not caught.value.is_final
    assert work.exists()


@pytest.mark.parametrize(
    "url", ["s3://", "s3://B/x", "s3://bucket/../x", "s3://user@bucket", "s3://bucket/x?y", "s3:x"]
)
def test_an_address_that_is_no_bucket_is_explained_to_the_operator(
    url: str, tmp_path: Path
) -> None:
    settings = Settings(_env_file=None, results_url=url, data_dir=tmp_path)

    with pytest.raises(ConfigurationError, match="such as s3://bucket/prefix"):
        open_storage(settings)


def test_a_work_folder_that_can_not_be_made_is_explained_to_the_operator(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    settings = Settings(_env_file=None, results_url="s3://bucket", data_dir=tmp_path / "file")

    with pytest.raises(ConfigurationError, match="DATA_DIR names a folder that can't be made"):
        open_storage(settings)


async def test_a_download_that_is_given_up_leaves_nothing(
    storage: ResultStorage, s3: S3Server, bucket: str, tmp_path: Path
) -> None:
    await keep_video(storage)
    elsewhere = open_storage(settings_of(s3.url, bucket, tmp_path / "elsewhere"))
    verifying = asyncio.create_task(elsewhere.verify(KEY, sha256=SHA, size_bytes=len(VIDEO)))

    await asyncio.sleep(0)
    verifying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await verifying

    assert work_files(tmp_path / "elsewhere") == []


async def test_without_a_key_the_operator_hears_which_setting_is_missing(
    host: FileHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", host.base_url)
    host.serve("/latest/api/token", b"no", status=404)
    settings = Settings(
        _env_file=None,
        allow_private_hosts=("127.0.0.1",),
        results_url="s3://bucket",
        s3_endpoint=host.base_url,
        data_dir=tmp_path,
    )

    with pytest.raises(StorageError, match="set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY"):
        await open_storage(settings).check()
