from pathlib import Path

import pytest

from bot.domain import JobState
from sandbox.discord_api import DiscordStandIn, Upload
from sandbox.discord_api.runs import Modal
from sandbox.geeknow import GeekNowStandIn
from sandbox.pictures import make_picture
from tests.world import World, running, settings_for

PICTURES = [Upload(f"{name}.png", make_picture(name, 90, 60)) for name in ("a", "b", "c")]


async def opened(world: World, **options: bool) -> Modal:
    return await (await world.requester.slash(world.channel, "grok compose", **options)).modal()


async def test_a_long_prompt_with_three_images_becomes_a_video(world: World) -> None:
    form = await opened(world)
    prompt = "A fox in the snow.\n" * 100

    run = await world.requester.submit(
        form,
        prompt=prompt,
        images=PICTURES,
        model=["geeknow/grok-video-3"],
        shape=["3:2"],
        length="10 s",
    )
    answer = await run.answer()
    job = await world.job_in(JobState.POSTED)

    assert "Accepted as job" in answer.content
    assert (job.spec.prompt, job.spec.model) == (prompt.strip(), "grok-video-3")
    assert (job.spec.aspect_ratio, job.spec.seconds) == ("3:2", 10)
    assert [len(charge.images) for charge in world.provider.charges] == [3]


async def test_all_but_the_prompt_may_be_left_out(world: World) -> None:
    form = await opened(world)

    answer = await (await world.requester.submit(form, prompt="a fox")).answer()

    labels = [one["label"] for one in form.components]
    assert labels == [
        "What the video should show",
        "Reference images",
        "Model or look",
        "Shape",
        "Length in seconds",
    ]
    assert "Accepted as job" in answer.content


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"length": "long"}, "“long” is no length"),
        ({"length": "-6"}, "“\\-6” is no length"),
        ({"length": "999"}, "not 999"),
        ({"prompt": "   "}, "The prompt is empty"),
    ],
)
async def test_what_does_not_fit_is_told_and_nothing_is_counted(
    world: World, fields: dict[str, str], words: str
) -> None:
    form = await opened(world)

    answer = await (await world.requester.submit(form, **({"prompt": "a fox"} | fields))).answer()

    assert words in answer.content
    assert await world.jobs() == []


async def test_more_images_than_any_model_takes_are_told(world: World) -> None:
    form = await opened(world)
    ten = [Upload(f"{number}.png", PICTURES[0].data) for number in range(10)]

    answer = await (await world.requester.submit(form, prompt="a fox", images=ten)).answer()

    assert "you gave 10" in answer.content
    assert await world.jobs() == []


async def test_what_is_no_picture_is_told_by_name(world: World) -> None:
    form = await opened(world)
    files = [Upload("notes.png", b"words")]

    answer = await (await world.requester.submit(form, prompt="a fox", images=files)).answer()

    assert "“notes.png”" in answer.content


async def test_it_can_be_private(world: World) -> None:
    form = await opened(world, private=True)

    answer = await (await world.requester.submit(form, prompt="a fox")).answer()
    await world.requester.direct_channel().wait_for(lambda one: bool(one.attachments), 20)

    assert "Accepted as private job" in answer.content


async def test_the_form_works_after_a_restart(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        form = await opened(World(chat, provider, app))

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        run = await world.requester.submit(form, prompt="a fox", images=PICTURES)
        answer = await run.answer()
        await world.job_in(JobState.POSTED)

    assert "Accepted as job" in answer.content
    assert [len(charge.images) for charge in provider.charges] == [3]


async def test_without_a_model_there_is_no_form(chat: DiscordStandIn, tmp_path: Path) -> None:
    async with running(settings_for(chat, None, tmp_path), chat):
        channel = chat.guild.channel("videos")
        run = await chat.guild.member("requester").slash(channel, "grok compose")

        assert "No video service is set up yet" in (await run.answer()).content
