import discord
import pytest

from bot.domain import Emoji, JobState, MessageKind, Place, PostedVideo
from bot.errors import MessageGoneError, PlaceClosedError, PostLaterError, PostRefusedError
from bot.posting.reactions import Pile, Reactions
from bot.posting.reactors import emoji_of, place_of
from sandbox.discord_api import Fault, Message, Permission
from tests.posting.desk import Desk, message

STAR = Emoji("⭐")


async def posted(desk: Desk) -> tuple[Message, PostedVideo]:
    job = desk.job(JobState.STORED)
    owed = message(job, MessageKind.RESULT)
    await desk.poster.post(job, owed, Place.CHANNEL, card_id=None, video=desk.video())
    shown = desk.channel.messages[-1]
    return shown, PostedVideo(shown.channel_id, shown.id)


async def test_who_reacts_is_read_in_pages_without_bots(desk: Desk) -> None:
    shown, place = await posted(desk)
    guild = desk.chat.guild
    people = [guild.add_member(f"m{n}", roles=(guild.role("members"),)) for n in range(120)]
    people[0].user.is_bot = True
    for person in people:
        await person.react(shown, "⭐")
    door = Reactions(desk.client)

    (pile,) = await door.piles(place)
    everybody, is_whole = await door.people(place, pile, most=1000)
    some, is_cut = await door.people(place, pile, most=100)

    assert everybody == {person.id for person in people[1:]}
    assert (is_whole, is_cut, len(some)) == (True, False, 99)
    gone = Pile(Emoji("👍"), 1, is_own=False)
    assert await door.people(place, gone, most=9) == (frozenset(), True)


async def test_super_reactions_are_reactions(desk: Desk) -> None:
    shown, place = await posted(desk)
    guild, door = desk.chat.guild, Reactions(desk.client)
    await desk.member.react(shown, "⭐", is_burst=True)
    await guild.member("visitor").react(shown, "⭐")
    await guild.member("moderator").react(shown, "👍")

    star, thumb = await door.piles(place)
    people, is_whole = await door.people(place, star, most=9)
    await desk.member.unreact(shown, "⭐")
    left, _ = await door.piles(place)

    assert (star.has_bursts, thumb.has_bursts, left.has_bursts) == (True, False, False)
    assert people == {desk.member.id, guild.member("visitor").id}
    assert is_whole


async def test_the_reactions_under_a_message_are_listed_with_the_own_ones(desk: Desk) -> None:
    shown, place = await posted(desk)
    ours = desk.chat.guild.add_emoji("blob")
    door = Reactions(desk.client)

    await desk.member.react(shown, "👍🏽")
    for emoji in (STAR, Emoji("blob", ours.id)):
        await door.put_up(place, emoji)
        await door.put_up(place, emoji)

    assert await door.piles(place) == [
        Pile(Emoji("👍🏽"), 1, is_own=False),
        Pile(STAR, 1, is_own=True),
        Pile(Emoji("blob", ours.id), 1, is_own=True),
    ]


async def test_without_a_gateway_nothing_is_taken_off(desk: Desk) -> None:
    shown, place = await posted(desk)
    await desk.member.react(shown, "⭐")

    assert not await Reactions(desk.client).take_off(place, STAR, desk.member.id)
    assert shown.reactions == {"⭐": [desk.member.id]}


async def test_what_discord_says_becomes_our_errors(desk: Desk) -> None:
    shown, place = await posted(desk)
    door = Reactions(desk.client)
    path = "/channels/*/messages/*/reactions/*/*"

    desk.chat.faults.add(Fault("PUT", path, status=500, times=9))
    with pytest.raises(PostLaterError):
        await door.put_up(place, STAR)
    desk.chat.faults.clear()
    with pytest.raises(PostRefusedError):
        await door.put_up(place, Emoji("no emoji"))
    desk.channel.deny_bot(Permission.ADD_REACTIONS | Permission.READ_MESSAGE_HISTORY)
    with pytest.raises(PlaceClosedError):
        await door.put_up(place, STAR)
    with pytest.raises(PlaceClosedError):
        await door.piles(place)
    desk.channel.deny_bot(0)
    await desk.chat.guild.member("moderator").delete(shown)
    with pytest.raises(MessageGoneError):
        await door.piles(place)


async def test_a_note_pings_its_reader_alone_and_goes(desk: Desk) -> None:
    door = Reactions(desk.client)

    note = await door.post_note(desk.channel.id, desk.member.id, "no @everyone")
    (shown,) = desk.channel.messages
    await door.remove_note(note)

    assert shown.deleted
    assert shown.pinged == {desk.member.id}


def test_an_emoji_is_read_in_every_shape() -> None:
    assert emoji_of("⭐") == STAR
    assert emoji_of(discord.PartialEmoji(name="⭐")) == STAR
    assert emoji_of(discord.PartialEmoji(name="blob", id=7)) == Emoji("blob", 7)
    gone = discord.PartialEmoji.from_dict({"name": None, "id": "7"})
    assert emoji_of(gone).exact == "7"


async def test_a_thread_counts_as_far_as_its_channel_is_known(desk: Desk) -> None:
    thread = desk.chat.guild.add_thread(desk.channel, "foxes")
    guild = await desk.client.fetch_guild(desk.chat.guild.id)

    orphan = await guild.fetch_channel(thread.id)
    channel = await guild.fetch_channel(desk.channel.id)

    assert isinstance(orphan, discord.Thread)
    assert place_of(orphan) is None
    assert place_of(channel) == channel
    assert place_of(None) is None
