import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.domain import Job, JobState, PostedVideo
from bot.errors import (
    InvalidRequestError,
    PlaceClosedError,
    PostLaterError,
    PostRefusedError,
    PostTooLargeError,
    StorageError,
)
from bot.pipeline.reacting.courier import Courier
from bot.pipeline.reacting.teller import NOTE_STAYS, Recently, Teller
from bot.posting.forms import AttachedVideo, LinkedVideo, VideoForm
from tests.factories import CHANNEL, make_job, make_video
from tests.manual_clock import ManualClock
from tests.pipeline.reacting import MESSAGE, FakeDirect, FakeReactions

MEMBER = 5
LARGE = 12 * 1024 * 1024


@dataclass
class FakeStorage:
    """A file that is there, unless it has trouble; with or without a link."""

    url: str | None = None
    trouble: StorageError | None = None
    is_kept: bool = True
    asked: list[str] = field(default_factory=list)

    async def read(self, key: str) -> bytes:
        raise AssertionError(key)

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        self.asked.append(key)
        if self.trouble is not None:
            raise self.trouble
        return Path("/tmp") / key  # noqa: S108 - nobody opens it

    async def link_for(self, key: str, expires: object) -> str | None:
        if self.trouble is not None:
            raise self.trouble
        return self.url

    async def has_video(self, job_id: str) -> bool:
        return self.is_kept


@dataclass
class Room:
    """What a test may change about how somebody is answered."""

    clock: ManualClock = field(default_factory=ManualClock)
    direct: FakeDirect = field(default_factory=FakeDirect)
    discord: FakeReactions = field(default_factory=FakeReactions)
    storage: FakeStorage = field(default_factory=FakeStorage)

    @property
    def forms(self) -> list[VideoForm | None]:
        return [form for _, _, form in self.direct.clips]


@pytest.fixture
def room() -> Room:
    return Room()


def posted(size_bytes: int = 1000) -> Job:
    return replace(make_job(JobState.POSTED), video=replace(make_video(), size_bytes=size_bytes))


def courier(room: Room) -> Courier:
    return Courier(room.storage, room.storage, room.direct, room.clock)


def teller(room: Room) -> Teller:
    return Teller(room.direct, room.discord, room.clock)


async def test_a_video_is_sent_as_a_file_once_a_minute(room: Room) -> None:
    sender, job = courier(room), posted()

    for _ in range(3):
        await sender.send(job, MEMBER, MESSAGE)
    await sender.send(job, MEMBER + 1, MESSAGE)
    room.clock.advance(seconds=60)
    await sender.send(job, MEMBER, MESSAGE)

    assert [member for _, member, _ in room.direct.clips] == [MEMBER, MEMBER + 1, MEMBER]
    assert all(isinstance(form, AttachedVideo) for form in room.forms)


@pytest.mark.parametrize(
    ("url", "expires"), [("https://x.example/a?sig=1", True), ("https://x.example/a", False)]
)
async def test_a_large_video_is_sent_as_a_link(room: Room, url: str, *, expires: bool) -> None:
    room.storage.url = url

    await courier(room).send(posted(LARGE), MEMBER, MESSAGE)

    (form,) = room.forms
    assert isinstance(form, LinkedVideo)
    assert (form.url, form.expires_at is not None) == (url, expires)


async def test_a_video_that_discord_finds_too_large_is_sent_as_a_link(room: Room) -> None:
    room.direct.troubles = [PostTooLargeError("413")]
    room.storage.url = "https://x.example/a"

    await courier(room).send(posted(), MEMBER, MESSAGE)

    assert [type(form) for form in room.forms] == [LinkedVideo]


@pytest.mark.parametrize("is_kept", [True, False])
async def test_of_a_video_that_is_not_to_be_had_only_its_place_is_sent(
    room: Room, *, is_kept: bool
) -> None:
    room.storage.is_kept = is_kept
    room.storage.trouble = StorageError("away", is_final=False)

    await courier(room).send(posted(), MEMBER, MESSAGE)
    room.storage.trouble = None
    await courier(room).send(posted(LARGE), MEMBER, MESSAGE)

    assert room.forms == [None, None]


@pytest.mark.parametrize(
    ("trouble", "told"),
    [(PlaceClosedError("403"), "Please allow them"), (PostLaterError("503"), "react again")],
)
async def test_what_can_not_be_sent_is_said(room: Room, trouble: Exception, told: str) -> None:
    room.direct.troubles = [trouble]
    sender, job = courier(room), posted()

    with pytest.raises(InvalidRequestError, match=told):
        await sender.send(job, MEMBER, MESSAGE)
    await sender.send(job, MEMBER, MESSAGE)  # reacted again at once, as they were asked to

    assert len(room.forms) == 1


async def test_two_reactions_at_once_send_it_once(room: Room) -> None:
    sender, job = courier(room), posted()

    await asyncio.gather(*(sender.send(job, MEMBER, MESSAGE) for _ in range(2)))

    assert len(room.forms) == 1


async def test_a_job_without_a_video_has_only_a_place(room: Room) -> None:
    await courier(room).send(make_job(JobState.FAILED), MEMBER, MESSAGE)

    assert room.forms == [None]


async def test_a_reason_is_told_directly_and_not_again_at_once(room: Room) -> None:
    speaker = teller(room)

    for text in ("no", "no", "never"):
        await speaker.tell(MEMBER, CHANNEL, text)
    room.clock.advance(seconds=60)
    await speaker.tell(MEMBER, CHANNEL, "no")

    assert [text for _, text in room.direct.said] == ["no", "never", "no"]
    assert room.discord.notes == []


async def test_closed_direct_messages_leave_a_note_that_says_nothing_else(room: Room) -> None:
    room.direct.troubles = [PlaceClosedError("403")] * 4
    speaker = teller(room)

    await speaker.tell(MEMBER, CHANNEL, "You have used 5 of 5.")
    await speaker.tell(MEMBER, CHANNEL, "another reason")
    await speaker.tell(MEMBER + 1, CHANNEL, "a note at a time in a channel")
    await speaker.tell(MEMBER + 1, CHANNEL + 1, "but nobody is noted twice")
    await room.clock.until_asleep()
    room.clock.advance(NOTE_STAYS)
    await until_removed(room, 1)

    ((channel_id, member_id, text),) = room.discord.notes
    assert (channel_id, member_id) == (CHANNEL, MEMBER)
    assert "used" not in text
    assert room.discord.removed_notes == [PostedVideo(CHANNEL, 1)]


async def until_removed(room: Room, count: int) -> None:
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(room.discord.removed_notes) == count


@pytest.mark.parametrize("trouble", [PostLaterError("503"), PostRefusedError("400")])
async def test_somebody_who_can_not_be_told_is_not_told(room: Room, trouble: Exception) -> None:
    speaker = teller(room)
    room.direct.troubles = [trouble]
    await speaker.tell(MEMBER, CHANNEL, "no")

    room.direct.troubles = [PlaceClosedError("403")]
    room.discord.troubles = [trouble]
    await speaker.tell(MEMBER, CHANNEL, "not")

    assert (room.direct.said, room.discord.notes) == ([], [])


async def test_a_note_that_can_not_be_taken_back_stays(room: Room) -> None:
    room.direct.troubles = [PlaceClosedError("403")]
    speaker = teller(room)
    await speaker.tell(MEMBER, CHANNEL, "no")
    await room.clock.until_asleep()
    room.discord.troubles = [PostLaterError("503")]
    room.clock.advance(NOTE_STAYS)
    await until_removed(room, 0)

    assert room.discord.troubles == []


async def test_a_bot_that_stops_leaves_its_note(room: Room) -> None:
    room.direct.troubles = [PlaceClosedError("403")]
    speaker = teller(room)
    await speaker.tell(MEMBER, CHANNEL, "no")
    await room.clock.until_asleep()

    speaker.close()
    room.clock.advance(NOTE_STAYS)
    await until_removed(room, 0)


async def test_only_so_much_is_remembered(room: Room) -> None:
    recently = Recently(room.clock, most=2)

    news = [recently.is_new(what, NOTE_STAYS) for what in ("a", "b", "a", "c", "b", "a")]

    assert news == [True, True, False, True, False, True]
