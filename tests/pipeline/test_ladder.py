from datetime import timedelta

import pytest

from bot.domain import Charge, Failure, FailureKind, Job, JobState, MessageKind, Place
from bot.errors import (
    FetchError,
    PlaceClosedError,
    PostFilteredError,
    PostLaterError,
    PostRefusedError,
    PostTooLargeError,
)
from bot.media.storage import ResultStorage
from bot.posting.forms import AttachedVideo, LinkedVideo, VideoForm
from tests.pipeline.delivering import MEBIBYTE, Rungs
from tests.pipeline.fakes import SCHEDULE, FakePoster
from tests.pipeline.stored_videos import stored
from tests.store.world import World

OURS = "https://bucket.example/2026/11/video.mp4?signature=abc"
LARGE = bytes(12 * MEBIBYTE)
PARENT = 2_000


@pytest.fixture
def rungs(world: World, storage: ResultStorage, poster: FakePoster) -> Rungs:
    return Rungs(world, storage, poster)


def service_url(job: Job) -> str:
    return f"https://files.example/{job.id}.mp4"


async def deliver(rungs: Rungs, job: Job, kind: MessageKind = MessageKind.RESULT) -> Job:
    await rungs.deliverer().deliver(await rungs.world.owed(job.id, kind))
    return await rungs.world.job(job.id)


def forms(poster: FakePoster) -> list[VideoForm | None]:
    return [post.form for post in poster.posts]


async def test_a_file_that_fits_everywhere_is_attached_without_a_question(rungs: Rungs) -> None:
    job = await stored(rungs.world, rungs.storage)

    await deliver(rungs, job)

    (form,) = forms(rungs.poster)
    assert isinstance(form, AttachedVideo)
    assert rungs.tiers.asked == []


async def test_a_large_file_is_attached_where_the_tier_allows_it(rungs: Rungs) -> None:
    rungs.tiers.limit = 50 * MEBIBYTE
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    await deliver(rungs, job)

    (post,) = rungs.poster.posts
    assert post.video == LARGE
    assert rungs.tiers.asked == [job.origin.guild_id]


async def test_what_fits_with_less_than_five_percent_to_spare_is_not_attached(
    rungs: Rungs,
) -> None:
    rungs.setting_bytes = MEBIBYTE
    rungs.files.url = OURS
    job = await stored(rungs.world, rungs.storage, clip=bytes(MEBIBYTE - 1000))

    await deliver(rungs, job)

    (form,) = forms(rungs.poster)
    assert isinstance(form, LinkedVideo)


async def test_a_video_too_large_is_linked_to_our_storage_until_the_link_ends(
    rungs: Rungs,
) -> None:
    rungs.files.url = OURS
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    await deliver(rungs, job)

    week = rungs.world.clock.now() + timedelta(days=7)
    assert forms(rungs.poster) == [LinkedVideo(OURS, is_ours=True, expires_at=week)]
    assert rungs.check.asked == []


async def test_a_public_link_has_no_end(rungs: Rungs) -> None:
    rungs.files.url = "https://videos.example/2026/11/video.mp4"
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    await deliver(rungs, job)

    assert forms(rungs.poster) == [LinkedVideo(rungs.files.url, is_ours=True)]


@pytest.mark.parametrize("trouble", [None, FetchError("away", is_final=False)])
async def test_without_a_link_of_ours_it_is_the_service_s_with_its_end(
    rungs: Rungs, trouble: FetchError | None
) -> None:
    rungs.files.trouble = trouble
    job = await stored(rungs.world, rungs.storage, clip=LARGE)
    rungs.check.working = {service_url(job)}

    ended = await deliver(rungs, job)

    assert job.submitted_at is not None
    end = job.submitted_at + SCHEDULE.hard_deadline
    assert forms(rungs.poster) == [LinkedVideo(service_url(job), is_ours=False, expires_at=end)]
    assert ended.state is JobState.POSTED


async def test_a_video_that_nothing_takes_is_undeliverable_and_kept(rungs: Rungs) -> None:
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    failed = await deliver(rungs, job)

    assert failed.failure == Failure(
        FailureKind.UNDELIVERABLE, Charge.MADE, "no form of the video fits"
    )
    assert rungs.poster.posts == []
    assert job.video is not None
    assert await rungs.storage.read(job.video.key) == LARGE


async def test_a_refused_size_is_learned_and_not_tried_again(rungs: Rungs) -> None:
    rungs.tiers.limit = 100 * MEBIBYTE
    rungs.files.url = OURS
    rungs.poster.judge = lambda post: PostTooLargeError("40005") if post.video else None
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    await deliver(rungs, job)
    await rungs.world.deliveries.ask(job.id)
    await deliver(rungs, job, MessageKind.DELIVERY)

    kinds = [type(form) for form in forms(rungs.poster)]
    assert kinds == [AttachedVideo, LinkedVideo, LinkedVideo]
    assert rungs.tiers.asked == [job.origin.guild_id]


async def test_in_direct_messages_the_tier_of_the_server_does_not_count(rungs: Rungs) -> None:
    rungs.tiers.limit = 50 * MEBIBYTE
    rungs.files.url = OURS
    rungs.poster.troubles = {Place.CHANNEL: PlaceClosedError("50013")}
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    await deliver(rungs, job)

    assert [(post.place, type(post.form)) for post in rungs.poster.posts] == [
        (Place.CHANNEL, AttachedVideo),
        (Place.REQUESTER, LinkedVideo),
    ]


async def test_a_direct_message_that_refuses_a_size_teaches_no_server_anything(
    rungs: Rungs,
) -> None:
    rungs.setting_bytes = 50 * MEBIBYTE
    rungs.files.url = OURS
    rungs.poster.troubles = {Place.CHANNEL: PlaceClosedError("50013")}
    rungs.poster.judge = lambda post: PostTooLargeError("40005") if post.video else None
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    await deliver(rungs, job)

    assert await rungs.world.count("SELECT count(*) FROM upload_limits") == 0


async def test_a_closed_thread_leads_to_its_channel_and_then_to_the_requester(
    rungs: Rungs,
) -> None:
    rungs.poster.troubles = dict.fromkeys((Place.CHANNEL, Place.PARENT), PlaceClosedError("160005"))
    job = await stored(rungs.world, rungs.storage, parent_id=PARENT)

    ended = await deliver(rungs, job)

    assert [(post.place, post.card_id) for post in rungs.poster.posts] == [
        (Place.CHANNEL, 500),
        (Place.PARENT, None),
        (Place.REQUESTER, None),
    ]
    assert ended.state is JobState.POSTED


async def test_a_delivery_elsewhere_has_nothing_to_do_with_the_thread_of_the_job(
    rungs: Rungs,
) -> None:
    job = await stored(rungs.world, rungs.storage, parent_id=PARENT)
    await deliver(rungs, job)
    await rungs.world.deliveries.ask(job.id, 9_000)
    rungs.poster.troubles = {Place.CHANNEL: PlaceClosedError("50013")}

    await deliver(rungs, job, MessageKind.DELIVERY)

    assert [(post.place, post.card_id) for post in rungs.poster.posts[1:]] == [
        (Place.CHANNEL, None),
        (Place.REQUESTER, None),
    ]


async def test_what_a_filter_stops_is_sent_again_without_the_member_s_words(
    rungs: Rungs,
) -> None:
    rungs.poster.judge = lambda post: None if post.is_plain else PostFilteredError("200000")
    job = await stored(rungs.world, rungs.storage)

    ended = await deliver(rungs, job)

    assert [(post.place, post.is_plain) for post in rungs.poster.posts] == [
        (Place.CHANNEL, False),
        (Place.CHANNEL, True),
    ]
    assert ended.state is JobState.POSTED


async def test_a_filter_that_stops_even_that_leads_to_the_requester(rungs: Rungs) -> None:
    rungs.poster.troubles = {Place.CHANNEL: PostFilteredError("200000")}
    job = await stored(rungs.world, rungs.storage)

    await deliver(rungs, job)

    assert rungs.poster.posts[-1].place is Place.REQUESTER


async def test_a_filter_of_links_leads_to_the_other_link(rungs: Rungs) -> None:
    rungs.files.url = OURS
    rungs.poster.judge = lambda post: (
        PostFilteredError("240000")
        if isinstance(post.form, LinkedVideo) and post.form.is_ours
        else None
    )
    job = await stored(rungs.world, rungs.storage, clip=LARGE)
    rungs.check.working = {service_url(job)}

    ended = await deliver(rungs, job)

    last = forms(rungs.poster)[-1]
    assert isinstance(last, LinkedVideo)
    assert not last.is_ours
    assert ended.state is JobState.POSTED


async def test_a_filter_of_all_links_is_the_reason_that_is_kept(rungs: Rungs) -> None:
    rungs.files.url = OURS
    rungs.poster.troubles = dict.fromkeys(Place, PostFilteredError("240000"))
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    failed = await deliver(rungs, job)

    assert failed.failure == Failure(FailureKind.UNDELIVERABLE, Charge.MADE, "240000")


async def test_a_tier_that_can_not_be_asked_for_now_delays_the_video(rungs: Rungs) -> None:
    rungs.tiers.trouble = PostLaterError("503")
    rungs.files.url = OURS
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    waiting = await deliver(rungs, job)

    assert waiting.state is JobState.STORED
    assert rungs.poster.posts == []


async def test_a_server_that_put_the_bot_out_counts_as_unboosted(rungs: Rungs) -> None:
    rungs.tiers.trouble = PostRefusedError("10004")
    rungs.files.url = OURS
    job = await stored(rungs.world, rungs.storage, clip=LARGE)

    await deliver(rungs, job)

    assert [type(form) for form in forms(rungs.poster)] == [LinkedVideo]


@pytest.mark.parametrize("days", [6, 8])
async def test_a_learned_limit_is_forgotten_after_a_week(rungs: Rungs, days: int) -> None:
    rungs.tiers.limit = 50 * MEBIBYTE
    rungs.files.url = OURS
    job = await stored(rungs.world, rungs.storage, clip=LARGE)
    await rungs.world.execute(
        "INSERT INTO upload_limits (guild_id, limit_bytes, learned_at) VALUES (11, 10485760, :at)",
        at=rungs.world.clock.now(),
    )
    rungs.world.clock.advance(timedelta(days=days))

    await deliver(rungs, job)

    wanted = LinkedVideo if days == 6 else AttachedVideo
    assert [type(form) for form in forms(rungs.poster)] == [wanted]
