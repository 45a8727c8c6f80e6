from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.domain import Job, JobState, Lineage, Mode, Relation
from bot.store.engines.engine import open_database
from bot.store.retention import Files, RetentionStore
from sandbox.discord_api import DiscordStandIn, Message
from sandbox.xai import XaiStandIn
from tests.world import PICTURE, World, running, settings_for

OFFER = "`/grok continue` goes on from its last frame, with any model that takes a picture."


@pytest.fixture
async def world(chat: DiscordStandIn, xai: XaiStandIn, tmp_path: Path) -> AsyncIterator[World]:
    """A bot whose provider can change videos and begin with a picture."""
    async with running(settings_for(chat, xai, tmp_path), chat) as app:
        yield World(chat, xai, app)


@pytest.fixture
async def xai() -> AsyncIterator[XaiStandIn]:
    async with XaiStandIn(clip_scale=0.1) as opened:
        yield opened


async def made(world: World, *, duration: int = 4) -> tuple[Job, Message]:
    await world.ask(duration=duration)
    job = await world.job_in(JobState.POSTED)
    return job, await world.final_of(job)


def labels(message: Message) -> list[str]:
    return [one["label"] for row in message.components for one in row["components"]]


@pytest.mark.parametrize(
    ("label", "relation", "mode"),
    [
        ("Continue", Relation.CONTINUE, Mode.IMAGE),
        ("Extend", Relation.EXTEND, Mode.EXTEND),
        ("Edit", Relation.EDIT, Mode.EDIT),
    ],
)
async def test_a_button_asks_for_a_prompt_and_goes_on_from_the_video(
    world: World, label: str, relation: Relation, mode: Mode
) -> None:
    source, video = await made(world)

    form = await (await world.visitor.click(video, label)).modal()
    answer = await (await world.visitor.submit(form, prompt="in the rain")).answer()
    (job,) = await world.jobs(world.visitor)
    await world.channel.wait_for(lambda one: one.pinged == {world.visitor.id}, 20)

    assert form.title == f"{label} this video"
    assert "value" not in form.components[0]["component"]
    assert job.id in answer.content
    assert (job.spec.prompt, job.spec.mode) == ("in the rain", mode)
    assert job.lineage == Lineage(source.id, relation)
    assert len(world.provider.charges) == 2


async def test_what_no_model_can_has_no_button_and_a_forged_one_is_offered_to_continue(
    world: World,
) -> None:
    job, video = await made(world, duration=12)

    run = await world.requester.press(video, f"v1:job:{job.id}:edit")
    answer = await (await world.requester.submit(await run.modal(), prompt="in the rain")).answer()

    assert labels(video) == ["Again", "Remix", "Continue", "Extend", "Details", "Remove"]
    assert answer.content == (
        f"Grok Imagine Video edits videos of up to 8.7 seconds; that one has 12. {OFFER}"
    )
    assert len(await world.jobs()) == 1


async def test_a_clip_whose_file_was_swept_is_told_in_one_line(
    world: World, tmp_path: Path
) -> None:
    job, video = await made(world)
    assert job.video is not None
    (tmp_path / "results" / job.video.key).unlink()

    form = await (await world.requester.click(video, "Continue")).modal()
    answer = await (await world.requester.submit(form, prompt="on it goes")).answer()

    assert answer.content.startswith("The file of that video is no longer kept")
    assert len(await world.jobs()) == 1


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Continue", "The file of that video is no longer kept"),
        ("Remix", "The reference images of that job are no longer kept."),
    ],
)
async def test_what_is_known_to_be_swept_is_told_before_a_form_opens(
    world: World, tmp_path: Path, label: str, words: str
) -> None:
    await world.ask(image=PICTURE)
    job = await world.job_in(JobState.POSTED)
    video = await world.final_of(job)
    async with open_database(settings_for(world.chat, None, tmp_path).database_url) as database:
        kept = RetentionStore(database, SystemClock())
        await kept.record_videos([Files(job.id, (), 0)])
        await kept.record_references([job.id])

    answer = await (await world.requester.click(video, label)).answer()

    assert answer.content.startswith(words)


async def test_the_reference_images_of_a_swept_job_are_told_in_one_line(
    world: World, tmp_path: Path
) -> None:
    await world.ask(image=PICTURE)
    job = await world.job_in(JobState.POSTED)
    video = await world.final_of(job)
    for reference in job.references:
        (tmp_path / "results" / reference.key).unlink()

    answer = await (await world.requester.click(video, "Again")).answer()

    assert answer.content.startswith("The reference images of that job are no longer kept.")
    assert len(await world.jobs()) == 1
