import asyncio

import pytest

from bot.domain import EVERYWHERE, LimitKind, PolicyName, RuleAction, RuleKind, Scope, Unit
from bot.errors import InvalidRequestError
from bot.limits.exchange import LimitSetting, PolicySetting, ServerSettings
from bot.limits.listings import adding, removing
from bot.limits.prompt_rules import RuleSetting
from bot.store.moderation.exchange import ExchangeStore, Replaced
from bot.store.moderation.policies import Where, server
from bot.store.record.audit import AuditFilter
from tests.factories import GUILD
from tests.store.world import World

MODERATOR = 99
OTHER_GUILD = 12
DAY = LimitSetting(Scope.SERVER, 0, LimitKind.DAY, Unit.JOBS, 5)
OF_A_ROLE = LimitSetting(Scope.ROLE, 7, LimitKind.MONTH, Unit.MONEY, 1_000_000)
LONGEST = PolicySetting(Scope.SERVER, 0, PolicyName.LONGEST, 5)
OF_A_CHANNEL = PolicySetting(
    Scope.CHANNEL, 8, PolicyName.MODELS, {"mode": "only", "items": ["a/b"]}
)
ALL = ServerSettings((OF_A_ROLE, DAY), (OF_A_CHANNEL, LONGEST))


@pytest.fixture
def exchange(world: World) -> ExchangeStore:
    return ExchangeStore(world.database, world.clock)


async def current(world: World, guild_id: int = GUILD) -> ServerSettings:
    return await ExchangeStore(world.database, world.clock).current(guild_id)


async def lines(world: World) -> list[tuple[str, str, str, str]]:
    rows = await world.audit.newest(AuditFilter(guild_id=GUILD), limit=100)
    return [(row.action, row.target, row.before, row.after) for row in reversed(rows)]


async def test_a_whole_file_is_set_with_a_line_for_each_change(
    world: World, exchange: ExchangeStore
) -> None:
    await world.policies.set_limit(server(GUILD), LimitKind.DAY, Unit.JOBS, 9, MODERATOR)
    await world.policies.set_policy(server(GUILD), PolicyName.LONGEST, 5, MODERATOR)
    await world.policies.set_policy(
        server(GUILD), PolicyName.REFERENCES, value=False, by_id=MODERATOR
    )
    before = len(await lines(world))

    done = await exchange.replace(GUILD, ALL, by_id=MODERATOR)

    assert done == Replaced(before=3, after=4, changed=4)
    assert await current(world) == ALL
    assert (await lines(world))[before:] == [
        ("limit.set", "role:7 month/money", "null", "1000000"),
        ("limit.set", f"server:{GUILD} day/jobs", "9", "5"),
        ("policy.set", "channel:8 models", "null", '{"items": ["a/b"], "mode": "only"}'),
        ("policy.remove", f"server:{GUILD} references", "false", "null"),
    ]
    assert not (await world.audit.verify()).problem


async def test_the_same_again_changes_nothing(world: World, exchange: ExchangeStore) -> None:
    await exchange.replace(GUILD, ALL, by_id=MODERATOR)
    before = await lines(world)

    done = await exchange.replace(GUILD, ALL, by_id=MODERATOR)

    assert done == Replaced(before=4, after=4, changed=0)
    assert await lines(world) == before


async def test_an_empty_file_removes_all_that_can_be_carried(
    world: World, exchange: ExchangeStore
) -> None:
    await exchange.replace(GUILD, ALL, by_id=MODERATOR)
    await exchange.replace(OTHER_GUILD, ALL, by_id=MODERATOR)
    pause = {"reason": "lunch"}
    await world.policies.set_policy(server(GUILD), PolicyName.PAUSE, pause, MODERATOR)
    everywhere = Where(EVERYWHERE, Scope.EVERYWHERE)
    await world.policies.set_policy(everywhere, PolicyName.LONGEST, 9, None)

    done = await exchange.replace(GUILD, ServerSettings(), by_id=MODERATOR)

    assert done == Replaced(before=4, after=0, changed=4)
    book = await world.policies.book(GUILD)
    assert [one.name for one in book.policies if one.guild_id] == [PolicyName.PAUSE]
    assert book.value(Scope.EVERYWHERE, 0, PolicyName.LONGEST) == 9
    assert await current(world, OTHER_GUILD) == ALL


async def test_one_setting_that_will_not_do_leaves_everything_as_it_was(
    world: World, exchange: ExchangeStore
) -> None:
    await world.policies.set_policy(server(GUILD), PolicyName.LONGEST, 7, MODERATOR)
    before = await lines(world)
    wrong = PolicySetting(Scope.SERVER, 0, PolicyName.RESOLUTION, "huge")

    with pytest.raises(InvalidRequestError, match="no size"):
        await exchange.replace(GUILD, ServerSettings((DAY,), (wrong,)), by_id=MODERATOR)

    assert await current(world) == ServerSettings(
        (), (PolicySetting(Scope.SERVER, 0, PolicyName.LONGEST, 7),)
    )
    assert await lines(world) == before


async def test_rules_about_prompts_are_carried_too(world: World, exchange: ExchangeStore) -> None:
    await world.rules.add(EVERYWHERE, RuleKind.WORD, "moon", RuleAction.REFUSE, None)
    await world.rules.add(OTHER_GUILD, RuleKind.WORD, "fox", RuleAction.HOLD, MODERATOR)
    for text in ("fox", "bear", "owl"):
        await world.rules.add(GUILD, RuleKind.WORD, text, RuleAction.HOLD, MODERATOR)
    before = len(await lines(world))
    kept = RuleSetting(RuleKind.WORD, "bear", RuleAction.HOLD)
    changed = RuleSetting(RuleKind.WORD, "fox", RuleAction.REFUSE)
    new = RuleSetting(RuleKind.PATTERN, "ca[tr]", RuleAction.SPOILER)
    unkept = RuleSetting(RuleKind.WORD, "a\0b", RuleAction.HOLD)
    wanted = ServerSettings(rules=(kept, changed, new, unkept))

    done = await exchange.replace(GUILD, wanted, by_id=MODERATOR)
    again = await exchange.replace(GUILD, wanted, by_id=MODERATOR)

    assert done == Replaced(before=3, after=4, changed=5)
    assert again.changed == 0
    assert set((await current(world)).rules) == {
        kept,
        changed,
        new,
        RuleSetting(RuleKind.WORD, "a?b", RuleAction.HOLD),
    }
    assert [(action, target) for action, target, *_ in (await lines(world))[before:]] == [
        ("rule.add", "rule:6"),
        ("rule.add", "rule:7"),
        ("rule.remove", "rule:3"),
        ("rule.add", "rule:8"),
        ("rule.remove", "rule:5"),
    ]
    assert [rule.text for rule in await world.rules.rules(OTHER_GUILD)] == ["moon", "fox"]


async def test_two_files_at_once_leave_one_of_them(world: World, exchange: ExchangeStore) -> None:
    other = ServerSettings((DAY,), ())
    other_store = ExchangeStore(world.database, world.clock)

    await asyncio.gather(
        exchange.replace(GUILD, ALL, by_id=MODERATOR),
        other_store.replace(GUILD, ALL, by_id=MODERATOR),
        world.policies.set_limit(server(GUILD), LimitKind.DAY, Unit.JOBS, 5, MODERATOR),
    )
    done = await exchange.replace(GUILD, other, by_id=MODERATOR)

    assert done.before == 4
    assert await current(world) == other
    assert not (await world.audit.verify()).problem


async def test_two_names_that_are_added_at_once_are_both_on_the_list(world: World) -> None:
    where, name = server(GUILD), PolicyName.CHANNELS
    await world.policies.set_policy(where, name, {"mode": "only", "items": [1]}, MODERATOR)

    await asyncio.gather(
        *(world.policies.edit_policy(where, name, adding([one]), MODERATOR) for one in (2, 3, 4))
    )

    book = await world.policies.book(GUILD)
    assert book.value(Scope.SERVER, GUILD, name) == {"mode": "only", "items": [1, 2, 3, 4]}


async def test_a_list_without_its_last_exception_is_removed(world: World) -> None:
    where, name = server(GUILD), PolicyName.CHANNELS
    await world.policies.set_policy(where, name, {"mode": "except", "items": [1]}, MODERATOR)

    change = await world.policies.edit_policy(where, name, removing([1]), MODERATOR)

    assert change.after is None
    assert (await world.policies.book(GUILD)).policies == ()
    assert (await lines(world))[-1][0] == "policy.remove"
