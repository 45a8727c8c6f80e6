import pytest

from bot.domain import (
    EVERYWHERE,
    LimitKind,
    Scope,
    Unit,
)
from bot.errors import InvalidRequestError
from bot.store.moderation.policies import Where, server
from tests.factories import GUILD
from tests.limits.asking import MODERATOR
from tests.store.world import World


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
