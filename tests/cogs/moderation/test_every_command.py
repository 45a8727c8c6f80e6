"""What must hold for every command of /grok-admin, also for those that are not written yet."""

from collections.abc import Iterator
from typing import Any, Final

from bot.domain import LimitKind, PolicyName, RuleAction, RuleKind, Scope, Unit
from bot.interactions import ADMIN, NOT_A_MODERATOR
from bot.store.moderation.policies import Where, server
from sandbox.discord_api.options import OptionKind
from tests.cogs.moderation.tree import Leaf, leaves, root_of, values_of
from tests.digest import changes, digest_of, settled
from tests.world import World

READS: Final = frozenset(
    {
        "allow show",
        "audit export",
        "audit search",
        "blocks",
        "budget show",
        "channels show",
        "jobs",
        "limits explain",
        "limits show",
        "models show",
        "reactions show",
        "review list",
        "roles show",
        "rules list",
        "rules test",
        "settings export",
        "settings show",
        "usage",
    }
)
"""Each other command has to change something, or the tests here would prove little about it."""
FREE: Final = frozenset(
    {
        "allow longest seconds",
        "audit export since",
        "audit search since",
        "block reason",
        "budget set amount",
        "budget step-down longest",
        "gallery set votes",
        "grant amount",
        "grant reason",
        "limits set amount",
        "pause reason",
        "reactions own emojis",
        "review newcomers days",
        "rules add text",
        "rules test text",
        "usage days",
    }
)
"""Options that are typed freely: there is no list of what could be meant."""
_TYPED: Final = (OptionKind.STRING, OptionKind.INTEGER, OptionKind.NUMBER)
_CHILDREN: Final = 25
_DESCRIPTION: Final = 100
_WHOLE: Final = 8000
"""All of these from Discord's page Application Commands: characters of a command, its groups,
options and choices together."""


async def furnish(world: World) -> list[Leaf]:
    """Set things, so that there is something to remove, and return the commands."""
    services, guild_id, by_id = world.app.bot.services, world.chat.guild.id, world.moderator.id
    guild, here = world.chat.guild, server(world.chat.guild.id)
    guild.add_channel("spare")
    await services.policies.set_limit(here, LimitKind.DAY, Unit.JOBS, 9, by_id)
    await services.policies.set_limit(here, LimitKind.MONTH, Unit.MONEY, 10**6, by_id)
    await services.policies.set_policy(here, PolicyName.PAUSE, {"reason": ""}, by_id)
    role = Where(guild_id, Scope.ROLE, guild.role("moderators").id)
    await services.policies.set_policy(role, PolicyName.REVIEW, True, by_id)  # noqa: FBT003 - the value of the policy
    await services.rules.add(guild_id, RuleKind.WORD, "bear", RuleAction.REFUSE, by_id)
    await services.members.block(
        guild_id, world.requester.id, until_at=None, reason="", by_id=by_id
    )
    return list(leaves(root_of(world.chat)))


async def called(world: World, leaf: Leaf, *, by_moderator: bool) -> tuple[str, bool]:
    """Call a command past Discord's client: what is told, and whether to one person only."""
    who = world.moderator if by_moderator else world.visitor
    run = await who.call(world.channel, leaf.command, **values_of(world.chat.guild, leaf))
    answer = await run.answer()
    return answer.content, answer.is_ephemeral and (await run.acknowledged()).is_ephemeral


async def test_whoever_may_not_manage_the_server_is_refused_and_changes_nothing(
    world: World,
) -> None:
    problems = []
    commands = await furnish(world)
    before = await settled(world)

    for leaf in commands:
        told, is_ephemeral = await called(world, leaf, by_moderator=False)
        after = await digest_of(world)
        if told != NOT_A_MODERATOR() or not is_ephemeral or after != before:
            problems.append(f"/{leaf.command}: {told}, changed {changes(before, after)}")

    assert len(commands) > len(READS)
    assert problems == []
    assert await settled(world) == before


async def test_the_same_values_do_something_for_a_moderator(world: World) -> None:
    problems = []
    commands = await furnish(world)
    # What is imported replaces what the others have set.
    commands.sort(key=lambda leaf: leaf.path == "settings import")

    for leaf in commands:
        before = await digest_of(world)
        told, is_ephemeral = await called(world, leaf, by_moderator=True)
        is_change = await digest_of(world) != before
        if told == NOT_A_MODERATOR() or not is_ephemeral or is_change is (leaf.path in READS):
            problems.append(f"/{leaf.command}: {told!r}, changes: {is_change}")

    assert problems == []
    assert {leaf.path for leaf in commands} >= READS


async def test_whoever_may_not_manage_the_server_has_nothing_suggested(world: World) -> None:
    commands = await furnish(world)
    asked = [
        (leaf, option["name"])
        for leaf in commands
        for option in leaf.options
        if option.get("autocomplete")
    ]

    async def suggested(leaf: Leaf, name: str, *, by_moderator: bool) -> int:
        who = world.moderator if by_moderator else world.visitor
        word = {"focused": name, "value": ""}
        return len(await who.call_autocomplete(world.channel, leaf.command, **word))

    theirs = [await suggested(*one, by_moderator=False) for one in asked]
    ours = [await suggested(*one, by_moderator=True) for one in asked]

    names = [f"{leaf.path} {name}" for leaf, name in asked]
    assert [name for name, count in zip(names, theirs, strict=True) if count] == []
    assert [name for name, count in zip(names, ours, strict=True) if not count] == [
        "models remove model"  # no list of models is set
    ]


async def test_every_option_with_a_list_offers_it(world: World) -> None:
    bare = {
        f"{leaf.path} {option['name']}"
        for leaf in leaves(root_of(world.chat))
        for option in leaf.options
        if option["type"] in _TYPED and not option.get("choices") and not option.get("autocomplete")
    }

    assert sorted(bare ^ FREE) == []


async def test_the_tree_has_room_within_discord_s_limits(world: World) -> None:
    nodes = list(walk(root_of(world.chat)))
    texts = [str(node.get(name) or "") for node in nodes for name in ("name", "description")]
    values = [str(one.get("value")) for node in nodes for one in node.get("choices") or ()]
    counts = {node["name"]: len(node.get("options") or ()) for node in nodes}
    used = sum(map(len, texts)) + sum(map(len, values))
    long = [text for text in texts if len(text) > _DESCRIPTION]

    assert long == []
    assert max(counts.values()) <= _CHILDREN, counts
    assert used <= _WHOLE, f"room for {_WHOLE - used} characters"
    assert counts[ADMIN] < _CHILDREN, "no command fits into /grok-admin any more"


async def test_no_other_command_is_for_moderators_only(world: World) -> None:
    hidden = [one.name for one in world.chat.commands if one.body.get("default_member_permissions")]

    assert hidden == [ADMIN]


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for name in ("options", "choices"):
        for child in node.get(name) or ():
            yield from walk(child)
