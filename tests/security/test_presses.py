import asyncio

import pytest

from bot.domain import Job, JobState
from sandbox.canned import CannedReply
from sandbox.discord_api import Permission
from tests.world import World, record_events

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})
AGAIN = "Submit again (may be charged twice)"
NOT_YOURS = "Only its requester"
NO_SUCH = "no such job"


@pytest.fixture
async def job(world: World) -> Job:
    """A job in the middle of its render, with its card in the channel."""
    world.provider.on_query.always(NEVER)
    await world.ask()
    await world.job_in(JobState.RENDERING)
    await world.card()
    return await world.job()


async def test_risk_10_a_button_is_not_for_whoever_sees_it(world: World, job: Job) -> None:
    run = await world.visitor.click(await world.card(), "Cancel")
    answer = await run.answer()

    assert NOT_YOURS in answer.content
    assert answer.is_ephemeral
    now = await world.job()
    assert (now.id, now.cancel_requested_at, now.state) == (job.id, None, JobState.RENDERING)


async def test_risk_10_nobody_spends_a_second_time_for_another(world: World) -> None:
    world.provider.on_create.then(CannedReply(drop=True))
    await world.ask()
    final = await world.final()

    for other in (world.visitor, world.moderator):
        assert NOT_YOURS in (await (await other.click(final, AGAIN)).answer()).content

    assert len(await world.jobs()) == 1
    assert world.provider.charges == []


@pytest.mark.parametrize("command", ["grok cancel", "grok deliver"])
async def test_risk_11_a_command_that_is_shown_is_not_yet_allowed(
    world: World, job: Job, command: str
) -> None:
    run = await world.visitor.slash(world.channel, command, id=job.id)

    assert NOT_YOURS in (await run.answer()).content
    assert (await world.job()).state is JobState.RENDERING


async def test_risk_11_the_right_is_asked_for_at_each_command(world: World, job: Job) -> None:
    moderator = world.chat.guild.add_member("a new moderator")
    world.channel.overwrite(moderator.id, allow=Permission.MANAGE_MESSAGES)
    world.channel.overwrite(moderator.id)

    former = await (await moderator.call(world.channel, "grok cancel", id=job.id)).answer()
    state = (await world.job()).state
    present = await (await world.moderator.call(world.channel, "grok cancel", id=job.id)).answer()

    assert NOT_YOURS in former.content
    assert state is JobState.RENDERING
    assert "Cancelled" in present.content


async def test_risk_11_what_went_wrong_inside_is_for_moderators(world: World) -> None:
    world.provider.on_create.always(CannedReply(401, {"message": "no such key"}))
    await world.ask()
    await world.card_with("service")
    job = await world.job()

    shown = [
        (await (await who.slash(world.channel, "grok show", id=job.id)).answer()).embeds
        for who in (world.visitor, world.requester, world.moderator)
    ]

    assert ["key" in str(embeds) for embeds in shown] == [False, False, True]


async def test_risk_12_a_button_of_another_server_finds_nothing(world: World, job: Job) -> None:
    elsewhere = world.chat.add_guild("elsewhere")
    other = elsewhere.member("requester")
    run = await other.slash(elsewhere.channel("videos"), "grok video", prompt="a fox", duration=1)
    await run.answer()
    card = await elsewhere.channel("videos").wait_for(lambda message: bool(message.components))

    answers = [
        await (await who.press(card, f"v1:job:{job.id}:{action}")).answer()
        for who in (other, elsewhere.member("moderator"))
        for action in ("cancel", "again")
    ]

    assert all(NO_SUCH in answer.content for answer in answers)
    assert (await world.job()).cancel_requested_at is None


async def test_risk_12_an_id_that_is_only_like_ours_does_nothing(world: World, job: Job) -> None:
    card = await world.card()
    forged = (
        f"xv1:job:{job.id}:cancel",
        f"v1:job:{job.id}:cancel\n",
        f"v1:job:{job.id}:cancelled",
        f"v1:job:{job.id}:cancel:again",
        f"v1:job:{job.id.upper()}:cancel",
        "v1:job:../../../x:cancel",
        "v1:job:' OR '1'='1:cancel",
    )

    runs = [await world.requester.press(card, custom_id) for custom_id in forged]
    answers = [await run.answer() for run in runs]

    assert all("no longer works" in answer.content for answer in answers)
    assert (await world.job()).cancel_requested_at is None


async def test_risk_15_a_command_that_comes_twice_is_paid_once(world: World) -> None:
    events = record_events(world.chat)
    await (await world.ask()).answer()
    (payload,) = (data for event, data in events if event == "INTERACTION_CREATE")

    for _ in range(50):
        world.chat.gateway.dispatch("INTERACTION_CREATE", payload)
    await world.final()
    await world.job_in(JobState.POSTED)

    assert len(await world.jobs()) == 1
    assert len(world.provider.charges) == 1


async def test_risk_15_two_clicks_at_once_are_paid_once(world: World) -> None:
    world.provider.on_create.then(CannedReply(drop=True))
    await world.ask()
    final = await world.final()

    runs = await asyncio.gather(*(world.requester.click(final, AGAIN) for _ in range(5)))
    answers = {(await run.answer()).content for run in runs}
    await world.channel.wait_for(lambda message: bool(message.attachments))

    assert len(answers) == 1
    assert len(await world.jobs()) == 2
    assert len(world.provider.charges) == 1
