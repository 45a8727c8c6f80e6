import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain import FailureKind, Job, JobState, MessageKind, Place
from bot.media.video import VideoProbe
from sandbox.canned import CannedReply
from sandbox.discord_api import Channel, DiscordStandIn, Message, Permission
from sandbox.discord_api.state import MEBIBYTE
from sandbox.geeknow import GeekNowStandIn
from tests.world import World, running, settings_for

RENDERING = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})
RENDER_BYTES = 31_000_000


@pytest.fixture
async def large() -> AsyncIterator[GeekNowStandIn]:
    """A service whose videos have 31 MB."""
    async with GeekNowStandIn(render_bytes=RENDER_BYTES) as opened:
        yield opened


async def rendering(world: World, channel: Channel | None = None) -> None:
    """Leave a job in the middle of its render, with its card posted."""
    world.provider.on_query.always(RENDERING)
    await world.ask(channel=channel, duration=6)
    await world.job_in(JobState.RENDERING)
    await (channel or world.channel).wait_for(lambda message: not message.pinged)


async def direct_video(world: World) -> Message:
    direct = world.requester.direct_channel()
    return await direct.wait_for(lambda message: bool(message.pinged))


async def final_in(channel: Channel) -> Message:
    return await channel.wait_for(lambda message: bool(message.pinged), 60)


async def posted_from(world: World, place: Place) -> Job:
    """Return the job once it is posted, and check in the row where that was."""
    job = await world.job_in(JobState.POSTED)
    result = (await world.app.bot.services.outbox.sent(job.id))[MessageKind.RESULT]
    assert result.place is place
    return job


async def all_in(world: World, state: JobState) -> None:
    async with asyncio.timeout(60):
        while any(job.state is not state for job in await world.jobs()):  # noqa: ASYNC110 - a row sets no event
            await asyncio.sleep(0.02)


def text_of(message: Message) -> str:
    return str(message.embeds[0]["description"])


async def test_31_megabytes_arrive_in_an_unboosted_server_as_one_file_under_the_limit(
    chat: DiscordStandIn, large: GeekNowStandIn, tmp_path: Path
) -> None:
    async with running(settings_for(chat, large, tmp_path), chat) as app:
        world = World(chat, large, app)
        await world.ask(duration=6)
        final = await final_in(world.channel)
        job = await world.job_in(JobState.POSTED)

    (attachment,) = final.attachments
    assert job.video is not None
    assert job.video.size_bytes >= RENDER_BYTES
    assert attachment.size <= 10 * MEBIBYTE * 0.95
    assert "Made smaller" in text_of(final)
    path = tmp_path / "posted.mp4"
    await asyncio.to_thread(path.write_bytes, attachment.data)
    facts = await VideoProbe().probe(path)
    assert facts.seconds == pytest.approx(6, abs=0.25)
    assert facts.height == job.video.height
    assert len([message for message in world.channel.messages if message.attachments]) == 1


async def test_with_shrinking_switched_off_31_megabytes_arrive_as_a_link(
    chat: DiscordStandIn, large: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, large, tmp_path).model_copy(update={"shrink": False})
    async with running(settings, chat) as app:
        world = World(chat, large, app)
        await world.ask(duration=6)
        final = await final_in(world.channel)
        await world.job_in(JobState.POSTED)

    assert final.attachments == []
    assert f"(<{large.file_url(large.charges[0])}>)" in text_of(final)
    assert "keeps it until <t:" in text_of(final)


async def test_with_the_channel_deleted_31_megabytes_arrive_in_the_direct_messages(
    chat: DiscordStandIn, large: GeekNowStandIn, tmp_path: Path
) -> None:
    async with running(settings_for(chat, large, tmp_path), chat) as app:
        world = World(chat, large, app)
        await rendering(world)
        channel_id = world.channel.id
        world.channel.delete()
        large.on_query.always(None)
        video = await direct_video(world)
        await posted_from(world, Place.REQUESTER)

    (attachment,) = video.attachments
    assert attachment.size <= 10 * MEBIBYTE * 0.95
    assert f"because <#{channel_id}> would not take it" in text_of(video)


@pytest.mark.parametrize("tier", [2, 3])
async def test_a_boosted_server_gets_the_file_as_it_is(
    chat: DiscordStandIn, large: GeekNowStandIn, tmp_path: Path, tier: int
) -> None:
    chat.guild.boost(tier)
    async with running(settings_for(chat, large, tmp_path), chat) as app:
        world = World(chat, large, app)
        await world.ask(duration=6)
        final = await final_in(world.channel)

    assert final.attachments[0].size >= RENDER_BYTES
    assert len(chat.asked("GET", "/guilds/*")) == 1


async def test_a_server_that_takes_less_than_its_tier_says_teaches_that_once(
    chat: DiscordStandIn, large: GeekNowStandIn, tmp_path: Path
) -> None:
    chat.guild.boost(2)
    chat.guild.limit_uploads(10 * MEBIBYTE)
    async with running(settings_for(chat, large, tmp_path), chat) as app:
        world = World(chat, large, app)
        await world.ask(duration=6)
        final = await final_in(world.channel)
        job = await world.job_in(JobState.POSTED)
        await (await world.requester.slash(world.channel, "grok deliver", id=job.id)).answer()
        again = await world.channel.wait_for(lambda message: "again" in message.content, 60)

    for message in (final, again):
        assert message.attachments[0].size <= 10 * MEBIBYTE * 0.95
    assert len([one for one in chat.exchanges if one.status == 413]) == 1
    assert len(chat.asked("GET", "/guilds/*")) == 1


async def test_a_locked_thread_leads_to_its_channel(world: World) -> None:
    thread = world.chat.guild.add_thread(world.channel, "clips")
    await rendering(world, thread)
    thread.archive(is_locked=True)

    world.provider.on_query.always(None)
    final = await final_in(world.channel)

    assert final.attachments
    assert f"because <#{thread.id}> would not take it" in text_of(final)
    await posted_from(world, Place.PARENT)


async def test_where_a_member_may_not_write_no_video_of_theirs_is_posted(world: World) -> None:
    world.channel.overwrite(
        world.requester.id,
        deny=Permission.SEND_MESSAGES,
        allow=Permission.SEND_MESSAGES_IN_THREADS,
    )
    thread = world.chat.guild.add_thread(world.channel, "clips")
    await rendering(world, thread)
    thread.archive(is_locked=True)

    world.provider.on_query.always(None)

    assert (await direct_video(world)).attachments
    assert not [message for message in world.channel.messages if message.attachments]


async def test_an_archived_thread_wakes_up_for_the_video(world: World) -> None:
    thread = world.chat.guild.add_thread(world.channel, "clips")
    await rendering(world, thread)
    thread.archive()

    world.provider.on_query.always(None)
    final = await final_in(thread)

    assert final.attachments
    assert not thread.state.is_archived


async def test_a_deleted_thread_leads_to_its_channel(world: World) -> None:
    thread = world.chat.guild.add_thread(world.channel, "clips")
    await rendering(world, thread)
    thread.delete()

    world.provider.on_query.always(None)

    assert (await final_in(world.channel)).attachments


@pytest.mark.parametrize(
    "permission", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.ATTACH_FILES]
)
async def test_lost_permissions_lead_to_the_requester(world: World, permission: Permission) -> None:
    await rendering(world)
    world.channel.deny_bot(permission)

    world.provider.on_query.always(None)

    assert (await direct_video(world)).attachments
    await posted_from(world, Place.REQUESTER)


async def test_a_bot_that_was_put_out_still_reaches_who_shares_another_server(
    world: World,
) -> None:
    world.chat.add_guild("elsewhere")
    await rendering(world)
    world.chat.guild.kick_bot()

    world.provider.on_query.always(None)

    assert (await direct_video(world)).attachments


async def test_a_bot_that_was_put_out_of_the_only_server_keeps_the_video(world: World) -> None:
    await rendering(world)
    world.chat.guild.kick_bot()

    world.provider.on_query.always(None)
    job = await world.job_once_over()

    assert job.failure is not None
    assert job.failure.kind is FailureKind.UNDELIVERABLE
    assert job.video is not None


async def test_what_automod_stops_arrives_without_the_member_s_words(world: World) -> None:
    await rendering(world)
    world.chat.guild.block("fox")

    world.provider.on_query.always(None)
    final = await final_in(world.channel)

    assert final.attachments
    assert "fox" not in str(final.embeds)
    assert "a filter here" in text_of(final)


async def test_what_automod_stops_entirely_arrives_directly(world: World) -> None:
    await rendering(world)
    world.chat.guild.block("your video")

    world.provider.on_query.always(None)

    assert (await direct_video(world)).attachments
    await posted_from(world, Place.REQUESTER)


async def test_a_channel_that_closed_is_not_hammered_by_a_burst_of_jobs(world: World) -> None:
    world.provider.on_query.always(RENDERING)
    for _ in range(6):
        await (await world.ask()).answer()
    await all_in(world, JobState.RENDERING)
    await world.channel.wait_for(lambda _: len(world.channel.messages) == 6)
    world.channel.deny_bot(Permission.VIEW_CHANNEL)
    before = len(world.chat.exchanges)

    world.provider.on_query.always(None)
    await all_in(world, JobState.POSTED)

    refused = [one for one in world.chat.exchanges[before:] if one.status == 403]
    # Those that were under way together can't know of each other; from then on it is quiet.
    assert len(refused) <= 6 + 2
    assert len(world.requester.direct_channel().messages) == 6


async def test_an_undeliverable_video_is_delivered_once_the_channel_is_open_again(
    world: World,
) -> None:
    await rendering(world)
    world.requester.user.are_dms_open = False
    world.channel.deny_bot(Permission.ATTACH_FILES)
    world.provider.on_query.always(None)
    job = await world.job_once_over()
    world.channel.deny_bot(0)

    run = await world.requester.slash(world.channel, "grok deliver", id=job.id)
    answer = await run.answer()
    again = await world.channel.wait_for(lambda message: bool(message.attachments))

    assert job.failure is not None
    assert job.failure.kind is FailureKind.UNDELIVERABLE
    assert "in a moment" in answer.content
    assert again.attachments[0].filename == f"grok-{job.id}.mp4"
