from pathlib import Path

import pytest

from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn
from sandbox.geeknow import GeekNowStandIn
from tests.cogs.private_videos import curtained, in_the_channel, labels, sent
from tests.cogs.removing import gone, said
from tests.digest import settled
from tests.world import World, running, settings_for


async def test_a_private_video_comes_by_direct_message_and_nothing_is_in_the_channel(
    world: World,
) -> None:
    video = await sent(world)
    job = await world.job()

    assert video.pinged == {world.requester.id}
    assert "Nobody else sees it" in video.content
    assert "a red fox" in video.embeds[0]["description"]
    assert "would not take it" not in video.embeds[0]["description"]
    assert labels(video) == ["Publish"]
    assert in_the_channel(world) == []
    assert job.is_private


async def test_nobody_else_sees_it_anywhere(world: World) -> None:
    await sent(world)
    job = await world.job()
    nobody = (world.visitor, world.moderator)

    shown = [await said(world, who, "grok show", id=job.id) for who in nobody]
    edited = [await said(world, who, "grok edit", job=job.id, prompt="x") for who in nobody]
    removed = [await said(world, who, "grok remove", id=job.id) for who in nobody]
    offered = [
        await who.autocomplete(world.channel, "grok continue", focused="job", value="")
        for who in (*nobody, world.requester)
    ]

    assert all("no such job" in text for text in (*shown, *edited, *removed))
    assert [len(one) for one in offered] == [0, 0, 1]


async def test_where_direct_messages_are_closed_a_line_stands_for_it(world: World) -> None:
    line = await curtained(world)
    job = await world.job()

    run = await world.requester.click(line, "Show it to me")
    shown = await run.answer()

    assert in_the_channel(world) == [line]
    assert line.attachments == []
    assert line.pinged == {world.requester.id}
    assert "fox" not in f"{line.content}{line.embeds}"
    assert labels(line) == ["Show it to me"]
    assert shown.is_ephemeral
    assert "Nobody else sees this" in shown.content
    assert shown.attachments[0].filename == f"grok-{job.id}.mp4"
    assert "a red fox" in shown.embeds[0]["description"]
    assert "Publish" in labels(shown)


async def test_the_buttons_of_a_private_video_are_for_nobody_else(world: World) -> None:
    line = await curtained(world)
    job = await world.job()

    for who in (world.visitor, world.moderator):
        for action in ("reveal", "publish"):
            run = await who.press(line, f"v1:job:{job.id}:{action}")
            assert "Only its requester" in (await run.answer()).content
        for action in ("repeat", "remix", "details", "remove", "continue"):
            run = await who.press(line, f"v1:job:{job.id}:{action}")
            assert "no such job" in (await run.answer()).content
        told = await (await who.use_on_message(line, "Grok details")).answer()
        removed = await (await who.use_on_message(line, "Remove Grok video")).answer()
        assert "no such job" in told.content
        assert "not a video of mine" in removed.content
    assert not line.deleted
    assert len(await world.jobs()) == 1


async def test_a_file_that_is_too_large_for_the_answer_is_linked_or_told(world: World) -> None:
    line = await curtained(world)
    world.chat.guild.limit_uploads(1)

    linked = await (await world.requester.click(line, "Show it to me")).answer()
    for script in (world.provider.on_file, world.provider.on_content):
        script.always(CannedReply(404))
    told = await (await world.requester.click(line, "Show it to me")).answer()

    assert linked.attachments == []
    assert "Watch or download" in linked.embeds[0]["description"]
    assert "too large to be shown here" in told.content


async def test_a_swept_file_is_neither_shown_nor_published(world: World, tmp_path: Path) -> None:
    line = await curtained(world)
    job = await world.job()
    assert job.video is not None
    (tmp_path / "results" / job.video.key).unlink()

    answer = await (await world.requester.click(line, "Show it to me")).answer()

    assert answer.content.startswith("The file of that video is no longer kept")


@pytest.mark.parametrize("are_dms_open", [True, False])
async def test_a_failure_is_told_to_its_requester_alone(
    world: World, *, are_dms_open: bool
) -> None:
    world.requester.user.are_dms_open = are_dms_open
    world.provider.on_create.then(CannedReply(400, {"code": "x", "message": "wrong"}))
    await world.ask(private=True)
    await world.job_once_over()

    if are_dms_open:
        told = await world.final(world.requester.direct_channel())
        assert in_the_channel(world) == []
        assert told.components == []
    else:
        line = await world.final()
        assert "fox" not in f"{line.content}{line.embeds}"
        assert "no video" in line.embeds[0]["title"].lower()
        told = await (await world.requester.click(line, "Show it to me")).answer()
        assert labels(told) == ["Again", "Remix", "Details"]
    assert "a red fox" in told.embeds[0]["description"]
    assert "Nothing was charged" in told.embeds[0]["description"]


async def test_what_comes_of_a_private_video_is_private_too(world: World) -> None:
    video = await sent(world)
    job = await world.job()
    shown = await (await world.requester.slash(world.channel, "grok show", id=job.id)).answer()

    form = await (await world.requester.click(shown, "Remix")).modal()
    answer = await (await world.requester.submit(form, prompt="a blue fox")).answer()
    direct = world.requester.direct_channel()
    other = await direct.wait_for(lambda one: bool(one.attachments) and one.id != video.id, 20)

    assert "Publish" in labels(shown)
    assert "Accepted as private job" in answer.content
    assert "a blue fox" in other.embeds[0]["description"]
    assert in_the_channel(world) == []


async def test_a_delivery_of_a_private_video_stays_private(world: World) -> None:
    video = await sent(world)
    job = await world.job()
    gallery = world.chat.guild.add_channel("gallery")
    direct = world.requester.direct_channel()

    run = await world.requester.slash(world.channel, "grok deliver", id=job.id, channel=gallery)
    answer = await run.answer()
    again = await direct.wait_for(lambda one: bool(one.attachments) and one.id != video.id, 20)

    assert "sent to its requester alone" in answer.content
    assert labels(again) == ["Publish"]
    assert [*gallery.messages, *in_the_channel(world)] == []


async def test_a_private_video_is_removed_by_its_requester(world: World) -> None:
    video = await sent(world)
    job = await world.job()

    text = await said(world, world.requester, "grok remove", id=job.id)
    await gone(video)
    answer = await (await world.requester.press(video, f"v1:job:{job.id}:publish")).answer()

    assert f"`{job.id}` is being removed" in text
    assert "was removed" in answer.content


async def test_everything_works_after_a_restart(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        line = await curtained(world)

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        shown = await (await world.requester.click(line, "Show it to me")).answer()
        await (await world.requester.click(shown, "Publish")).answer()
        public = await world.channel.wait_for(lambda one: bool(one.attachments), 20)

    assert shown.attachments[0].data == public.attachments[0].data


async def test_a_private_job_that_waits_for_review_is_shown_to_moderators_in_review_alone(
    world: World,
) -> None:
    await said(world, world.moderator, "grok-admin review on")
    run = await world.ask(private=True)
    asked = (await run.answer()).content
    await settled(world)

    listed = await (await world.moderator.slash(world.channel, "grok-admin review list")).answer()
    approve = next(
        one["custom_id"]
        for row in listed.components
        for one in row["components"]
        if one["custom_id"].endswith("approve")
    )
    await (await world.moderator.press(listed, approve)).answer()
    direct = world.requester.direct_channel()
    await direct.wait_for(lambda one: bool(one.attachments), 20)

    assert asked.startswith("Private job")
    assert "a red fox" in str(listed.embeds)
    assert in_the_channel(world) == []
