from dataclasses import replace

import pytest

from bot.domain import (
    JobState,
    MessageKind,
    MessageState,
    Place,
)
from bot.errors import MessageGoneError, PostLaterError, PostRefusedError, PostTooLargeError
from sandbox.discord_api import Fault, Permission
from tests.posting.desk import Desk, message

MESSAGES = "/channels/*/messages"


async def test_a_result_is_sent_twice_under_one_nonce_and_stands_there_once(desk: Desk) -> None:
    first = await desk.result()
    second = await desk.result()

    assert first == second
    (posted,) = desk.channel.messages
    assert posted.attachments[0].filename == f"grok-{desk.job().id}.mp4"


async def test_each_kind_of_message_has_a_nonce_of_its_own(desk: Desk) -> None:
    job = desk.job(JobState.FAILED)

    for kind in (MessageKind.CARD, MessageKind.FAILURE):
        await desk.poster.post(job, message(job, kind), Place.CHANNEL, card_id=None, video=None)

    assert len(desk.channel.messages) == 2


async def test_a_result_replies_to_its_card(desk: Desk) -> None:
    job = desk.job()
    card = await desk.poster.post(
        job, message(job, MessageKind.CARD), Place.CHANNEL, card_id=None, video=None
    )

    stored = desk.job(JobState.STORED)
    await desk.poster.post(
        stored,
        message(stored, MessageKind.RESULT),
        Place.CHANNEL,
        card_id=card.message_id,
        video=desk.video(),
    )

    assert desk.channel.messages[-1].reference_id == card.message_id


async def test_a_removed_card_does_not_keep_the_result_away(desk: Desk) -> None:
    stored = desk.job(JobState.STORED)

    await desk.poster.post(
        stored,
        message(stored, MessageKind.RESULT),
        Place.CHANNEL,
        card_id=123456789012345678,
        video=desk.video(),
    )

    assert len(desk.channel.messages) == 1


async def test_a_result_that_somebody_removed_is_not_posted_again(desk: Desk) -> None:
    await desk.result()
    await desk.chat.guild.member("moderator").delete(desk.channel.messages[0])

    with pytest.raises(MessageGoneError):
        await desk.result()

    assert desk.channel.messages == []


async def test_a_file_over_the_limit_is_told_apart(desk: Desk) -> None:
    desk.chat.guild.limit_uploads(500)

    with pytest.raises(PostTooLargeError):
        await desk.result()


@pytest.mark.parametrize("after_commit", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault("POST", MESSAGES, status=503), "503"),
        (Fault("POST", MESSAGES, drop=True), "ClientOSError"),
        (Fault("POST", MESSAGES, drop=True, is_orderly=True), "ServerDisconnectedError"),
    ],
    ids=["503", "reset", "closed"],
)
async def test_an_outage_that_discord_py_does_not_retry_is_for_us_and_gives_one_message(
    desk: Desk, fault: Fault, told: str, *, after_commit: bool
) -> None:
    desk.chat.faults.add(replace(fault, after_commit=after_commit))

    with pytest.raises(PostLaterError, match=told):
        await desk.result()
    await desk.result()

    assert len(desk.channel.messages) == 1
    sent = [one.request for one in desk.chat.asked("POST", MESSAGES)]
    nonces = [body["nonce"] for body in sent if isinstance(body, dict)]
    assert nonces == [f"grok-{desk.job().id}-r"] * 2


@pytest.mark.parametrize(
    "code", [200000, 240000, 20009, 160005], ids=["AutoMod", "links", "explicit", "locked"]
)
async def test_a_filter_of_the_channel_is_a_refusal(desk: Desk, code: int) -> None:
    body = {"message": "blocked", "code": code}
    desk.chat.faults.add(Fault("POST", MESSAGES, status=400, body=body))

    with pytest.raises(PostRefusedError):
        await desk.result()


async def test_a_long_rate_limit_is_for_later(desk: Desk) -> None:
    body = {"message": "slow down", "retry_after": 300.0, "global": False, "code": 0}
    headers = {"Via": "1.1 stand-in", "Retry-After": "300"}
    desk.chat.faults.add(Fault("POST", MESSAGES, status=429, body=body, headers=headers))
    desk.client.http.max_ratelimit_timeout = 60.0

    with pytest.raises(PostLaterError):
        await desk.result()


async def test_lost_permissions_and_a_deleted_channel_are_refusals(desk: Desk) -> None:
    desk.channel.deny_bot(Permission.SEND_MESSAGES)
    with pytest.raises(PostRefusedError):
        await desk.result()

    channel = desk.channel
    job = replace(desk.job(), origin=replace(desk.job().origin, channel_id=channel.id))
    channel.delete()
    owed = message(job, MessageKind.CARD)
    with pytest.raises(PostRefusedError):
        await desk.poster.post(job, owed, Place.CHANNEL, card_id=None, video=None)


async def test_the_requester_gets_it_by_direct_message(desk: Desk) -> None:
    await desk.result()
    posted = await desk.result(place=Place.REQUESTER)

    direct = desk.member.direct_channel()
    assert posted.channel_id == direct.id
    assert len(direct.messages) == 1


async def test_closed_direct_messages_are_a_refusal(desk: Desk) -> None:
    desk.member.user.are_dms_open = False

    with pytest.raises(PostRefusedError):
        await desk.result(place=Place.REQUESTER)


async def test_a_card_is_edited_in_place_and_loses_its_button_at_the_end(desk: Desk) -> None:
    job = desk.job()
    owed = message(job, MessageKind.CARD)
    posted = await desk.poster.post(job, owed, Place.CHANNEL, card_id=None, video=None)
    card = replace(owed, state=MessageState.SENT, message_id=posted.message_id)

    over = desk.job(JobState.POSTED)
    await desk.poster.edit_card(over, card, None, None)

    (shown,) = desk.channel.messages
    assert shown.components == []
    assert "Done" in shown.embeds[0]["description"]
    assert desk.poster.card_digest(over, None, None) != desk.poster.card_digest(job, None, None)


async def test_a_removed_card_can_not_be_edited(desk: Desk) -> None:
    job = desk.job()
    card = replace(message(job, MessageKind.CARD), message_id=123456789012345678)

    with pytest.raises(MessageGoneError):
        await desk.poster.edit_card(job, card, None, None)
