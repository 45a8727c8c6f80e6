import io
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from bot.domain import Job, JobState, Lineage, Mode, Relation
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Member, Message
from sandbox.geeknow import GeekNowStandIn
from sandbox.kyy import GlobalAiOpcStandIn
from sandbox.xai import XaiStandIn
from tests.world import World, running, settings_for

SWEPT = (
    "The file of that video is no longer kept, so nothing can go on from its last frame. "
    "Choose a newer video, or start anew with `/grok video`."
)
OFFER = "`/grok continue` goes on from its last frame, with any model that takes a picture."


@pytest.fixture
async def imagine(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> AsyncIterator[World]:
    """A bot with a provider that can begin with a picture, and one that takes references only."""
    async with (
        XaiStandIn(clip_scale=0.1) as xai,
        running(settings_for(chat, [xai, provider], tmp_path), chat) as app,
    ):
        yield World(chat, xai, app)


async def posted(world: World, model: str | None = None) -> tuple[Job, Message]:
    await world.ask(duration=2, model=model)
    job = await world.job_in(JobState.POSTED)
    return job, await world.final_of(job)


async def go_on(
    world: World, job: Job, *, member: Member | None = None, **options: str | int
) -> Message:
    run = await (member or world.requester).slash(
        world.channel, "grok continue", job=job.id, prompt="it begins to rain", **options
    )
    answer = await run.answer()
    assert answer.is_ephemeral
    return answer


async def the_other(world: World, job: Job, member: Member | None = None) -> Job:
    (found,) = [one for one in await world.jobs(member) if one.id != job.id]
    return found


def is_the_last_frame(picture: bytes, video: bytes) -> bool:
    """Tell whether of all frames of a video the last one is most like the picture."""
    sent = Image.open(io.BytesIO(picture)).convert("RGB")
    with av.open(io.BytesIO(video), "r", format="mp4") as container:
        frames: list[Image.Image] = [
            frame.to_image()  # type: ignore[no-untyped-call]
            for frame in container.decode(video=0)
        ]
    strange = [
        sum(ImageStat.Stat(ImageChops.difference(frame, sent.resize(frame.size))).mean)
        for frame in frames
    ]
    return min(strange) == strange[-1]


async def test_a_video_goes_on_from_its_last_frame_with_the_model_that_made_it(
    imagine: World,
) -> None:
    job, video = await posted(imagine, model="xai/grok-imagine-video")

    answer = await go_on(imagine, job, duration=3)
    other = await the_other(imagine, job)
    await imagine.final_of(other)

    charge = imagine.provider.charges[1]
    assert "Accepted as job" in answer.content
    assert (other.spec.mode, other.spec.seconds, other.spec.model) == (
        Mode.IMAGE,
        3,
        "grok-imagine-video",
    )
    assert other.lineage == Lineage(job.id, Relation.CONTINUE)
    assert charge.prompt == "it begins to rain"
    assert is_the_last_frame(charge.images[0], video.attachments[0].data)


async def test_a_model_without_first_frames_gets_the_picture_as_its_reference(
    world: World,
) -> None:
    job, _ = await posted(world)

    await go_on(world, job)
    other = await the_other(world, job)
    await world.final_of(other)

    assert (other.spec.mode, other.spec.model) == (Mode.REFERENCES, job.spec.model)
    assert len(world.provider.charges[1].images) == 1


async def test_a_provider_that_fetches_pictures_finds_it_on_the_card(
    chat: DiscordStandIn, tmp_path: Path
) -> None:
    async with (
        GlobalAiOpcStandIn(clip_scale=0.1) as provider,
        running(settings_for(chat, provider, tmp_path), chat) as app,
    ):
        world = World(chat, provider, app)
        await world.ask(duration=None)
        job = await world.job_in(JobState.POSTED)
        video = await world.final_of(job)

        await go_on(world, job)
        other = await the_other(world, job)
        await world.final_of(other)

    assert is_the_last_frame(provider.charges[1].images[0], video.attachments[0].data)


async def test_another_model_may_go_on_and_anybody_in_the_channel_may_ask(imagine: World) -> None:
    job, _ = await posted(imagine, model="geeknow/grok-video-3")

    await go_on(imagine, job, member=imagine.visitor, model="xai/grok-imagine-video-1.5")
    other = await the_other(imagine, job, imagine.visitor)

    assert (other.spec.provider, other.spec.mode) == ("xai", Mode.IMAGE)
    assert other.origin.requester_id == imagine.visitor.id


async def test_a_video_whose_file_was_swept_gets_one_sentence(world: World, tmp_path: Path) -> None:
    job, _ = await posted(world)
    assert job.video is not None
    (tmp_path / "results" / job.video.key).unlink()

    answer = await go_on(world, job)

    assert answer.content == SWEPT
    assert len(await world.jobs()) == 1


async def test_a_file_that_changed_gets_the_same_sentence(world: World, tmp_path: Path) -> None:
    job, _ = await posted(world)
    assert job.video is not None
    (tmp_path / "results" / job.video.key).write_bytes(b"something else")

    assert (await go_on(world, job)).content == SWEPT


async def test_a_removed_video_is_not_gone_on_from(world: World) -> None:
    job, _ = await posted(world)
    await (await world.requester.slash(world.channel, "grok remove", id=job.id)).answer()

    answer = await go_on(world, job)

    assert "was removed by" in answer.content
    assert len(world.provider.charges) == 1


async def test_a_video_that_still_renders_is_not_gone_on_from(world: World) -> None:
    world.provider.on_query.always(CannedReply(200, {"id": "x", "status": "processing"}))
    await world.ask()
    job = await world.job_in(JobState.RENDERING)

    answer = await go_on(world, job)

    assert answer.content == "That video is not finished yet. Try again once it is posted."


@pytest.mark.parametrize("job_id", ["../../etc", "nosuchjob0"])
async def test_an_id_that_is_none_gets_a_sentence(world: World, job_id: str) -> None:
    run = await world.requester.slash(world.channel, "grok continue", job=job_id, prompt="x")

    assert "no such job" in (await run.answer()).content


@pytest.mark.parametrize("command", ["grok edit", "grok extend"])
async def test_where_a_video_can_not_be_edited_or_extended_continue_is_offered(
    world: World, command: str
) -> None:
    job, _ = await posted(world)

    run = await world.requester.slash(world.channel, command, job=job.id, prompt="x")

    assert (await run.answer()).content.endswith(f"can {command.split()[1]} a video. {OFFER}")


async def test_posted_videos_and_models_that_take_a_picture_are_suggested(imagine: World) -> None:
    job, _ = await posted(imagine, model="geeknow/grok-video-3")

    async def suggested(focused: str, **options: str) -> list[str | int]:
        found = await imagine.requester.autocomplete(
            imagine.channel, "grok continue", focused=focused, value="", **options
        )
        return [choice["value"] for choice in found]

    assert await suggested("job") == [job.id]
    assert "xai/grok-imagine-video-1.5" in await suggested("model")
    assert await suggested("duration", model="geeknow/grok-video-3-max") == [15]
    assert await suggested("duration", model="nonsense")
