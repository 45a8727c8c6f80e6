from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import JobState
from bot.providers.catalogue import Catalogue
from sandbox.canned import CannedReply
from sandbox.discord_api import Channel, Member, Message
from tests.providers.entries import make_model
from tests.world import World

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


async def answer_of(member: Member, channel: Channel, command: str, **options: str) -> Message:
    run = await member.slash(channel, command, **options)
    answer = await run.answer()
    assert answer.is_ephemeral
    return answer


async def test_show_tells_where_a_job_stands(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask(prompt="a fox in the snow")
    await world.card()
    job = await world.job()

    shown = await answer_of(world.requester, world.channel, "grok show", id=job.id)

    assert "a fox in the snow" in shown.embeds[0]["description"]
    assert job.id in shown.embeds[0]["footer"]["text"]


async def test_show_of_a_failed_job_says_why_and_what_it_cost(world: World) -> None:
    world.provider.on_create.then(CannedReply(400, {"code": "x", "message": "wrong"}))
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


async def test_help_names_the_commands(world: World) -> None:
    answer = await answer_of(world.visitor, world.channel, "grok help")

    for word in ("video", "edit", "extend", "models", "jobs", "show", "cancel"):
        assert f"`/grok {word}`" in answer.content


async def test_models_lists_what_there_is_a_key_for_without_its_price(world: World) -> None:
    answer = await answer_of(world.visitor, world.channel, "grok models")

    (embed,) = answer.embeds
    assert "`geeknow/grok-video-3-max`" in embed["description"]
    assert "**`fast`** · Grok Video 3" in embed["description"]
    assert "xai" not in embed["description"]
    assert "Price" not in embed["description"]


async def test_models_shows_prices_where_they_are_turned_on(world: World) -> None:
    services = world.app.bot.services
    world.app.bot.services = replace(services, shows_prices=True)

    answer = await answer_of(world.visitor, world.channel, "grok models")

    assert "Price: unknown" in answer.embeds[0]["description"]


async def test_a_long_list_of_models_is_several_messages_to_the_member_alone(world: World) -> None:
    many = tuple(make_model(f"model-{number:03d}") for number in range(30))
    world.app.bot.services = replace(world.app.bot.services, catalogue=Catalogue(many))

    run = await world.visitor.slash(world.channel, "grok models")
    await run.answer()
    await world.app.bot.tree.close(timedelta(seconds=10))  # once every command has answered

    assert len(run.messages) > 1
    text = "".join(message.embeds[0]["description"] for message in run.messages)
    assert all(f"`{entry.key}`" in text for entry in many)
    assert all(message.is_ephemeral for message in run.messages)


async def test_a_look_is_made_by_its_first_model(world: World) -> None:
    await world.ask(model="best", duration=15)

    job = await world.job_once(lambda job: job.state is not JobState.RESERVED)

    assert (job.look, job.spec.model, job.spec.seconds) == ("best", "grok-video-3-max", 15)


async def test_a_model_that_there_is_no_key_for_is_refused_before_anything_is_kept(
    world: World,
) -> None:
    answer = await (await world.ask(model="xai/grok-imagine-video")).answer()

    assert "no such model" in answer.content
    assert await world.jobs() == []


async def test_a_provider_that_can_not_edit_says_so(world: World) -> None:
    await world.ask()
    await world.final()
    job = await world.job_once_over()

    answer = await answer_of(
        world.requester, world.channel, "grok edit", job=job.id, prompt="in red"
    )

    assert answer.content.startswith("None of the video models here can edit a video. `/grok c")


async def test_the_models_are_suggested(world: World) -> None:
    found = await world.requester.autocomplete(
        world.channel, "grok video", focused="model", value="PRO", prompt="x"
    )

    looks = await world.requester.autocomplete(
        world.channel, "grok video", focused="model", value="", prompt="x"
    )

    assert [choice["value"] for choice in found] == ["geeknow/grok-video-3-pro"]
    assert [choice["value"] for choice in looks][:4] == [
        "fast",
        "balanced",
        "best",
        "geeknow/grok-video-3",
    ]


async def test_shapes_and_resolutions_are_suggested_for_the_chosen_model(world: World) -> None:
    shapes = await world.requester.autocomplete(
        world.channel, "grok video", focused="aspect", value="", model="geeknow/grok-video-3"
    )
    sizes = await world.requester.autocomplete(
        world.channel, "grok video", focused="resolution", value="10"
    )

    assert [choice["value"] for choice in shapes] == ["2:3", "3:2", "1:1"]
    assert [choice["value"] for choice in sizes] == ["1080p"]


async def test_lengths_are_suggested_for_the_chosen_model_look_or_default(world: World) -> None:
    async def lengths(model: str | None) -> list[int]:
        chosen = {} if model is None else {"model": model}
        found = await world.requester.autocomplete(
            world.channel, "grok video", focused="duration", value="", **chosen
        )
        return [choice["value"] for choice in found]

    assert await lengths("geeknow/grok-video-3-pro") == [10]
    assert await lengths("best") == [15]
    assert await lengths(None) == list(range(1, 16))
    assert await lengths("no such thing") == list(range(1, 16))


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
