import pytest

from bot.domain import Preferences
from tests.cogs.removing import said
from tests.world import World


async def chosen(world: World) -> Preferences:
    return await world.app.bot.services.preferences.of(world.requester.id)


async def test_nobody_has_chosen_anything_at_first(world: World) -> None:
    text = await said(world, world.requester, "grok settings")

    assert "Model: as usual" in text
    assert "You are mentioned" in text
    assert "Language: the one that you use Discord in" in text
    assert await chosen(world) == Preferences()


async def test_what_is_chosen_is_kept_and_the_rest_stays(world: World) -> None:
    await said(world, world.requester, "grok settings", aspect="9:16", mention=False)
    text = await said(world, world.requester, "grok settings", private=True)

    assert "Shape: 9:16" in text
    assert "You are not mentioned" in text
    assert "for you alone" in text
    assert await chosen(world) == Preferences(aspect_ratio="9:16", mentions=False, is_private=True)


async def test_a_reset_goes_back_to_what_is_usual(world: World) -> None:
    await said(world, world.requester, "grok settings", aspect="9:16")

    text = await said(world, world.requester, "grok settings", reset=True)

    assert text.startswith("Everything is as usual again.")
    assert await chosen(world) == Preferences()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"aspect": "wide"}, "is no shape"),
        ({"aspect": "0:9"}, "is no shape"),
        ({"model": "nothing/here"}, "no such model"),
    ],
)
async def test_what_there_is_not_can_not_be_chosen(
    world: World, options: dict[str, str], words: str
) -> None:
    text = await said(world, world.requester, "grok settings", **options)

    assert words in text
    assert await chosen(world) == Preferences()


async def test_the_usual_shape_goes_where_none_is_said(world: World) -> None:
    await said(world, world.requester, "grok settings", aspect="2:3")

    await (await world.ask()).answer()
    await world.final()

    assert (await world.job()).spec.aspect_ratio == "2:3"


async def test_a_usual_shape_that_the_model_lacks_is_left_out(world: World) -> None:
    await said(world, world.requester, "grok settings", aspect="21:9")

    await (await world.ask()).answer()
    await world.final()

    assert (await world.job()).spec.aspect_ratio != "21:9"


async def test_the_language_of_answers_can_be_chosen(world: World) -> None:
    await said(world, world.requester, "grok settings", language="en")

    assert (await chosen(world)).language == "en"


async def test_members_who_are_forgotten_lose_what_they_chose(world: World) -> None:
    await said(world, world.requester, "grok settings", aspect="9:16")
    await said(world, world.requester, "grok presets save", name="fox", prompt="a fox")

    await world.app.bot.services.privacy.forget(world.chat.guild.id, world.requester.id)

    assert await chosen(world) == Preferences()
    assert "You have no presets" in str(await shown(world))


async def shown(world: World) -> list[object]:
    run = await world.requester.slash(world.channel, "grok presets list")
    return [(await run.answer()).embeds]


async def test_who_wants_no_mention_gets_none(world: World) -> None:
    await said(world, world.requester, "grok settings", mention=False)

    await (await world.ask()).answer()
    video = await world.channel.wait_for(lambda message: bool(message.attachments))

    assert f"<@{world.requester.id}>" in video.content
    assert video.pinged == frozenset()


async def test_videos_are_private_where_that_is_usual(world: World) -> None:
    await said(world, world.requester, "grok settings", private=True)

    text = (await (await world.ask()).answer()).content
    await world.requester.direct_channel().wait_for(lambda message: bool(message.attachments))
    await said(world, world.requester, "grok video", prompt="a heron", private=False)
    await world.channel.wait_for(lambda message: bool(message.attachments))

    assert "Accepted as private job" in text
    assert sorted(job.is_private for job in await world.jobs()) == [False, True]
