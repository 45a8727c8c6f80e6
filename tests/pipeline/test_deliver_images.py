from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain import CleanImage, Job, JobState, MessageKind, MessageState, Place, ReferenceImage
from bot.errors import PostLaterError, PostTooLargeError
from bot.media.storage import ResultStorage
from bot.pipeline.deliver import Deliverer
from tests.factories import make_clean_image
from tests.pipeline.delivering import Rungs
from tests.pipeline.fakes import FakePoster
from tests.store.world import World

PICTURES = (b"one", b"two")
KEYS = ("references/job0000001-1.jpg", "references/job0000001-2.jpg")


@pytest.fixture
def deliverer(world: World, storage: ResultStorage, poster: FakePoster) -> Deliverer:
    return make_deliverer(world, storage, poster, lambda job: job.spec.model == "script-1")


def make_deliverer(
    world: World,
    storage: ResultStorage,
    poster: FakePoster,
    publishes_images: Callable[[Job], bool],
) -> Deliverer:
    return Rungs(world, storage, poster).deliverer(publishes_images)


async def keep(storage: ResultStorage) -> list[ReferenceImage]:
    for picture, key in zip(PICTURES, KEYS, strict=True):
        await storage.write(picture, key)
    return [ReferenceImage(key, "image/jpeg", 3, 64, 48) for key in KEYS]


async def deliver_card(deliverer: Deliverer, world: World, job: Job) -> None:
    await deliverer.deliver(await world.owed(job.id, MessageKind.CARD))


def kept() -> tuple[CleanImage, ...]:
    return tuple(make_clean_image(picture) for picture in PICTURES)


async def test_a_card_shows_the_images_that_the_provider_is_to_fetch_from_it(
    deliverer: Deliverer, world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await world.reserve(references=await keep(storage))

    await deliver_card(deliverer, world, job)

    (post,) = poster.posts
    assert (post.place, post.images, post.video) == (Place.CHANNEL, kept(), None)


async def test_images_that_travel_another_way_are_shown_to_nobody(
    world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await world.reserve(references=await keep(storage))

    await deliver_card(make_deliverer(world, storage, poster, lambda _: False), world, job)

    assert [post.images for post in poster.posts] == [()]


async def test_a_card_that_comes_after_its_job_failed_shows_no_images(
    deliverer: Deliverer, world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await world.bring_to(JobState.FAILED, references=await keep(storage))

    await deliver_card(deliverer, world, job)

    assert [post.images for post in poster.posts] == [()]


async def test_only_the_card_carries_the_images(
    deliverer: Deliverer, world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await world.bring_to(JobState.FAILED, references=await keep(storage))

    await deliverer.deliver(await world.owed(job.id, MessageKind.FAILURE))

    assert [post.images for post in poster.posts] == [()]


async def test_a_card_is_posted_without_images_that_are_gone(
    deliverer: Deliverer, world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await world.reserve(references=await keep(storage))
    await storage.remove(KEYS[1])

    await deliver_card(deliverer, world, job)

    assert [post.images for post in poster.posts] == [()]
    assert (await world.message(job.id, MessageKind.CARD)).state is MessageState.SENT


async def test_a_card_waits_for_images_that_can_not_be_read_now(
    deliverer: Deliverer,
    world: World,
    poster: FakePoster,
    storage: ResultStorage,
    results: Path,
) -> None:
    job = await world.reserve(references=await keep(storage))
    path = results / KEYS[0]
    aside = path.rename(results / "aside")
    path.mkdir()

    await deliver_card(deliverer, world, job)
    before = len(poster.posts)
    path.rmdir()
    aside.rename(path)
    world.clock.advance(seconds=10)
    await deliver_card(deliverer, world, job)

    assert before == 0
    assert [post.images for post in poster.posts] == [kept()]


async def test_images_that_discord_finds_too_large_do_not_keep_the_card_away(
    deliverer: Deliverer, world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await world.reserve(references=await keep(storage))
    poster.trouble_with_images = PostTooLargeError("40005")

    await deliver_card(deliverer, world, job)

    assert [post.images for post in poster.posts] == [kept(), ()]
    assert (await world.message(job.id, MessageKind.CARD)).state is MessageState.SENT


async def test_a_card_without_images_that_is_too_large_is_given_up(
    deliverer: Deliverer, world: World, poster: FakePoster
) -> None:
    job = await world.reserve()
    poster.troubles = {Place.CHANNEL: PostTooLargeError("40005")}

    await deliver_card(deliverer, world, job)

    assert len(poster.posts) == 1
    assert (await world.message(job.id, MessageKind.CARD)).state is MessageState.DROPPED


async def test_while_discord_is_away_a_card_keeps_its_images_for_the_next_try(
    deliverer: Deliverer, world: World, poster: FakePoster, storage: ResultStorage
) -> None:
    job = await world.reserve(references=await keep(storage))
    poster.trouble_with_images = PostLaterError("503")
    await deliver_card(deliverer, world, job)
    poster.trouble_with_images = None
    world.clock.advance(seconds=10)

    await deliver_card(deliverer, world, job)

    assert [post.images for post in poster.posts] == [kept(), kept()]
