from bot.domain import FailureKind, JobState
from sandbox.canned import CannedReply
from sandbox.discord_api import Fault, Permission
from tests.world import World

RENDERING = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


async def rendering(world: World) -> None:
    """Leave a job in the middle of its render, with its card in the channel."""
    world.provider.on_query.always(RENDERING)
    await world.ask()
    await world.job_in(JobState.RENDERING)
    await world.card()


async def test_a_channel_that_closed_meanwhile_sends_the_video_to_its_requester(
    world: World,
) -> None:
    await rendering(world)
    world.channel.deny_bot(Permission.SEND_MESSAGES)

    world.provider.on_query.always(None)
    direct = world.requester.direct_channel()
    video = await direct.wait_for(lambda message: bool(message.attachments))
    await world.job_in(JobState.POSTED)

    run = await world.requester.slash(
        world.channel, "grok show", id=video.attachments[0].filename[5:15]
    )
    assert "sent to its requester directly" in (await run.answer()).embeds[0]["description"]


async def test_with_every_door_closed_the_job_still_ends(world: World) -> None:
    await rendering(world)
    world.requester.user.are_dms_open = False
    world.channel.delete()

    world.provider.on_query.always(None)
    job = await world.job_once_over()

    assert job.state is JobState.TOLD
    assert job.failure is not None
    assert job.failure.kind is FailureKind.UNDELIVERABLE
    history = await world.app.bot.services.questions.history(job.id)
    assert "dropped:failure" in [event for _, event, _ in history]


async def test_an_outage_of_discord_delays_the_video_and_doubles_nothing(world: World) -> None:
    await rendering(world)
    path = f"/channels/{world.channel.id}/messages"
    world.chat.faults.add(Fault("POST", path, status=503))
    world.chat.faults.add(Fault("POST", path, drop=True, after_commit=True))

    world.provider.on_query.always(None)
    await world.job_in(JobState.POSTED)

    assert len([message for message in world.channel.messages if message.attachments]) == 1
