import pytest

from bot.domain import Cancelled, JobState, MessageKind, PolicyName, SourceVideo, Viewer
from bot.errors import InvalidRequestError, NotAllowedError
from bot.pipeline.access import JobAccess
from bot.store.moderation.policies import server
from tests.factories import CHANNEL, GUILD, REQUESTER, make_viewer
from tests.pipeline.fakes import Bell
from tests.store.world import World

UNKNOWN = "There is no such job here. The id is on the job's card; `/grok jobs` lists yours."
STRANGER = REQUESTER + 1
ELSEWHERE = CHANNEL + 1
ABROAD = GUILD + 1


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def access(world: World, bell: Bell) -> JobAccess:
    return JobAccess(world.questions, world.jobs, bell.ring)


@pytest.mark.parametrize(
    "viewer",
    [
        make_viewer(),
        make_viewer(channel_id=ELSEWHERE),
        make_viewer(member_id=STRANGER),
    ],
    ids=["own here", "own from elsewhere", "others here"],
)
async def test_a_job_may_be_seen_by(access: JobAccess, world: World, viewer: Viewer) -> None:
    job = await world.reserve()

    assert await access.visible(job.id, viewer) == job


@pytest.mark.parametrize(
    "viewer",
    [
        make_viewer(member_id=STRANGER, channel_id=ELSEWHERE),
        make_viewer(member_id=STRANGER, channel_id=ELSEWHERE, is_moderator=True),
        make_viewer(guild_id=ABROAD),
        make_viewer(guild_id=ABROAD, member_id=STRANGER, is_moderator=True),
    ],
    ids=[
        "others from elsewhere",
        "moderator of another channel",
        "own from another server",
        "moderator of another server",
    ],
)
async def test_a_job_is_not_admitted_to_exist_to(
    access: JobAccess, world: World, viewer: Viewer
) -> None:
    job = await world.reserve()

    with pytest.raises(NotAllowedError) as caught:
        await access.visible(job.id, viewer)

    assert str(caught.value) == UNKNOWN


@pytest.mark.parametrize(
    "job_id",
    [
        "",
        "nosuchjob0",
        "job",
        "job00000012",
        "job%",
        "../job0001",
        "' OR 1=1 --",
        "job\u0966\u0966\u0966\u0966\u0966\u0966\u0966",
        "\0",
    ],
)
async def test_an_id_that_is_none_of_ours_finds_nothing(
    access: JobAccess, world: World, job_id: str
) -> None:
    await world.reserve()

    with pytest.raises(NotAllowedError) as caught:
        await access.visible(job_id, make_viewer(is_moderator=True))

    assert str(caught.value) == UNKNOWN


async def test_an_id_is_read_kindly(access: JobAccess, world: World) -> None:
    job = await world.reserve()

    assert await access.visible(f"  {job.id.upper()}\n", make_viewer()) == job


@pytest.mark.parametrize(
    "viewer",
    [make_viewer(), make_viewer(member_id=STRANGER, is_moderator=True)],
    ids=["requester", "moderator"],
)
async def test_a_job_may_be_given_up_by(
    access: JobAccess, world: World, bell: Bell, viewer: Viewer
) -> None:
    job = await world.reserve()

    assert await access.cancel(job.id, viewer) is Cancelled.FREE

    assert (await world.job(job.id)).state is JobState.FAILED
    assert bell.rings == 1


async def test_who_may_see_a_job_may_not_always_give_it_up(
    access: JobAccess, world: World, bell: Bell
) -> None:
    job = await world.reserve()

    with pytest.raises(NotAllowedError) as caught:
        await access.cancel(job.id, make_viewer(member_id=STRANGER))

    assert str(caught.value) == "Only its requester or a moderator may cancel this job."
    assert await world.job(job.id) == job
    assert bell.rings == 0


async def test_who_may_not_see_a_job_learns_nothing_by_giving_it_up(
    access: JobAccess, world: World
) -> None:
    job = await world.reserve()

    with pytest.raises(NotAllowedError) as caught:
        await access.cancel(job.id, make_viewer(guild_id=ABROAD, is_moderator=True))

    assert str(caught.value) == UNKNOWN
    assert await world.job(job.id) == job


@pytest.mark.parametrize(
    "viewer",
    [make_viewer(channel_id=ELSEWHERE), make_viewer(member_id=STRANGER)],
    ids=["own from elsewhere", "others here"],
)
async def test_a_posted_video_can_be_the_source_of_another(
    access: JobAccess, world: World, viewer: Viewer
) -> None:
    job = await world.bring_to(JobState.POSTED)

    found, source = await access.source(f" {job.id.upper()} ", viewer)

    assert found == job
    assert source == SourceVideo(job.id, 6.04)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (JobState.RESERVED, "That video is not finished yet. Try again once it is posted."),
        (JobState.RENDERING, "That video is not finished yet. Try again once it is posted."),
        (JobState.STORED, "That video is not finished yet. Try again once it is posted."),
        (JobState.FAILED, "That job has no video here. Choose one that was posted."),
        (JobState.TOLD, "That job has no video here. Choose one that was posted."),
    ],
)
async def test_a_job_without_a_posted_video_is_no_source(
    access: JobAccess, world: World, state: JobState, sentence: str
) -> None:
    job = await world.bring_to(state)

    with pytest.raises(InvalidRequestError) as caught:
        await access.source(job.id, make_viewer())

    assert str(caught.value) == sentence


async def test_a_video_of_another_channel_is_no_source_for_others(
    access: JobAccess, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)

    with pytest.raises(NotAllowedError) as caught:
        await access.source(job.id, make_viewer(member_id=STRANGER, channel_id=ELSEWHERE))

    assert str(caught.value) == UNKNOWN


async def test_only_posted_videos_are_offered_as_sources(access: JobAccess, world: World) -> None:
    posted = await world.bring_to(JobState.POSTED)
    another = await world.bring_to(JobState.POSTED, 2)
    await world.bring_to(JobState.TOLD, 3)
    await world.reserve(4)

    assert {job.id for job in await access.videos(make_viewer(), limit=25)} == {
        posted.id,
        another.id,
    }
    assert len(await access.videos(make_viewer(), limit=1)) == 1
    assert await access.videos(make_viewer(guild_id=ABROAD), limit=25) == []


async def test_a_video_that_went_to_its_requester_directly_is_theirs_alone(
    access: JobAccess, world: World
) -> None:
    job = await world.bring_to(JobState.STORED)
    message = await world.begin_sending(job.id, MessageKind.RESULT)
    await world.outbox.mark_sent(message, channel_id=70, message_id=900)

    (own,) = await access.videos(make_viewer(), limit=5)
    others = await access.videos(make_viewer(member_id=99), limit=5)

    assert (own.id, others) == (job.id, [])
    with pytest.raises(InvalidRequestError, match="no video here"):
        await access.source(job.id, make_viewer(member_id=99))


async def test_a_video_posted_in_the_channel_can_be_made_into_others_by_anybody_there(
    access: JobAccess, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)

    here = await access.videos(make_viewer(member_id=99), limit=5)
    elsewhere = await access.videos(make_viewer(member_id=99, channel_id=5), limit=5)

    assert ([one.id for one in here], elsewhere) == ([job.id], [])


async def test_a_private_job_is_seen_by_its_requester_alone(
    access: JobAccess, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.execute("UPDATE jobs SET is_private = true")

    assert (await access.visible(job.id, make_viewer())).id == job.id
    for viewer in (
        make_viewer(member_id=STRANGER),
        make_viewer(member_id=STRANGER, is_moderator=True),
    ):
        with pytest.raises(NotAllowedError) as caught:
            await access.visible(job.id, viewer)
        assert str(caught.value) == UNKNOWN


async def test_a_job_is_seen_where_its_video_was_delivered(access: JobAccess, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    there = make_viewer(member_id=STRANGER, channel_id=ELSEWHERE)
    with pytest.raises(NotAllowedError):
        await access.visible(job.id, there)
    await world.deliveries.ask(job.id, ELSEWHERE)
    owed = await world.begin_sending(job.id, MessageKind.DELIVERY)
    await world.outbox.mark_sent(owed, channel_id=ELSEWHERE, message_id=901)

    assert (await access.visible(job.id, there)).id == job.id
    assert [one.id for one in await access.videos(there, limit=5)] == [job.id]


async def test_a_job_that_a_moderator_looks_at_first_is_not_shown_to_others(
    access: JobAccess, world: World
) -> None:
    await world.policies.set_policy(server(GUILD), PolicyName.REVIEW, True, 1)  # noqa: FBT003 - the value
    job = await world.reserve()

    for viewer in (make_viewer(), make_viewer(member_id=STRANGER, is_moderator=True)):
        assert (await access.visible(job.id, viewer)).id == job.id
    with pytest.raises(NotAllowedError, match="A moderator looks at that job first"):
        await access.visible(job.id, make_viewer(member_id=STRANGER))
