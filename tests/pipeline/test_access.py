import pytest

from bot.domain import Cancelled, JobState, Viewer
from bot.errors import NotAllowedError
from bot.pipeline.access import JobAccess
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
