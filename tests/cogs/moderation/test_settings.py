import json
from typing import Any

import pytest

from bot.domain import LimitKind, PolicyName, RuleAction, RuleKind, Scope, Unit
from bot.store.moderation.policies import Where, server
from sandbox.discord_api import Fault, Upload
from tests.cogs.moderation.asking import admin, recorded, shown, told
from tests.world import World


def file_of(settings: object) -> Upload:
    return Upload("settings.json", json.dumps(settings).encode())


async def exported(world: World) -> Upload:
    answer = await admin(world, "settings export")
    (attachment,) = answer.attachments
    assert attachment.filename == "grok-settings.json"
    return Upload(attachment.filename, attachment.data)


async def set_much(world: World) -> None:
    guild, policies = world.chat.guild, world.app.bot.services.policies
    role, by_id = guild.role("moderators"), world.moderator.id
    await policies.set_limit(server(guild.id), LimitKind.DAY, Unit.JOBS, 50, by_id)
    await policies.set_limit(
        Where(guild.id, Scope.ROLE, role.id), LimitKind.COOLDOWN, Unit.SECONDS, 9, by_id
    )
    values: dict[PolicyName, Any] = {
        PolicyName.CHANNELS: {"mode": "only", "items": [world.channel.id]},
        PolicyName.ROLES: {"mode": "except", "items": [role.id]},
        PolicyName.MODELS: {"mode": "only", "items": ["geeknow/grok-video-3"]},
        PolicyName.STEP_DOWN: {"percent": 80, "longest": 5, "resolution": "720p", "review": True},
        PolicyName.LOG_CHANNEL: world.channel.id,
        PolicyName.CONFIRM_ABOVE: 0,
        PolicyName.HIDE_AT: 3,
        PolicyName.REMOVE_FILES: True,
        PolicyName.PAUSE: {"reason": ""},
    }
    for name, value in values.items():
        await policies.set_policy(server(guild.id), name, value, by_id)
    await world.app.bot.services.rules.add(
        guild.id, RuleKind.WORD, "red fox", RuleAction.HOLD, by_id
    )


async def test_everything_that_is_set_is_shown(world: World) -> None:
    await set_much(world)
    role = world.chat.guild.role("moderators")

    text = await shown(world, "settings show")

    *settings, rule = text.splitlines()
    shown_by = {line.partition(f"; set by <@{world.moderator.id}> <t:") for line in settings}
    assert {what for what, by, _ in shown_by if by} == {
        f"• a pause of 9 s after each second of video for members with <@&{role.id}>",
        "• 50 jobs a day for this server",
        f"• channels for this server: only in <#{world.channel.id}>",
        f"• roles for this server: everyone but <@&{role.id}>",
        "• models for this server: only `geeknow/grok-video-3`",
        (
            "• step-down for this server: from 80 % of a budget on: at most 5 s, at most 720p, "
            "each job is reviewed"
        ),
        f"• log channel for this server: <#{world.channel.id}>",
        "• price to confirm for this server: what costs more than $0.00",
        "• hiding of reported videos for this server: from 3 reports on",
        "• files of removed videos for this server: deleted too",
        "• pause for this server: paused",
    }
    assert len(settings) == 11
    assert rule == f"• **Rule** **1** · word red fox → hold for review · by <@{world.moderator.id}>"


async def test_what_was_exported_comes_back_and_is_on_record(world: World) -> None:
    await set_much(world)
    file = await exported(world)
    await told(world, "channels set", mode="everywhere")
    await told(world, "allow longest", seconds=3)
    await told(world, "rules remove", id=1)
    before = await recorded(world)

    answer = await told(world, "settings import", file=file)
    again = await told(world, "settings import", file=file)

    assert answer == ("Before: 10 settings\nNow: 11 settings\n3 changed; each is on record.")
    assert "Nothing was changed" in again
    guild_id = world.chat.guild.id
    assert (await recorded(world))[len(before) :] == [
        f"policy.set server:{guild_id} channels",
        f"policy.remove server:{guild_id} longest",
        "rule.add rule:2",
    ]
    assert (await exported(world)).data == file.data
    book = await world.app.bot.services.policies.book(guild_id)
    assert book.value(Scope.SERVER, guild_id, PolicyName.PAUSE) is not None


async def test_channels_and_roles_of_another_server_are_refused_by_name(world: World) -> None:
    policies: list[dict[str, object]] = [
        {"scope": "channel", "target": "123", "name": "longest", "value": 5},
        {"scope": "role", "target": "456", "name": "longest", "value": 5},
        {"scope": "server", "name": "longest", "value": 5},
    ]

    answer = await told(
        world, "settings import", file=file_of({"version": 1, "policies": policies})
    )

    assert "no such channel `123`, role `456`" in answer
    assert await recorded(world) == []


async def test_what_is_set_for_a_channel_that_is_gone_can_be_carried_back(world: World) -> None:
    gone = world.chat.guild.add_channel("gone")
    await told(world, "allow longest", seconds=5, channel=gone)
    gone.delete()
    file = await exported(world)

    answer = await told(world, "settings import", file=file)

    assert answer == "All 1 settings were so before. Nothing was changed."


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (Upload("settings.json", b"{"), "it is not JSON"),
        (file_of({"version": 9}), "newer version"),
        (file_of({"version": 1, "badges": []}), "newer version"),
        (Upload("settings.json", b" " * 256_001), "at most 0.3 MB are read"),
        (
            file_of(
                {
                    "version": 1,
                    "limits": [{"scope": "server", "kind": "day", "unit": "jobs", "amount": -1}],
                }
            ),
            "a number from zero up",
        ),
    ],
    ids=["broken", "newer", "with a newer part", "too large", "negative"],
)
async def test_a_file_that_will_not_do_gets_one_sentence_and_changes_nothing(
    world: World, file: Upload, sentence: str
) -> None:
    await told(world, "allow longest", seconds=5)

    answer = await told(world, "settings import", file=file)

    assert sentence in answer
    assert len(await recorded(world)) == 1


async def test_a_file_that_is_gone_gets_a_sentence(world: World) -> None:
    world.chat.faults.add(Fault("GET", "/cdn/**", status=404))

    answer = await told(world, "settings import", file=file_of({"version": 1}))

    assert "could not be read from Discord" in answer


async def test_a_server_that_is_out_of_order_takes_no_file(world: World) -> None:
    guild = world.chat.guild
    # As Discord tells of an outage (docs, Guild Delete); the bot keeps what it knew.
    outage = {"id": str(guild.id), "unavailable": True}
    world.chat.gateway.dispatch("GUILD_DELETE", outage, intent=1, guild_id=guild.id)

    answer = await told(world, "settings import", file=file_of({"version": 1}))

    assert "has not told me about this server yet" in answer
    assert await recorded(world) == []
