from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain import JobState, PolicyName
from bot.store.moderation.policies import server
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Fault, Upload
from sandbox.geeknow import GeekNowStandIn
from tests.cogs.removing import actions, delivered, gone, posted, said, until
from tests.world import World, running, settings_for

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})
MENU = "Remove Grok video"


async def test_the_requester_removes_a_video_wherever_it_was_posted(world: World) -> None:
    job, video = await posted(world)
    again = await delivered(world, job)

    text = await said(world, world.requester, "grok remove", id=job.id)
    await gone(video, again)
    card = await world.card_with("Removed by")

    assert f"`{job.id}` is being removed" in text
    assert f"Removed by <@{world.requester.id}>" in card.embeds[0]["description"]
    assert "removal.ask" in await actions(world)
    assert not world.channel.state.messages[card.id].deleted


async def test_a_moderator_removes_a_video_by_its_menu_and_another_member_does_not(
    world: World,
) -> None:
    job, video = await posted(world)

    refused = await (await world.visitor.use_on_message(video, MENU)).answer()
    allowed = await (await world.moderator.use_on_message(video, MENU)).answer()
    await gone(video)
    card = await world.card_with("Removed by")

    assert "Only its requester or a moderator" in refused.content
    assert f"`{job.id}` is being removed" in allowed.content
    assert f"<@{world.moderator.id}>" in card.embeds[0]["description"]


async def test_a_command_of_somebody_else_changes_nothing(world: World) -> None:
    job, video = await posted(world)

    text = await (await world.visitor.call(world.channel, "grok remove", id=job.id)).answer()

    assert "Only its requester or a moderator" in text.content
    assert not video.deleted
    assert "removal.ask" not in await actions(world)


async def test_of_another_server_nothing_is_removed(world: World) -> None:
    job, video = await posted(world)
    elsewhere = world.chat.add_guild("elsewhere")
    stranger, channel = elsewhere.member("moderator"), elsewhere.channel("videos")
    fake = await stranger.say(channel, "a video", files=[Upload(f"grok-{job.id}.mp4", b"x")])

    by_id = await (await stranger.call(channel, "grok remove", id=job.id)).answer()
    by_menu = await (await stranger.call_on_message(fake, MENU)).answer()

    assert "no such job here" in by_id.content
    assert "not a video of mine" in by_menu.content
    assert not video.deleted


async def test_twice_is_told_and_a_removed_video_is_not_used_again(world: World) -> None:
    job, video = await posted(world)
    await said(world, world.requester, "grok remove", id=job.id)
    await gone(video)

    again = await said(world, world.moderator, "grok remove", id=job.id)
    deliver = await said(world, world.requester, "grok deliver", id=job.id)
    edit = await said(world, world.requester, "grok edit", job=job.id, prompt="blue")
    extend = await said(world, world.requester, "grok extend", job=job.id, prompt="more")

    assert "was removed before" in again
    by = f"removed by <@{world.requester.id}>"
    assert [by in text for text in (deliver, edit, extend)] == [True] * 3
    assert len(await world.jobs()) == 1


async def test_what_is_not_posted_yet_is_not_removed(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    job = await world.job_in(JobState.RENDERING)

    text = await said(world, world.requester, "grok remove", id=job.id)

    assert "has no posted video" in text


async def test_only_what_may_be_removed_is_suggested(world: World) -> None:
    job, _ = await posted(world)

    lists = [
        await member.autocomplete(world.channel, "grok remove", focused="id", value="")
        for member in (world.requester, world.moderator, world.visitor)
    ]

    assert [[choice["value"] for choice in found] for found in lists] == [[job.id], [job.id], []]


@pytest.mark.parametrize("is_set", [True, False])
async def test_the_stored_file_goes_by_setting(world: World, *, is_set: bool) -> None:
    job, video = await posted(world)
    services = world.app.bot.services
    guild_id = world.chat.guild.id
    await services.policies.set_policy(server(guild_id), PolicyName.REMOVE_FILES, is_set, 1)

    await said(world, world.requester, "grok remove", id=job.id)
    await gone(video)
    await world.card_with("Removed by")

    async def is_gone() -> bool:
        kept = await services.privacy.files(world.requester.id)
        return not any(one.has_video for one in kept)

    if is_set:
        await until(is_gone)
    assert await is_gone() is is_set


async def test_while_discord_is_out_of_reach_the_removal_waits(world: World) -> None:
    job, video = await posted(world)
    fault = Fault("DELETE", "/channels/*/messages/*", status=503, times=2)
    world.chat.faults.add(fault)

    await said(world, world.requester, "grok remove", id=job.id)
    await gone(video)

    assert fault not in world.chat.faults.waiting


async def test_a_removal_that_was_asked_for_before_a_restart_is_carried_out_after_it(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        job, video = await posted(world)
        chat.faults.add(Fault("DELETE", "/channels/*/messages/*", status=503, times=None))
        await said(world, world.requester, "grok remove", id=job.id)
    was_there = not video.deleted
    chat.faults.clear()

    async with running(settings, chat) as app:
        await gone(video)

    assert was_there


async def test_what_only_its_mark_gives_away_is_removed_too(world: World) -> None:
    job, video = await posted(world)
    # As after a restore, from a backup that does not know the message.
    outbox = world.app.bot.services.outbox
    async with outbox._database.write() as connection:  # noqa: SLF001 - past the store
        await connection.execute(sa.text("UPDATE outbox SET message_id = 1 WHERE kind = 'result'"))

    answer = await (await world.requester.use_on_message(video, MENU)).answer()
    await gone(video)

    assert job.id in answer.content
