import csv
import io
import json
from datetime import UTC, datetime

import pytest

from bot.domain import PolicyName
from bot.store.moderation.policies import server
from bot.store.record.audit import AuditFilter, Entry, append
from sandbox.discord_api import Permission
from sandbox.discord_api.state import Message
from tests.world import World


async def record(world: World, count: int, **values: object) -> None:
    """Put rows on record, as other parts of the bot do."""
    entry: dict[str, object] = {"guild_id": world.chat.guild.id, "actor_id": world.moderator.id}
    audit = world.app.bot.services.audit
    async with audit._database.write() as connection:  # noqa: SLF001 - only the store writes rows
        for number in range(1, count + 1):
            texts = {"action": "rule.add", "target": f"rule:{number}"}
            made = Entry(**{**texts, **entry, **values})  # type: ignore[arg-type]  # of each test
            await append(connection, made, now=datetime.now(UTC))


async def search(world: World, **options: object) -> Message:
    run = await world.moderator.slash(world.channel, "grok-admin audit search", **options)  # type: ignore[arg-type]  # of each test
    return await run.answer()


def lines(message: Message) -> list[str]:
    return str(message.embeds[0]["description"]).split("\n")


async def test_the_newest_rows_come_first_and_a_button_leads_to_older_ones(world: World) -> None:
    await record(world, 10)

    first = await search(world)
    pressed = await world.moderator.click(first, "Older")
    second = await pressed.answer()

    assert first.is_ephemeral
    assert second.is_ephemeral
    assert "a rule about prompts, rule 10." in lines(first)[0]
    assert [line.partition(" ")[0] for line in lines(first)] == [
        f"`#{number}`" for number in range(10, 2, -1)
    ]
    assert [line.partition(" ")[0] for line in lines(second)] == ["`#2`", "`#1`"]
    assert second.components == []


async def test_rows_are_found_by_member_action_and_time(world: World) -> None:
    await record(
        world, 1, action="block.remove", target=f"member:{world.visitor.id}", before="for good"
    )
    await record(world, 1)

    of_visitor = await search(world, member=world.visitor)
    of_moderator = await search(world, member=world.moderator)
    of_rules = await search(world, action="rule", since="1h")
    of_nothing = await search(world, action="Ünknown")
    of_the_future = await search(world, since="2999-01-01")

    assert len(lines(of_visitor)) == 1
    assert f"let <@{world.visitor.id}> make videos again" in lines(of_visitor)[0]
    assert len(lines(of_moderator)) == 2
    assert "rule about prompts" in lines(of_rules)[0]
    for nothing in (of_nothing, of_the_future):
        assert "Nothing is on record" in lines(nothing)[0]


async def test_what_is_not_a_time_is_told(world: World) -> None:
    run = await world.moderator.slash(world.channel, "grok-admin audit search", since="soon")

    assert "such as 12h" in (await run.answer()).content


async def test_actions_are_suggested(world: World) -> None:
    choices = await world.moderator.autocomplete(
        world.channel, "grok-admin audit search", focused="action", value="limit"
    )

    assert [choice["value"] for choice in choices] == ["limit.remove", "limit.set"]


async def test_rows_of_another_server_and_of_the_operator_are_not_shown(world: World) -> None:
    await record(world, 1, guild_id=4711)
    await record(world, 1, guild_id=0)

    found = await search(world)
    run = await world.moderator.slash(world.channel, "grok-admin audit export", format="jsonl")
    exported = await run.answer()

    assert "Nothing is on record" in lines(found)[0]
    assert exported.attachments[0].data == b""


@pytest.mark.parametrize(
    "custom_id", ["v1:record:9:0:0:", "v1:record:999999999:8999999999999999999:99999999999:rule"]
)
async def test_only_a_moderator_gets_older_rows(world: World, custom_id: str) -> None:
    await record(world, 3)
    shown = await world.moderator.say(world.channel, "hello")
    shown.author_id = world.chat.backend.world.bot.id

    refused = await (await world.visitor.press(shown, custom_id)).answer()
    allowed = await (await world.moderator.press(shown, custom_id)).answer()

    assert "needs the permission Manage Server" in refused.content
    assert allowed.embeds


@pytest.mark.parametrize("custom_id", ["v1:record:x:0:0:", "v1:record:1:9999999999999999999:0:"])
async def test_a_forged_button_gets_a_sentence(world: World, custom_id: str) -> None:
    shown = await world.moderator.say(world.channel, "hello")
    shown.author_id = world.chat.backend.world.bot.id

    run = await world.moderator.press(shown, custom_id)

    assert "no longer works" in (await run.answer()).content


async def test_a_page_is_not_begun_while_the_bot_stops(world: World) -> None:
    await record(world, 9)
    first = await search(world)
    world.app.bot.tree.is_open = False

    answer = await (await world.moderator.click(first, "Older")).answer()

    assert "restarting" in answer.content


async def test_the_record_is_exported_as_a_table_without_formulas(world: World) -> None:
    await record(world, 2, reason="=1+1")

    run = await world.moderator.slash(world.channel, "grok-admin audit export", format="csv")
    answer = await run.answer()
    (file,) = answer.attachments
    rows = list(csv.DictReader(io.StringIO(file.data.decode())))

    assert answer.is_ephemeral
    assert file.filename == "record.csv"
    assert "2 rows" in answer.content
    assert "apostrophe" in answer.content
    assert [(row["id"], row["reason"]) for row in rows] == [("1", "'=1+1"), ("2", "'=1+1")]


async def test_the_record_is_exported_as_lines_of_json(world: World) -> None:
    await record(world, 2)

    run = await world.moderator.slash(
        world.channel, "grok-admin audit export", format="jsonl", since="1h"
    )
    (file,) = (await run.answer()).attachments
    rows = [json.loads(line) for line in file.data.decode().splitlines()]

    assert [row["target"] for row in rows] == ["rule:1", "rule:2"]
    assert rows[0]["actor_id"] == str(world.moderator.id)


async def test_a_log_channel_is_set_and_switched_off(world: World) -> None:
    log_channel = world.chat.guild.add_channel("log")
    policies = world.app.bot.services.policies
    here = server(world.chat.guild.id)

    path = "grok-admin log-channel"
    as_set = await (await world.moderator.slash(world.channel, path, channel=log_channel)).answer()
    off = await (await world.moderator.slash(world.channel, path)).answer()
    again = await (await world.moderator.slash(world.channel, path)).answer()

    assert f"mirrored to <#{log_channel.id}>" in as_set.content
    assert "Before: none" in as_set.content
    assert "not mirrored any more" in off.content
    assert "nothing was changed" in again.content
    assert (await policies.remove_policy(here, PolicyName.LOG_CHANNEL, None)).before is None


async def test_a_channel_where_the_bot_may_not_write_is_refused(world: World) -> None:
    closed = world.chat.guild.add_channel("closed")
    closed.deny_bot(Permission.SEND_MESSAGES)
    await world.app.bot.wait_for("guild_channel_update", timeout=10)
    hidden = world.chat.guild.add_channel("hidden")
    hidden.deny_bot(Permission.VIEW_CHANNEL)

    path = "grok-admin log-channel"
    no_words = await (await world.moderator.slash(world.channel, path, channel=closed)).answer()
    no_sight = await (await world.moderator.slash(world.channel, path, channel=hidden)).answer()

    assert "Send Messages in this channel" in no_words.content
    assert "I need View Channel" in no_sight.content or "can't see" in no_sight.content
    which = AuditFilter(guild_id=world.chat.guild.id)
    assert await world.app.bot.services.audit.newest(which, limit=1) == []
