from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.domain import Charge, FailureKind, JobState, Mode
from bot.media.video import VideoProbe
from bot.providers import CATALOGUE, PROVIDERS
from bot.providers.entries import ModelEntry, Transport
from sandbox.discord_api import DiscordStandIn, Fault
from sandbox.provider_stand_in import ProviderStandIn
from sandbox.providers import STAND_INS
from tests.world import PICTURE, World, running, settings_for


@pytest.fixture(params=STAND_INS)
def entry(request: pytest.FixtureRequest) -> ModelEntry:
    return CATALOGUE.find(f"{request.param}/{STAND_INS[request.param].model}")


@pytest.fixture
async def provider(entry: ModelEntry) -> AsyncIterator[ProviderStandIn]:
    async with STAND_INS[entry.provider].stand_in(clip_scale=0.1) as opened:
        yield opened


@pytest.fixture
async def world(
    chat: DiscordStandIn, provider: ProviderStandIn, tmp_path: Path
) -> AsyncIterator[World]:
    async with running(settings_for(chat, provider, tmp_path), chat) as app:
        yield World(chat, provider, app)


def test_every_provider_has_its_stand_in() -> None:
    assert set(STAND_INS) == set(PROVIDERS)
    assert all(name == known.stand_in.name for name, known in STAND_INS.items())


async def test_every_provider_makes_a_video_from_images_for_one_charge(
    world: World, entry: ModelEntry, tmp_path: Path
) -> None:
    seconds, count = entry.seconds[0], min(2, entry.most_images)
    images: dict[str, Any] = dict(zip(("image", "image2"), [PICTURE] * count, strict=False))

    await world.ask(duration=seconds, **images)
    final = await world.final()
    job = await world.job_once_over()

    path = tmp_path / "posted.mp4"
    path.write_bytes(final.attachments[0].data)
    assert round((await VideoProbe().probe(path)).seconds, 1) == seconds
    assert (job.state, job.spec.provider, job.spec.model) == (
        JobState.POSTED,
        entry.provider,
        entry.model,
    )
    assert job.spec.mode is (Mode.REFERENCES if count > 1 else Mode.IMAGE)
    (charge,) = world.provider.charges
    sizes = [Image.open(BytesIO(image)).size for image in charge.images]
    assert sizes == [(90, 60)] * count


async def test_every_provider_makes_a_video_from_a_prompt_alone(
    world: World, entry: ModelEntry
) -> None:
    await world.ask(duration=entry.seconds[0])
    final = await world.final()

    (charge,) = world.provider.charges
    assert final.attachments
    assert (charge.prompt, charge.images) == ("a red fox", ())


async def test_the_row_has_what_the_provider_says_that_it_charged(
    world: World, entry: ModelEntry
) -> None:
    await world.ask(duration=entry.seconds[0])
    await world.final()
    job = await world.job_once_over()

    (charge,) = world.provider.charges
    # CometAPI's answers hold what xAI took from CometAPI, which is no price of its own.
    is_told = entry.provider == "xai"
    assert job.cost_micros == (charge.cost_ticks // 10_000 if is_told else None)
    assert (job.estimate_micros is None) == (entry.price is None)


async def test_no_provider_s_key_goes_anywhere_but_to_its_api(
    world: World, entry: ModelEntry
) -> None:
    await world.ask(duration=entry.seconds[0], image=PICTURE)
    await world.final()

    assert {
        request.side
        for request in world.provider.requests
        if world.provider.api_key in str(request.headers)
    } == {"api"}
    assert all(world.provider.api_key not in str(one) for one in world.chat.exchanges)


async def test_images_are_public_only_where_the_model_fetches_them(
    world: World, entry: ModelEntry
) -> None:
    await world.ask(duration=entry.seconds[0], image=PICTURE)
    card = await world.folded(await world.final())

    shown = [file.filename for version in card.edits for file in version.attachments]
    if entry.transport is Transport.PUBLIC_URL:
        (charge,) = world.provider.charges
        assert set(shown) == {"reference-1.jpeg"}
        assert charge.images == (card.edits[0].attachments[0].data,)
    else:
        assert shown == []
    assert card.attachments == []


async def test_an_image_that_a_provider_can_not_fetch_ends_with_an_honest_reason(
    chat: DiscordStandIn, globalaiopc: ProviderStandIn, tmp_path: Path
) -> None:
    async with running(settings_for(chat, globalaiopc, tmp_path), chat) as app:
        world = World(chat, globalaiopc, app)
        chat.faults.add(Fault("GET", "/cdn/**/reference-1.jpeg", status=404, times=None))

        await world.ask(duration=6, image=PICTURE)
        final = await world.final()
        job = await world.job_once_over()

    assert job.failure is not None
    assert (job.failure.kind, job.failure.charge) == (FailureKind.REJECTED, Charge.POSSIBLE)
    assert "accessed" not in str(final.embeds)
    assert len(globalaiopc.charges) == 1
