import re
from datetime import datetime

import pytest

from bot.domain import EVERYWHERE
from tests.cogs.moderation.asking import recorded, shown, told
from tests.world import World


def moments(text: str) -> list[datetime]:
    return [datetime.fromtimestamp(int(one)).astimezone() for one in re.findall(r"<t:(\d+)", text)]


async def test_a_grant_says_what_is_left_before_and_after(world: World) -> None:
    member = world.requester

    first = await told(world, "grant", member=member, amount="2", unit="jobs", until="3d")
    second = await told(
        world, "grant", member=member, amount="3", unit="jobs", reason="won the contest"
    )
    money = await told(world, "grant", member=member, amount="0.35", unit="dollars")

    assert first.startswith(f"<@{member.id}> gets 2 jobs on top of")
    assert first.endswith("Before: nothing granted\nNow: 2 jobs granted")
    assert second.endswith("Before: 2 jobs granted\nNow: 5 jobs granted")
    assert money.endswith("Before: nothing granted\nNow: $0.35 granted")
    assert (moments(second)[0] - moments(first)[0]).days in {3, 4}
    assert await recorded(world) == [f"grant.add member:{member.id}"] * 3


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"amount": "0", "unit": "jobs"}, "above zero"),
        ({"amount": "1.5", "unit": "jobs"}, "whole number"),
        ({"amount": "1000001", "unit": "dollars"}, "use a smaller amount"),
        ({"amount": "1", "unit": "jobs", "until": "tomorrow"}, "12h, 3d or 2w"),
        ({"amount": "1", "unit": "jobs", "until": "2020-01-01"}, "within a year"),
        ({"amount": "1", "unit": "jobs", "until": "99w"}, "within a year"),
    ],
)
async def test_an_absurd_grant_gets_a_sentence(
    world: World, options: dict[str, str], sentence: str
) -> None:
    answer = await told(world, "grant", member=world.requester, **options)

    assert sentence in answer
    assert await recorded(world) == []


async def test_a_block_is_set_listed_and_ended(world: World) -> None:
    member, other = world.requester, world.visitor

    for_good = await told(world, "block", member=member, reason="*spam*")
    shorter = await told(world, "block", member=member, until="3d", reason="*spam*")
    await told(world, "block", member=other)
    listed = await shown(world, "blocks")
    ended = await told(world, "unblock", member=member)
    again = await told(world, "unblock", member=member)

    assert for_good.endswith("Before: not blocked\nNow: blocked until somebody ends it")
    assert "Before: blocked until somebody ends it\nNow: blocked until <t:" in shorter
    assert ":R>" in shorter
    assert f"<@{member.id}>: blocked until <t:" in listed
    assert f"set by <@{world.moderator.id}>: \\*spam\\*" in listed
    assert f"<@{other.id}>: blocked until somebody ends it, set by" in listed
    assert ended.endswith("Now: not blocked")
    assert again.endswith("It was so before: not blocked")
    assert await recorded(world) == [
        f"block.set member:{member.id}",
        f"block.set member:{member.id}",
        f"block.set member:{other.id}",
        f"block.remove member:{member.id}",
    ]


@pytest.mark.parametrize(
    ("until", "sentence"), [("0d", "12h, 3d or 2w"), ("2020-01-01", "over already")]
)
async def test_a_block_that_is_over_is_none(world: World, until: str, sentence: str) -> None:
    answer = await told(world, "block", member=world.requester, until=until)

    assert sentence in answer
    assert await shown(world, "blocks") == "Nobody is blocked here."


async def test_blocks_of_other_servers_are_not_listed(world: World) -> None:
    members = world.app.bot.services.members
    await members.block(EVERYWHERE, 5, until_at=None, reason="", by_id=None)
    await members.block(77, 6, until_at=None, reason="", by_id=1)

    listed = await shown(world, "blocks")

    assert listed == "Nobody is blocked here."


async def test_ends_are_suggested(world: World) -> None:
    found = await world.moderator.autocomplete(
        world.channel, "grok-admin block", focused="until", value="d", member=world.requester
    )

    assert [one["value"] for one in found] == ["1d", "3d"]
