from dataclasses import replace

import pytest

from bot.domain import Job, JobState, MessageKind, Place, PostedVideo
from bot.errors import MessageGoneError, PlaceClosedError, PostLaterError
from bot.posting.covers import PostedVideos
from sandbox.discord_api import Fault, Message, Permission
from tests.posting.desk import Desk, message


async def posted(desk: Desk) -> tuple[Job, Message, PostedVideo]:
    job = desk.job(JobState.STORED)
    sent = await desk.poster.post(
        job, message(job, MessageKind.RESULT), Place.CHANNEL, card_id=None, video=desk.video()
    )
    return job, desk.channel.messages[-1], PostedVideo(sent.channel_id, sent.message_id)


def covers(desk: Desk) -> PostedVideos:
    return PostedVideos(desk.client, desk.places)


async def test_a_veil_is_put_over_the_file_and_the_words_once(desk: Desk) -> None:
    job, shown, place = await posted(desk)
    data = shown.attachments[0].data

    await covers(desk).veil(job, place)
    once = len(shown.edits)
    again = shown.attachments[0].id
    await covers(desk).veil(job, place)

    (file,) = shown.attachments
    assert (file.filename, file.data, file.id) == (f"SPOILER_grok-{job.id}.mp4", data, again)
    covered = desk.looks.result(replace(job, is_spoiler=True))
    assert shown.embeds[0]["description"] == covered.description
    assert shown.embeds[0]["footer"]["text"].endswith(f"job {job.id}")
    assert once == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("GET", "/channels/*/messages/*", status=503), PostLaterError),
        (Fault("PATCH", "/channels/*/messages/*", status=503), PostLaterError),
    ],
)
async def test_a_discord_out_of_order_is_for_later(
    desk: Desk, fault: Fault, error: type[Exception]
) -> None:
    job, _, place = await posted(desk)
    desk.chat.faults.add(replace(fault, times=9))

    with pytest.raises(error):
        await covers(desk).veil(job, place)


async def test_what_is_gone_or_closed_is_told_apart(desk: Desk) -> None:
    job, shown, place = await posted(desk)
    desk.channel.deny_bot(Permission.READ_MESSAGE_HISTORY)
    with pytest.raises(PlaceClosedError):
        await covers(desk).veil(job, place)

    desk.channel.deny_bot(0)
    await desk.chat.guild.member("moderator").delete(shown)
    with pytest.raises(MessageGoneError):
        await covers(desk).veil(job, place)
