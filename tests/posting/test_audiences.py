import pytest

from bot.posting.audiences import sees_both
from sandbox.discord_api import Channel, Permission
from tests.posting.desk import Desk

VIEW = Permission.VIEW_CHANNEL


async def all_see_both(desk: Desk, there: Channel, home: Channel) -> bool:
    guild = await desk.client.fetch_guild(desk.chat.guild.id, with_counts=False)
    channels = {one.id: one for one in await guild.fetch_channels()}
    own = desk.client.user
    assert own is not None
    return sees_both(channels[there.id], channels[home.id], own.id)


class Pair:
    """A gallery and a channel that only some can see, and roles to let in."""

    def __init__(self, desk: Desk) -> None:
        guild = self.guild = desk.chat.guild
        self.home, self.gallery = guild.add_channel("home"), guild.add_channel("gallery")
        self.ids = {
            "fans": guild.add_role("fans").id,
            "crew": guild.add_role("crew").id,
            "everyone": guild.id,
            "member": desk.member.id,
            "bot": desk.client.user.id if desk.client.user else 0,
        }

    def say(self, says: str) -> None:
        """Write overwrites down: `home+fans` lets fans into home, `gallery-crew` keeps out."""
        for one in says.split():
            sign = "+" if "+" in one else "-"
            name, _, who = one.partition(sign)
            channel = self.home if name == "home" else self.gallery
            granted = {"allow": VIEW} if sign == "+" else {"deny": VIEW}
            channel.overwrite(self.ids[who], **granted)


CLOSED = "home-everyone gallery-everyone "


@pytest.mark.parametrize(
    ("says", "is_safe"),
    [
        ("", True),
        ("gallery-everyone gallery+fans", True),
        ("home-everyone home+fans", False),
        (CLOSED + "gallery+fans", False),
        (CLOSED + "home+crew gallery+fans", False),
        (CLOSED + "home+fans gallery+fans", True),
        (CLOSED + "home+fans home+crew gallery+fans", True),
        (CLOSED + "home+fans gallery+fans gallery+crew", False),
        # One who is both is let in by one and kept out by the other: letting in wins.
        (CLOSED + "home+fans home-crew gallery+fans", True),
        (CLOSED + "home+member gallery+member", True),
        (CLOSED + "home+fans gallery+fans gallery+member", False),
        (CLOSED + "home+fans gallery+fans home-member", False),
        (CLOSED + "home+fans gallery+fans home-member gallery-member", True),
        (CLOSED + "home+fans gallery+fans gallery+bot", True),
        # A channel for everybody may keep somebody out as well.
        ("home-fans", False),
        ("home-fans gallery-fans", True),
        ("home-fans gallery-fans gallery+crew", False),
        ("home-member", False),
        ("gallery-everyone gallery+member", True),
        ("home-fans gallery-everyone gallery+member", False),
    ],
)
async def test_nobody_sees_more_than_before(desk: Desk, says: str, *, is_safe: bool) -> None:
    pair = Pair(desk)
    pair.say(says)

    assert await all_see_both(desk, pair.gallery, pair.home) is is_safe


async def test_who_may_do_everything_sees_both(desk: Desk) -> None:
    pair = Pair(desk)
    chief = pair.guild.add_role("chief", permissions=Permission.ADMINISTRATOR)
    pair.say(CLOSED + "home+fans gallery+fans")
    pair.gallery.overwrite(chief.id, allow=VIEW)

    assert await all_see_both(desk, pair.gallery, pair.home)
