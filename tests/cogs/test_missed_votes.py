from pathlib import Path

from bot.pipeline.reacting.teller import NOTE_STAYS
from sandbox.discord_api import DiscordStandIn, Message
from sandbox.geeknow import GeekNowStandIn
from tests.cogs.reacting import (
    members,
    set_gallery,
    votes_become,
)
from tests.cogs.removing import FLAG, posted, until
from tests.leaping_clock import LeapingClock
from tests.world import World, running, settings_for


async def missed(world: World, video: Message) -> None:
    """React to a video while nobody listens."""
    one, two, three, four = members(world, 4)
    await one.unreact(video, "⭐")
    await two.react(video, "⭐")
    await three.react(video, "❤️")
    for member in (two, three, four):
        await member.react(video, FLAG)
    await four.react(video, "✉️")


async def test_what_was_missed_while_the_bot_was_off_is_made_up_for(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        gallery = await set_gallery(world, votes=2)
        job, video = await posted(world)
        (one, *_) = members(world, 4)
        await one.react(video, "⭐")
        await votes_become(world, job, 1)

    await missed(world, video)

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        await world.card_with("Hidden while moderators")
        found = await app.bot.services.questions.job(job.id)

    assert found is not None
    assert found.hidden_at is not None
    assert world.chat.guild.member("member3").direct_channel().messages == []
    assert len(gallery.messages) <= 1


async def test_a_restart_counts_nobody_twice_and_forgets_nobody(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        job, video = await posted(world)
        one, two, three = members(world, 3)
        for member in (one, two):
            await member.react(video, "⭐")
        await votes_become(world, job, 2)

    await one.unreact(video, "⭐")
    await three.react(video, "👍")

    async with running(settings, chat) as app:
        world = World(chat, provider, app)

        async def is_read() -> bool:
            return bool(chat.asked("GET", "/channels/*/messages/*/reactions/*"))

        await until(is_read)
        await votes_become(world, job, 2)


async def test_votes_go_with_a_message_that_was_deleted_meanwhile(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        job, video = await posted(world)
        await world.visitor.react(video, "⭐")
        await votes_become(world, job, 1)

    await world.moderator.delete(video)

    async with running(settings, chat) as app:
        await votes_become(World(chat, provider, app), job, 0)


async def test_a_note_in_the_channel_goes_again(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    clock = LeapingClock()
    async with running(settings_for(chat, provider, tmp_path), chat, clock) as app:
        world = World(chat, provider, app)
        _, video = await posted(world)
        world.visitor.user.are_dms_open = False
        await world.visitor.react(video, "✉️")
        note = await world.channel.wait_for(lambda one: "direct message" in one.content, 20)

        async def is_gone() -> bool:
            clock.leap(NOTE_STAYS)
            return note.deleted

        await until(is_gone)
