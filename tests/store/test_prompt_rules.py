import asyncio
import json
from datetime import timedelta

import pytest

from bot.domain import EVERYWHERE, FailureKind, Job, PromptRule, RuleAction, RuleKind
from bot.errors import InvalidRequestError
from bot.limits.prompt_rules import MOST_RULES
from bot.store.record.audit import AuditFilter
from tests.factories import GUILD, make_failure, make_job_id, make_origin
from tests.store.world import World

MODERATOR = 7
OTHER_GUILD = 12
MINUTE = timedelta(minutes=1)


async def add(
    world: World,
    text: str = "fox",
    *,
    guild_id: int = GUILD,
    kind: RuleKind = RuleKind.WORD,
    action: RuleAction = RuleAction.REFUSE,
) -> PromptRule:
    by_id = None if guild_id == EVERYWHERE else MODERATOR
    return await world.rules.add(guild_id, kind, text, action, by_id)


async def test_a_rule_is_kept_in_its_clean_form_and_put_on_record(world: World) -> None:
    rule = await add(world, "  red   fox ", action=RuleAction.HOLD)

    assert (rule.text, rule.set_by_id, rule.set_at) == ("red fox", MODERATOR, world.clock.now())
    assert await world.rules.rules(GUILD) == [rule]
    (row,) = await world.audit.newest(AuditFilter(), limit=9)
    assert (row.guild_id, row.actor_id, row.action) == (GUILD, MODERATOR, "rule.add")
    assert row.target == f"rule:{rule.id}"
    assert json.loads(row.before) is None
    assert json.loads(row.after) == {"kind": "word", "text": "red fox", "action": "hold"}


async def test_a_removed_rule_is_gone_and_on_record(world: World) -> None:
    rule = await add(world)

    gone = await world.rules.remove(GUILD, rule.id, 8)

    assert gone == rule
    assert await world.rules.rules(GUILD) == []
    row = (await world.audit.newest(AuditFilter(), limit=9))[0]
    assert (row.action, row.actor_id, json.loads(row.after)) == ("rule.remove", 8, None)
    assert json.loads(row.before)["text"] == "fox"
    assert not (await world.audit.verify()).problem


async def test_the_number_of_a_removed_rule_is_not_given_again(world: World) -> None:
    first, last = await add(world), await add(world, "wolf")
    await world.rules.remove(GUILD, last.id, MODERATOR)
    await world.rules.remove(GUILD, first.id, MODERATOR)

    again = await add(world, "wolf")

    assert again.id > last.id > first.id


async def test_the_rules_of_the_operator_hold_in_each_server_before_its_own(world: World) -> None:
    own, other = await add(world, "own"), await add(world, "other", guild_id=OTHER_GUILD)
    everywhere = await add(world, "all", guild_id=EVERYWHERE)

    assert await world.rules.rules(GUILD) == [everywhere, own]
    assert await world.rules.rules(OTHER_GUILD) == [everywhere, other]
    assert await world.rules.rules(EVERYWHERE) == [everywhere]


@pytest.mark.parametrize("guild_id", [OTHER_GUILD, EVERYWHERE])
async def test_nobody_removes_a_rule_that_is_not_of_their_server(
    world: World, guild_id: int
) -> None:
    rule = await add(world, guild_id=guild_id)

    for rule_id in (rule.id, -1, 2**63):
        with pytest.raises(InvalidRequestError, match="no such rule here"):
            await world.rules.remove(GUILD, rule_id, MODERATOR)

    assert await world.rules.rules(guild_id) == [rule]
    assert await world.count("SELECT count(*) FROM audit") == 1


async def test_a_rule_is_made_once(world: World) -> None:
    rule = await add(world, "fox")

    with pytest.raises(InvalidRequestError, match=f"That is rule {rule.id} already"):
        await add(world, " fox ", action=RuleAction.SPOILER)

    await add(world, "fox", kind=RuleKind.PATTERN)
    await add(world, "fox", guild_id=OTHER_GUILD)
    assert len(await world.rules.rules(GUILD)) == 2


@pytest.mark.parametrize("text", ["(a+)+$", "(", " ", "a" * 201])
async def test_a_rule_that_will_not_do_changes_nothing(world: World, text: str) -> None:
    with pytest.raises(InvalidRequestError):
        await add(world, text, kind=RuleKind.PATTERN)

    assert await world.rules.rules(GUILD) == []
    assert await world.count("SELECT count(*) FROM audit") == 0


async def test_what_no_engine_can_keep_is_replaced_in_a_rule(world: World) -> None:
    rule = await add(world, "a\0b\ud800")

    assert rule.text == "a?b?"
    assert await world.rules.rules(GUILD) == [rule]


async def test_two_at_once_can_not_share_the_last_place(world: World) -> None:
    now = world.clock.now()
    for number in range(MOST_RULES - 1):
        await world.execute(
            "INSERT INTO prompt_rules (guild_id, kind, text, action, set_at) "
            "VALUES (:guild_id, 'word', :text, 'hold', :now)",
            guild_id=GUILD,
            text=f"word{number}",
            now=now,
        )

    made = await asyncio.gather(add(world, "one"), add(world, "two"), return_exceptions=True)

    assert sum(isinstance(one, PromptRule) for one in made) == 1
    assert [str(one)[:24] for one in made if isinstance(one, InvalidRequestError)] == [
        "There are 200 rules alre"
    ]
    assert len(await world.rules.rules(GUILD)) == MOST_RULES


async def refused(world: World, number: int, prompt: str, *, guild_id: int = GUILD) -> Job:
    origin = make_origin(number, guild_id=guild_id)
    await world.reserve(number, origin=origin, prompt=prompt)
    job = await world.claim(make_job_id(number))
    world.clock.advance(MINUTE)
    return await world.jobs.fail(job, make_failure(FailureKind.REFUSED))


async def test_refused_prompts_of_all_servers_are_remembered_the_newest_first(
    world: World,
) -> None:
    await refused(world, 1, "one")
    await refused(world, 2, "two", guild_id=OTHER_GUILD)
    await refused(world, 3, "three")

    assert await world.rules.refused_prompts() == ["three", "two", "one"]
    assert await world.rules.refused_prompts(limit=2) == ["three", "two"]


async def test_other_failures_and_prompts_that_are_not_kept_are_not_remembered(
    world: World,
) -> None:
    job = await refused(world, 1, "one")
    await world.execute("UPDATE jobs SET prompt = '' WHERE id = :id", id=job.id)
    await world.reserve(2, prompt="two")
    unknown = await world.claim(make_job_id(2))
    await world.jobs.fail(unknown, make_failure(FailureKind.OUTCOME_UNKNOWN))
    await world.reserve(3, prompt="three")

    assert await world.rules.refused_prompts() == []
