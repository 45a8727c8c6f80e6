import pytest

from bot.domain import (
    EVERYWHERE,
    FailureKind,
    Hold,
    JobState,
    PolicyName,
    RuleAction,
    RuleKind,
)
from bot.store.moderation.policies import server
from sandbox.canned import CannedReply
from sandbox.discord_api import Message
from tests.world import World


async def add(
    world: World,
    text: str,
    action: RuleAction,
    *,
    kind: RuleKind = RuleKind.WORD,
    guild_id: int | None = None,
) -> int:
    where = world.chat.guild.id if guild_id is None else guild_id
    return (await world.app.bot.services.rules.add(where, kind, text, action, None)).id


async def refused(world: World, prompt: str) -> Message:
    answer = await (await world.ask(prompt=prompt)).answer()
    assert answer.is_ephemeral
    assert "Nothing was charged" in answer.content
    return answer


@pytest.mark.parametrize("is_operators", [False, True])
async def test_a_refused_prompt_is_one_private_sentence_that_names_no_word_and_costs_nothing(
    world: World, *, is_operators: bool
) -> None:
    await add(world, "fox", RuleAction.REFUSE, guild_id=EVERYWHERE if is_operators else None)

    answer = await refused(world, "a red f o x in the snow")

    assert answer.content == (
        "This prompt is against the rules here. Nothing was charged. "
        "Please word it differently; after several of these there is a pause."
    )
    assert await world.jobs() == []
    assert world.channel.messages == []
    assert world.provider.requests == []


async def test_after_three_refused_prompts_there_is_a_pause_for_this_member_alone(
    world: World,
) -> None:
    await add(world, "fox", RuleAction.REFUSE)
    for _ in range(3):
        await refused(world, "a red fox")

    answer = await (await world.ask(prompt="a cat")).answer()
    other = await world.visitor.slash(world.channel, "grok video", prompt="a cat")

    assert "so there is a pause. It goes again <t:" in answer.content
    assert await world.jobs() == []
    assert "Accepted" in (await other.answer()).content


async def test_a_held_prompt_waits_and_is_shown_to_nobody(world: World) -> None:
    await add(world, "fox", RuleAction.HOLD)

    answer = await (await world.ask(prompt="a red fox")).answer()
    card = await world.card()

    job = await world.job()
    assert (job.state, job.held_for) == (JobState.RESERVED, Hold.REVIEW)
    assert job.id in answer.content
    assert "fox" not in str(card.embeds)
    assert world.provider.charges == []


async def test_a_held_prompt_waits_after_its_price_was_agreed_to_as_well(world: World) -> None:
    await add(world, "fox", RuleAction.HOLD)
    where = server(world.chat.guild.id)
    await world.app.bot.services.policies.set_policy(where, PolicyName.CONFIRM_ABOVE, 0, 7)

    question = await (await world.ask(prompt="a red fox")).answer()
    answer = await (await world.requester.click(question, "Make it")).answer()

    job = await world.job()
    assert job.held_for is Hold.REVIEW
    assert "moderator" in answer.content
    assert world.provider.charges == []


async def test_a_covered_prompt_and_its_video_are_posted_behind_a_cover(world: World) -> None:
    await add(world, "fox", RuleAction.SPOILER)

    await world.ask(prompt="a red || fox")
    card = await world.card()
    final = await world.final()

    job = await world.job_in(JobState.POSTED)
    assert [file.filename for file in final.attachments] == [f"SPOILER_grok-{job.id}.mp4"]
    assert final.embeds[0]["description"] == "> ||a red \\|\\| fox||"
    assert all("> ||a red" in str(one) or "Done" in str(one) for one in card.embeds)


async def test_what_is_like_a_prompt_that_the_provider_refused_is_not_sent_again(
    world: World,
) -> None:
    await add(world, "90", RuleAction.REFUSE, kind=RuleKind.SIMILAR, guild_id=EVERYWHERE)
    world.provider.on_create.then(
        CannedReply(400, {"code": "content_policy_violation", "message": "no"})
    )
    await world.ask(prompt="a naked woman walks slowly along the beach")
    await world.job_once(
        lambda job: job.failure is not None and job.failure.kind is FailureKind.REFUSED
    )
    before = len(world.provider.requests)

    await refused(world, "A naked w0man walks slowly, along the beach")

    assert len(await world.jobs()) == 1
    assert len(world.provider.requests) == before
