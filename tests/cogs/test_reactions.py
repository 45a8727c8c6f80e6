from bot.domain import JobState, LimitKind, Relation, Unit
from bot.posting.reactions import Reactions
from bot.store.moderation.policies import server
from sandbox.canned import CannedReply
from sandbox.discord_api import Permission
from tests.cogs.reacting import (
    allow_taking_off,
    grow_old,
    job_of,
    set_gallery,
    settled,
    taken_off,
    told,
)
from tests.cogs.removing import gone, posted, until
from tests.world import World

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


async def test_an_envelope_brings_the_video_by_direct_message(world: World) -> None:
    job, video = await posted(world)

    await world.visitor.react(video, "✉️")
    await world.visitor.react(video, "✉")
    message = await told(world.visitor, "asked for with a reaction")

    assert [one.data for one in message.attachments] == [video.attachments[0].data]
    assert f"/{video.channel_id}/{video.id}" in message.content
    assert job.id in str(message.embeds)
    assert len(world.visitor.direct_channel().messages) == 1


async def test_closed_direct_messages_are_said_in_the_channel(world: World) -> None:
    allow_taking_off(world)
    _, video = await posted(world)
    world.visitor.user.are_dms_open = False

    await world.visitor.react(video, "✉️")
    note = await world.channel.wait_for(lambda one: "direct message" in one.content, 20)
    await taken_off(video, "✉️")

    assert note.content.startswith(f"<@{world.visitor.id}> ")
    assert note.pinged == {world.visitor.id}


async def test_again_is_at_the_cost_of_whoever_reacts(world: World) -> None:
    first, video = await posted(world)

    await world.visitor.react(video, "🔁")
    job = await job_of(world, world.visitor)
    await until_posted(world, job.id)

    assert (job.origin.requester_id, job.spec) == (world.visitor.id, first.spec)
    assert job.lineage is not None
    assert (job.lineage.job_id, job.lineage.relation) == (first.id, Relation.AGAIN)
    assert job.origin.interaction_id < 0
    assert len(await world.jobs(world.visitor)) == 1


async def test_again_once_more_needs_the_reaction_once_more(world: World) -> None:
    _, video = await posted(world)
    await world.visitor.react(video, "🔁")
    await job_of(world, world.visitor)
    world.chat.backend.tell_reaction("MESSAGE_REACTION_ADD", video, world.visitor.id, "🔁")

    await grow_old(world)  # what is wished within a few seconds is one wish
    await world.visitor.unreact(video, "🔁")
    await world.visitor.react(video, "🔁")

    async def are_two() -> bool:
        return len(await world.jobs(world.visitor)) == 2

    await until(are_two)
    await settled(world)
    assert await are_two()


async def test_a_limit_takes_the_reaction_off_and_is_told_directly(world: World) -> None:
    allow_taking_off(world)
    _, video = await posted(world)
    await world.app.bot.services.policies.set_limit(
        server(world.chat.guild.id), LimitKind.DAY, Unit.JOBS, 1, world.moderator.id
    )

    await world.visitor.react(video, "🔁")
    message = await told(world.visitor, "this server")
    await taken_off(video, "🔁")

    assert await world.jobs(world.visitor) == []
    assert "1 job" in message.content


async def test_without_manage_messages_the_reaction_stays_and_the_reason_is_told(
    world: World,
) -> None:
    _, video = await posted(world)
    world.channel.overwrite(world.visitor.id, deny=Permission.USE_APPLICATION_COMMANDS)

    await world.visitor.react(video, "🔁")
    await told(world.visitor, "may not use commands")

    assert video.reactions == {"🔁": [world.visitor.id]}
    assert not world.chat.asked("DELETE", "/channels/*/messages/*/reactions/*/*")


async def test_a_price_that_has_to_be_agreed_to_is_not_agreed_to_by_a_reaction(
    world: World,
) -> None:
    _, video = await posted(world)
    run = await world.moderator.slash(world.channel, "grok-admin budget confirm-above", amount="0")
    await run.answer()

    await world.visitor.react(video, "🔁")
    await told(world.visitor, "has to be agreed to first")
    (job,) = await world.jobs(world.visitor)

    assert job.state is JobState.TOLD


async def test_a_cover_is_for_its_requester_and_moderators(world: World) -> None:
    allow_taking_off(world)
    job, video = await posted(world)

    await world.visitor.react(video, "🙈")
    await told(world.visitor, "Only its requester or a moderator")
    await taken_off(video, "🙈")
    await world.requester.react(video, "🙈")

    async def is_covered() -> bool:
        return all(one.filename.startswith("SPOILER_") for one in video.attachments)

    await until(is_covered)
    assert video.embeds[0]["description"] == "> ||a red fox||"
    assert video.reactions == {"🙈": [world.requester.id]}
    assert (await world.job()).is_spoiler
    assert job.id in video.attachments[0].filename


async def test_a_cross_under_the_card_cancels_a_job(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    await world.job_in(JobState.RENDERING)
    card = await world.card_with("red fox")

    await world.visitor.react(card, "❌")
    await told(world.visitor, "Only its requester or a moderator may cancel")
    await world.requester.react(card, "❌")
    await world.card_with("Cancelled")

    assert (await world.job()).failure is not None


async def test_a_bin_removes_a_posted_video(world: World) -> None:
    allow_taking_off(world)
    _, video = await posted(world)

    await world.visitor.react(video, "🗑️")
    await told(world.visitor, "may remove this video")
    await taken_off(video, "🗑️")
    await world.moderator.react(video, "🗑️")
    await gone(video)

    removed = await world.card_with("Removed by")
    assert f"<@{world.moderator.id}>" in removed.embeds[0]["description"]


async def test_a_bin_under_the_card_of_a_failed_job_has_nothing_to_remove(world: World) -> None:
    allow_taking_off(world)
    world.provider.on_create.then(CannedReply(400, {"code": "x", "message": "wrong"}))
    await world.ask()
    await world.job_once_over()
    card = await world.card()

    await world.requester.react(card, "🗑️")
    await told(world.requester, "has no posted video")
    await taken_off(card, "🗑️")


async def until_posted(world: World, job_id: str) -> None:
    async def is_posted() -> bool:
        found = await world.app.bot.services.questions.job(job_id)
        return found is not None and found.state is JobState.POSTED

    await until(is_posted)


async def test_again_in_a_thread_is_made_there_with_its_channel_behind_it(world: World) -> None:
    thread = world.chat.guild.add_thread(world.channel, "foxes")
    await (await world.ask(channel=thread)).answer()
    video = await thread.wait_for(lambda message: bool(message.attachments), 20)
    await world.job_in(JobState.POSTED)

    await world.visitor.react(video, "🔁")
    job = await job_of(world, world.visitor)

    assert (job.origin.channel_id, job.origin.parent_id) == (thread.id, world.channel.id)


async def test_again_is_not_for_who_may_not_write_there(world: World) -> None:
    allow_taking_off(world)
    _, video = await posted(world)
    world.channel.overwrite(world.visitor.id, deny=Permission.SEND_MESSAGES)

    await world.visitor.react(video, "🔁")
    await told(world.visitor, "may not write")
    await taken_off(video, "🔁")

    assert await world.jobs(world.visitor) == []


async def test_a_copy_in_the_gallery_is_made_again_where_its_original_was(world: World) -> None:
    gallery = await set_gallery(world, votes=1)
    _, video = await posted(world)
    await world.visitor.react(video, "⭐")
    copy = await gallery.wait_for(lambda one: bool(one.attachments), 20)
    gallery.overwrite(world.visitor.id, deny=Permission.SEND_MESSAGES)

    await world.visitor.react(copy, "🔁")
    job = await job_of(world, world.visitor)
    await until_posted(world, job.id)

    assert job.origin.channel_id == world.channel.id
    assert len(gallery.messages) == 1


async def test_a_channel_that_is_closed_to_the_bot_makes_nothing_again(world: World) -> None:
    _, video = await posted(world)
    world.channel.deny_bot(Permission.ATTACH_FILES)

    await world.visitor.react(video, "🔁")

    assert "Attach Files" in (await told(world.visitor, "I need")).content
    assert await world.jobs(world.visitor) == []


async def test_a_member_s_own_flag_is_taken_off(world: World) -> None:
    allow_taking_off(world)
    _, video = await posted(world)

    await world.requester.react(video, "🚩")

    await told(world.requester, "your own video")
    await taken_off(video, "🚩")


async def test_a_bot_that_stops_leaves_wishes_alone(world: World) -> None:
    _, video = await posted(world)
    world.app.bot.tree.is_open = False

    await world.visitor.react(video, "✉️")
    await settled(world)

    assert world.visitor.direct_channel().messages == []


async def test_what_somebody_may_do_elsewhere_is_asked_for(world: World) -> None:
    guild, door, member_id = world.chat.guild, Reactions(world.app.bot), world.visitor.id
    hidden, threadless = guild.add_channel("hidden"), guild.add_channel("threadless")
    thread = guild.add_thread(threadless, "a thread")
    hidden.overwrite(member_id, deny=Permission.VIEW_CHANNEL)
    threadless.overwrite(member_id, deny=Permission.SEND_MESSAGES_IN_THREADS)

    async def may_write(channel_id: int) -> bool | None:
        found = await door.reactor_in(guild.id, channel_id, member_id)
        return None if found is None else found.may_write

    async def are_heard() -> bool:
        return await may_write(hidden.id) is False and await may_write(thread.id) is False

    await until(are_heard)
    assert await may_write(threadless.id) is True
    assert await may_write(1) is None
    assert await door.reactor_in(1, threadless.id, member_id) is None
    assert await door.reactor_in(guild.id, threadless.id, 1) is None
