import pytest

from sandbox.discord_api import Fault, Permission
from tests.cogs.private_videos import curtained, in_the_channel, labels, sent
from tests.digest import settled
from tests.world import World


async def test_it_is_published_from_the_direct_message(world: World) -> None:
    video = await sent(world)

    answer = await (await world.requester.click(video, "Publish")).answer()
    public = await world.final()
    again = await (await world.requester.click(video, "Publish")).answer()
    job = await world.job()

    assert f"posted in <#{world.channel.id}>" in answer.content
    assert public.attachments[0].data == video.attachments[0].data
    assert labels(public)[:2] == ["Again", "Remix"]
    assert public.embeds[0]["footer"]["text"].endswith(f"job {job.id} · delivery 1")
    assert not job.is_private
    assert "is not private" in again.content
    mine = await (await world.visitor.click(public, "Again")).answer()
    assert "Accepted as job" in mine.content


async def test_it_is_published_from_where_it_was_shown(world: World) -> None:
    line = await curtained(world)
    shown = await (await world.requester.click(line, "Show it to me")).answer()

    await (await world.requester.click(shown, "Publish")).answer()
    public = await world.channel.wait_for(lambda one: bool(one.attachments), 20)
    anew = await (await world.requester.click(line, "Show it to me")).answer()

    assert public.pinged == {world.requester.id}
    assert "Publish" not in labels(anew)


async def test_publishing_asks_whether_one_may_still_write_there(world: World) -> None:
    video = await sent(world)
    requester = world.requester
    job = await world.job()

    async def refused() -> str:
        return (await (await requester.click(video, "Publish")).answer()).content

    world.channel.overwrite(world.requester.id, deny=Permission.SEND_MESSAGES)
    may_not = await refused()
    world.channel.overwrite(world.requester.id)
    world.channel.deny_bot(Permission.ATTACH_FILES)
    bot_may_not = await refused()
    del world.chat.guild.state.members[world.requester.id]
    left = await refused()
    world.chat.guild.kick_bot()
    no_server = await refused()

    assert "can't write in" in may_not
    assert "I can't post in" in bot_may_not
    assert "not in the server" in left
    assert "I can't see" in no_server
    (kept,) = await world.app.bot.services.questions.of_member(
        job.origin.guild_id, requester.id, limit=1
    )
    assert kept.is_private


async def test_ten_presses_publish_it_once(world: World) -> None:
    video = await sent(world)

    runs = [await world.requester.click(video, "Publish") for _ in range(10)]
    answers = [(await run.answer()).content for run in runs]
    await world.final()
    await settled(world)

    assert sum("in a moment" in text for text in answers) == 1
    assert sum("is not private" in text for text in answers) == 9
    assert len(in_the_channel(world)) == 1


async def test_a_video_of_a_thread_is_published_in_the_thread(world: World) -> None:
    thread = world.chat.guild.add_thread(world.channel, "clips")
    world.channel.overwrite(world.requester.id, allow=Permission.SEND_MESSAGES_IN_THREADS)
    await (await world.ask(channel=thread, private=True)).answer()
    direct = world.requester.direct_channel()
    video = await direct.wait_for(lambda one: bool(one.attachments), 20)

    world.channel.overwrite(world.requester.id, deny=Permission.SEND_MESSAGES_IN_THREADS)
    refused = await (await world.requester.click(video, "Publish")).answer()
    world.channel.overwrite(world.requester.id, allow=Permission.SEND_MESSAGES_IN_THREADS)
    await (await world.requester.click(video, "Publish")).answer()
    public = await world.final(thread)

    assert "can't write in" in refused.content
    assert public.attachments[0].data == video.attachments[0].data


@pytest.mark.parametrize(
    ("status", "words"), [(503, "Discord does not tell me"), (404, "I can't see")]
)
async def test_what_discord_does_not_tell_is_not_taken_for_a_yes(
    world: World, status: int, words: str
) -> None:
    video = await sent(world)
    path = f"/channels/{world.channel.id}"
    world.chat.faults.add(Fault("GET", path, status=status, body={"message": "x", "code": 10003}))

    answer = await (await world.requester.click(video, "Publish")).answer()

    assert words in answer.content
    assert (await world.job()).is_private
