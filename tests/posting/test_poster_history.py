from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import WITH_VIDEO, Job, JobState, MessageKind, MessageState, OwedMessage, Place
from bot.errors import PlaceClosedError, PostLaterError
from bot.posting.places import Posted
from bot.posting.undisturbed import LANDED_WITHIN
from sandbox.discord_api import Fault, Permission
from tests.factories import make_case_view
from tests.posting.desk import Desk, message

HISTORY = "/channels/*/messages"
STATES = {
    MessageKind.CARD: JobState.RENDERING,
    MessageKind.RESULT: JobState.STORED,
    MessageKind.FAILURE: JobState.FAILED,
    MessageKind.DELIVERY: JobState.POSTED,
    MessageKind.CASE: JobState.RESERVED,
    MessageKind.ANSWER: JobState.TOLD,
    MessageKind.JOINED: JobState.POSTED,
    MessageKind.GALLERY: JobState.POSTED,
    MessageKind.WEEKLY: JobState.POSTED,
}
COUNTED = set(MessageKind) - {MessageKind.CARD, MessageKind.RESULT, MessageKind.FAILURE}
WEEK = 202648


@pytest.fixture(autouse=True)
def minutes_later(desk: Desk) -> None:
    """Set the bot's clock to some minutes from now: Discord's stand-in keeps the real time."""
    desk.clock.advance(datetime.now(UTC) + timedelta(minutes=5) - desk.clock.now())


def tried(job: Job, kind: MessageKind, *, sequence: int = 0) -> OwedMessage:
    """Owe a message whose try began just now, and of which nobody knows the end."""
    now = datetime.now(UTC)
    number = WEEK if kind is MessageKind.WEEKLY else int(kind in COUNTED)
    owed = replace(message(job, kind), sequence=sequence or number)
    return replace(owed, state=MessageState.SENDING, first_at=now, tried_at=now)


async def post(desk: Desk, owed: OwedMessage, job: Job, place: Place = Place.CHANNEL) -> Posted:
    video = desk.video() if owed.kind in WITH_VIDEO else None
    desk.cases.by_id[owed.sequence] = make_case_view(job)
    desk.favour(job)
    return await desk.poster.post(job, owed, place, card_id=None, video=video)


@pytest.mark.parametrize("kind", MessageKind)
async def test_what_an_earlier_try_posted_is_found_by_its_marks(
    desk: Desk, kind: MessageKind
) -> None:
    job = desk.job(STATES[kind])
    owed = tried(job, kind)
    await desk.chat.guild.member("visitor").say(desk.channel, f"job {job.id}")
    posted = await post(desk, owed, job)

    found = await desk.poster.find(job, owed, Place.CHANNEL)

    assert found is not None
    assert (found.channel_id, found.message_id) == (posted.channel_id, posted.message_id)


@pytest.mark.parametrize(
    "kind", [MessageKind.RESULT, MessageKind.DELIVERY, MessageKind.FAILURE, MessageKind.ANSWER]
)
async def test_a_line_that_stands_for_what_is_private_is_found_and_shows_nothing(
    desk: Desk, kind: MessageKind
) -> None:
    job = replace(desk.job(STATES[kind]), is_private=True)
    owed = tried(job, kind)
    posted = await post(desk, owed, job)

    found = await desk.poster.find(job, owed, Place.CHANNEL)
    others = [
        await desk.poster.find(job, tried(job, one), Place.CHANNEL)
        for one in (MessageKind.RESULT, MessageKind.FAILURE, MessageKind.DELIVERY)
        if one is not kind
    ]

    (line,) = desk.channel.messages
    assert found is not None
    assert (found.message_id, line.id) == (posted.message_id, posted.message_id)
    assert others == [None] * len(others)
    assert line.attachments == []
    assert job.spec.prompt not in f"{line.content}{line.embeds}"
    assert line.pinged == {desk.member.id}


@pytest.mark.parametrize("is_spoiler", [False, True])
async def test_a_video_is_found_by_its_name_whether_it_was_covered_or_not(
    desk: Desk, *, is_spoiler: bool
) -> None:
    job = replace(desk.job(JobState.STORED), is_spoiler=is_spoiler)
    owed = tried(job, MessageKind.RESULT)
    posted = await post(desk, owed, job)
    desk.channel.messages[0].embeds.clear()

    found = await desk.poster.find(replace(job, is_spoiler=not is_spoiler), owed, Place.CHANNEL)

    assert found is not None
    assert found.message_id == posted.message_id


@pytest.mark.parametrize("kind", MessageKind)
async def test_a_message_of_another_kind_or_job_is_not_taken_for_it(
    desk: Desk, kind: MessageKind
) -> None:
    for other in MessageKind:
        job = desk.job(STATES[other])
        stranger = replace(job, id="job0000002")
        await post(desk, tried(stranger, other), stranger)
        if other is not kind:
            await post(desk, tried(job, other), job)
    await post(desk, tried(desk.job(), MessageKind.DELIVERY, sequence=7), desk.job(JobState.POSTED))

    job = desk.job(STATES[kind])

    assert await desk.poster.find(job, tried(job, kind), Place.CHANNEL) is None


@pytest.mark.parametrize("state", [JobState.POSTED, JobState.TOLD])
async def test_a_card_that_comes_late_and_folded_has_its_mark_too(
    desk: Desk, state: JobState
) -> None:
    job = desk.job(state)
    owed = tried(job, MessageKind.CARD)
    posted = await post(desk, owed, job)

    found = await desk.poster.find(job, owed, Place.CHANNEL)

    assert found is not None
    assert found.message_id == posted.message_id


async def test_what_a_member_repeats_is_not_taken_for_ours(desk: Desk) -> None:
    job = desk.job(JobState.STORED)
    owed = tried(job, MessageKind.RESULT)
    posted = await post(desk, owed, job)
    (ours,) = desk.channel.messages
    ours.author_id = desk.member.id

    assert posted.message_id == ours.id
    assert await desk.poster.find(job, owed, Place.CHANNEL) is None


async def test_a_message_that_somebody_removed_is_not_found(desk: Desk) -> None:
    job = desk.job(JobState.STORED)
    owed = tried(job, MessageKind.RESULT)
    await post(desk, owed, job)
    await desk.chat.guild.member("moderator").delete(desk.channel.messages[0])

    assert await desk.poster.find(job, owed, Place.CHANNEL) is None


async def test_the_look_reaches_back_to_the_first_try_and_not_further(desk: Desk) -> None:
    job = desk.job(JobState.STORED)
    owed = tried(job, MessageKind.RESULT)
    assert owed.first_at is not None
    posted = await post(desk, owed, job)

    later = replace(owed, first_at=owed.first_at + timedelta(minutes=3))
    skewed = replace(owed, first_at=owed.first_at + timedelta(seconds=100))

    assert await desk.poster.find(job, later, Place.CHANNEL) is None
    found = await desk.poster.find(job, skewed, Place.CHANNEL)
    assert found is not None
    assert found.message_id == posted.message_id


async def test_the_look_ends_where_no_try_can_have_landed(desk: Desk) -> None:
    job = desk.job(JobState.STORED)
    owed = tried(job, MessageKind.RESULT)
    assert owed.first_at is not None
    await post(desk, owed, job)
    long_ago = owed.first_at - LANDED_WITHIN - timedelta(minutes=5)

    old = replace(owed, first_at=long_ago, tried_at=long_ago)

    assert await desk.poster.find(job, old, Place.CHANNEL) is None


async def test_the_look_goes_through_more_than_one_page_but_not_through_all(desk: Desk) -> None:
    job = desk.job(JobState.STORED)
    owed = tried(job, MessageKind.RESULT)
    visitor = desk.chat.guild.member("visitor")
    for number in range(150):
        await visitor.say(desk.channel, f"chatter {number}")
    posted = await post(desk, owed, job)
    found = await desk.poster.find(job, owed, Place.CHANNEL)
    pages = desk.chat.asked("GET", HISTORY)
    desk.channel.state.messages.clear()
    for number in range(1100):
        await visitor.say(desk.channel, f"chatter {number}")

    await post(desk, replace(owed, sequence=0), replace(job, id="job0000003"))
    await desk.poster.find(replace(job, id="job0000003"), owed, Place.CHANNEL)

    assert found is not None
    assert found.message_id == posted.message_id
    assert len(pages) == 2
    assert len(desk.chat.asked("GET", HISTORY)) - len(pages) == 10


async def test_direct_messages_are_looked_through_as_well(desk: Desk) -> None:
    job = desk.job(JobState.STORED)
    owed = tried(job, MessageKind.RESULT)
    posted = await post(desk, owed, job, Place.REQUESTER)

    found = await desk.poster.find(job, owed, Place.REQUESTER)

    assert found is not None
    assert found.message_id == posted.message_id
    assert await desk.poster.find(job, owed, Place.CHANNEL) is None


async def test_a_history_without_permission_is_empty(desk: Desk) -> None:
    job = desk.job(JobState.STORED)
    owed = tried(job, MessageKind.RESULT)
    await post(desk, owed, job)
    desk.channel.deny_bot(Permission.READ_MESSAGE_HISTORY)

    assert await desk.poster.find(job, owed, Place.CHANNEL) is None


async def test_a_channel_out_of_sight_can_not_be_looked_through(desk: Desk) -> None:
    job = desk.job(JobState.STORED)
    desk.channel.deny_bot(Permission.VIEW_CHANNEL)

    with pytest.raises(PlaceClosedError):
        await desk.poster.find(job, tried(job, MessageKind.RESULT), Place.CHANNEL)


async def test_an_outage_delays_the_look(desk: Desk) -> None:
    job = desk.job(JobState.STORED)
    desk.chat.faults.add(Fault("GET", HISTORY, status=503))

    with pytest.raises(PostLaterError):
        await desk.poster.find(job, tried(job, MessageKind.RESULT), Place.CHANNEL)


async def test_a_first_try_of_the_future_is_looked_for_in_the_last_minutes(desk: Desk) -> None:
    job = desk.job(JobState.STORED)
    owed = tried(job, MessageKind.RESULT)
    posted = await post(desk, owed, job)
    ahead = datetime.now(UTC) + timedelta(hours=1)

    found = await desk.poster.find(
        job, replace(owed, first_at=ahead, tried_at=ahead), Place.CHANNEL
    )

    assert found is not None
    assert found.message_id == posted.message_id
