from dataclasses import replace

import pytest

from bot.domain import JobState, MessageKind, Place
from bot.errors import (
    PlaceClosedError,
    PostFilteredError,
    PostLaterError,
    PostRefusedError,
    PostTooLargeError,
)
from bot.posting.doors import Doors
from sandbox.discord_api import Fault, Permission
from tests.posting.desk import Desk, KnownPlaces, message

MESSAGES = "/channels/*/messages"
FORBIDDEN = Fault(
    "POST", MESSAGES, status=403, body={"message": "Missing Permissions", "code": 50013}, times=None
)


async def count(desk: Desk) -> int:
    return len(desk.chat.asked("POST", MESSAGES))


async def test_a_channel_that_always_refuses_is_asked_twice_and_no_more(desk: Desk) -> None:
    desk.chat.faults.add(FORBIDDEN)

    for _ in range(5):
        with pytest.raises(PlaceClosedError):
            await desk.result()

    assert await count(desk) == 2


async def test_edits_of_a_card_count_and_are_stopped_too(desk: Desk) -> None:
    job = desk.job()
    card = await desk.poster.post(job, message(job, MessageKind.CARD), Place.CHANNEL, card_id=None)
    shown = replace(message(job, MessageKind.CARD), message_id=card.message_id)
    desk.channel.deny_bot(Permission.VIEW_CHANNEL)

    for _ in range(4):
        with pytest.raises(PlaceClosedError):
            await desk.poster.edit_card(job, shown, None, None)

    assert len(desk.chat.asked("PATCH", f"{MESSAGES}/*")) == 2


async def test_a_message_that_goes_through_makes_up_for_a_refusal(desk: Desk) -> None:
    desk.places.counts = {desk.channel.id: 1}

    await desk.result()

    assert desk.places.counts == {}


async def test_closed_direct_messages_are_counted_by_the_member(desk: Desk) -> None:
    desk.member.user.are_dms_open = False

    for _ in range(3):
        with pytest.raises(PlaceClosedError):
            await desk.result(place=Place.REQUESTER)

    assert desk.places.counts == {desk.member.id: 2}


@pytest.mark.parametrize(
    ("error", "is_counted"),
    [
        (PlaceClosedError("50013"), True),
        (PostFilteredError("200000"), False),
        (PostRefusedError("50035"), False),
        (PostTooLargeError("40005"), False),
        (PostLaterError("503"), False),
    ],
)
async def test_only_a_closed_place_is_held_against_it(error: Exception, is_counted: object) -> None:
    places = KnownPlaces()

    async def call() -> None:
        raise error

    with pytest.raises(type(error)):
        await Doors(places).pass_through(7, call)

    assert bool(places.counts) is is_counted


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, 50013, PlaceClosedError),
        (403, 50001, PlaceClosedError),
        (404, 10003, PlaceClosedError),
        (400, 160005, PlaceClosedError),
        (400, 50083, PostRefusedError),
        (403, 20009, PostFilteredError),
        (400, 200000, PostFilteredError),
        (400, 200001, PostFilteredError),
        (400, 240000, PostFilteredError),
        (400, 50035, PostRefusedError),
        (413, 40005, PostTooLargeError),
        (400, 40005, PostTooLargeError),
    ],
)
async def test_each_refusal_of_discord_has_its_meaning(
    desk: Desk, status: int, code: int, expected: type[Exception]
) -> None:
    body = {"message": "no", "code": code}
    desk.chat.faults.add(Fault("POST", MESSAGES, status=status, body=body))

    with pytest.raises((PostRefusedError, PostTooLargeError)) as caught:
        await desk.result()

    assert type(caught.value) is expected


async def test_the_channel_of_a_thread_is_only_there_for_a_job_of_a_thread(desk: Desk) -> None:
    job = desk.job(JobState.STORED)

    with pytest.raises(PlaceClosedError):
        await desk.poster.post(
            job, message(job, MessageKind.RESULT), Place.PARENT, card_id=None, video=desk.video()
        )

    assert await count(desk) == 0


async def test_edits_in_a_sleeping_thread_do_not_close_it(desk: Desk) -> None:
    thread = desk.chat.guild.add_thread(desk.channel, "clips")
    job = replace(desk.job(), origin=replace(desk.job().origin, channel_id=thread.id))
    owed = message(job, MessageKind.CARD)
    card = await desk.poster.post(job, owed, Place.CHANNEL, card_id=None)
    thread.archive()
    for _ in range(3):
        with pytest.raises(PostRefusedError):
            await desk.poster.edit_card(job, replace(owed, message_id=card.message_id), None, None)

    stored = replace(desk.job(JobState.STORED), origin=job.origin)
    posted = await desk.poster.post(
        stored, message(stored, MessageKind.RESULT), Place.CHANNEL, card_id=None, video=desk.video()
    )

    assert posted.channel_id == thread.id
