from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain import Job, JobState, Mode
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Member, Message
from sandbox.xai import XaiStandIn
from tests.world import World, running, settings_for


@pytest.fixture
async def world(chat: DiscordStandIn, tmp_path: Path) -> AsyncIterator[World]:
    """A bot whose provider can change videos."""
    async with (
        XaiStandIn(clip_scale=0.1) as provider,
        running(settings_for(chat, provider, tmp_path), chat) as app,
    ):
        yield World(chat, provider, app)


async def posted(world: World, *, duration: int = 4) -> Job:
    await world.ask(duration=duration)
    await world.final()
    return await world.job_once_over()


async def continued(
    world: World, command: str, job: Job, *, member: Member | None = None, **options: str | int
) -> Message:
    run = await (member or world.requester).slash(
        world.channel, f"grok {command}", job=job.id, prompt="in the rain", **options
    )
    answer = await run.answer()
    assert answer.is_ephemeral
    return answer


async def the_other(world: World, job: Job, member: Member | None = None) -> Job:
    (found,) = [one for one in await world.jobs(member) if one.id != job.id]
    return found


async def test_a_posted_video_is_edited_by_the_model_that_made_it(world: World) -> None:
    job = await posted(world)

    answer = await continued(world, "edit", job)
    changed = await the_other(world, job)

    assert "Accepted as job" in answer.content
    assert (changed.spec.mode, changed.source_id, changed.look) == (Mode.EDIT, job.id, None)
    assert (changed.spec.model, changed.spec.prompt) == ("grok-imagine-video", "in the rain")
    assert changed.estimate_micros is not None
    assert changed.alternatives == ()


async def test_a_video_in_the_channel_can_be_extended_by_anybody_there(world: World) -> None:
    job = await posted(world)

    await continued(world, "extend", job, member=world.visitor, duration=3)
    changed = await the_other(world, job, world.visitor)

    assert (changed.spec.mode, changed.source_id) == (Mode.EXTEND, job.id)
    assert changed.spec.seconds == 3
    assert changed.origin.requester_id == world.visitor.id


async def test_an_edited_video_is_posted(world: World) -> None:
    job = await posted(world)

    await continued(world, "edit", job)
    result = await world.channel.wait_for(
        lambda message: bool(message.attachments) and job.id not in message.attachments[0].filename,
    )

    assert result.attachments[0].content_type == "video/mp4"
    assert len(world.provider.charges) == 2


@pytest.mark.parametrize("model", ["fast", "xai/grok-imagine-video"])
async def test_an_edit_can_name_its_model_or_a_look(world: World, model: str) -> None:
    job = await posted(world)

    await continued(world, "edit", job, model=model)
    changed = await the_other(world, job)

    assert changed.spec.model == "grok-imagine-video"
    assert changed.look == ("fast" if model == "fast" else None)


async def test_an_edit_by_a_model_that_can_not_is_refused(world: World) -> None:
    job = await posted(world)

    answer = await continued(world, "edit", job, model="xai/grok-imagine-video-1.5")

    assert answer.content.startswith("Grok Imagine Video 1.5 can't edit videos. It takes one image")
    assert len(await world.jobs()) == 1


async def test_a_video_that_is_too_long_for_an_edit_is_refused_with_both_lengths(
    world: World,
) -> None:
    job = await posted(world, duration=12)

    answer = await continued(world, "edit", job)

    assert answer.content.startswith(
        "Grok Imagine Video edits videos of up to 8.7 seconds; that one has 12. `/grok continue`"
    )


async def test_a_video_that_still_renders_is_no_source(world: World) -> None:
    world.provider.on_query.always(CannedReply(200, {"status": "pending", "progress": 5}))
    await world.ask()
    job = await world.job_in(JobState.RENDERING)

    answer = await continued(world, "extend", job)

    assert answer.content == "That video is not finished yet. Try again once it is posted."


@pytest.mark.parametrize("command", ["grok edit", "grok extend"])
async def test_an_id_that_is_none_gets_a_sentence(world: World, command: str) -> None:
    run = await world.requester.slash(world.channel, command, job="../../etc", prompt="x")

    assert "no such job" in (await run.answer()).content


async def test_posted_videos_and_models_that_can_are_suggested(world: World) -> None:
    job = await posted(world)

    async def suggested(command: str, focused: str) -> list[str | int]:
        found = await world.requester.autocomplete(
            world.channel, f"grok {command}", focused=focused, value=""
        )
        return [choice["value"] for choice in found]

    assert await suggested("edit", "job") == [job.id]
    assert await suggested("extend", "job") == [job.id]
    assert await suggested("edit", "model") == ["fast", "balanced", "xai/grok-imagine-video"]
    assert await suggested("extend", "duration") == list(range(2, 11))
