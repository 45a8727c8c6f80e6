import pytest

from bot.domain import Job, JobState, LimitKind, Unit
from bot.store.moderation.policies import server
from sandbox.discord_api import Channel, Member
from tests.world import World


async def found(
    world: World, who: Member, place: Channel | None = None, **said: str | Member
) -> str:
    run = await who.slash(place or world.channel, "grok search", **said)
    return str((await run.answer()).embeds)


async def made(world: World, prompt: str) -> Job:
    await (await world.ask(prompt=prompt)).answer()
    job = (await world.jobs())[0]
    await world.final_of(job)
    return await world.job_once(lambda one: one.id == job.id and one.state is JobState.POSTED)


async def test_videos_are_found_by_words_member_and_day(world: World) -> None:
    fox = await made(world, "A red fox in 100% snow")
    heron = await made(world, "a heron")

    by_words = await found(world, world.visitor, text="SNOW fox")
    by_member = await found(world, world.visitor, member=world.requester)
    recent = await found(world, world.visitor, since="1h")

    assert (fox.id in by_words, heron.id in by_words) == (True, False)
    assert fox.id in by_member
    assert heron.id in by_member
    assert fox.id in recent


@pytest.mark.parametrize(
    "said", [{"text": "giraffe"}, {"text": "%"}, {"text": "_"}, {"since": "2099-01-01"}]
)
async def test_what_does_not_fit_is_not_found(world: World, said: dict[str, str]) -> None:
    await made(world, "a red fox")

    assert "Nothing was found" in await found(world, world.visitor, None, **said)


async def test_a_video_of_another_channel_is_found_by_its_requester_alone(world: World) -> None:
    fox = await made(world, "a red fox")
    elsewhere = world.chat.guild.add_channel("elsewhere")

    assert fox.id in await found(world, world.requester, elsewhere)
    assert fox.id not in await found(world, world.visitor, elsewhere)


async def test_a_removed_video_is_not_found(world: World) -> None:
    fox = await made(world, "a red fox")
    run = await world.requester.slash(world.channel, "grok remove", id=fox.id)
    await run.answer()

    assert fox.id not in await found(world, world.requester)


async def test_a_day_that_is_none_is_told(world: World) -> None:
    run = await world.requester.slash(world.channel, "grok search", since="soon")

    assert "Say it with a number" in (await run.answer()).content


async def usage(world: World) -> str:
    run = await world.requester.slash(world.channel, "grok usage")
    return (await run.answer()).content


async def test_usage_tells_what_is_left_and_until_when(world: World) -> None:
    free = await usage(world)
    await world.app.bot.services.policies.set_limit(
        server(world.chat.guild.id), LimitKind.DAY, Unit.JOBS, 3, None
    )
    await made(world, "a red fox")

    limited = await usage(world)

    assert "Nothing is limited" in free
    assert "0 jobs of yours" in free
    assert "1 job used, 2 jobs left, begins anew <t:" in limited
