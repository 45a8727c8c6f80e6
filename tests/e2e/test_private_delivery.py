from bot.domain import FailureKind, JobState, LimitKind, PolicyName, Unit
from bot.store.moderation.policies import server
from sandbox.discord_api import Fault, Message, Permission
from tests.cogs.private_videos import curtained, in_the_channel, labels, sent
from tests.cogs.removing import until
from tests.digest import settled
from tests.world import World


def in_direct(world: World) -> list[Message]:
    return world.requester.direct_channel().messages


async def test_a_reply_that_is_lost_posts_a_private_video_once(world: World) -> None:
    direct = world.requester.direct_channel()
    path = f"/channels/{direct.id}/messages"
    world.chat.faults.add(Fault("POST", path, status=500, after_commit=True))

    await sent(world)
    await settled(world)

    assert len(in_direct(world)) == 1
    assert in_the_channel(world) == []


async def test_a_reply_that_is_lost_posts_the_line_once(world: World) -> None:
    path = f"/channels/{world.channel.id}/messages"
    world.chat.faults.add(Fault("POST", path, status=500, after_commit=True))

    line = await curtained(world)
    await settled(world)

    assert in_the_channel(world) == [line]
    assert in_direct(world) == []


async def test_where_nothing_takes_it_the_file_is_kept_and_shown_by_command(world: World) -> None:
    world.requester.user.are_dms_open = False
    await (await world.ask(private=True)).answer()
    world.channel.deny_bot(Permission.SEND_MESSAGES)
    job = await world.job_once_over()
    world.channel.state.overwrites.clear()

    shown = await (await world.requester.slash(world.channel, "grok show", id=job.id)).answer()
    revealed = await (await world.requester.click(shown, "Show it to me")).answer()

    assert (job.state, job.failure is not None) == (JobState.TOLD, True)
    assert job.failure is not None
    assert job.failure.kind is FailureKind.UNDELIVERABLE
    assert "Publish" in labels(shown)
    assert revealed.attachments[0].filename == f"grok-{job.id}.mp4"
    assert in_the_channel(world) == []


async def test_a_price_is_asked_about_and_limits_count_as_for_any_other(world: World) -> None:
    here = server(world.chat.guild.id)
    policies = world.app.bot.services.policies
    await policies.set_policy(here, PolicyName.CONFIRM_ABOVE, 0, world.moderator.id)
    asked = await (await world.ask(private=True)).answer()
    await policies.set_limit(here, LimitKind.DAY, Unit.JOBS, 1, world.moderator.id)

    refused = await (await world.ask(private=True)).answer()
    accepted = await (await world.requester.click(asked, "Make it")).answer()
    await world.job_in(JobState.POSTED)

    assert "over a limit" in refused.content
    assert "Accepted as private job" in accepted.content
    assert in_the_channel(world) == []


async def test_after_publishing_it_is_reported_hidden_and_removed_like_any_other(
    world: World,
) -> None:
    video = await sent(world)
    await (await world.requester.click(video, "Publish")).answer()
    public = await world.final()
    await (
        await world.moderator.slash(world.channel, "grok-admin posts hide-at", reports="1")
    ).answer()
    run = await world.visitor.use_on_message(public, "Report Grok video")
    await (await world.visitor.submit(await run.modal())).answer()

    async def are_covered() -> bool:
        return not public.attachments and not video.attachments

    await until(are_covered)
    assert "hidden while moderators" in public.content
    assert (public.components, video.components) == ([], [])
