from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import Hold, Job, JobState, PolicyName
from bot.store.moderation.policies import server
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Fault, Message, Permission
from sandbox.geeknow import GeekNowStandIn
from sandbox.xai import XaiStandIn
from tests.telling import SCENES, all_over, scenes_of, tell
from tests.world import World, running, settings_for

NEVER = CannedReply(200, {"status": "pending", "progress": 5})
FRAME_ONLY = "xai/grok-imagine-video-1.5"


@pytest.fixture
async def world(chat: DiscordStandIn, tmp_path: Path) -> AsyncIterator[World]:
    """A bot whose videos are never finished: only the beginning is looked at."""
    async with (
        XaiStandIn(clip_scale=0.1) as provider,
        running(settings_for(chat, provider, tmp_path), chat) as app,
    ):
        provider.on_query.always(NEVER)
        yield World(chat, provider, app)


async def policy(world: World, name: PolicyName, value: object) -> None:
    policies = world.app.bot.services.policies
    await policies.set_policy(server(world.chat.guild.id), name, value, None)


def shows(message: Message) -> str:
    return str(message.embeds[0]["description"])


async def first_of(world: World) -> Job:
    return (await scenes_of(world))[0]


async def test_the_form_is_opened_at_once_and_says_how_many_scenes_fit(world: World) -> None:
    run = await world.requester.slash(world.channel, "grok storyboard", duration=2)

    form = await run.modal()

    assert form.title == "Storyboard"
    assert "2 to 6 lines" in str(form.components)


async def test_scenes_are_lines_and_empty_ones_don_t_count(world: World) -> None:
    answer = await tell(world, ("  A fox wakes up ", "", "   ", "It runs"), duration=2)

    scenes = await scenes_of(world)
    assert answer.content.startswith("Accepted: 2 scenes")
    assert [scene.spec.prompt for scene in scenes] == ["A fox wakes up", "It runs"]
    assert [scene.spec.seconds for scene in scenes] == [2, 2]


@pytest.mark.parametrize("count", [1, 7])
async def test_too_few_or_too_many_scenes_get_a_sentence_and_nothing_is_made(
    world: World, count: int
) -> None:
    answer = await tell(world, ["A fox"] * count)

    assert answer.content == (
        f"A storyboard has 2 to 6 scenes, one a line; you gave {count}. "
        "Send `/grok storyboard` again with as many."
    )
    assert await world.jobs() == []


@pytest.mark.parametrize("model", ["fast", "xai/grok-imagine-video"])
async def test_the_model_of_the_command_makes_all_scenes(world: World, model: str) -> None:
    await tell(world, model=model)

    scenes = await scenes_of(world)
    assert {scene.spec.model for scene in scenes} == {"grok-imagine-video"}
    assert {scene.look for scene in scenes} == {"fast" if model == "fast" else None}


async def test_a_model_that_is_none_is_said_before_anybody_writes(world: World) -> None:
    run = await world.requester.slash(world.channel, "grok storyboard", model="sora")

    assert "no such model" in (await run.answer()).content


async def test_a_model_that_can_not_begin_says_so(world: World) -> None:
    answer = await tell(world, model=FRAME_ONLY)

    assert answer.content.startswith("Grok Imagine Video 1.5 needs an image.")


async def test_where_the_bot_may_not_post_no_form_is_opened(world: World) -> None:
    world.channel.deny_bot(Permission.ATTACH_FILES)

    run = await world.requester.slash(world.channel, "grok storyboard")

    assert "Attach Files" in (await run.answer()).content


async def test_a_form_whose_reply_was_lost_is_open_all_the_same(world: World) -> None:
    path = "/interactions/*/*/callback"
    world.chat.faults.add(Fault("POST", path, status=500, after_commit=True))

    run = await world.requester.slash(world.channel, "grok storyboard")
    form = await run.modal()
    answer = await (await world.requester.submit(form, scenes="one\ntwo")).answer()
    await world.app.bot.tree.close(timedelta(minutes=1))  # waits for the command itself

    assert "Accepted: 2 scenes" in answer.content
    assert run.messages == []


@pytest.mark.parametrize(
    ("said", "usual", "words", "mark"),
    [
        (True, False, "3 private scenes", ":private"),
        (False, True, "3 scenes", ":open"),
        (None, True, "3 private scenes", ""),
    ],
)
async def test_scenes_are_private_as_the_command_says_or_as_was_chosen(
    world: World, *, said: bool | None, usual: bool, words: str, mark: str
) -> None:
    await world.app.bot.services.preferences.change(world.requester.id, is_private=usual)
    options = {} if said is None else {"private": said}

    run = await world.requester.slash(world.channel, "grok storyboard", **options)
    form = await run.modal()
    answer = await (await world.requester.submit(form, scenes="\n".join(SCENES))).answer()

    assert form.custom_id == f"v1:story::{mark}"
    assert words in answer.content
    assert {scene.is_private for scene in await scenes_of(world)} == {"private" in words}


async def test_a_form_that_was_opened_before_a_restart_is_taken(
    chat: DiscordStandIn, tmp_path: Path
) -> None:
    async with XaiStandIn(clip_scale=0.1) as provider:
        settings = settings_for(chat, provider, tmp_path)
        provider.on_query.always(NEVER)
        async with running(settings, chat) as app:
            world = World(chat, provider, app)
            run = await world.requester.slash(
                world.channel, "grok storyboard", model="fast", duration=3
            )
            form = await run.modal()
        async with running(settings, chat) as app:
            world = World(chat, provider, app)
            sent = await world.requester.submit(form, scenes="\n".join(SCENES))
            answer = await sent.answer()
            scenes = await scenes_of(world)

    assert "Accepted: 3 scenes" in answer.content
    assert {(scene.look, scene.spec.seconds) for scene in scenes} == {("fast", 3)}


async def test_a_form_for_a_model_that_is_gone_gets_a_sentence(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    async with XaiStandIn(clip_scale=0.1) as xai:
        async with running(settings_for(chat, [xai, provider], tmp_path), chat) as app:
            world = World(chat, xai, app)
            run = await world.requester.slash(
                world.channel, "grok storyboard", model="xai/grok-imagine-video"
            )
            form = await run.modal()
        async with running(settings_for(chat, provider, tmp_path), chat) as app:
            world = World(chat, provider, app)
            sent = await world.requester.submit(form, scenes="\n".join(SCENES))
            answer = await sent.answer()

    assert answer.content.startswith("The model that you chose is not offered any more.")


@pytest.mark.parametrize("seconds", ["0", "999"])
async def test_a_forged_form_is_held_to_what_the_model_makes(world: World, seconds: str) -> None:
    run = await world.requester.send_form(world.channel, f"v1:story:{seconds}:", scenes="one\ntwo")

    assert "makes videos of" in (await run.answer()).content
    assert await world.jobs() == []


async def test_the_price_of_all_is_asked_and_agreed_to_once(world: World) -> None:
    await policy(world, PolicyName.CONFIRM_ABOVE, 300_000)

    answer = await tell(world, duration=2)
    waiting = await scenes_of(world)
    await (await world.requester.press(answer, f"v1:job:{waiting[0].id}:confirm")).answer()
    begun = await world.job_in(JobState.RENDERING)

    assert "Together these 3 scenes cost about $0.43 at most." in answer.content
    assert [scene.held_for for scene in waiting] == [Hold.CONFIRMATION, Hold.SCENE, Hold.SCENE]
    assert begun.id == waiting[0].id


async def test_a_price_that_is_declined_ends_all_without_a_word_to_the_channel(
    world: World,
) -> None:
    await policy(world, PolicyName.CONFIRM_ABOVE, 300_000)
    answer = await tell(world, duration=2)

    first = await first_of(world)
    await (await world.requester.press(answer, f"v1:job:{first.id}:decline")).answer()
    scenes = await all_over(world)

    assert [scene.state for scene in scenes] == [JobState.TOLD] * 3
    assert world.channel.messages == []


async def test_moderators_read_every_scene_before_any_is_made(world: World) -> None:
    await policy(world, PolicyName.REVIEW, True)  # noqa: FBT003 - as JSON has it
    desk = world.chat.guild.add_channel("desk")
    await policy(world, PolicyName.REVIEW_CHANNEL, desk.id)

    answer = await tell(world, duration=2)
    card = await desk.wait_for(lambda message: bool(message.embeds))
    run = await world.moderator.press(card, "v1:case:1:approve")
    await run.answer()
    await world.job_in(JobState.RENDERING)

    assert "The 3 scenes wait for review" in answer.content
    assert [f"{number}. {text}" in shows(card) for number, text in enumerate(SCENES, 1)] == [
        True,
        True,
        True,
    ]
    assert "about $0.43 at most" in shows(card)


async def test_a_story_that_moderators_decline_ends_with_one_message(world: World) -> None:
    await policy(world, PolicyName.REVIEW, True)  # noqa: FBT003 - as JSON has it
    await tell(world)
    card = await world.card()

    form = await (await world.moderator.press(card, "v1:case:1:reject")).modal()
    await (await world.moderator.submit(form, reason="too wild")).answer()
    scenes = await all_over(world)

    finals = [message for message in world.channel.messages if message.pinged]
    assert [scene.state for scene in scenes] == [JobState.TOLD] * 3
    assert len(finals) == 1
    assert "too wild" in shows(finals[0])
    assert world.provider.charges == []


async def test_jobs_and_models_are_suggested(world: World) -> None:
    async def suggested(focused: str) -> list[str | int]:
        found = await world.requester.autocomplete(
            world.channel, "grok storyboard", focused=focused, value=""
        )
        return [choice["value"] for choice in found]

    assert "xai/grok-imagine-video" in await suggested("model")
    assert await suggested("duration") == list(range(1, 16))


async def test_a_bot_that_stops_takes_no_form(world: World) -> None:
    run = await world.requester.slash(world.channel, "grok storyboard")
    form = await run.modal()
    world.app.bot.tree.is_open = False

    answer = await (await world.requester.submit(form, scenes="one\ntwo")).answer()

    assert "restarting" in answer.content
    assert await world.jobs() == []
