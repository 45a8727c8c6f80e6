import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.domain import Ending, FailureKind, JobState, LimitKind, Lineage, Mode, Relation, Unit
from bot.store.moderation.policies import server
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Message
from sandbox.geeknow import GeekNowStandIn
from sandbox.kyy import GlobalAiOpcStandIn
from sandbox.xai import XaiStandIn
from tests.telling import SCENES, all_over, joined, scenes_of, seconds_of, tell, videos
from tests.world import World, running, settings_for

OWN = CannedReply()
REFUSED = CannedReply(
    400, {"code": "invalid_argument", "error": "Generated video rejected by content moderation."}
)
BUSY = CannedReply(429, {"code": "rate-limited", "error": "Too many requests."})
NEVER = CannedReply(200, {"status": "pending", "progress": 5})


@pytest.fixture
async def world(chat: DiscordStandIn, xai: XaiStandIn, tmp_path: Path) -> AsyncIterator[World]:
    async with running(settings_for(chat, xai, tmp_path), chat) as app:
        yield World(chat, xai, app)


def footers(world: World) -> list[str]:
    return [message.embeds[0]["footer"]["text"] for message in videos(world)]


async def failure(world: World) -> Message:
    return await world.channel.wait_for(lambda message: "no video this time" in message.content, 40)


async def test_three_scenes_are_delivered_one_by_one_and_joined_at_the_end(world: World) -> None:
    answer = await tell(world, duration=1)
    scenes = await all_over(world)
    whole = await joined(world)

    assert answer.content.startswith(f"Accepted: 3 scenes, of which job `{scenes[0].id}` is")
    assert [scene.state for scene in scenes] == [JobState.POSTED] * 3
    assert [scene.spec.mode for scene in scenes] == [Mode.TEXT, Mode.IMAGE, Mode.IMAGE]
    assert [scene.lineage for scene in scenes] == [
        None,
        Lineage(scenes[0].id, Relation.SCENE),
        Lineage(scenes[1].id, Relation.SCENE),
    ]
    assert [charge.prompt for charge in world.provider.charges] == list(SCENES)
    *clips, last = videos(world)
    assert last is whole
    assert seconds_of(whole) == pytest.approx(sum(map(seconds_of, clips)), abs=0.2)
    assert whole.pinged == {world.requester.id}
    assert whole.attachments[0].filename == f"grok-{scenes[2].id}-joined.mp4"
    assert all(words in whole.embeds[0]["description"] for words in SCENES)
    assert "scene 2" in footers(world)[1]


async def test_who_wants_all_private_has_every_scene_and_the_whole_alone(world: World) -> None:
    preferences = world.app.bot.services.preferences
    await preferences.change(world.requester.id, is_private=True)
    direct = world.requester.direct_channel()

    await tell(world, duration=1)
    scenes = await all_over(world)
    whole = await direct.wait_for(lambda one: " · joined " in str(one.embeds), 40)

    assert [scene.state for scene in scenes] == [JobState.POSTED] * 3
    assert len([one for one in direct.messages if one.attachments]) == 4
    assert whole.attachments
    assert world.channel.messages == []


@pytest.mark.parametrize("kind", [GeekNowStandIn, GlobalAiOpcStandIn])
async def test_services_that_know_references_only_follow_as_well(
    kind: type[GeekNowStandIn | GlobalAiOpcStandIn], chat: DiscordStandIn, tmp_path: Path
) -> None:
    async with (
        kind(clip_scale=0.05) as provider,
        running(settings_for(chat, provider, tmp_path), chat) as app,
    ):
        world = World(chat, provider, app)
        await tell(world, SCENES[:2])
        await all_over(world, 2)
        whole = await joined(world)

    assert [len(charge.images) for charge in provider.charges] == [0, 1]
    assert seconds_of(whole) == pytest.approx(sum(map(seconds_of, videos(world)[:2])), abs=0.2)


async def test_a_refused_third_scene_leaves_what_there_is_and_costs_nothing(world: World) -> None:
    world.provider.on_create.then(OWN, OWN, REFUSED)

    await tell(world, (*SCENES, "It sleeps"), duration=1)
    scenes = await all_over(world, 4)
    whole = await joined(world)

    assert [scene.state for scene in scenes] == [
        JobState.POSTED,
        JobState.POSTED,
        JobState.TOLD,
        JobState.TOLD,
    ]
    assert (scenes[2].failure is not None, scenes[3].ending) == (True, Ending.BROKEN)
    assert len(world.provider.charges) == 2
    told = await failure(world)
    assert "The scenes after it are not made" in told.embeds[0]["description"]
    assert [one for one in world.channel.messages if scenes[3].id in str(one.embeds)] == []
    *clips, last = videos(world)
    assert (len(clips), last) == (2, whole)


async def test_with_one_scene_there_is_nothing_to_join_and_that_is_said(world: World) -> None:
    world.provider.on_create.then(OWN, REFUSED)

    await tell(world, duration=1)
    await all_over(world)
    told = await failure(world)

    assert "if they are more than one, they are joined" in told.embeds[0]["description"]
    assert len(videos(world)) == 1
    assert [footer for footer in footers(world) if " · joined " in footer] == []


async def test_a_limit_has_room_again_for_what_was_not_made(world: World) -> None:
    policies = world.app.bot.services.policies
    where = server(world.chat.guild.id)
    await policies.set_limit(where, LimitKind.DAY, Unit.JOBS, 5, None)
    world.provider.on_create.then(OWN, REFUSED)

    await tell(world, duration=1)
    full = await tell(world, duration=1)
    await all_over(world)
    again = await tell(world, duration=1)

    assert "Accepted" not in full.content
    assert "Accepted: 3 scenes" in again.content


async def test_cancelling_the_scene_that_is_made_ends_the_rest(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await tell(world, duration=1)
    rendering = await world.job_in(JobState.RENDERING)

    await (await world.requester.slash(world.channel, "grok cancel", id=rendering.id)).answer()
    scenes = await all_over(world)

    assert [scene.state for scene in scenes] == [JobState.TOLD] * 3
    assert scenes[0].failure is not None
    assert scenes[0].failure.kind is FailureKind.CANCELLED
    assert [scene.ending for scene in scenes] == [None, Ending.BROKEN, Ending.BROKEN]
    finals = [message for message in world.channel.messages if message.pinged]
    assert len(finals) == 1


async def test_cancelling_a_scene_that_waits_lets_the_earlier_ones_be_joined(
    world: World,
) -> None:
    world.provider.on_query.always(NEVER)
    await tell(world, duration=1)
    await world.job_in(JobState.RENDERING)
    third = (await scenes_of(world))[2]

    await (await world.requester.slash(world.channel, "grok cancel", id=third.id)).answer()
    world.provider.on_query.always(None)
    whole = await joined(world)

    assert len(world.provider.charges) == 2
    assert seconds_of(whole) == pytest.approx(sum(map(seconds_of, videos(world)[:2])), abs=0.2)


async def test_removing_a_scene_takes_the_joined_video_away(world: World) -> None:
    await tell(world, SCENES[:2], duration=1)
    scenes = await all_over(world, 2)
    whole = await joined(world)

    run = await world.requester.slash(world.channel, "grok remove", id=scenes[0].id)
    await run.answer()
    await until(lambda: whole.deleted)

    assert [scenes[1].id in footer for footer in footers(world)] == [True]


async def test_a_restart_in_the_middle_goes_on_and_joins_once(
    chat: DiscordStandIn, xai: XaiStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, xai, tmp_path)
    xai.on_create.then(OWN)
    xai.on_create.always(BUSY)
    async with running(settings, chat) as app:
        world = World(chat, xai, app)
        await tell(world, duration=1)
        await until(lambda: videos(world))
    xai.on_create.always(None)
    async with running(settings, chat) as app:
        world = World(chat, xai, app)
        await all_over(world)
        await joined(world)

    assert len(xai.charges) == 3
    assert len(videos(world)) == 4


async def test_a_bot_that_ended_before_it_joined_does_so_when_it_starts(
    chat: DiscordStandIn, xai: XaiStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, xai, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, xai, app)
        await tell(world, SCENES[:2], duration=1)
        await all_over(world, 2)
    before = len(videos(world))
    async with running(settings, chat) as app:
        world = World(chat, xai, app)
        whole = await joined(world)

    assert before in {2, 3}  # it may have been fast
    assert len(videos(world)) == 3
    assert seconds_of(whole) == pytest.approx(sum(map(seconds_of, videos(world)[:2])), abs=0.2)


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - what is waited for sets no event
            await asyncio.sleep(0.02)
