from pathlib import Path

from bot.domain import FailureKind, JobState, PolicyName
from bot.store.moderation.policies import server
from sandbox.discord_api import DiscordStandIn, Fault, Message
from sandbox.geeknow import GeekNowStandIn
from tests.cogs.moderation.desk import case_in, held, labels, reject, review, shown
from tests.world import PICTURE, World, running, settings_for


def say(message: Message) -> str:
    return message.content + str(message.embeds)


async def test_a_job_that_is_approved_is_made_and_posted(world: World) -> None:
    case = await held(world)

    told = await (await world.moderator.click(case, "Approve")).answer()
    final = await world.final()
    decided = await shown(world.chat.guild.channel("desk"), "Approved")

    assert "goes on" in told.content
    assert final.attachments
    assert (decided.id, labels(decided)) == (case.id, [])
    assert f"<@{world.moderator.id}>" in str(decided.embeds)


async def test_a_rejection_is_told_appealed_and_made_after_all(world: World) -> None:
    case = await held(world, image=PICTURE)
    desk = world.chat.guild.channel("desk")

    await reject(world, case, "no *foxes*")
    failure = await world.final()
    thanks = await (await world.requester.click(failure, "Appeal")).answer()
    again = await (await world.requester.click(failure, "Appeal")).answer()
    appeal = await case_in(desk, "Appeal")
    told = await (await world.moderator.click(appeal, "Approve")).answer()
    video = await world.channel.wait_for(lambda message: bool(message.attachments))

    assert "A moderator declined this video" in say(failure)
    assert r"no \\*foxes" in say(failure)
    assert "Nothing was charged" in say(failure)
    assert "asked to look at" in thanks.content
    assert "appealed already" in again.content
    assert "First decision" in say(appeal)
    assert len(appeal.attachments) == 1
    assert "goes on" in told.content
    assert video.pinged == {world.requester.id}
    (charge,) = world.provider.charges
    assert len(charge.images) == 1


async def test_an_appeal_in_vain_is_told_and_final(world: World) -> None:
    case = await held(world)
    desk = world.chat.guild.channel("desk")
    await reject(world, case)
    failure = await world.final()
    await (await world.requester.click(failure, "Appeal")).answer()

    await reject(world, await case_in(desk, "Appeal"), "still no foxes")
    answer = await world.channel.wait_for(lambda one: "Your appeal was declined" in say(one))
    again = await (await world.requester.click(failure, "Appeal")).answer()

    assert "still no foxes" in say(answer)
    assert answer.pinged == {world.requester.id}
    assert "appealed already" in again.content
    assert world.provider.charges == []


async def test_an_appeal_that_a_limit_stops_is_told_to_the_moderator(world: World) -> None:
    case = await held(world)
    desk = world.chat.guild.channel("desk")
    await reject(world, case)
    await (await world.requester.click(await world.final(), "Appeal")).answer()
    appeal = await case_in(desk, "Appeal")
    guild_id = world.chat.guild.id
    pause = {"reason": "lunch"}
    policies = world.app.bot.services.policies
    await policies.set_policy(server(guild_id), PolicyName.PAUSE, pause, world.moderator.id)

    told = await (await world.moderator.click(appeal, "Approve")).answer()

    assert "nothing was decided" in told.content
    assert "lunch" in told.content
    assert len(await world.jobs()) == 1


async def test_a_restart_between_the_card_the_form_and_its_answer_loses_nothing(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        case = await held(world)
        form = await (await world.moderator.click(case, "Reject")).modal()
    await chat.wait_until_disconnected()

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        await (await world.moderator.submit(form, reason="no foxes")).answer()
        job = await world.job_in(JobState.TOLD)
        decided = await shown(chat.guild.channel("desk"), "no foxes")

    assert job.failure is not None
    assert (job.failure.kind, job.note) == (FailureKind.CANCELLED, "no foxes")
    assert labels(decided) == []


async def test_a_lost_reply_to_the_card_of_a_case_leaves_one_card(world: World) -> None:
    channel = await review(world)
    lost = Fault("POST", f"/channels/{channel.id}/messages", status=502, after_commit=True)
    world.chat.faults.add(lost)

    await (await world.ask()).answer()
    case = await case_in(channel, "Review")
    await (await world.moderator.click(case, "Approve")).answer()
    await shown(channel, "Approved")
    await world.final()

    assert [message.id for message in channel.messages] == [case.id]


async def test_a_case_that_is_decided_before_its_card_is_confirmed_loses_its_buttons(
    world: World,
) -> None:
    channel = await review(world)
    # discord.py sends that again only when the bot does.
    lost = Fault("POST", f"/channels/{channel.id}/messages", status=503, after_commit=True)
    world.chat.faults.add(lost)

    await (await world.ask()).answer()
    case = await case_in(channel, "Review")
    await (await world.moderator.click(case, "Approve")).answer()
    decided = await shown(channel, "Approved")

    assert (decided.id, labels(decided)) == (case.id, [])
    assert [message.id for message in channel.messages] == [case.id]
