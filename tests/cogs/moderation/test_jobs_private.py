import pytest

from bot.domain import Job, JobState, PolicyName
from bot.store.moderation.policies import server
from sandbox.canned import CannedReply
from sandbox.discord_api import Member, Message
from tests.world import World

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})
COMMAND = "grok-admin jobs"
LIST = "0:-:-:-"
HUSHED = "a hushed fox"


@pytest.fixture
async def job(world: World) -> Job:
    """Have a private video made for somebody who takes no direct messages: a line stands for it."""
    world.requester.user.are_dms_open = False
    await world.ask(prompt=HUSHED, private=True)
    made = await world.job_in(JobState.POSTED)
    await world.final()
    return made


def everything(message: Message) -> str:
    return f"{message.embeds} {message.components}"


async def listed(world: World, member: Member | None = None) -> Message:
    return await (await (member or world.moderator).slash(world.channel, COMMAND)).answer()


async def chosen(world: World, job: Job, panel: Message, member: Member | None = None) -> Message:
    who = member or world.moderator
    return await (await who.choose(panel, f"v1:jobs:pick:{LIST}", [job.id])).answer()


async def test_moderators_read_neither_the_prompt_nor_a_link_of_what_is_private(
    world: World, job: Job
) -> None:
    panel = await listed(world)
    in_list = everything(panel)
    shown = await chosen(world, job, panel)

    assert f"`{job.id}` Done · <@{world.requester.id}>" in in_list
    for told in (in_list, everything(shown)):
        assert HUSHED not in told
        assert "(not shown)" in told
        assert "discord.com/channels" not in told
    assert "**Private** shown to its requester alone" in everything(shown)


async def test_a_moderator_who_asked_for_it_reads_it(world: World) -> None:
    await (
        await world.moderator.slash(world.channel, "grok video", prompt=HUSHED, private=True)
    ).answer()
    (made,) = await world.jobs(world.moderator)
    panel = await listed(world)
    in_list = everything(panel)

    shown = await chosen(world, made, panel)

    assert HUSHED in in_list
    assert HUSHED in everything(shown)


async def test_what_is_private_can_be_cancelled_unread(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask(prompt=HUSHED, private=True)
    made = await world.job_in(JobState.RENDERING)
    shown = await chosen(world, made, await listed(world))

    answer = await (await world.moderator.click(shown, "Cancel the job")).answer()

    assert "Cancelled" in answer.content
    assert HUSHED not in everything(answer)


async def test_what_waits_for_review_is_read_at_the_desk(world: World) -> None:
    policies, here = world.app.bot.services.policies, server(world.chat.guild.id)
    desk = world.chat.guild.add_channel("desk")
    await policies.set_policy(here, PolicyName.REVIEW, True, None)  # noqa: FBT003 - as JSON has it
    await policies.set_policy(here, PolicyName.REVIEW_CHANNEL, desk.id, None)

    await world.ask(prompt=HUSHED, private=True)
    card = await desk.wait_for(lambda message: bool(message.embeds))

    assert HUSHED in everything(card)
