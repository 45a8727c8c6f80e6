import json
from pathlib import Path

from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Message
from sandbox.geeknow import GeekNowStandIn
from tests.cogs.removing import actions, posted, said, until
from tests.world import World, running, settings_for

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


async def asked(world: World) -> Message:
    run = await world.requester.slash(world.channel, "grok privacy forget")
    return await run.answer()


async def forgotten(world: World) -> None:
    async def is_blank() -> bool:
        return all(not job.spec.prompt for job in await world.jobs())

    await until(is_blank)


async def test_an_export_comes_by_direct_message(world: World) -> None:
    job, video = await posted(world)

    text = await said(world, world.requester, "grok privacy export")

    first, second = world.requester.direct_channel().messages
    kept = json.loads(first.attachments[0].data)
    assert "2 of them" in text
    assert [file.filename for file in first.attachments] == ["your-data.json"]
    assert [file.filename for file in second.attachments] == [
        f"{job.id}-reference-1.jpeg",
        f"grok-{job.id}.mp4",
    ]
    assert second.attachments[1].data == video.attachments[0].data
    assert [one["id"] for one in kept["jobs"]] == [job.id]
    assert (kept["jobs"][0]["prompt"], kept["ledger"][0]["job_id"]) == ("a red fox", job.id)
    assert await actions(world) == ["privacy.export"]


async def test_with_closed_direct_messages_a_member_is_told_so(world: World) -> None:
    world.requester.user.are_dms_open = False

    closed = await said(world, world.requester, "grok privacy export")
    world.requester.user.are_dms_open = True
    opened = await said(world, world.requester, "grok privacy export")

    assert "I can't send you direct messages" in closed
    assert "Done: it is in your direct messages" in opened


async def test_forgetting_is_confirmed_and_takes_words_and_files(
    world: World, tmp_path: Path
) -> None:
    job, video = await posted(world)
    question = await asked(world)

    answer = await (await world.requester.click(question, "Forget me")).answer()
    await forgotten(world)
    services = world.app.bot.services

    async def are_gone() -> bool:
        return not any((tmp_path / "results").rglob("*.mp4"))

    await until(are_gone)
    assert "is left until it ends" in question.content
    assert "You are being forgotten" in answer.content
    assert (await world.job()).id == job.id
    assert not video.deleted
    assert not any(one.has_video for one in await services.privacy.files(world.requester.id))
    assert await actions(world) == ["privacy.forget"]


async def test_without_the_button_nothing_is_forgotten(world: World) -> None:
    await posted(world)
    question = await asked(world)

    forged = f"v1:forget:{world.requester.id}"
    refused = await (await world.visitor.press(question, forged)).answer()

    assert "for somebody else" in refused.content
    assert (await world.job()).spec.prompt == "a red fox"


async def test_a_running_job_is_left_alone(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    await world.job_once(lambda job: job.is_open)

    await (await world.requester.click(await asked(world), "Forget me")).answer()

    async def is_done() -> bool:
        return not await world.app.bot.services.privacy.due(limit=5)

    await until(is_done)
    assert (await world.job()).spec.prompt == "a red fox"


async def test_the_button_works_after_a_restart(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        await posted(world)
        question = await asked(world)

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        await (await world.requester.click(question, "Forget me")).answer()
        await forgotten(world)
