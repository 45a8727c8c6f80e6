import asyncio

import pytest

from bot.domain import Hold, JobState
from sandbox.discord_api import Message
from tests.cogs.moderation.desk import case_in, held, labels, reject, review, shown, title_of
from tests.world import PICTURE, World

PRESSES = ("approve", "reject", "block")


def case_id(case: Message) -> int:
    return int(title_of(case).rpartition(" ")[2])


async def is_untouched(world: World) -> bool:
    return (await world.job()).held_for is Hold.REVIEW


async def test_a_case_shows_what_a_decision_needs(world: World) -> None:
    case = await held(world, prompt="a [fox](x) @everyone", image=PICTURE)

    text = str(case.embeds)
    assert "fox" in text
    assert "@everyone" not in text
    assert f"<@{world.requester.id}>" in text
    assert "this server is reviewed" in text
    assert "Videos made: 0" in text
    assert [file.filename for file in case.attachments] == ["SPOILER_reference-1.jpeg"]
    assert labels(case) == ["Approve", "Reject", "Block member"]
    assert not case.pinged


async def test_the_member_reads_that_it_waits_and_the_channel_not_for_what(world: World) -> None:
    channel = await review(world)
    answer = await (await world.ask(prompt="a secret fox")).answer()
    card = await world.card_with("Waiting for review")
    await case_in(channel, "Review")

    assert "waits for review" in answer.content
    assert "secret" not in str(card.embeds)
    assert world.provider.charges == []


async def test_the_second_moderator_is_told_who_was_first(world: World) -> None:
    case = await held(world)
    guild = world.chat.guild
    deputy = guild.add_member("deputy", roles=(guild.role("moderators"),))
    await (await world.moderator.click(case, "Approve")).answer()

    late = await (await deputy.press(case, f"v1:case:{case_id(case)}:reject")).answer()
    again = await (await deputy.press(case, f"v1:case:{case_id(case)}:approve")).answer()

    for answer in (late, again):
        assert f"<@{world.moderator.id}> was first: approved" in answer.content
    await world.job_in(JobState.POSTED)


async def test_two_presses_at_once_are_one_decision(world: World) -> None:
    case = await held(world)
    guild = world.chat.guild
    deputy = guild.add_member("deputy", roles=(guild.role("moderators"),))

    runs = await asyncio.gather(
        world.moderator.click(case, "Approve"), deputy.click(case, "Approve")
    )
    answers = [(await run.answer()).content for run in runs]

    assert sum("goes on" in answer for answer in answers) == 1
    assert sum("was first" in answer for answer in answers) == 1


@pytest.mark.parametrize("press", PRESSES)
async def test_a_member_who_is_no_moderator_decides_nothing(world: World, press: str) -> None:
    case = await held(world)
    id_ = f"v1:case:{case_id(case)}:{press}"

    pressed = await (await world.visitor.press(case, id_)).answer()
    sent = await (await world.visitor.send_form(world.channel, id_, reason="x")).answer()

    assert "for moderators" in pressed.content
    assert "for moderators" in sent.content
    assert await is_untouched(world)


async def test_a_moderator_who_was_demoted_meanwhile_decides_nothing(world: World) -> None:
    case = await held(world)
    guild = world.chat.guild
    role = guild.role("moderators")
    deputy = guild.add_member("deputy", roles=(role,))
    form = await (await deputy.click(case, "Reject")).modal()
    deputy.take(role)

    sent = await (await deputy.submit(form, reason="no foxes")).answer()
    pressed = await (await deputy.press(case, f"v1:case:{case_id(case)}:approve")).answer()

    assert "for moderators" in sent.content
    assert "for moderators" in pressed.content
    assert await is_untouched(world)


@pytest.mark.parametrize("press", PRESSES)
async def test_a_case_of_another_server_is_not_there(world: World, press: str) -> None:
    case = await held(world)
    elsewhere = world.chat.add_guild("elsewhere")
    stranger, channel = elsewhere.member("moderator"), elsewhere.channel("videos")
    said = await stranger.say(channel, "hello")
    id_ = f"v1:case:{case_id(case)}:{press}"

    pressed = await (await stranger.press(said, id_)).answer()
    sent = await (await stranger.send_form(channel, id_, reason="x")).answer()
    forged = await (await world.moderator.press(case, f"v1:case:999:{press}")).answer()

    for answer in (pressed, sent, forged):
        assert "no such case" in answer.content
    assert await is_untouched(world)


async def test_a_rejection_needs_a_reason(world: World) -> None:
    case = await held(world)
    id_ = f"v1:case:{case_id(case)}:reject"

    empty = await (await world.moderator.send_form(world.channel, id_, reason=" ")).answer()
    none = await (await world.moderator.send_form(world.channel, id_)).answer()
    long = await (await world.moderator.send_form(world.channel, id_, reason="x" * 301)).answer()

    for answer in (empty, none, long):
        assert "Please say why" in answer.content
    assert await is_untouched(world)


async def test_a_form_that_nothing_knows_is_answered(world: World) -> None:
    run = await world.moderator.send_form(world.channel, "v0:case:old", reason="x")

    assert "no longer works" in (await run.answer()).content


async def test_a_bot_that_stops_decides_nothing(world: World) -> None:
    case = await held(world)
    world.app.bot.tree.is_open = False

    pressed = await (await world.moderator.click(case, "Approve")).answer()
    id_ = f"v1:case:{case_id(case)}:reject"
    sent = await (await world.moderator.send_form(world.channel, id_, reason="x")).answer()

    assert "restarting" in pressed.content
    assert "restarting" in sent.content
    assert await is_untouched(world)


async def test_a_block_rejects_and_keeps_the_member_out(world: World) -> None:
    case = await held(world)

    form = await (await world.moderator.click(case, "Block member")).modal()
    told = await (await world.moderator.submit(form, reason="spam")).answer()
    denied = await (await world.ask()).answer()

    assert "blocked until" in told.content
    assert "can't make videos here" in denied.content
    assert "blocked until" in str(
        (await shown(world.chat.guild.channel("desk"), "Rejected")).embeds
    )


async def test_a_cancellation_closes_the_case_and_its_card(world: World) -> None:
    case = await held(world)

    await (await world.requester.click(await world.card(), "Cancel")).answer()
    closed = await shown(world.chat.guild.channel("desk"), "Closed")
    late = await (await world.moderator.press(case, f"v1:case:{case_id(case)}:approve")).answer()

    assert labels(closed) == []
    assert "nothing to decide any more" in late.content


async def test_only_its_requester_appeals_and_only_a_decline(world: World) -> None:
    case = await held(world)
    job = await world.job()
    card = await world.card()

    early = await (await world.requester.press(card, f"v1:job:{job.id}:appeal")).answer()
    await reject(world, case)
    other = await (await world.visitor.click(await world.final(), "Appeal")).answer()

    assert "not declined" in early.content
    assert "Only its requester" in other.content
    assert world.chat.guild.channel("desk").messages[-1].id == case.id
