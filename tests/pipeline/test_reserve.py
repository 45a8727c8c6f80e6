import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain import CleanImage, Job, ValidRequest
from bot.errors import FetchError, StorageError
from bot.media.storage import ResultStorage
from bot.pipeline.reserve import Reserver, new_job_id
from tests.factories import make_asker, make_clean_image, make_valid_request
from tests.store.world import World

IMAGES = (make_clean_image(b"first"), make_clean_image(b"second", "image/png"))


@pytest.fixture
def reserver(world: World, storage: ResultStorage) -> Reserver:
    return Reserver(world.reservations, storage)


async def keep(reserver: Reserver, request: ValidRequest) -> Job:
    made = await reserver.reserve(request, make_asker(request.origin))
    assert isinstance(made, Job)
    return made


class StubbornStorage(ResultStorage):
    """One whose disk lets go of nothing."""

    async def remove(self, *keys: str) -> None:
        raise StorageError(f"disk: {len(keys)} files stay", is_final=False)


def kept(results: Path) -> dict[str, bytes]:
    return {
        path.relative_to(results).as_posix(): path.read_bytes()
        for path in sorted(results.rglob("*"))
        if path.is_file()
    }


async def test_the_images_of_a_reserved_job_are_kept(
    reserver: Reserver, world: World, results: Path
) -> None:
    job = await keep(reserver, make_valid_request(images=IMAGES))

    assert await world.job(job.id) == job
    first, second = (f"references/{job.id}-1.jpg", f"references/{job.id}-2.png")
    assert [image.key for image in job.references] == [first, second]
    assert [image.size_bytes for image in job.references] == [5, 6]
    assert kept(results) == {first: b"first", second: b"second"}


async def test_a_webp_keeps_its_ending(reserver: Reserver) -> None:
    image = make_clean_image(b"w", "image/webp")

    job = await keep(reserver, make_valid_request(images=(image,)))

    assert job.references[0].key.endswith("-1.webp")


async def test_the_images_are_on_the_disk_before_the_row_is(
    reserver: Reserver, world: World, results: Path
) -> None:
    # Whoever sees the row sees the files, because a row can't be written without them.
    (results / "references").write_bytes(b"a file where the folder should be")

    with pytest.raises(FetchError):
        await keep(reserver, make_valid_request(images=IMAGES))

    assert await world.count("SELECT count(*) FROM jobs") == 0


async def test_an_image_that_can_not_be_kept_takes_the_others_with_it(
    reserver: Reserver, world: World, storage: ResultStorage, results: Path
) -> None:
    await storage.write(b"", "references/other.jpg")
    unknown = CleanImage(b"third", "image/unheard-of", 1, 1)

    with pytest.raises(KeyError):
        await keep(reserver, make_valid_request(images=(*IMAGES, unknown)))

    assert list(kept(results)) == ["references/other.jpg"]
    assert await world.count("SELECT count(*) FROM jobs") == 0


async def test_the_images_of_a_job_that_was_not_inserted_are_removed(
    reserver: Reserver, world: World, results: Path
) -> None:
    await world.reserve(1)
    await world.execute("CREATE UNIQUE INDEX one_card_only ON outbox (kind)")

    with pytest.raises(sa.exc.IntegrityError):
        await keep(reserver, make_valid_request(2, images=IMAGES))

    assert kept(results) == {}


async def test_images_that_can_not_be_removed_are_left_to_the_sweep(
    world: World, results: Path
) -> None:
    await world.reserve(1)
    await world.execute("CREATE UNIQUE INDEX one_card_only ON outbox (kind)")
    stubborn = StubbornStorage.from_url(f"file://{results}")

    with pytest.raises(sa.exc.IntegrityError):
        await keep(Reserver(world.reservations, stubborn), make_valid_request(2, images=IMAGES))

    assert len(kept(results)) == 2


async def test_the_same_interaction_again_keeps_only_the_first_images(
    reserver: Reserver, results: Path
) -> None:
    first = await keep(reserver, make_valid_request(1, images=IMAGES))
    before = kept(results)

    second = await keep(reserver, make_valid_request(1, images=IMAGES))

    assert second == first
    assert kept(results) == before


def test_job_ids_are_short_safe_and_do_not_repeat() -> None:
    ids = {new_job_id() for _ in range(1000)}

    assert len(ids) == 1000
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{10}", job_id) for job_id in ids)
