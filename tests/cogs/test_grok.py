import pytest

from bot.domain import JobState
from sandbox.canned import CannedReply
from sandbox.discord_api import Channel, Member, Message
from tests.world import World

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


async def answer_of(member: Member, channel: Channel, command: str, **options: str) -> Message:
    run = await member.slash(channel, command, **options)
    answer = await run.answer()
    assert answer.is_ephemeral
    return answer


async def test_jobs_lists_mine_and_links_to_the_video(world: World) -> None:
    await world.ask(prompt="*stars*")
    final = await world.final()
    job = await world.job_once_over()

    mine = await answer_of(world.requester, world.channel, "grok jobs")
    theirs = await answer_of(world.visitor, world.channel, "grok jobs")

    assert f"`{job.id}`" in mine.content
    assert str(final.id) in mine.content
    assert "\\*stars\\*" in mine.content
    assert "no jobs" in theirs.content


async def test_show_tells_where_a_job_stands(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask(prompt="a fox in the snow")
    await world.card()
    job = await world.job()

    shown = await answer_of(world.requester, world.channel, "grok show", id=job.id)

    assert "a fox in the snow" in shown.embeds[0]["description"]
    assert job.id in shown.embeds[0]["footer"]["text"]


async def test_show_of_a_failed_job_says_why_and_what_it_cost(world: World) -> None:
    world.provider.on_create.then(CannedReply(401, {"message": "bad key"}))
    await world.ask()
    await world.final()
    job = await world.job()

    shown = await answer_of(world.requester, world.channel, "grok show", id=f" {job.id.upper()} ")

    assert "Nothing was charged" in shown.embeds[0]["description"]


@pytest.mark.parametrize("job_id", ["0000000000", "'); DROP TABLE jobs;--", "x", "../../etc"])
@pytest.mark.parametrize("command", ["grok show", "grok cancel"])
async def test_an_id_that_is_none_gets_a_sentence(world: World, command: str, job_id: str) -> None:
    answer = await answer_of(world.requester, world.channel, command, id=job_id)

    assert "no such job" in answer.content


async def test_a_job_of_another_channel_is_shown_to_its_owner_only(
    world: World,
) -> None:
    world.provider.on_query.always(NEVER)
    other = world.chat.guild.add_channel("elsewhere")
    await world.ask()
    job = await world.job_in(JobState.RENDERING)

    mine = await answer_of(world.requester, other, "grok show", id=job.id)
    moderators = await answer_of(world.moderator, other, "grok show", id=job.id)
    visitors = await answer_of(world.visitor, other, "grok show", id=job.id)
    here = await answer_of(world.visitor, world.channel, "grok show", id=job.id)

    assert mine.embeds
    assert "no such job" in moderators.content
    assert here.embeds
    assert "no such job" in visitors.content


async def test_a_job_of_another_server_does_not_exist(world: World) -> None:
    elsewhere = world.chat.add_guild("another")
    await world.ask()
    await world.final()
    job = await world.job()

    owner = elsewhere.member("requester")
    answer = await answer_of(owner, elsewhere.channel("videos"), "grok show", id=job.id)

    assert "no such job" in answer.content


async def test_cancelling_while_it_renders_says_that_the_charge_may_stand(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    job = await world.job_in(JobState.RENDERING)

    answer = await answer_of(world.requester, world.channel, "grok cancel", id=job.id)
    final = await world.final()

    assert "may still charge" in answer.content
    assert final.embeds[0]["title"] == "Cancelled"
    assert (await world.job_once_over()).state is JobState.TOLD


async def test_cancelling_before_the_provider_heard_of_it_is_free(world: World) -> None:
    world.provider.on_create.always(CannedReply(429, {"message": "busy"}))
    await world.ask()
    job = await world.job_once(lambda job: job.attempts > 0)

    answer = await answer_of(world.requester, world.channel, "grok cancel", id=job.id)
    final = await world.final()

    assert "Nothing was charged" in answer.content
    assert "Nothing was charged" in final.embeds[0]["description"]


async def test_cancelling_in_the_middle_of_the_paid_call_waits_for_its_answer(
    world: World,
) -> None:
    world.provider.on_create.then(CannedReply(accepts=True, delay_seconds=1))
    await world.ask()
    job = await world.job_in(JobState.SUBMITTING)

    answer = await answer_of(world.requester, world.channel, "grok cancel", id=job.id)
    final = await world.final()

    assert "at this moment" in answer.content
    assert final.embeds[0]["title"] == "Cancelled"
    assert (await world.job_once_over()).provider_ref is not None


async def test_a_job_that_is_over_can_not_be_cancelled(world: World) -> None:
    await world.ask()
    await world.final()
    job = await world.job_once_over()

    answer = await answer_of(world.requester, world.channel, "grok cancel", id=job.id)

    assert "already over" in answer.content


async def test_only_its_requester_or_a_moderator_cancels_a_job(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    job = await world.job_in(JobState.RENDERING)

    refused = await answer_of(world.visitor, world.channel, "grok cancel", id=job.id)
    assert (await world.job()).state is JobState.RENDERING
    done = await answer_of(world.moderator, world.channel, "grok cancel", id=job.id)

    assert "Only its requester or a moderator" in refused.content
    assert "Cancelled" in done.content


async def test_help_names_the_commands_and_the_models(world: World) -> None:
    answer = await answer_of(world.visitor, world.channel, "grok help")

    for word in ("/grok video", "/grok jobs", "/grok show", "/grok cancel", "grok-video-3-max"):
        assert word in answer.content


async def test_the_models_are_suggested(world: World) -> None:
    found = await world.requester.autocomplete(
        world.channel, "grok video", focused="model", value="PRO", prompt="x"
    )

    assert [choice["value"] for choice in found] == ["geeknow/grok-video-3-pro"]


async def test_shapes_and_resolutions_are_suggested_for_the_chosen_model(world: World) -> None:
    shapes = await world.requester.autocomplete(
        world.channel, "grok video", focused="aspect", value="", model="geeknow/grok-video-3"
    )
    sizes = await world.requester.autocomplete(
        world.channel, "grok video", focused="resolution", value="10"
    )

    assert [choice["value"] for choice in shapes] == ["2:3", "3:2", "1:1"]
    assert [choice["value"] for choice in sizes] == ["1080p"]


async def test_job_ids_are_suggested_and_only_open_ones_to_cancel(world: World) -> None:
    await world.ask(prompt="x" * 500)
    await world.final()
    job = await world.job_once_over()

    to_show = await world.requester.autocomplete(
        world.channel, "grok show", focused="id", value=job.id[:3]
    )
    to_cancel = await world.requester.autocomplete(
        world.channel, "grok cancel", focused="id", value=""
    )

    assert [choice["value"] for choice in to_show] == [job.id]
    assert to_cancel == []
