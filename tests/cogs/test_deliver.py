import asyncio

from bot.domain import JobState, MessageKind
from sandbox.canned import CannedReply
from sandbox.discord_api import Channel, Message, Permission
from tests.world import World

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


async def posted(world: World) -> str:
    await world.ask()
    return (await world.job_in(JobState.POSTED)).id


async def recorded(world: World, job_id: str) -> None:
    """Return once the row says that the delivery was sent."""
    async with asyncio.timeout(60):
        while True:
            if MessageKind.DELIVERY in await world.app.bot.services.outbox.sent(job_id):
                return
            await asyncio.sleep(0.02)


def videos(messages: list[Message]) -> list[Message]:
    return [message for message in messages if message.attachments]


async def test_a_requester_has_a_video_posted_again_here(world: World) -> None:
    job_id = await posted(world)

    run = await world.requester.slash(world.channel, "grok deliver", id=job_id)
    answer = await run.answer()
    again = await world.channel.wait_for(lambda message: "again" in message.content)

    assert f"posted in <#{world.channel.id}>" in answer.content
    first, second = videos(world.channel.messages)
    assert second is again
    assert first.attachments[0].data == second.attachments[0].data
    assert second.pinged == {world.requester.id}
    assert second.embeds[0]["footer"]["text"].endswith(f"job {job_id} · delivery 1")


async def test_a_video_is_posted_in_another_channel(world: World) -> None:
    job_id = await posted(world)
    gallery = world.chat.guild.add_channel("gallery")

    run = await world.requester.slash(world.channel, "grok deliver", id=job_id, channel=gallery)
    await run.answer()
    video = await gallery.wait_for(lambda message: bool(message.attachments))
    await recorded(world, job_id)

    assert video.reference_id is None
    shown = await (await world.requester.slash(gallery, "grok show", id=job_id)).answer()
    assert f"{gallery.id}/{video.id}" in shown.embeds[0]["description"]


async def test_a_thread_can_be_chosen_unless_it_is_closed(world: World) -> None:
    job_id = await posted(world)
    thread = world.chat.guild.add_thread(world.channel, "clips")
    world.channel.overwrite(world.requester.id, allow=Permission.SEND_MESSAGES_IN_THREADS)
    run = await world.requester.slash(world.channel, "grok deliver", id=job_id, channel=thread)
    await run.answer()
    await thread.wait_for(lambda message: bool(message.attachments))
    thread.archive(is_locked=True)

    run = await world.requester.slash(world.channel, "grok deliver", id=job_id, channel=thread)

    assert "closed" in (await run.answer()).content


async def test_what_is_age_restricted_is_delivered_among_its_like_only(world: World) -> None:
    adult = world.chat.guild.add_channel("adult", is_nsfw=True)
    late = world.chat.guild.add_channel("late", is_nsfw=True)
    await (await world.ask(channel=adult)).answer()
    await world.final(adult)
    job = await world.job_in(JobState.POSTED)

    async def asked(**options: Channel) -> str:
        run = await world.requester.slash(world.channel, "grok deliver", id=job.id, **options)
        return (await run.answer()).content

    refused = [await asked(), await asked(channel=world.channel)]
    allowed = [await asked(channel=late)]
    await late.wait_for(lambda message: bool(message.attachments))

    assert ["posted in age-restricted channels only" in one for one in refused] == [True, True]
    assert ["in a moment" in one for one in allowed] == [True]
    assert videos(world.channel.messages) == []


async def test_what_nobody_knows_to_be_for_everybody_is_delivered_to_adults_only(
    world: World,
) -> None:
    talk = world.chat.guild.add_channel("talk")
    await (await world.ask(channel=talk)).answer()
    await world.final(talk)
    job = await world.job_in(JobState.POSTED)
    talk.delete()
    await world.app.bot.wait_for("guild_channel_delete", timeout=10)

    answer = await (await world.requester.slash(world.channel, "grok deliver", id=job.id)).answer()

    assert "it may be for adults" in answer.content


async def test_a_moderator_may_and_a_visitor_may_not(world: World) -> None:
    job_id = await posted(world)

    refused = await (await world.visitor.slash(world.channel, "grok deliver", id=job_id)).answer()
    allowed = await (await world.moderator.slash(world.channel, "grok deliver", id=job_id)).answer()

    assert "Only its requester or a moderator" in refused.content
    assert "in a moment" in allowed.content
    again = await world.channel.wait_for(lambda message: "again" in message.content)
    assert again.pinged == {world.requester.id}


async def test_where_the_member_may_not_write_or_use_commands_nothing_is_posted_for_them(
    world: World,
) -> None:
    job_id = await posted(world)
    news = world.chat.guild.add_channel("news")
    news.overwrite(world.requester.id, deny=Permission.SEND_MESSAGES)
    talk = world.chat.guild.add_channel("talk")
    talk.overwrite(world.requester.id, deny=Permission.USE_APPLICATION_COMMANDS)
    thread = world.chat.guild.add_thread(world.channel, "staff")
    world.channel.overwrite(world.requester.id, deny=Permission.SEND_MESSAGES_IN_THREADS)

    for target in (news, talk, thread):
        run = await world.requester.slash(world.channel, "grok deliver", id=job_id, channel=target)
        assert "can't write or use commands in that channel" in (await run.answer()).content


async def test_where_the_bot_may_not_post_it_says_so_at_once(world: World) -> None:
    job_id = await posted(world)
    closed = world.chat.guild.add_channel("closed")
    closed.deny_bot(Permission.ATTACH_FILES)
    run = await world.requester.slash(world.channel, "grok deliver", id=job_id, channel=closed)
    there = await run.answer()
    world.channel.deny_bot(Permission.EMBED_LINKS)

    run = await world.requester.slash(world.channel, "grok deliver", id=job_id)

    assert "I need Attach Files" in there.content
    assert "I need Embed Links" in (await run.answer()).content


async def test_what_is_not_finished_is_not_delivered(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    job = await world.job_in(JobState.RENDERING)

    run = await world.requester.slash(world.channel, "grok deliver", id=job.id)

    assert "no file" in (await run.answer()).content


async def test_only_jobs_with_a_video_are_suggested(world: World) -> None:
    job_id = await posted(world)
    world.provider.on_query.always(NEVER)
    await world.ask(prompt="a blue fox")
    await world.job_in(JobState.RENDERING)

    choices = await world.requester.autocomplete(
        world.channel, "grok deliver", focused="id", value="fox"
    )

    assert [choice["value"] for choice in choices] == [job_id]


async def test_a_channel_out_of_the_bot_s_sight_is_not_a_target(world: World) -> None:
    job_id = await posted(world)
    hidden = world.chat.guild.add_channel("hidden")
    await world.app.bot.wait_for("guild_channel_create", timeout=10)
    world.chat.guild.channel("hidden").state.overwrites.clear()
    hidden.deny_bot(Permission.VIEW_CHANNEL)

    run = await world.requester.slash(world.channel, "grok deliver", id=job_id, channel=hidden)

    assert "I need View Channel" in (await run.answer()).content
