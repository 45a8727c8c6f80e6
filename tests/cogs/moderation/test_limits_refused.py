import pytest

from bot.domain import Limit
from sandbox.discord_api import Guild, Member
from tests.cogs.moderation.spoken import admin, forced
from tests.world import World

A_DAY = {"scope": "server", "kind": "day", "unit": "jobs", "amount": "5"}
COMMANDS: dict[str, dict[str, str]] = {
    "limits set": A_DAY,
    "limits remove": {"limit": "server day jobs"},
    "limits show": {},
    "budget set": {"period": "day", "amount": "1.00"},
    "budget remove": {"period": "day"},
    "budget show": {},
    "budget confirm-above": {"amount": "0.50"},
    "budget step-down": {"percent": "80"},
}


async def limits_of(world: World, guild: Guild) -> list[Limit]:
    return list((await world.app.bot.services.policies.book(guild.id)).limits)


@pytest.mark.parametrize("command", [*COMMANDS])
async def test_a_member_without_the_permission_changes_and_sees_nothing(
    world: World, command: str
) -> None:
    await admin(world, "limits set", **A_DAY)
    before = await limits_of(world, world.chat.guild)

    said = await forced(world.visitor, world.channel, command, **COMMANDS[command])

    assert "it needs the permission Manage Server" in said
    assert await limits_of(world, world.chat.guild) == before


async def test_nobody_without_the_permission_has_limits_suggested(world: World) -> None:
    await admin(world, "limits set", **A_DAY)
    word = {"focused": "limit", "value": ""}

    offered = await world.visitor.call_autocomplete(
        world.channel, "grok-admin limits remove", **word
    )

    assert offered == []


async def test_who_is_no_moderator_any_more_is_refused(world: World) -> None:
    role = world.chat.guild.role("moderators")
    deputy = world.chat.guild.add_member("deputy", roles=(role,))
    allowed = await forced(deputy, world.channel, "limits set", **A_DAY)
    deputy.take(role)

    refused = await forced(deputy, world.channel, "limits set", **{**A_DAY, "amount": "500"})

    assert "not limited → 5 jobs a day" in allowed
    assert "it needs the permission Manage Server" in refused
    assert [one.amount for one in await limits_of(world, world.chat.guild)] == [5]


async def test_a_moderator_of_another_server_neither_sees_nor_changes_these(world: World) -> None:
    await admin(world, "limits set", **A_DAY)
    annex = world.chat.add_guild("annex")
    hall = annex.add_channel("hall")
    owner = moderator_of(annex)

    shown = await forced(owner, hall, "limits show")
    removed = await forced(owner, hall, "limits remove", limit="server day jobs")
    await forced(owner, hall, "limits set", **{**A_DAY, "amount": "1"})

    assert "Nothing is limited here" in shown
    assert "no such limit" in removed
    assert [one.amount for one in await limits_of(world, world.chat.guild)] == [5]
    assert [one.amount for one in await limits_of(world, annex)] == [1]


async def test_a_raw_command_can_set_nothing_that_is_not_offered(world: World) -> None:
    registered = world.moderator.backend.world.commands_in(world.chat.guild.id)
    command = next(one for one in registered if one.name == "grok-admin")
    values = {**A_DAY, "scope": "everywhere"}
    options = [{"type": 3, "name": name, "value": value} for name, value in values.items()]
    leaf = {"type": 1, "name": "set", "options": options}
    way = [{"type": 2, "name": "limits", "options": [leaf]}]
    data = {"id": str(command.id), "name": command.name, "type": 1, "options": way}

    run = await world.moderator.forge(world.channel, data)

    assert "Choose one of “this server”" in (await run.answer()).content
    assert await limits_of(world, world.chat.guild) == []


def moderator_of(guild: Guild) -> Member:
    return guild.member(guild.backend.world.users[guild.state.owner_id].username)
