from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain import Job
from sandbox.discord_api import DiscordStandIn, Fault, Message, Upload
from sandbox.geeknow import GeekNowStandIn
from sandbox.pictures import make_picture
from tests.world import PICTURE, World, running, settings_for

MENU = "Animate with Grok"
OTHER = Upload("other.png", make_picture("other", 80, 80))


async def said(world: World, *files: Upload) -> Message:
    return await world.visitor.say(world.channel, "look at this", files=files)


async def animated(world: World, message: Message, **fields: str) -> Message:
    form = await (await world.requester.use_on_message(message, MENU)).modal()
    values = {"prompt": "it moves"} | fields
    return await (await world.requester.submit(form, **values)).answer()


async def made(world: World) -> Job:
    job = await world.job()
    await world.final_of(job)
    return job


async def test_an_image_of_a_message_is_animated(world: World) -> None:
    message = await said(world, PICTURE, Upload("notes.txt", b"words"))

    answer = await animated(world, message)
    job = await made(world)

    assert "Accepted as job" in answer.content
    assert (job.spec.prompt, job.origin.requester_id) == ("it moves", world.requester.id)
    assert [len(charge.images) for charge in world.provider.charges] == [1]


async def test_an_image_of_an_embed_is_animated(world: World) -> None:
    shown = await said(world, PICTURE)
    link = world.chat.backend.cdn.link(shown.attachments[0])
    message = await world.visitor.say(world.channel, "https://example.com/fox.png")
    message.embeds.append(
        {
            "type": "image",
            "url": "https://example.com/fox.png",
            "thumbnail": {
                "url": "https://example.com/fox.png",
                "proxy_url": link,
                "width": 90,
                "height": 60,
            },
        }
    )

    answer = await animated(world, message)
    await made(world)

    assert "Accepted as job" in answer.content
    assert [len(charge.images) for charge in world.provider.charges] == [1]


async def test_a_model_can_be_named_and_more_images_than_it_takes_are_told(world: World) -> None:
    message = await said(world, PICTURE, OTHER)

    named = await animated(world, message, model="no such model")
    answer = await animated(world, message, model="grok-video-3")
    await made(world)

    assert "There is no such model" in named.content
    assert "Accepted as job" in answer.content
    assert [len(charge.images) for charge in world.provider.charges] == [2]


async def test_what_no_model_could_take_is_told_before_the_form(world: World) -> None:
    many = [Upload(f"{number}.png", PICTURE.data) for number in range(9)]
    too_many = await said(world, *many)
    none = await said(world)

    answers = [
        (await (await world.requester.use_on_message(one, MENU)).answer()).content
        for one in (too_many, none)
    ]

    assert answers[0].startswith("That message has 9 images; the models here take at most ")
    assert "no image in that message" in answers[1]


async def test_the_form_works_after_a_restart(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        message = await said(world, PICTURE)
        form = await (await world.requester.use_on_message(message, MENU)).modal()
        person = await world.requester.use_on_member(world.channel, world.visitor, MENU)
        other = await person.modal()

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        answers = [
            (await (await world.requester.submit(one, prompt="it moves")).answer()).content
            for one in (form, other)
        ]
        await world.job_once(lambda job: not job.is_open)

    assert ["Accepted as job" in one for one in answers] == [True, True]


async def test_a_form_of_somebody_else_or_of_yesterday_is_not_known(world: World) -> None:
    message = await said(world, PICTURE)
    form = await (await world.requester.use_on_message(message, MENU)).modal()

    theirs = await (await world.visitor.submit(form, prompt="mine")).answer()
    database = world.app.bot.services.questions._database  # noqa: SLF001 - past the store
    day = timedelta(days=1)
    async with database.write() as connection:
        await connection.execute(
            sa.text("UPDATE drafts SET created_at = :at"),
            {"at": datetime.now(UTC).replace(tzinfo=None) - day},
        )
    late = await (await world.requester.submit(form, prompt="it moves")).answer()

    assert [one.content.startswith("The images of that form") for one in (theirs, late)] == [
        True,
        True,
    ]
    assert await world.jobs() == []


@pytest.mark.parametrize("has_picture", [True, False])
async def test_the_picture_of_a_person_is_animated(world: World, *, has_picture: bool) -> None:
    world.visitor.user.avatar = make_picture("visitor", 90, 90) if has_picture else None

    run = await world.requester.use_on_member(world.channel, world.visitor, MENU)
    answer = await (await world.requester.submit(await run.modal(), prompt="it waves")).answer()
    job = await made(world)

    assert "Accepted as job" in answer.content
    assert job.spec.prompt == "it waves"
    assert [len(charge.images) for charge in world.provider.charges] == [1]


async def test_a_picture_that_discord_does_not_give_is_told(world: World) -> None:
    run = await world.requester.use_on_member(world.channel, world.visitor, MENU)
    form = await run.modal()
    world.chat.faults.add(Fault("GET", f"/users/{world.visitor.id}", status=503))

    answer = await (await world.requester.submit(form, prompt="it waves")).answer()

    assert "can't be read" in answer.content
    assert await world.jobs() == []
