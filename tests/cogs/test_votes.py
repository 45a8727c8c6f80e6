import sqlalchemy as sa

from bot.domain import MessageKind, PolicyName
from bot.limits.reactions import read_emojis, with_act, with_own
from bot.store.moderation.policies import server
from sandbox.discord_api import Member, Message
from tests.cogs.reacting import (
    members,
    set_gallery,
    settled,
    votes,
    votes_become,
)
from tests.cogs.removing import delivered, gone, posted, said, until
from tests.world import World


async def copy_in(world: World, gallery_name: str = "gallery") -> Message:
    gallery = world.chat.guild.channel(gallery_name)
    copy = await gallery.wait_for(lambda one: bool(one.attachments), 20)

    async def is_recorded() -> bool:
        sent = await world.app.bot.services.outbox.sent((await world.job()).id)
        return MessageKind.GALLERY in sent

    await until(is_recorded)
    return copy


async def until_kept(world: World, kind: str) -> None:
    database = world.app.bot.services.questions._database  # noqa: SLF001 - past the store

    async def is_kept() -> bool:
        async with database.read() as connection:
            return list(await connection.scalars(sa.text("SELECT kind FROM votes"))) == [kind]

    await until(is_kept)


async def set_reactions(world: World, value: object) -> None:
    where, by_id = server(world.chat.guild.id), world.moderator.id
    await world.app.bot.services.policies.set_policy(where, PolicyName.REACTIONS, value, by_id)


async def test_enough_members_bring_a_copy_with_credit_to_the_gallery_once(world: World) -> None:
    gallery = await set_gallery(world, votes=2)
    job, video = await posted(world)
    one, two, three = members(world, 3)

    await world.requester.react(video, "⭐")
    for emoji in ("⭐", "❤️", "👍🏽"):
        await one.react(video, emoji)
    await votes_become(world, job, 1)
    assert gallery.messages == []
    await two.react(video, "👍")
    copy = await copy_in(world)
    await three.react(copy, "⭐")
    await votes_become(world, job, 3)

    text = copy.embeds[0]["description"]
    assert f"By <@{world.requester.id}> in <#{world.channel.id}>" in text
    assert f"/{video.channel_id}/{video.id}" in text
    assert not copy.pinged
    assert len(gallery.messages) == 1


async def test_a_vote_against_is_kept_and_is_none_for_it(world: World) -> None:
    gallery = await set_gallery(world, votes=1)
    job, video = await posted(world)

    await world.visitor.react(video, "👎🏿")
    await until_kept(world, "disfavour")

    assert gallery.messages == []
    assert await votes(world, job) == 0


async def test_a_copy_follows_an_original_that_was_deleted_by_hand(world: World) -> None:
    await set_gallery(world, votes=1)
    _, video = await posted(world)
    (one,) = members(world, 1)
    await one.react(video, "⭐")
    copy = await copy_in(world)

    await world.moderator.delete(video)
    world.app.bot.services.reconciler.soon()  # as at a start
    await gone(copy)

    assert (await world.job()).removed_at is None


async def test_the_bin_takes_the_copy_away_with_the_original(world: World) -> None:
    await set_gallery(world, votes=1)
    _, video = await posted(world)
    await world.visitor.react(video, "⭐")
    copy = await copy_in(world)

    await world.requester.react(copy, "🗑️")

    await gone(video, copy)


async def test_a_cover_takes_the_copy_away_and_leaves_the_video(world: World) -> None:
    await set_gallery(world, votes=1)
    _, video = await posted(world)
    await world.visitor.react(video, "⭐")
    copy = await copy_in(world)

    await world.requester.react(video, "🙈")

    await gone(copy)
    assert not video.deleted


async def test_what_is_age_restricted_never_goes_where_it_is_not(world: World) -> None:
    gallery = await set_gallery(world, votes=1)
    job, video = await posted(world)
    world.channel.state.is_nsfw = True
    world.channel.overwrite(0)  # tells the bot about the channel

    await world.visitor.react(video, "⭐")
    await votes_become(world, job, 1)
    gallery.state.is_nsfw = True
    gallery.overwrite(0)
    (second,) = members(world, 1)
    await second.react(video, "⭐")

    await copy_in(world)


async def test_a_vote_that_is_taken_back_counts_no_more(world: World) -> None:
    job, video = await posted(world)
    one, two = members(world, 2)
    for emoji in ("⭐", "❤️"):
        await one.react(video, emoji)
    await two.react(video, "⭐")
    await votes_become(world, job, 2)

    await one.unreact(video, "⭐")
    await settled(world)
    assert await votes(world, job) == 2
    await world.moderator.clear_reactions(video, "❤️")
    await votes_become(world, job, 1)
    await world.moderator.clear_reactions(video)
    await votes_become(world, job, 0)


async def test_a_bot_does_not_vote_and_other_messages_are_nobodys_business(world: World) -> None:
    job, video = await posted(world)
    one, robot = members(world, 2)
    robot.user.is_bot = True
    note = await world.visitor.say(world.channel, "hello")
    card = await world.card_with("Done")

    await robot.react(video, "⭐")
    await one.react(note, "⭐")
    await one.react(card, "⭐")
    await one.unreact(note, "⭐")

    assert await votes(world, job) == 0


async def test_an_emoji_of_the_server_can_be_a_vote(world: World) -> None:
    ours = world.chat.guild.add_emoji("blob")
    written = f"<:blob:{ours.id}>"
    told_ = await said(
        world, world.moderator, "grok-admin reactions set", emoji=written, action="favour"
    )
    job, video = await posted(world)

    await world.visitor.react(video, ours.address)
    await votes_become(world, job, 1)
    await world.visitor.unreact(video, ours.address)
    await votes_become(world, job, 0)

    assert written in told_


async def test_what_the_bot_puts_up_itself_is_no_vote(world: World) -> None:
    await set_reactions(world, with_own(None, read_emojis("⭐🔁")))
    job, video = await posted(world)

    async def are_there() -> bool:
        return list(video.reactions) == ["⭐", "🔁"]

    await until(are_there)
    own = world.chat.application_id
    assert set(map(tuple, video.reactions.values())) == {(own,)}
    again = await delivered(world, job)

    async def are_there_too() -> bool:
        return list(again.reactions) == ["⭐", "🔁"]

    await until(are_there_too)
    assert await votes(world, job) == 0
    assert len(await world.jobs()) == 1


async def test_an_emoji_that_means_nothing_here_does_nothing(world: World) -> None:
    await set_reactions(world, with_act(None, read_emojis("⭐")[0], None))
    job, video = await posted(world)

    await world.visitor.react(video, "⭐")
    await world.visitor.react(video, "❤️")

    await votes_become(world, job, 1)


async def test_a_thousand_reactions_at_once_are_all_counted(world: World) -> None:
    job, video = await posted(world)
    crowd = members(world, 500)

    for member in crowd:
        await member.react(video, "⭐")
        await member.react(video, "👍")

    await votes_become(world, job, 500)
    assert await told_nobody(crowd[:3])


async def told_nobody(crowd: list[Member]) -> bool:
    return not any(member.direct_channel().messages for member in crowd)
