from dataclasses import replace

import aiohttp
import pytest

from bot.domain import (
    CleanImage,
    Hold,
    Job,
    JobState,
    MessageKind,
    MessageState,
    OwedMessage,
    Pause,
    PauseReason,
    Place,
)
from bot.errors import PostTooLargeError, StoreUnavailableError
from bot.posting import words
from bot.posting.attachments import PostedFiles
from sandbox.discord_api import Fault, Message
from sandbox.pictures import make_picture
from tests.factories import make_clean_image, make_reference
from tests.manual_clock import START, ManualClock
from tests.posting.desk import Desk, message

PAUSE = Pause("scripted", PauseReason.KEY, "401", START, START, 0)


def images() -> list[CleanImage]:
    png = make_picture("one", 64, 48)
    return [make_clean_image(png, "image/png"), make_clean_image(b"two"), make_clean_image(b"3")]


def with_references(desk: Desk, state: JobState = JobState.RESERVED) -> Job:
    return replace(desk.job(state), references=(make_reference(),) * 3)


async def post_card(desk: Desk, job: Job) -> OwedMessage:
    owed = message(job, MessageKind.CARD)
    posted = await desk.poster.post(
        job, owed, Place.CHANNEL, card_id=None, video=None, images=images()
    )
    return replace(owed, state=MessageState.SENT, message_id=posted.message_id, shown=posted.shown)


def names(shown: Message) -> list[str]:
    return [one.filename for one in shown.attachments]


async def fetched(url: str) -> bytes | int:
    async with aiohttp.ClientSession() as session, session.get(url) as reply:
        return await reply.read() if reply.ok else reply.status


async def test_a_card_carries_the_images_in_their_order(desk: Desk) -> None:
    await post_card(desk, with_references(desk))

    (shown,) = desk.channel.messages
    assert names(shown) == ["reference-1.png", "reference-2.jpeg", "reference-3.jpeg"]
    assert [one.data for one in shown.attachments] == [image.data for image in images()]
    assert [one.content_type for one in shown.attachments[:2]] == ["image/png", "image/jpeg"]


async def test_images_that_wait_for_review_are_covered_and_found_in_their_order(
    desk: Desk,
) -> None:
    job = replace(with_references(desk), held_for=Hold.REVIEW)
    card = await post_card(desk, job)
    assert card.message_id is not None

    urls = await PostedFiles(desk.client, desk.clock).urls(desk.channel.id, card.message_id)

    (shown,) = desk.channel.messages
    covered = ["SPOILER_reference-1.png", "SPOILER_reference-2.jpeg", "SPOILER_reference-3.jpeg"]
    assert names(shown) == covered
    assert [url.partition("?")[0].rpartition("/")[2] for url in urls] == covered


async def test_a_card_sent_again_under_its_nonce_shows_its_images_once(desk: Desk) -> None:
    job = with_references(desk)
    first = await post_card(desk, job)

    assert await post_card(desk, job) == first

    (shown,) = desk.channel.messages
    assert len(shown.attachments) == 3


async def test_a_broken_upload_is_begun_from_the_start(desk: Desk) -> None:
    fault = Fault("POST", "/channels/*/messages", status=500)
    desk.chat.faults.add(fault)

    await post_card(desk, with_references(desk))

    (shown,) = desk.channel.messages
    assert [one.data for one in shown.attachments] == [image.data for image in images()]


@pytest.mark.parametrize("state", [JobState.SUBMITTING, JobState.RENDERING, JobState.STORED])
async def test_an_edit_of_a_job_under_way_keeps_the_images(desk: Desk, state: JobState) -> None:
    card = await post_card(desk, with_references(desk))

    await desk.poster.edit_card(with_references(desk, state), card, None, None)

    (shown,) = desk.channel.messages
    assert len(shown.attachments) == 3


@pytest.mark.parametrize("state", [JobState.POSTED, JobState.FAILED, JobState.TOLD])
async def test_the_fold_takes_the_images_away_for_everybody(desk: Desk, state: JobState) -> None:
    card = await post_card(desk, with_references(desk))
    assert card.message_id is not None
    files = PostedFiles(desk.client, ManualClock())
    url, *_ = await files.urls(card.channel_id, card.message_id)

    await desk.poster.edit_card(with_references(desk, state), card, None, None)

    (shown,) = desk.channel.messages
    assert shown.attachments == []
    assert await fetched(url) == 404
    (edit,) = desk.chat.asked("PATCH", "/channels/*/messages/*")
    assert isinstance(edit.request, dict)
    assert edit.request["attachments"] == []


async def test_the_fold_of_a_card_without_images_says_nothing_of_files(desk: Desk) -> None:
    job = desk.job()
    owed = message(job, MessageKind.CARD)
    posted = await desk.poster.post(job, owed, Place.CHANNEL, card_id=None, video=None)
    card = replace(owed, state=MessageState.SENT, message_id=posted.message_id)

    await desk.poster.edit_card(desk.job(JobState.TOLD), card, None, None)

    exchanges = [
        *desk.chat.asked("POST", "/channels/*/messages"),
        *desk.chat.asked("PATCH", "/channels/*/messages/*"),
    ]
    assert len(exchanges) == 2
    assert all("attachments" not in str(exchange.request) for exchange in exchanges)


async def test_an_image_over_the_limit_is_told_apart(desk: Desk) -> None:
    desk.chat.guild.limit_uploads(2)

    with pytest.raises(PostTooLargeError):
        await post_card(desk, with_references(desk))


async def test_a_card_of_a_waiting_job_says_from_the_start_that_its_service_is_paused(
    desk: Desk,
) -> None:
    desk.pauses.by_provider = {"scripted": PAUSE}
    job = desk.job(JobState.RESERVED)

    card = await post_card(desk, job)

    (shown,) = desk.channel.messages
    assert words.PAUSED() in shown.embeds[0]["description"]
    assert card.shown == desk.poster.card_digest(job, None, PAUSE)


@pytest.mark.parametrize(
    ("state", "provider"), [(JobState.RESERVED, "other"), (JobState.RENDERING, "scripted")]
)
async def test_other_jobs_say_nothing_of_a_pause(
    desk: Desk, state: JobState, provider: str
) -> None:
    desk.pauses.by_provider = {provider: PAUSE}

    await post_card(desk, desk.job(state))

    (shown,) = desk.channel.messages
    assert words.PAUSED() not in shown.embeds[0]["description"]


async def test_a_card_changes_when_a_pause_begins_and_when_it_ends(desk: Desk) -> None:
    job = desk.job(JobState.RESERVED)
    card = await post_card(desk, job)

    await desk.poster.edit_card(job, card, None, PAUSE)
    paused = desk.channel.messages[0].embeds[0]["description"]
    await desk.poster.edit_card(job, card, None, None)
    resumed = desk.channel.messages[0].embeds[0]["description"]

    assert words.PAUSED() in paused
    assert words.PAUSED() not in resumed
    assert desk.poster.card_digest(job, None, PAUSE) != desk.poster.card_digest(job, None, None)


async def test_for_a_job_that_does_not_wait_nobody_asks_about_pauses(desk: Desk) -> None:
    desk.pauses.trouble = StoreUnavailableError("away")

    await post_card(desk, desk.job(JobState.RENDERING))

    assert len(desk.channel.messages) == 1


async def test_without_the_database_nothing_is_posted(desk: Desk) -> None:
    desk.pauses.trouble = StoreUnavailableError("away")

    with pytest.raises(StoreUnavailableError):
        await post_card(desk, desk.job(JobState.RESERVED))

    assert desk.channel.messages == []
