import pytest

from bot.domain import EVERYWHERE, Limit, LimitKind, Scope, Unit
from bot.store.moderation.policies import Where
from tests.cogs.moderation.spoken import admin
from tests.world import World

A_DAY = {"scope": "server", "kind": "day", "unit": "jobs"}


async def limits_of(world: World) -> list[Limit]:
    book = await world.app.bot.services.policies.book(world.chat.guild.id)
    return list(book.limits)


async def test_a_limit_is_set_and_changed_with_before_and_after(world: World) -> None:
    first = await admin(world, "limits set", **A_DAY, amount="5")
    second = await admin(world, "limits set", **A_DAY, amount="8")
    third = await admin(world, "limits set", **A_DAY, amount="8")

    assert "**Limit for this server:** not limited → 5 jobs a day" in first
    assert "5 jobs a day → 8 jobs a day" in second
    assert "Nothing changed. **Limit for this server:** 8 jobs a day" in third
    (limit,) = await limits_of(world)
    assert (limit.amount, limit.set_by_id) == (8, world.moderator.id)


async def test_each_scope_takes_its_own_target(world: World) -> None:
    guild = world.chat.guild
    category = guild.add_category("studio")
    role = guild.role("moderators")

    said = [
        await admin(
            world, "limits set", scope="channel", kind="24h", unit="money", amount="$2.50",
            channel=category,
        ),
        await admin(
            world, "limits set", scope="role", kind="at_once", unit="seconds", amount="0",
            role=role,
        ),
        await admin(
            world, "limits set", scope="member", kind="cooldown", unit="jobs", amount="60",
            member=world.requester,
        ),
    ]  # fmt: skip

    assert f"for <#{category.id}>:** not limited → $2.50 in 24 hours" in said[0]
    assert f"for members with <@&{role.id}>:** not limited → 0 s of video at once" in said[1]
    assert "Zero lets nothing through." in said[1]
    assert f"for <@{world.requester.id}>:** not limited → a pause of 60 s after each job" in said[2]
    found = {(one.scope, one.target_id, one.amount) for one in await limits_of(world)}
    assert found == {
        (Scope.CHANNEL, category.id, 2_500_000),
        (Scope.ROLE, role.id, 0),
        (Scope.MEMBER, world.requester.id, 60),
    }


@pytest.mark.parametrize(
    ("unit", "kind", "amount", "told"),
    [
        ("jobs", "day", "-1", "whole number of jobs from 0 to"),
        ("jobs", "day", "2.5", "whole number of jobs from 0 to"),
        ("jobs", "day", "many", "whole number of jobs from 0 to"),
        ("jobs", "day", "99999999999999999999", "whole number of jobs from 0 to"),
        ("seconds", "month", "10000001", "whole number of seconds of video from 0 to"),
        ("money", "cooldown", "2592001", "whole number of seconds from 0 to 2,592,000"),
        ("money", "day", "-2.50", "can't be below zero"),
        ("money", "day", "2,50", "no amount of dollars"),
        ("money", "day", "NaN", "no amount of dollars"),
        ("money", "day", "1000001", "At most $1,000,000"),
    ],
)
async def test_an_amount_that_will_not_do_gets_a_sentence_and_changes_nothing(
    world: World, unit: str, kind: str, amount: str, told: str
) -> None:
    said = await admin(world, "limits set", scope="server", kind=kind, unit=unit, amount=amount)

    assert told in said
    assert await limits_of(world) == []


async def test_a_target_that_does_not_go_with_the_scope_changes_nothing(world: World) -> None:
    wanted = {"kind": "day", "unit": "jobs", "amount": "5"}

    none = await admin(world, "limits set", scope="role", **wanted)
    wrong = await admin(world, "limits set", scope="channel", member=world.requester, **wanted)
    extra = await admin(world, "limits set", scope="server", channel=world.channel, **wanted)

    assert "Choose the role that this limit is for" in none
    assert "Choose the channel or category that this limit is for" in wrong
    assert "takes no channel, role or member" in extra
    assert await limits_of(world) == []


async def test_a_limit_that_is_there_can_be_chosen_and_removed(world: World) -> None:
    await admin(world, "limits set", **A_DAY, amount="5")
    await admin(
        world, "limits set", scope="role", kind="day", unit="money", amount="2",
        role=world.chat.guild.role("moderators"),
    )  # fmt: skip
    everywhere = Where(EVERYWHERE, Scope.EVERYWHERE)
    await world.app.bot.services.policies.set_limit(
        everywhere, LimitKind.MONTH, Unit.MONEY, 5, None
    )

    choices = await world.moderator.autocomplete(
        world.channel, "grok-admin limits remove", focused="limit", value=""
    )
    first = await admin(world, "limits remove", limit="server day jobs")
    again = await admin(world, "limits remove", limit="server day jobs")

    assert {choice["name"] for choice in choices} == {
        "5 jobs a day · this server",
        "$2.00 a day · @moderators",
    }
    assert "5 jobs a day → not limited" in first
    assert "no such limit" in again
    assert [one.scope for one in await limits_of(world)] == [Scope.EVERYWHERE, Scope.ROLE]


async def test_all_that_is_set_is_shown_with_who_has_set_it(world: World) -> None:
    nothing = await admin(world, "limits show")
    everywhere = Where(EVERYWHERE, Scope.PERSON)
    policies = world.app.bot.services.policies
    await policies.set_limit(everywhere, LimitKind.DAY, Unit.JOBS, 20, None)
    await admin(world, "limits set", **A_DAY, amount="5")
    await admin(world, "budget confirm-above", amount="0.50")

    shown = await admin(world, "limits show")

    assert "Nothing is limited here" in nothing
    first, second, third = (line for line in shown.splitlines() if line.startswith("•"))
    assert first.startswith("• 20 jobs a day for each person; set by the people who run this bot")
    assert second.startswith(f"• 5 jobs a day for this server; set by <@{world.moderator.id}> <t:")
    assert third.startswith("• price to confirm for this server: what costs more than $0.50")


async def test_a_key_that_nobody_suggested_removes_nothing(world: World) -> None:
    await admin(world, "limits set", **A_DAY, amount="5")

    for key in ("nonsense", "server day", "role:x day jobs", "everywhere month money"):
        assert "no such limit" in await admin(world, "limits remove", limit=key)

    assert len(await limits_of(world)) == 1
