import pytest

from bot.domain import Asker, Limit, LimitKind, PolicyName, Scope, Unit
from bot.limits.rulebook import Rulebook
from tests.factories import CHANNEL, GUILD, REQUESTER, make_asker
from tests.limits.asking import Person, limit, policy

VIP, GUEST, MUTED = 51, 52, 53
THREAD, PARENT, CATEGORY = 71, 72, 73


def of_role(role_id: int, amount: int, kind: LimitKind = LimitKind.DAY) -> Limit:
    return limit(amount, Scope.ROLE, kind, Unit.JOBS, role_id)


@pytest.mark.parametrize(
    ("scope", "target_id", "applies"),
    [
        (Scope.EVERYWHERE, 0, True),
        (Scope.PERSON, 0, True),
        (Scope.SERVER, GUILD, True),
        (Scope.CHANNEL, THREAD, True),
        (Scope.CHANNEL, PARENT, True),
        (Scope.CHANNEL, CATEGORY, True),
        (Scope.CHANNEL, CHANNEL, False),
        (Scope.ROLE, VIP, True),
        (Scope.ROLE, GUILD, True),
        (Scope.ROLE, GUEST, False),
        (Scope.MEMBER, REQUESTER, True),
        (Scope.MEMBER, REQUESTER + 1, False),
    ],
)
def test_a_rule_applies_to_whom_and_where_it_was_set(
    scope: Scope, target_id: int, *, applies: bool
) -> None:
    rule = limit(3, scope, target_id=target_id)
    review = policy(PolicyName.MODELS, None, scope, target_id)
    person = Person(channel_id=THREAD, roles=(VIP,), parent_channel_id=PARENT, category_id=CATEGORY)

    book = Rulebook((rule,), (review,))

    assert book.limits_for(person.asker) == [rule] * applies
    assert book.policies_for(person.asker, PolicyName.MODELS) == [review] * applies
    assert book.policies_for(person.asker, PolicyName.LONGEST) == []


@pytest.mark.parametrize(
    ("limits", "best"),
    [
        ([], []),
        ([of_role(VIP, 10)], [of_role(VIP, 10)]),
        ([of_role(GUEST, 2), of_role(VIP, 10)], [of_role(VIP, 10)]),
        ([of_role(GUILD, 1), of_role(VIP, 10)], [of_role(VIP, 10)]),
        ([of_role(VIP, 10), of_role(MUTED, 0)], [of_role(MUTED, 0)]),
        (
            [of_role(VIP, 5, LimitKind.COOLDOWN), of_role(GUEST, 60, LimitKind.COOLDOWN)],
            [of_role(VIP, 5, LimitKind.COOLDOWN)],
        ),
        (
            [of_role(VIP, 0, LimitKind.COOLDOWN), of_role(GUEST, 60, LimitKind.COOLDOWN)],
            [of_role(VIP, 0, LimitKind.COOLDOWN)],
        ),
        (
            [of_role(GUEST, 2), of_role(GUEST, 5, LimitKind.MONTH), of_role(VIP, 10)],
            [of_role(VIP, 10), of_role(GUEST, 5, LimitKind.MONTH)],
        ),
    ],
    ids=[
        "no row no limit",
        "one",
        "the most generous",
        "everyone is a role too",
        "zero denies",
        "the shortest cooldown",
        "no cooldown at all",
        "each kind by itself",
    ],
)
def test_of_several_roles_the_most_generous_counts(limits: list[Limit], best: list[Limit]) -> None:
    asker = make_asker(roles=(VIP, GUEST, MUTED))

    assert Rulebook(tuple(limits)).limits_for(asker) == best


def test_a_generous_role_does_not_lift_what_is_set_for_all() -> None:
    shared, own = limit(1), limit(2, Scope.MEMBER, target_id=REQUESTER)
    book = Rulebook((shared, of_role(VIP, 10), own))

    assert book.limits_for(make_asker(roles=(VIP,))) == [shared, own, of_role(VIP, 10)]


def longest(seconds: int, scope: Scope, target_id: int = GUILD) -> tuple[Scope, int, int]:
    return scope, target_id, seconds


@pytest.mark.parametrize(
    ("rules", "refusing"),
    [
        ([], None),
        ([longest(6, Scope.SERVER)], None),
        ([longest(5, Scope.SERVER)], 0),
        ([longest(10, Scope.ROLE, VIP), longest(5, Scope.SERVER)], 1),
        ([longest(5, Scope.ROLE, GUEST), longest(6, Scope.ROLE, VIP)], None),
        ([longest(5, Scope.ROLE, GUEST), longest(4, Scope.ROLE, VIP)], 0),
        ([longest(6, Scope.SERVER), longest(3, Scope.CHANNEL, CHANNEL)], 1),
    ],
    ids=[
        "none",
        "fine",
        "strict",
        "a role lifts nothing",
        "one role is enough",
        "no role",
        "place",
    ],
)
def test_the_strictest_scope_refuses_and_of_roles_one_that_agrees_is_enough(
    rules: list[tuple[Scope, int, int]], refusing: int | None
) -> None:
    policies = [policy(PolicyName.LONGEST, value, scope, where) for scope, where, value in rules]
    asker: Asker = make_asker(roles=(VIP, GUEST))

    found = Rulebook((), tuple(policies)).refusing(
        asker, PolicyName.LONGEST, lambda one: one.value >= 6
    )

    assert found == (None if refusing is None else policies[refusing])


def test_a_value_is_looked_up_in_exactly_one_scope() -> None:
    book = Rulebook((), (policy(PolicyName.HIDE_AT, 3), policy(PolicyName.NEWCOMERS, 7)))

    assert book.value(Scope.SERVER, GUILD, PolicyName.NEWCOMERS) == 7
    assert book.value(Scope.SERVER, GUILD + 1, PolicyName.NEWCOMERS) is None
