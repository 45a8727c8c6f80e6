import pytest

from bot.domain import EVERYWHERE, Change, LimitKind, PolicyName, Scope, Unit
from bot.errors import InvalidRequestError
from bot.limits.listings import removing
from bot.store.moderation.policies import Where, server
from tests.factories import GUILD
from tests.limits.asking import MODERATOR
from tests.store.world import World

OTHER_GUILD = GUILD + 1
FOREIGN = (
    Where(EVERYWHERE, Scope.EVERYWHERE),
    Where(EVERYWHERE, Scope.PERSON),
    Where(OTHER_GUILD, Scope.SERVER, OTHER_GUILD),
    Where(OTHER_GUILD, Scope.CHANNEL, 22),
    Where(OTHER_GUILD, Scope.ROLE, 9),
    Where(OTHER_GUILD, Scope.MEMBER, 33),
)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (Where(GUILD, Scope.EVERYWHERE), "Only the people who run this bot"),
        (Where(EVERYWHERE, Scope.SERVER), "Only the people who run this bot"),
        (Where(GUILD, Scope.SERVER, GUILD + 1), "no server of this server"),
        (Where(EVERYWHERE, Scope.PERSON, 33), "no person of this server"),
        (Where(GUILD, Scope.MEMBER, 0), "no member of this server"),
    ],
)
async def test_a_scope_that_is_not_theirs_is_refused_to_a_moderator(
    world: World, where: Where, told: str
) -> None:
    with pytest.raises(InvalidRequestError, match=told):
        await world.policies.set_limit(where, LimitKind.DAY, Unit.JOBS, 1, MODERATOR)

    assert await world.count("SELECT count(*) FROM limits") == 0


@pytest.mark.parametrize(
    ("kind", "amount", "told"),
    [
        (LimitKind.DAY, -1, "from zero up"),
        (LimitKind.DAY, 10**12 + 1, "from zero up"),
        (LimitKind.COOLDOWN, 30 * 86_400 + 1, "at most 30 days"),
    ],
)
async def test_an_absurd_amount_is_refused(
    world: World, kind: LimitKind, amount: int, told: str
) -> None:
    with pytest.raises(InvalidRequestError, match=told):
        await world.policies.set_limit(server(GUILD), kind, Unit.SECONDS, amount, MODERATOR)

    assert await world.count("SELECT count(*) FROM audit") == 0


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda where: where.name)
async def test_what_is_set_elsewhere_is_not_removed_by_its_name(
    world: World, foreign: Where
) -> None:
    await world.policies.set_limit(foreign, LimitKind.DAY, Unit.JOBS, 1, None)
    await world.policies.set_policy(foreign, PolicyName.LONGEST, 8, None)
    named = Where(GUILD, foreign.scope, foreign.target_id)

    limit = await world.policies.remove_limit(named, LimitKind.DAY, Unit.JOBS, MODERATOR)
    policy = await world.policies.remove_policy(named, PolicyName.LONGEST, MODERATOR)

    assert limit == policy == Change(None, None)
    book = await world.policies.book(foreign.guild_id)
    assert (len(book.limits), len(book.policies)) == (1, 1)
    assert await world.count("SELECT count(*) FROM audit") == 2


async def test_a_list_of_another_server_is_not_edited_by_its_name(world: World) -> None:
    elsewhere, here = Where(OTHER_GUILD, Scope.ROLE, 9), Where(GUILD, Scope.ROLE, 9)
    value = {"mode": "only", "items": ["xai/one", "xai/two"]}
    await world.policies.set_policy(elsewhere, PolicyName.MODELS, value, None)

    with pytest.raises(InvalidRequestError, match="not on the list"):
        await world.policies.edit_policy(here, PolicyName.MODELS, removing(["xai/one"]), MODERATOR)

    (policy,) = (await world.policies.book(OTHER_GUILD)).policies
    assert policy.value == value
