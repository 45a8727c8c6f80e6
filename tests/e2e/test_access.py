"""Each policy stands before the paid call: one private sentence, and nothing is reserved."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from sandbox.discord_api import Channel
from tests.world import PICTURE, World

Step = Callable[[World], Awaitable[object]]


def setting(path: str, **options: Any) -> Step:  # noqa: ANN401 - whatever a command takes
    async def take(world: World) -> None:
        run = await world.moderator.slash(world.channel, f"grok-admin {path}", **options)
        assert "Before: " in (await run.answer()).content

    return take


def only_elsewhere(mode: str) -> Step:
    async def take(world: World) -> None:
        place = world.chat.guild.add_channel("elsewhere") if mode == "only in" else world.channel
        await setting("channels set", mode=mode, channel=place)(world)

    return take


def roles(mode: str) -> Step:
    async def take(world: World) -> None:
        role = world.chat.guild.add_role("artists")
        if mode == "everyone but":
            world.requester.give(role)
        await setting("roles set", mode=mode, role=role)(world)

    return take


async def block(world: World) -> None:
    await setting("block", member=world.requester, until="3d", reason="spam")(world)


REFUSED: Mapping[str, tuple[Step, Mapping[str, Any], str]] = {
    "in another channel": (only_elsewhere("only in"), {}, "Videos are made in <#"),
    "in an excluded channel": (only_elsewhere("everywhere but"), {}, "No videos are made here"),
    "without the role": (roles("only for"), {}, "Videos are for <@&"),
    "with an excluded role": (roles("everyone but"), {}, "One of your roles may not"),
    "with another model": (
        setting("models set", mode="only", model="geeknow/grok-video-3-pro"),
        {"model": "geeknow/grok-video-3"},
        "That model is not allowed here. These are: geeknow/grok-video-3-pro.",
    ),
    "with an excluded model": (
        setting("models set", mode="all but", model="geeknow/grok-video-3"),
        {"model": "geeknow/grok-video-3"},
        "That model is not allowed here.",
    ),
    "too long": (setting("allow longest", seconds=3), {"duration": 5}, "at most 3 s"),
    "too large": (
        setting("allow resolution", size="720p"),
        {"resolution": "1080p"},
        "at most 720p",
    ),
    "with a reference": (
        setting("allow references", allowed=False),
        {"image": PICTURE},
        "No reference images are allowed",
    ),
    "for everybody's eyes": (
        setting("allow age-restricted", only=True),
        {},
        "age-restricted channels only",
    ),
    "during a pause": (setting("pause", reason="lunch"), {}, "The bot is paused. Reason: lunch."),
    "while blocked": (block, {}, "You can't make videos here at the moment. Reason: spam."),
}


@pytest.mark.parametrize(("step", "options", "sentence"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_not_allowed_gets_one_private_sentence_and_costs_nothing(
    world: World, step: Step, options: Mapping[str, Any], sentence: str
) -> None:
    await step(world)

    run = await world.ask(**options)
    answer = await run.answer()

    assert sentence in answer.content
    assert f"<@{world.moderator.id}>" in answer.content
    assert answer.is_ephemeral
    assert len(run.messages) == 1
    assert await world.jobs() == []
    assert world.channel.messages == []
    assert world.provider.charges == []


def inside(world: World) -> list[Channel]:
    guild = world.chat.guild
    arts = guild.add_category("arts")
    room = guild.add_channel("room", category=arts)
    return [arts, room, guild.add_thread(room, "thread")]


@pytest.mark.parametrize("named", [0, 1])
async def test_a_thread_is_in_its_channel_and_its_category(world: World, named: int) -> None:
    places = inside(world)
    await setting("channels set", mode="only in", channel=places[named])(world)

    there = await (await world.ask(channel=places[2])).answer()
    here = await (await world.ask()).answer()

    assert "Accepted" in there.content
    assert "Videos are made in <#" in here.content


async def test_an_age_restricted_channel_is_one(world: World) -> None:
    adults = world.chat.guild.add_channel("adults", is_nsfw=True)
    await setting("allow age-restricted", only=True)(world)

    answer = await (await world.ask(channel=adults)).answer()

    assert "Accepted" in answer.content


async def test_what_is_not_said_is_chosen_within_what_is_allowed(world: World) -> None:
    await setting("allow longest", seconds=3)(world)
    await setting("models set", mode="only", model="geeknow/grok-video-3")(world)

    answer = await (await world.ask(duration=None)).answer()

    assert "Accepted" in answer.content
    job = await world.job()
    assert (job.spec.model, job.spec.seconds) == ("grok-video-3", 3)
