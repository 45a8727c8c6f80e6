import logging
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import Job, MessageKind, PolicyName, PostedVideo, Removal
from bot.errors import (
    MessageGoneError,
    PlaceClosedError,
    PostLaterError,
    StorageError,
    StoreUnavailableError,
)
from bot.media.storage import ResultStorage
from bot.pipeline.takedown import PATIENCE, TakedownRound
from bot.store.community.votes import VoteStore
from bot.store.moderation.policies import server
from bot.store.moderation.posted import COVERED
from bot.store.moderation.reports import ReportStore
from bot.store.moderation.takedowns import TakedownStore
from bot.store.moderation.veils import VeilStore
from bot.store.retention import RetentionStore
from tests.factories import CHANNEL, GUILD
from tests.pipeline.stored_videos import stored
from tests.store.voting import GALLERY, anywhere, members, nowhere, open_gallery, vote
from tests.store.world import World

MODERATOR = 77
RESULT = PostedVideo(CHANNEL, 900)
SOON = timedelta(seconds=3)


@dataclass
class FakeRemover:
    """A Discord that has the trouble it was told to have, one for each call."""

    troubles: list[Exception] = field(default_factory=list)
    deleted: list[PostedVideo] = field(default_factory=list)
    covered: list[PostedVideo] = field(default_factory=list)
    veiled: list[PostedVideo] = field(default_factory=list)

    async def delete(self, message: PostedVideo) -> None:
        self._fail()
        self.deleted.append(message)

    async def cover(self, job: Job, message: PostedVideo) -> None:
        self._fail()
        self.covered.append(message)

    async def veil(self, job: Job, message: PostedVideo) -> None:
        self._fail()
        self.veiled.append(message)

    def _fail(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)


@dataclass
class FakeFiles:
    """A storage that does what it is asked for, unless it has trouble."""

    storage: ResultStorage
    trouble: StorageError | None = None

    async def remove(self, *keys: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        await self.storage.remove(*keys)


@dataclass
class Yard:
    """What a removal is carried out with."""

    world: World
    store: TakedownStore
    remover: FakeRemover
    files: FakeFiles

    @property
    def rounds(self) -> TakedownRound:
        world = self.world
        retention = RetentionStore(world.database, world.clock)
        votes = VoteStore(world.database, world.clock)
        return TakedownRound(
            self.store, votes, world.questions, retention, self.files, self.remover, world.clock
        )

    async def posted(self) -> Job:
        job = await stored(self.world, self.files.storage)
        result = await self.world.begin_sending(job.id, MessageKind.RESULT)
        await self.world.outbox.mark_sent(result, channel_id=CHANNEL, message_id=900)
        return await self.world.job(job.id)

    async def is_left(self) -> bool:
        return await self.world.count(
            "SELECT count(*) FROM takedowns WHERE due_at IS NOT NULL"
        ) == 1  # fmt: skip

    async def again(self) -> None:
        self.world.clock.advance(SOON)
        await self.rounds.round()


@pytest.fixture
def yard(world: World, storage: ResultStorage) -> Yard:
    store = TakedownStore(world.database, world.clock)
    return Yard(world, store, FakeRemover(), FakeFiles(storage))


async def keep_no_file(yard: Yard) -> None:
    await yard.world.policies.set_policy(server(GUILD), PolicyName.REMOVE_FILES, True, MODERATOR)  # noqa: FBT003 - the value


def videos(results: Path) -> list[str]:
    return [path.name for path in results.rglob("*.mp4")]


async def test_a_removed_video_leaves_discord_and_its_file_stays(yard: Yard, results: Path) -> None:
    job = await yard.posted()
    await yard.store.remove(job.id, MODERATOR)

    await yard.rounds.round()
    await yard.rounds.round()

    assert yard.remover.deleted == [RESULT]
    assert not await yard.is_left()
    assert videos(results) == [f"{job.id}.mp4"]


async def test_by_setting_the_file_goes_and_the_row_says_so(yard: Yard, results: Path) -> None:
    await keep_no_file(yard)
    job = await yard.posted()
    await yard.store.remove(job.id, MODERATOR)

    await yard.rounds.round()

    removed = "SELECT count(*) FROM jobs WHERE file_removed_at IS NOT NULL"
    assert (videos(results), await yard.world.count(removed)) == ([], 1)
    assert not await yard.is_left()


async def test_a_file_that_can_not_be_removed_is_tried_again(
    yard: Yard, results: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await keep_no_file(yard)
    job = await yard.posted()
    await yard.store.remove(job.id, MODERATOR)
    yard.files.trouble = StorageError("the disk is away", is_final=False)

    await yard.rounds.round()
    was_left = await yard.is_left()
    yard.files.trouble = None
    await yard.again()

    assert was_left
    assert "can't be removed now: the disk is away" in caplog.text
    assert (videos(results), await yard.is_left()) == ([], False)


@pytest.mark.parametrize("trouble", [PostLaterError("503"), PlaceClosedError("403")])
async def test_a_place_that_is_out_of_reach_is_tried_again(yard: Yard, trouble: Exception) -> None:
    job = await yard.posted()
    await yard.store.remove(job.id, MODERATOR)
    yard.remover.troubles = [trouble]

    await yard.rounds.round()
    first = list(yard.remover.deleted)
    await yard.again()

    assert (first, yard.remover.deleted) == ([], [RESULT])
    assert not await yard.is_left()


async def test_a_message_that_is_gone_already_is_fine(yard: Yard) -> None:
    job = await yard.posted()
    await yard.store.remove(job.id, MODERATOR)
    yard.remover.troubles = [MessageGoneError("404 (code 10008)")]

    await yard.rounds.round()

    assert not await yard.is_left()


async def test_a_place_that_never_opens_is_given_up_with_a_line_in_the_log(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    job = await yard.posted()
    await yard.store.remove(job.id, MODERATOR)
    yard.remover.troubles = [PlaceClosedError("403")]
    yard.world.clock.advance(PATIENCE)

    await yard.rounds.round()

    assert not await yard.is_left()
    assert f"The removal of job {job.id} is given up" in caplog.text


async def test_what_breaks_keeps_no_other_removal_waiting(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    job = await yard.posted()
    await yard.store.remove(job.id, MODERATOR)
    yard.remover.troubles = [KeyError("surprise")]

    await yard.rounds.round()
    await yard.again()

    assert f"The removal of job {job.id} broke" in caplog.text
    assert yard.remover.deleted == [RESULT]


async def test_without_the_database_the_round_ends(yard: Yard) -> None:
    job = await yard.posted()
    await yard.store.remove(job.id, MODERATOR)
    yard.remover.troubles = [StoreUnavailableError("locked")]

    with pytest.raises(StoreUnavailableError):
        await yard.rounds.round()


async def test_a_delivery_that_is_on_its_way_is_waited_for(yard: Yard) -> None:
    job = await yard.posted()
    await yard.world.deliveries.ask(job.id)
    owed = await yard.world.begin_sending(job.id, MessageKind.DELIVERY)
    await yard.store.remove(job.id, MODERATOR)

    await yard.rounds.round()
    await yard.world.outbox.mark_sent(owed, channel_id=CHANNEL, message_id=901)
    was_left = await yard.is_left()
    await yard.again()

    assert was_left
    assert yard.remover.deleted == [RESULT, RESULT, PostedVideo(CHANNEL, 901)]
    assert not await yard.is_left()


async def test_a_hidden_video_is_covered_once_and_cleared_away_when_it_stays(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    job = await yard.posted()
    reports = ReportStore(yard.world.database, yard.world.clock)
    for member in (1, 2, 3):
        await reports.report(job.id, member)

    await yard.rounds.round()
    await yard.rounds.round()

    assert (yard.remover.covered, yard.remover.deleted) == ([RESULT], [])
    assert (await yard.world.message(job.id, MessageKind.RESULT)).shown == COVERED
    assert f"Job {job.id}: {Removal.HIDE} is done" in caplog.text


async def test_a_veiled_video_stays_where_it_is_with_its_votes(yard: Yard) -> None:
    job = await yard.posted()
    votes = VoteStore(yard.world.database, yard.world.clock)
    await votes.apply([vote(job, 1)], nowhere)
    await VeilStore(yard.world.database, yard.world.clock).veil(job.id, MODERATOR)

    await yard.rounds.round()

    assert (yard.remover.veiled, yard.remover.deleted) == ([RESULT], [])
    assert await members(yard.world, job) == 1
    assert not await yard.is_left()


@pytest.mark.parametrize("trouble", [None, MessageGoneError("404 (code 10008)")])
async def test_the_votes_of_a_message_go_with_it(yard: Yard, trouble: Exception | None) -> None:
    job = await yard.posted()
    votes = VoteStore(yard.world.database, yard.world.clock)
    await votes.apply([vote(job, 1), vote(job, 2, message_id=901)], nowhere)
    await yard.store.remove(job.id, MODERATOR)
    yard.remover.troubles = [] if trouble is None else [trouble]

    await yard.rounds.round()

    assert await members(yard.world, job) == 1


async def test_a_copy_in_the_gallery_goes_with_the_video(yard: Yard) -> None:
    job = await yard.posted()
    await open_gallery(yard.world, votes=1)
    await VoteStore(yard.world.database, yard.world.clock).apply([vote(job, 1)], anywhere)
    copy = await yard.world.begin_sending(job.id, MessageKind.GALLERY)
    await yard.world.outbox.mark_sent(copy, channel_id=GALLERY, message_id=970)
    await yard.store.remove(job.id, MODERATOR)

    await yard.rounds.round()

    assert set(yard.remover.deleted) == {RESULT, PostedVideo(GALLERY, 970)}
