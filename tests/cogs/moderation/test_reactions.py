from bot.domain import PolicyName
from bot.store.moderation.policies import server
from sandbox.discord_api import Permission
from sandbox.discord_api.faults import Fault
from tests.cogs.removing import said
from tests.world import World


async def value(world: World, name: PolicyName) -> object:
    book = await world.app.bot.services.policies.book(world.chat.guild.id)
    where = server(world.chat.guild.id)
    return book.value(where.scope, where.target_id, name)


async def test_a_moderator_says_what_an_emoji_does(world: World) -> None:
    moderator = world.moderator

    told = await said(world, moderator, "grok-admin reactions set", emoji="👀", action="again")
    shown = await said(world, moderator, "grok-admin reactions show")
    undone = await said(world, moderator, "grok-admin reactions set", emoji="👀", action="nothing")

    assert "Before: as usual" in told
    assert "🔁 👀 again" in told
    assert "🔁 👀 makes it again, at your own cost" in shown
    assert "Now: as usual" in undone
    assert await value(world, PolicyName.REACTIONS) is None


async def test_the_bot_puts_up_what_it_is_told_to(world: World) -> None:
    moderator = world.moderator

    told = await said(world, moderator, "grok-admin reactions own", emojis="⭐ 👍")
    none = await said(world, moderator, "grok-admin reactions own", emojis="none")
    await said(world, moderator, "grok-admin reactions own", emojis="⭐")
    reset = await said(world, moderator, "grok-admin reactions reset")
    refused = await said(world, moderator, "grok-admin reactions own", emojis="🎉")

    assert "the bot puts up ⭐ 👍" in told
    assert "Now: as usual" in none
    assert "Now: as usual" in reset
    assert "🎉 has no meaning here" in refused


async def test_an_emoji_of_another_server_is_refused(world: World) -> None:
    moderator = world.moderator
    ours = world.chat.guild.add_emoji("blob")
    theirs = world.chat.add_guild("elsewhere").add_emoji("spy")

    told = await said(
        world, moderator, "grok-admin reactions set", emoji=f"<:blob:{ours.id}>", action="favour"
    )
    refused = await said(
        world, moderator, "grok-admin reactions set", emoji=f"<:spy:{theirs.id}>", action="favour"
    )
    world.chat.faults.add(Fault("GET", "/guilds/*/emojis/*", status=403))
    unknown = await said(world, moderator, "grok-admin reactions own", emojis=f"<:blob:{ours.id}>")

    assert f"👍 <:blob:{ours.id}> for it" in told
    assert "spy is not an emoji of this server" in refused
    assert "can't be asked" in unknown


async def test_the_emojis_that_do_something_are_suggested(world: World) -> None:
    choices = await world.moderator.autocomplete(
        world.channel, "grok-admin reactions set", focused="emoji", value=""
    )

    assert {"✉️", "⭐", "🚩"} <= {choice["value"] for choice in choices}


async def test_a_gallery_is_opened_and_closed(world: World) -> None:
    moderator, gallery = world.moderator, world.chat.guild.add_channel("gallery")
    run = await moderator.slash(
        world.channel, "grok-admin gallery set", channel=gallery, votes=3, weekly=True
    )
    told = (await run.answer()).content
    shown = await (await moderator.slash(world.channel, "grok-admin settings show")).answer()
    closed = await said(world, moderator, "grok-admin gallery off")

    assert "Before: none" in told
    assert f"Now: <#{gallery.id}>, from 3 votes on, with the best of each week" in told
    assert f"gallery for this server: <#{gallery.id}>" in str(shown.embeds)
    assert "Now: none" in closed


async def test_a_channel_that_is_closed_to_the_bot_is_no_gallery(world: World) -> None:
    gallery = world.chat.guild.add_channel("gallery")
    gallery.deny_bot(Permission.ATTACH_FILES)

    run = await world.moderator.slash(
        world.channel, "grok-admin gallery set", channel=gallery, votes=3
    )

    assert "Attach Files" in (await run.answer()).content
    assert await value(world, PolicyName.GALLERY) is None
