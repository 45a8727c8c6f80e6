from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import av
import pytest

from bot.domain import Charge, FailureKind, Job, JobState, Mode
from sandbox.canned import CannedReply
from sandbox.cometapi import CometApiStandIn
from sandbox.discord_api import DiscordStandIn, Message, Run
from sandbox.geeknow import GeekNowStandIn
from sandbox.provider_stand_in import ProviderStandIn
from sandbox.xai import XaiStandIn
from tests.world import World, running, settings_for


def seconds_of(message: Message) -> float:
    with av.open(BytesIO(message.attachments[0].data), "r", format="mp4") as container:
        assert container.duration is not None
        return round(container.duration / av.time_base, 1)


async def made(world: World, model: str | None = None) -> Job:
    """Have a posted video to go on from."""
    await world.ask(duration=2, model=model)
    job = await world.job_in(JobState.POSTED)
    await world.final_of(job)
    return job


async def go_on(world: World, command: str, source: Job, **options: str | int) -> Run:
    wanted: dict[str, str | int] = {"job": source.id, "prompt": "make it night"}
    return await world.requester.slash(world.channel, f"grok {command}", **(wanted | options))


async def continued(world: World, job: Job) -> Job:
    return await world.job_once(lambda one: one.source_id == job.id and not one.is_open)


@pytest.fixture
async def world(
    chat: DiscordStandIn, xai: XaiStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> AsyncIterator[World]:
    async with running(settings_for(chat, [xai, provider], tmp_path), chat) as app:
        yield World(chat, xai, app)


@pytest.fixture(params=["xai", "cometapi"])
async def editing(
    request: pytest.FixtureRequest,
    chat: DiscordStandIn,
    xai: XaiStandIn,
    cometapi: CometApiStandIn,
    tmp_path: Path,
) -> AsyncIterator[World]:
    stand_ins: dict[str, ProviderStandIn] = {"xai": xai, "cometapi": cometapi}
    provider = stand_ins[request.param]
    async with running(settings_for(chat, provider, tmp_path), chat) as app:
        yield World(chat, provider, app)


async def test_an_edited_video_is_made_from_the_posted_one_and_lasts_as_long(
    editing: World,
) -> None:
    source = await made(editing)

    run = await go_on(editing, "edit", source)
    answer = await run.answer()
    job = await continued(editing, source)
    final = await editing.final_of(job)

    assert (job.state, job.spec.mode) == (JobState.POSTED, Mode.EDIT)
    assert job.id in answer.content
    assert seconds_of(final) == 2.0
    assert [(one.mode, one.seconds) for one in editing.provider.charges] == [
        (Mode.TEXT, 2.0),
        (Mode.EDIT, 2.0),
    ]
    assert editing.provider.charges[1].prompt == "make it night"


async def test_an_extended_video_lasts_as_long_as_the_first_and_what_was_added(
    world: World,
) -> None:
    source = await made(world, model="xai/grok-imagine-video")

    await go_on(world, "extend", source, duration=3)
    job = await continued(world, source)
    final = await world.final_of(job)

    assert (job.state, job.spec.mode, job.spec.seconds) == (JobState.POSTED, Mode.EXTEND, 3)
    assert seconds_of(final) == 5.0
    assert len(world.provider.charges) == 2


async def test_each_of_the_two_videos_costs_what_the_provider_took_for_it(world: World) -> None:
    source = await made(world, model="xai/grok-imagine-video")

    await go_on(world, "edit", source)
    job = await continued(world, source)

    costs = [charge.cost_ticks // 10_000 for charge in world.provider.charges]
    first = await world.job_once(lambda one: one.id == source.id)
    assert [first.cost_micros, job.cost_micros] == costs
    assert job.estimate_micros is not None
    assert job.cost_micros is not None
    assert job.estimate_micros >= job.cost_micros


async def test_a_video_of_a_provider_that_can_not_edit_is_edited_by_one_that_can(
    world: World, provider: GeekNowStandIn
) -> None:
    source = await made(world, model="geeknow/grok-video-3")

    await go_on(world, "edit", source)
    job = await continued(world, source)
    final = await world.final_of(job)

    assert (source.spec.provider, job.spec.provider) == ("geeknow", "xai")
    assert seconds_of(final) == 2.0
    assert (len(provider.charges), len(world.provider.charges)) == (1, 1)


async def test_an_edited_video_can_be_gone_on_from_too(world: World) -> None:
    source = await made(world, model="xai/grok-imagine-video")
    await go_on(world, "edit", source)
    edited = await continued(world, source)
    await world.final_of(edited)

    await go_on(world, "extend", edited, duration=2)
    longer = await continued(world, edited)

    assert seconds_of(await world.final_of(longer)) == 4.0
    assert len(world.provider.charges) == 3


async def test_a_video_that_was_removed_can_not_be_edited_and_nothing_is_charged(
    world: World,
) -> None:
    source = await made(world, model="xai/grok-imagine-video")
    posted = await world.final_of(source)
    await world.moderator.delete(posted)

    await go_on(world, "edit", source)
    job = await continued(world, source)

    assert job.failure is not None
    assert (job.failure.kind, job.failure.charge) == (FailureKind.PROVIDER_ERROR, Charge.NONE)
    assert len(world.provider.charges) == 1


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("edit", {"model": "geeknow/grok-video-3"}, "can't edit videos"),
        ("extend", {"duration": 30}, "extends videos by 2 to 10 seconds"),
        ("extend", {"prompt": "  "}, "prompt is empty"),
        ("edit", {"job": "0000000000"}, "no such job"),
    ],
)
async def test_what_can_not_be_continued_gets_one_private_sentence_and_costs_nothing(
    world: World, command: str, options: dict[str, str | int], sentence: str
) -> None:
    source = await made(world, model="xai/grok-imagine-video")

    answer = await (await go_on(world, command, source, **options)).answer()

    assert sentence in answer.content
    assert answer.is_ephemeral
    assert len(await world.jobs()) == 1
    assert len(world.provider.charges) == 1


async def test_a_video_that_is_not_posted_yet_can_not_be_edited(world: World) -> None:
    world.provider.on_query.always(CannedReply(200, {"status": "pending", "progress": 5}))
    await world.ask(model="xai/grok-imagine-video")
    source = await world.job_in(JobState.RENDERING)

    answer = await (await go_on(world, "edit", source)).answer()

    assert answer.is_ephemeral
    assert "not finished yet" in answer.content
    assert len(await world.jobs()) == 1
