from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain import Charge, FailureKind, JobState, Mode
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn
from sandbox.geeknow import GeekNowStandIn
from sandbox.kyy import GlobalAiOpcStandIn
from sandbox.xai import XaiStandIn
from tests.world import PICTURE, World, running, settings_for

NEVER = CannedReply(200, {"status": "pending", "progress": 5})
BUSY = CannedReply(503, {"code": "model_not_found", "message": "no channel", "data": None})
REFUSED = CannedReply(400, {"code": "x", "message": "Your prompt violates our content policy"})


@pytest.fixture
async def world(
    chat: DiscordStandIn, provider: GeekNowStandIn, xai: XaiStandIn, tmp_path: Path
) -> AsyncIterator[World]:
    async with running(settings_for(chat, [provider, xai], tmp_path), chat) as app:
        yield World(chat, provider, app)


@pytest.mark.parametrize(
    "reply",
    [BUSY, CannedReply(429, {"message": "slow down"}), CannedReply(401, {"message": "no"})],
    ids=["503", "429", "401"],
)
async def test_when_the_first_of_a_look_takes_nothing_the_second_makes_the_video(
    world: World, xai: XaiStandIn, reply: CannedReply
) -> None:
    world.provider.on_create.then(reply)

    await world.ask(model="fast")
    final = await world.final()
    job = await world.job_in(JobState.POSTED)

    assert (job.spec.provider, job.spec.model) == ("xai", "grok-imagine-video")
    assert (job.look, job.estimate_micros, job.cost_micros) == ("fast", 70_000, 70_000)
    footer = final.embeds[0]["footer"]["text"]
    assert footer.startswith("xAI · grok-imagine-video · look: fast")
    assert (len(world.provider.charges), len(xai.charges)) == (0, 1)


async def test_the_card_names_the_model_that_really_makes_the_video(
    world: World, xai: XaiStandIn
) -> None:
    world.provider.on_create.then(BUSY)
    xai.on_query.always(NEVER)

    await world.ask(model="fast")
    card = await world.card_with("xAI · grok-imagine-video")

    assert "GeekNow" not in str(card.embeds)


async def test_images_reach_the_second_model_in_its_own_way(world: World, xai: XaiStandIn) -> None:
    world.provider.on_create.then(BUSY)

    await world.ask(model="fast", image=PICTURE, image2=PICTURE)
    await world.final()

    (charge,) = xai.charges
    assert (charge.mode, len(charge.images)) == (Mode.REFERENCES, 2)


async def test_images_are_on_the_card_when_the_second_model_would_fetch_them(
    chat: DiscordStandIn,
    provider: GeekNowStandIn,
    globalaiopc: GlobalAiOpcStandIn,
    tmp_path: Path,
) -> None:
    provider.on_create.then(BUSY)

    async with running(settings_for(chat, [provider, globalaiopc], tmp_path), chat) as app:
        world = World(chat, globalaiopc, app)
        await world.ask(model="fast", duration=6, image=PICTURE)
        final = await world.final()

    (charge,) = globalaiopc.charges
    assert final.attachments
    assert len(charge.images) == 1


async def test_a_refusal_of_the_content_is_told_and_never_taken_elsewhere(
    world: World, xai: XaiStandIn
) -> None:
    world.provider.on_create.then(REFUSED)

    await world.ask(model="fast")
    final = await world.final()
    job = await world.job_in(JobState.TOLD)

    assert job.failure is not None
    assert job.failure.kind is FailureKind.REFUSED
    assert not final.attachments
    assert (job.spec.provider, xai.requests) == ("geeknow", [])


async def test_an_unknown_outcome_is_told_and_never_taken_elsewhere(
    world: World, xai: XaiStandIn
) -> None:
    world.provider.on_create.then(CannedReply(drop=True, accepts=True))

    await world.ask(model="fast")
    await world.final()
    job = await world.job_in(JobState.TOLD)

    assert job.failure is not None
    assert (job.failure.kind, job.failure.charge) == (FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)
    assert (len(world.provider.charges), xai.requests) == (1, [])


async def test_a_video_that_fails_while_rendering_is_not_made_elsewhere(
    world: World, xai: XaiStandIn
) -> None:
    world.provider.ending = {"status": "failed", "error": {"message": "broken", "code": "x"}}

    await world.ask(model="fast")
    await world.final()
    await world.job_in(JobState.TOLD)

    assert (len(world.provider.charges), xai.requests) == (1, [])


async def test_a_model_that_was_named_is_waited_for_and_not_replaced(
    world: World, xai: XaiStandIn
) -> None:
    world.provider.on_create.then(BUSY)

    await world.ask(model="geeknow/grok-video-3")
    job = await world.job_once(lambda one: one.attempts == 1)

    assert (job.state, job.spec.provider) == (JobState.RESERVED, "geeknow")
    assert (world.provider.charges, xai.requests) == ([], [])
