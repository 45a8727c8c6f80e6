import hashlib
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.domain import JobState
from bot.media.video import VideoProbe
from sandbox.discord_api import Upload
from tests.world import PICTURE, World, record_events


async def test_a_command_with_an_image_becomes_a_video_in_the_channel(
    world: World, tmp_path: Path
) -> None:
    run = await world.ask(prompt="a fox runs", aspect="2:3", resolution="1080p", image=PICTURE)
    ack = await run.acknowledged()
    answer = await run.answer()
    final = await world.final()
    card = await world.card()
    job = await world.job_once_over()

    assert (ack.is_deferred, ack.is_ephemeral) == (True, True)
    assert job.id in answer.content
    assert job.state is JobState.POSTED
    assert final.reference_id == card.id
    assert final.pinged == {world.requester.id}
    assert final.attachments[0].filename == f"grok-{job.id}.mp4"
    path = tmp_path / "posted.mp4"
    path.write_bytes(final.attachments[0].data)
    assert round((await VideoProbe().probe(path)).seconds, 1) == 1.0
    assert job.video is not None
    assert job.video.sha256 == hashlib.sha256(final.attachments[0].data).hexdigest()


async def test_the_provider_gets_what_was_asked_and_a_cleaned_image(world: World) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    photo = BytesIO()
    Image.new("RGB", (64, 48), "red").save(photo, "JPEG", exif=exif)
    upload = Upload("photo.jpg", photo.getvalue())

    await world.ask(prompt="a fox", aspect="1:1", image=upload, image3=PICTURE)
    await world.final()

    (charge,) = world.provider.charges
    assert (charge.model, charge.prompt, charge.seconds) == ("grok-video-3", "a fox", 1)
    assert (charge.size, charge.aspect_ratio) == ("720P", "1:1")
    assert len(charge.images) == 2
    assert b"SecretCamera" not in charge.images[0]


async def test_a_prompt_alone_is_enough_and_gets_the_model_s_own_shape(world: World) -> None:
    await world.ask(duration=None)
    await world.final()

    (charge,) = world.provider.charges
    assert (charge.seconds, charge.aspect_ratio, charge.images) == (6, "3:2", ())


async def test_a_prompt_full_of_markup_pings_nobody_and_breaks_nothing(world: World) -> None:
    prompt = (
        f"@everyone <@{world.visitor.id}> **loud** `x` [link](https://example.com) ||s|| \u202e"
    )

    await world.ask(prompt=prompt)
    final = await world.final()

    assert final.pinged == {world.requester.id}
    assert (final.mentions_everyone, final.mentioned_roles) == (False, ())
    shown = final.embeds[0]["description"]
    assert "\\*\\*loud\\*\\*" in shown
    assert "@everyone" not in shown
    assert "\u202e" not in shown
    assert world.provider.charges[0].prompt == prompt.strip()


async def test_a_video_asked_for_in_a_thread_is_posted_in_the_thread(world: World) -> None:
    thread = world.chat.guild.add_thread(world.channel, "clips")

    await world.ask(channel=thread)
    final = await world.final(thread)

    assert final.attachments
    assert world.channel.messages == []


async def test_the_card_moves_with_the_job_and_folds_into_a_link(world: World) -> None:
    await world.ask()
    final = await world.final()
    card = await world.channel.wait_for(lambda message: message.edits != [] and not message.pinged)

    folded = await world.folded(final)

    assert folded.id == card.id
    assert str(final.id) in folded.embeds[0]["description"]
    assert "Cancel" in str(card.edits[0].components)


async def test_the_key_reaches_the_provider_and_not_the_host_of_the_files(world: World) -> None:
    await world.ask()
    await world.final()

    for request in world.provider.requests:
        has_key = world.provider.api_key in str(request.headers)
        assert has_key == (request.side == "api")


async def test_the_same_interaction_delivered_twice_makes_one_job(world: World) -> None:
    events = record_events(world.chat)
    run = await world.ask()
    await run.answer()
    (interaction,) = (data for event, data in events if event == "INTERACTION_CREATE")

    world.chat.gateway.dispatch("INTERACTION_CREATE", interaction)
    await world.final()

    assert len(await world.jobs()) == 1
    assert len(world.provider.charges) == 1
