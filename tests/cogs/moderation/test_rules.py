import pytest

from bot.domain import EVERYWHERE, PromptRule, RuleAction, RuleKind
from bot.store.record.audit import AuditFilter
from sandbox.discord_api import Message
from tests.world import World

LOOK = "grok-admin rules"


async def call(world: World, command: str, **options: str | int) -> Message:
    run = await world.moderator.call(world.channel, f"{LOOK} {command}", **options)
    return await run.answer()


async def rules(world: World) -> list[PromptRule]:
    return await world.app.bot.services.rules.rules(world.chat.guild.id)


async def add(
    world: World,
    text: str,
    *,
    kind: RuleKind = RuleKind.WORD,
    action: RuleAction = RuleAction.REFUSE,
    guild_id: int | None = None,
) -> PromptRule:
    """Make a rule past the command, of this server or of another."""
    where = world.chat.guild.id if guild_id is None else guild_id
    store = world.app.bot.services.rules
    return await store.add(where, kind, text, action, None if where == EVERYWHERE else 7)


async def test_a_moderator_makes_lists_and_removes_a_rule(world: World) -> None:
    added = await call(world, "add", kind="word", text="red  fox", action="hold")
    (rule,) = await rules(world)
    listed = await call(world, "list")
    removed = await call(world, "remove", id=rule.id)

    assert (rule.text, rule.action) == ("red fox", RuleAction.HOLD)
    line = f"**{rule.id}** · word red fox → hold for review · by <@{world.moderator.id}>"
    assert f"Rule {line}\nBefore: no such rule" in added.content
    assert listed.embeds[0]["description"] == line
    assert f"Rule {line}\nAfter: no such rule" in removed.content
    assert all(one.is_ephemeral and not one.pinged for one in (added, listed, removed))
    assert await rules(world) == []
    rows = await world.app.bot.services.audit.newest(AuditFilter(), limit=9)
    assert [(row.action, row.actor_id) for row in rows] == [
        ("rule.remove", world.moderator.id),
        ("rule.add", world.moderator.id),
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kind": "pattern", "text": "(a+)+$", "action": "refuse"}, "takes too long"),
        ({"kind": "pattern", "text": "(", "action": "refuse"}, "not a valid regular expression"),
        ({"kind": "similar", "text": "a lot", "action": "hold"}, "in percent"),
        ({"kind": "word", "text": " ", "action": "hold"}, "The rule is empty"),
    ],
)
async def test_a_rule_that_will_not_do_is_a_sentence_and_no_change(
    world: World, options: dict[str, str], sentence: str
) -> None:
    answer = await call(world, "add", **options)

    assert sentence in answer.content
    assert await rules(world) == []
    assert await world.app.bot.services.audit.newest(AuditFilter(), limit=9) == []


@pytest.mark.parametrize(
    ("kind", "action", "sentence"),
    [("guess", "hold", "no such kind of rule"), ("word", "ban", "A rule can't do that")],
)
async def test_a_forged_choice_is_a_sentence_and_no_change(
    world: World, kind: str, action: str, sentence: str
) -> None:
    values = {"kind": kind, "text": "fox", "action": action}
    options = [{"name": name, "type": 3, "value": value} for name, value in values.items()]
    command = {"name": "add", "type": 1, "options": options}
    admin = next(one for one in world.chat.commands if one.name == "grok-admin")
    data = {
        "id": str(admin.id),
        "name": "grok-admin",
        "type": 1,
        "options": [{"name": "rules", "type": 2, "options": [command]}],
    }

    run = await world.moderator.forge(world.channel, data)

    assert sentence in (await run.answer()).content
    assert await rules(world) == []


async def test_a_rule_of_another_server_or_of_the_operator_is_not_there_to_be_removed(
    world: World,
) -> None:
    other = await add(world, "other", guild_id=12)
    everywhere = await add(world, "all", guild_id=EVERYWHERE)

    for rule_id in (other.id, everywhere.id, 2**53 - 1, -1):
        answer = await call(world, "remove", id=rule_id)
        assert "There is no such rule here" in answer.content

    listed = (await call(world, "list")).embeds[0]["description"]
    assert listed == (
        f"**{everywhere.id}** · word all → refuse everywhere · by the people who run this bot"
    )


async def test_the_numbers_of_own_rules_are_suggested(world: World) -> None:
    fox = await add(world, "fox", action=RuleAction.SPOILER)
    await add(world, "b" * 150)
    await add(world, "all", guild_id=EVERYWHERE)

    async def suggested(typed: str) -> list[dict[str, object]]:
        return await world.moderator.call_autocomplete(
            world.channel, f"{LOOK} remove", focused="id", value=typed
        )

    assert await suggested("fo") == [
        {"name": f"{fox.id}  word  fox  -> spoiler the result", "value": fox.id}
    ]
    names = [str(one["name"]) for one in await suggested("")]
    assert [len(name) <= 100 for name in names] == [True, True]


async def test_without_rules_the_list_says_how_to_make_one(world: World) -> None:
    listed = await call(world, "list")

    assert "`/grok-admin rules add`" in listed.embeds[0]["description"]


async def test_many_rules_are_a_file(world: World) -> None:
    for number in range(20):
        await add(world, f"{number} " + "*" * 190 + "a")

    listed = await call(world, "list")

    (file,) = listed.attachments
    assert file.filename == "rules.txt"
    assert len(file.data.decode().splitlines()) == 20


async def test_a_dry_run_shows_which_rules_fire_and_where_and_counts_nothing(
    world: World,
) -> None:
    covering = await add(world, "snow", action=RuleAction.SPOILER)
    refusing = await add(world, r"f\w+x", kind=RuleKind.PATTERN, guild_id=EVERYWHERE)
    await add(world, "dog")

    shown = [await call(world, "test", text="a *red* fox  in the sn0w") for _ in range(4)]

    assert shown[0].embeds[0]["description"].splitlines() == [
        f"**{refusing.id}** · pattern → refuse (everywhere)",
        "> a \\*red\\* __**fox**__ in the sn0w",
        f"**{covering.id}** · word → spoiler the result",
        "> a \\*red\\* fox in the __**sn0w**__",
    ]
    assert await world.jobs() == []
    assert "Accepted" in (await (await world.ask(prompt="a cat")).answer()).content


async def test_a_dry_run_that_finds_nothing_says_so(world: World) -> None:
    assert "No rule fires" in (await call(world, "test", text="fox")).embeds[0]["description"]
    assert "prompt is empty" in (await call(world, "test", text="\u200b")).content


async def test_a_member_can_not_touch_the_rules(world: World) -> None:
    rule = await add(world, "fox")

    forbidden: dict[str, dict[str, str | int]] = {
        "add": {"kind": "word", "text": "cat", "action": "hold"},
        "remove": {"id": rule.id},
        "list": {},
        "test": {"text": "fox"},
    }
    for command, options in forbidden.items():
        run = await world.requester.call(world.channel, f"{LOOK} {command}", **options)
        answer = await run.answer()
        assert "for moderators" in answer.content
        assert answer.embeds == []

    assert await rules(world) == [rule]
