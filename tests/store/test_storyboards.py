from datetime import timedelta

import pytest

from bot.domain import (
    Cancelled,
    Denial,
    Ending,
    Hold,
    JobState,
    LimitKind,
    MessageKind,
    PolicyName,
    Refusal,
    RuleAction,
    Scope,
    Unit,
)
from bot.limits.prompt_rules import Hit
from bot.store.moderation.policies import Where, server
from tests.factories import GUILD, REQUESTER
from tests.limits.asking import MODERATOR, PRICE
from tests.limits.rules import rule
from tests.store.stories import Stories, make_stories
from tests.store.world import World

WEEK = timedelta(days=7)


@pytest.fixture
def stories(world: World) -> Stories:
    return make_stories(world)


async def limit(world: World, kind: LimitKind, unit: Unit, amount: int) -> None:
    await world.policies.set_limit(server(GUILD), kind, unit, amount, MODERATOR)


async def policy(world: World, name: PolicyName, value: object) -> None:
    await world.policies.set_policy(server(GUILD), name, value, MODERATOR)


async def booked(world: World) -> tuple[int, int]:
    jobs = await world.count("SELECT coalesce(sum(jobs), 0) FROM ledger")
    return jobs, await world.count("SELECT coalesce(sum(micros), 0) FROM ledger")


def make_hit(action: RuleAction) -> Hit:
    return Hit(rule("fox", action=action), 0, 3)


async def owed(world: World) -> int:
    return await world.count("SELECT count(*) FROM outbox")


async def test_all_scenes_are_inserted_and_counted_at_once_and_only_the_first_is_known(
    world: World, stories: Stories
) -> None:
    made = await stories.tell(3)

    assert [scene.held_for for scene in made] == [None, Hold.SCENE, Hold.SCENE]
    assert [scene.storyboard.scene for scene in made if scene.storyboard] == [1, 2, 3]
    assert len({scene.storyboard.storyboard_id for scene in made if scene.storyboard}) == 1
    assert await booked(world) == (3, 3 * PRICE)
    assert (await owed(world), await world.pause(made[2])) == (1, WEEK)
    assert [job.id for job in await world.jobs.claim(9, {JobState.RESERVED: WEEK})] == [made[0].id]


async def test_the_same_interaction_again_gives_the_same_scenes(
    world: World, stories: Stories
) -> None:
    made = await stories.tell(3)

    again = await stories.ask(3)

    assert again == made
    assert await booked(world) == (3, 3 * PRICE)


@pytest.mark.parametrize(
    ("kind", "unit", "amount"),
    [
        (LimitKind.DAY, Unit.JOBS, 2),
        (LimitKind.ROLLING_DAY, Unit.SECONDS, 17),
        (LimitKind.MONTH, Unit.MONEY, 3 * PRICE - 1),
    ],
)
async def test_a_limit_that_has_no_room_for_all_of_them_lets_none_in(
    world: World, stories: Stories, kind: LimitKind, unit: Unit, amount: int
) -> None:
    await limit(world, kind, unit, amount)

    denial = await stories.ask(3)

    assert isinstance(denial, Denial)
    assert (denial.refusal, denial.gauge and denial.gauge.used) == (Refusal.LIMIT, 0)
    assert await world.count("SELECT count(*) FROM jobs") == 0
    assert await world.count("SELECT count(*) FROM storyboards") == 0
    assert (await booked(world), await owed(world)) == ((0, 0), 0)


async def test_of_what_is_made_at_once_a_storyboard_counts_as_one_job(
    world: World, stories: Stories
) -> None:
    await limit(world, LimitKind.AT_ONCE, Unit.JOBS, 2)

    first = await stories.tell(3)
    second = await stories.ask(3, 11)
    third = await stories.ask(2, 21)
    await stories.make(first[0])
    await stories.make(first[1])

    assert not isinstance(second, Denial)
    assert isinstance(third, Denial)
    assert isinstance(await stories.ask(2, 21), Denial)


async def test_a_pause_after_each_job_comes_after_the_whole_storyboard(
    world: World, stories: Stories
) -> None:
    await limit(world, LimitKind.COOLDOWN, Unit.JOBS, 60)

    await stories.tell(3)

    assert isinstance(await stories.ask(2, 11), Denial)
    world.clock.advance(seconds=61)
    assert not isinstance(await stories.ask(2, 11), Denial)


async def test_a_grant_is_taken_for_the_last_scenes_and_given_back_with_them(
    world: World, stories: Stories
) -> None:
    where = Where(GUILD, Scope.MEMBER, REQUESTER)
    await world.policies.set_limit(where, LimitKind.DAY, Unit.JOBS, 2, MODERATOR)
    await world.members.grant(
        GUILD,
        REQUESTER,
        unit=Unit.JOBS,
        amount=2,
        expires_at=world.clock.now() + WEEK,
        reason="a party",
        by_id=MODERATOR,
    )
    used = "SELECT coalesce(sum(amount), 0) FROM grant_uses"

    made = await stories.tell(3)
    taken = await world.count(used)
    await stories.refuse(made[0])

    assert (taken, await world.count(used)) == (1, 0)
    assert await booked(world) == (0, 0)


async def test_the_price_that_is_asked_is_that_of_all_scenes(
    world: World, stories: Stories
) -> None:
    await policy(world, PolicyName.CONFIRM_ABOVE, 2 * PRICE)

    two = await stories.tell(2, 11)
    three = await stories.tell(3)

    assert two[0].held_for is None
    assert [scene.held_for for scene in three] == [Hold.CONFIRMATION, Hold.SCENE, Hold.SCENE]


async def test_a_price_that_is_declined_ends_all_scenes_without_a_word_to_the_channel(
    world: World, stories: Stories
) -> None:
    await policy(world, PolicyName.CONFIRM_ABOVE, 2 * PRICE)
    made = await stories.tell(3)

    assert await world.holds.decline(made[0].id)

    ended = [await world.job(scene.id) for scene in made]
    assert [scene.state for scene in ended] == [JobState.TOLD] * 3
    assert [scene.ending for scene in ended] == [Ending.UNCONFIRMED, *[Ending.BROKEN] * 2]
    assert (await booked(world), await owed(world)) == ((0, 0), 0)
    assert await stories.story_state() == "ended"


async def test_a_rule_about_any_scene_sends_the_first_to_the_moderators(
    world: World, stories: Stories
) -> None:
    hit = make_hit(RuleAction.HOLD)

    made = await stories.ask(3, hits=[[], [], [hit]])

    assert not isinstance(made, Denial)
    assert [scene.held_for for scene in made] == [Hold.REVIEW, Hold.SCENE, Hold.SCENE]
    assert await world.count("SELECT count(*) FROM cases") == 1


async def test_a_rule_that_refuses_one_scene_refuses_all_and_is_counted_once(
    world: World, stories: Stories
) -> None:
    hit = make_hit(RuleAction.REFUSE)

    denial = await stories.ask(3, hits=[[], [hit], [hit]])

    assert isinstance(denial, Denial)
    assert denial.refusal is Refusal.PROMPT
    assert await world.count("SELECT count(*) FROM blocked_attempts") == 1
    assert await world.count("SELECT count(*) FROM jobs") == 0


async def test_a_cover_for_one_scene_covers_all(stories: Stories) -> None:
    made = await stories.ask(3, hits=[[], [make_hit(RuleAction.SPOILER)], []])

    assert not isinstance(made, Denial)
    assert [scene.is_spoiler for scene in made] == [True] * 3


async def test_two_at_once_can_not_share_what_is_left(world: World, stories: Stories) -> None:
    await limit(world, LimitKind.DAY, Unit.JOBS, 5)

    first = await stories.ask(3)
    second = await stories.ask(3, 11)

    assert not isinstance(first, Denial)
    assert isinstance(second, Denial)


async def test_a_scene_that_waits_can_be_cancelled_and_takes_the_later_ones_along(
    world: World, stories: Stories
) -> None:
    made = await stories.tell(4)

    outcome = await world.jobs.cancel(made[2].id, by_id=REQUESTER)

    third, fourth = await world.job(made[2].id), await world.job(made[3].id)
    assert outcome is Cancelled.FREE
    assert (third.state, third.ending) == (JobState.FAILED, None)
    assert (fourth.state, fourth.ending) == (JobState.TOLD, Ending.BROKEN)
    assert await booked(world) == (2, 2 * PRICE)
    assert await stories.states() == [
        JobState.RESERVED,
        JobState.RESERVED,
        JobState.FAILED,
        JobState.TOLD,
    ]
    assert (await world.message(third.id, MessageKind.FAILURE)).job_id == third.id
