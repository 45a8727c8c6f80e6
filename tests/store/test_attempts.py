import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain import (
    CaseKind,
    Denial,
    Hold,
    Job,
    PolicyName,
    PromptRule,
    Refusal,
    RuleAction,
    RuleKind,
    Scope,
)
from bot.limits.cooling import LOOKED_BACK
from bot.limits.prompt_rules import Hit
from bot.store.moderation.policies import server
from tests.factories import GUILD, make_asker, make_job_id, make_origin, make_valid_request
from tests.store.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ATTEMPTS = "SELECT count(*) FROM blocked_attempts"


def hit(world: World, action: RuleAction = RuleAction.REFUSE) -> Hit:
    rule = PromptRule(12, GUILD, RuleKind.WORD, "fox", action, 7, world.clock.now())
    return Hit(rule, 2, 5)


async def ask(
    world: World, number: int, *hits: Hit, requester_id: int = 33, guild_id: int = GUILD
) -> Job | Denial:
    origin = make_origin(number, requester_id=requester_id, guild_id=guild_id)
    request = make_valid_request(number, origin=origin)
    return await world.ask(make_job_id(number), request, hits=hits)


async def attempt(world: World, number: int) -> None:
    made = await ask(world, number, hit(world))
    assert isinstance(made, Denial)
    assert made.refusal is Refusal.PROMPT


def cooling(world: World, pause: timedelta) -> Denial:
    return Denial(Refusal.COOLING, Scope.SERVER, until=world.clock.now() + pause)


async def test_a_refused_prompt_is_one_attempt_and_no_job(world: World) -> None:
    await attempt(world, 1)
    await attempt(world, 1)

    assert await world.count(ATTEMPTS) == 1
    assert await world.count("SELECT count(*) FROM jobs") == 0
    assert await world.count("SELECT count(*) FROM ledger") == 0
    assert await world.count("SELECT count(*) FROM outbox") == 0


async def test_other_denials_and_other_hits_are_no_attempts(world: World) -> None:
    await ask(world, 1, hit(world, RuleAction.HOLD), hit(world, RuleAction.SPOILER))
    await world.policies.set_policy(server(GUILD), PolicyName.PAUSE, {"reason": ""}, 7)
    await ask(world, 2, hit(world))

    assert await world.count(ATTEMPTS) == 0


async def test_after_three_attempts_nothing_goes_until_the_pause_is_over(world: World) -> None:
    for number in (1, 2, 3):
        await attempt(world, number)

    assert await ask(world, 4) == cooling(world, 10 * MINUTE)

    world.clock.advance(10 * MINUTE)
    assert isinstance(await ask(world, 5), Job)


async def test_the_pause_grows_with_the_attempts_and_waiting_adds_none(world: World) -> None:
    pauses = {3: 10 * MINUTE, 4: 10 * MINUTE, 5: HOUR, 6: HOUR, 7: HOUR, 8: 24 * HOUR}
    for number in range(1, 9):
        await attempt(world, number)
        pause = pauses.get(number)
        if pause is None:
            continue
        assert await ask(world, 100 + number, hit(world)) == cooling(world, pause)
        world.clock.advance(pause)

    assert isinstance(await ask(world, 200), Job)


async def test_attempts_are_those_of_one_member_in_one_server(world: World) -> None:
    for number in (1, 2, 3):
        await attempt(world, number)

    assert isinstance(await ask(world, 4, requester_id=44), Job)
    assert isinstance(await ask(world, 5, guild_id=12), Job)


async def test_many_attempts_at_once_come_to_the_pause_all_the_same(world: World) -> None:
    made = await asyncio.gather(*(ask(world, number, hit(world)) for number in range(1, 11)))

    told = [one.refusal for one in made if isinstance(one, Denial)]
    assert sorted(told) == [Refusal.COOLING] * 7 + [Refusal.PROMPT] * 3


async def test_attempts_that_decide_nothing_any_more_are_dropped(world: World) -> None:
    await attempt(world, 1)
    world.clock.advance(LOOKED_BACK)

    await attempt(world, 2)

    assert await world.count(ATTEMPTS) == 1


async def test_a_rule_holds_a_covered_job_and_tells_the_moderators_why(world: World) -> None:
    made = await ask(world, 1, hit(world, RuleAction.HOLD), hit(world, RuleAction.SPOILER))

    assert isinstance(made, Job)
    assert (made.held_for, made.is_spoiler) == (Hold.REVIEW, True)
    why = "SELECT count(*) FROM cases WHERE kind = :kind AND why = 'prompt rule 12'"
    assert await world.count(why, kind=CaseKind.REVIEW) == 1


async def asked_price(world: World) -> Job:
    await world.policies.set_policy(server(GUILD), PolicyName.CONFIRM_ABOVE, 0, 7)
    request = replace(make_valid_request(1), estimate_micros=90_000)
    made = await world.ask(make_job_id(1), request, hits=[hit(world, RuleAction.HOLD)])
    assert isinstance(made, Job)
    assert made.held_for is Hold.CONFIRMATION
    return made


async def test_after_the_price_a_held_prompt_waits_for_the_moderators(world: World) -> None:
    job = await asked_price(world)

    made = await world.holds.confirm(job.id, make_asker(), [hit(world, RuleAction.HOLD)])

    assert isinstance(made, Job)
    assert made.held_for is Hold.REVIEW
    assert await world.count("SELECT count(*) FROM cases WHERE why = 'prompt rule 12'") == 1


async def test_a_rule_that_was_made_meanwhile_refuses_at_the_price(world: World) -> None:
    job = await asked_price(world)

    made = await world.holds.confirm(job.id, make_asker(), [hit(world)])

    assert isinstance(made, Denial)
    assert made.refusal is Refusal.PROMPT
    assert (await world.job(job.id)).held_for is Hold.CONFIRMATION
