"""What a moderator names that is another server's, and two of them who decide at once."""

import asyncio
import logging

import pytest

from bot.domain import LimitKind, RuleAction, RuleKind, Unit
from bot.store.moderation.policies import server
from sandbox.discord_api import CommandValue
from tests.cogs.moderation.abroad import abroad_of
from tests.cogs.moderation.desk import held, title_of
from tests.digest import changes, digest_of, settled
from tests.world import World


async def test_risk_12_a_moderator_abroad_names_what_is_not_theirs(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await held(world)
    services, guild_id, by_id = world.app.bot.services, world.chat.guild.id, world.moderator.id
    job, abroad = await world.job(), await abroad_of(world)
    stranger, there = abroad.member("moderator"), abroad.channel("videos")
    await services.policies.set_limit(server(guild_id), LimitKind.DAY, Unit.JOBS, 9, by_id)
    rule = await services.rules.add(guild_id, RuleKind.WORD, "bear", RuleAction.HOLD, by_id)
    await services.members.block(guild_id, world.visitor.id, until_at=None, reason="", by_id=by_id)
    before = await settled(world)

    named: list[tuple[str, dict[str, CommandValue], str]] = [
        ("grok cancel", {"id": job.id}, "no such job"),
        ("grok deliver", {"id": job.id}, "no such job"),
        ("grok show", {"id": job.id}, "no such job"),
        ("grok remove", {"id": job.id}, "no such"),
        ("grok-admin limits remove", {"limit": "server day jobs"}, "no such limit"),
        ("grok-admin limits remove", {"limit": f"channel:{2**70} day jobs"}, "no such limit"),
        ("grok-admin limits remove", {"limit": "member:-1 day jobs"}, "no such limit"),
        ("grok-admin rules remove", {"id": rule.id}, "no such rule"),
        ("grok-admin rules remove", {"id": 2**53 - 1}, "no such rule"),
        ("grok-admin unblock", {"member": abroad.member("visitor")}, "not blocked"),
        ("grok-admin blocks", {}, "obody is blocked"),
    ]
    problems = []
    for path, options, words in named:
        answer = await (await stranger.call(there, path, **options)).answer()
        told = f"{answer.content}{answer.embeds}"
        after = await digest_of(world)
        if words not in told or after != before:
            problems.append(f"/{path} {options}: {told}, changed {changes(before, after)}")

    assert problems == []
    assert [one for one in caplog.records if one.levelno > logging.INFO] == []


@pytest.mark.parametrize("second", ["approve", "form"])
async def test_risk_15_two_moderators_at_once_make_one_decision(
    world: World, second: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    case = await held(world)
    case_id = int(title_of(case).rpartition(" ")[2])
    guild = world.chat.guild
    deputy = guild.add_member("deputy", roles=(guild.role("moderators"),))
    form = await (await deputy.click(case, "Reject")).modal()

    runs = await asyncio.gather(
        world.moderator.click(case, "Approve"),
        deputy.click(case, "Approve")
        if second == "approve"
        else deputy.submit(form, reason="no foxes"),
    )
    answers = [(await run.answer()).content for run in runs]

    late = next(index for index, answer in enumerate(answers) if "was first" in answer)
    first = (world.moderator, deputy)[1 - late]
    assert f"<@{first.id}> was first" in answers[late]
    assert "was first" not in answers[1 - late]
    number = str(runs[late].interaction.id)
    assert len([one for one in caplog.messages if number in one]) == 1
    decided = await world.app.bot.services.cases.view(case_id, guild.id)
    assert decided is not None
    assert decided.case.decided_by_id == first.id
    await world.job_once(lambda job: job.held_for is None)
