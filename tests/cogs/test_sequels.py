import asyncio
from pathlib import Path

import pytest

from bot.domain import Job, JobState, LimitKind, Lineage, Relation, Unit
from bot.store.moderation.policies import server
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Message
from sandbox.discord_api.options import CannotDoError
from sandbox.geeknow import GeekNowStandIn
from tests.cogs.removing import delivered, gone, posted, said, until
from tests.world import World, running, settings_for

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


def labels(message: Message) -> list[str]:
    return [one["label"] for row in message.components for one in row["components"]]


async def the_other(world: World, job: Job) -> Job:
    (found,) = [one for one in await world.jobs() if one.id != job.id]
    return found


async def test_a_video_has_its_buttons_wherever_it_is_posted_in_the_server(world: World) -> None:
    job, video = await posted(world)
    again = await delivered(world, job)

    assert labels(video) == ["Again", "Remix", "Continue", "Details", "Remove"]
    assert labels(again) == labels(video)
    assert [one["emoji"]["name"] for one in video.components[0]["components"]] == [
        "🔁",
        "✏️",
        "⏩",
        "\N{INFORMATION SOURCE}\N{VARIATION SELECTOR-16}",
        "🗑️",
    ]


async def test_again_makes_the_very_same_at_the_cost_of_whoever_pressed(world: World) -> None:
    job, video = await posted(world)

    answer = await (await world.visitor.click(video, "Again")).answer()
    (made,) = await world.jobs(world.visitor)
    await world.channel.wait_for(lambda one: one.pinged == {world.visitor.id}, 20)

    assert "Accepted as job" in answer.content
    assert answer.is_ephemeral
    assert (made.spec, made.lineage) == (job.spec, Lineage(job.id, Relation.AGAIN))
    assert [len(charge.images) for charge in world.provider.charges] == [1, 1]


async def test_ten_clicks_at_once_make_one_job_and_get_one_and_the_same_answer(
    world: World,
) -> None:
    job, video = await posted(world)
    world.provider.on_query.always(NEVER)

    runs = await asyncio.gather(*(world.requester.click(video, "Again") for _ in range(10)))
    answers = {(await run.answer()).content for run in runs}

    made = await the_other(world, job)
    assert len(answers) == 1
    assert made.id in answers.pop()
    await world.job_once(lambda one: one.id == made.id and one.state is JobState.RENDERING)
    assert len(world.provider.charges) == 2


async def test_ten_clicks_of_ten_members_are_ten_wishes_and_the_limits_hear_of_each(
    world: World,
) -> None:
    _, video = await posted(world)
    world.provider.on_query.always(NEVER)
    guild = world.chat.guild
    roles = (guild.role("members"),)
    members = [guild.add_member(f"member{number}", roles=roles) for number in range(10)]
    policies, here = world.app.bot.services.policies, server(guild.id)
    # One was made for the video itself, and the day counts it.
    await policies.set_limit(here, LimitKind.DAY, Unit.JOBS, 1 + 3, 1)

    runs = await asyncio.gather(*(member.click(video, "Again") for member in members))
    answers = [(await run.answer()).content for run in runs]

    made = [one for member in members for one in await world.jobs(member)]
    assert len(made) == 3
    assert sum("Accepted as job" in one for one in answers) == 3
    assert sum("over a limit" in one for one in answers) == 7


async def test_limits_apply_to_another_one_as_to_any(world: World) -> None:
    _, video = await posted(world)
    here = server(world.chat.guild.id)
    await world.app.bot.services.policies.set_limit(here, LimitKind.DAY, Unit.JOBS, 1, 1)

    answer = await (await world.requester.click(video, "Again")).answer()

    assert "over a limit" in answer.content
    assert len(await world.jobs()) == 1


async def test_a_remix_opens_with_the_prompt_and_keeps_the_images(world: World) -> None:
    job, video = await posted(world)

    form = await (await world.requester.click(video, "Remix")).modal()
    field = form.components[0]["component"]
    answer = await (await world.requester.submit(form, prompt="a blue fox")).answer()
    made = await the_other(world, job)
    await world.final_of(made)

    assert (form.title, field["value"]) == ("Remix this video", "a red fox")
    assert "Accepted as job" in answer.content
    assert (made.spec.prompt, made.lineage) == ("a blue fox", Lineage(job.id, Relation.REMIX))
    assert made.spec.model == job.spec.model
    assert [len(charge.images) for charge in world.provider.charges] == [1, 1]


async def test_a_form_that_was_opened_before_a_restart_works_after_it(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        job, video = await posted(world)
        form = await (await world.requester.click(video, "Remix")).modal()

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        answer = await (await world.requester.submit(form, prompt="a blue fox")).answer()
        made = await the_other(world, job)
        await world.final_of(made)
        again = await (await world.requester.click(video, "Again")).answer()

    assert made.id in answer.content
    assert made.spec.prompt == "a blue fox"
    assert "Accepted as job" in again.content


async def test_nothing_comes_of_a_removed_video_before_the_form_or_after_it(world: World) -> None:
    job, video = await posted(world)
    form = await (await world.requester.click(video, "Remix")).modal()
    await said(world, world.requester, "grok remove", id=job.id)
    await gone(video)

    late = await (await world.requester.submit(form, prompt="a blue fox")).answer()
    soon = [
        await (await world.requester.press(video, f"v1:job:{job.id}:{action}")).answer()
        for action in ("repeat", "remix", "continue", "extend", "edit")
    ]

    by = f"removed by <@{world.requester.id}>"
    assert [by in answer.content for answer in (late, *soon)] == [True] * 6
    assert len(await world.jobs()) == 1


async def test_the_button_removes_for_its_requester_and_not_for_others(world: World) -> None:
    job, video = await posted(world)

    refused = await (await world.visitor.click(video, "Remove")).answer()
    was_there = not video.deleted
    allowed = await (await world.requester.click(video, "Remove")).answer()
    await gone(video)

    assert was_there
    assert "Only its requester or a moderator" in refused.content
    assert f"`{job.id}` is being removed" in allowed.content


async def test_a_server_can_leave_the_buttons_to_requesters(world: World) -> None:
    _, video = await posted(world)
    form = await (await world.visitor.click(video, "Remix")).modal()
    await said(world, world.moderator, "grok-admin posts own-controls", enabled=True)

    others = [
        await (await world.visitor.click(video, label)).answer()
        for label in ("Again", "Remix", "Continue", "Details")
    ]
    others.append(await (await world.visitor.submit(form, prompt="mine")).answer())
    own = await (await world.requester.click(video, "Again")).answer()
    await said(world, world.moderator, "grok-admin posts own-controls", enabled=False)
    later = await (await world.visitor.click(video, "Again")).answer()

    assert ["Only its requester uses" in one.content for one in others] == [True] * 5
    assert ["Accepted as job" in one.content for one in (own, later)] == [True, True]


async def test_a_job_that_is_not_over_or_not_there_has_one_line(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    job = await world.job_in(JobState.RENDERING)
    card = await world.card()

    async def pressed(job_id: str, action: str) -> str:
        run = await world.visitor.press(card, f"v1:job:{job_id}:{action}")
        return (await run.answer()).content

    actions = ("repeat", "remix", "continue", "extend", "edit")
    assert {await pressed(job.id, one) for one in actions} == {
        "That video is not finished yet. Try again once it is posted."
    }
    assert ["no such job" in await pressed("0000000000", one) for one in actions] == [True] * 5
    assert len(await world.jobs()) == 1


async def test_where_a_video_was_delivered_its_buttons_are_for_those_who_see_it(
    world: World,
) -> None:
    job, _ = await posted(world)
    video = await delivered(world, job)

    answer = await (await world.visitor.click(video, "Again")).answer()
    (made,) = await world.jobs(world.visitor)

    assert "Accepted as job" in answer.content
    assert made.origin.channel_id == video.channel_id


async def test_a_hidden_video_loses_its_buttons(world: World) -> None:
    job, video = await posted(world)
    await said(world, world.moderator, "grok-admin posts hide-at", reports="1")
    run = await world.visitor.use_on_message(video, "Report Grok video")
    await (await world.visitor.submit(await run.modal())).answer()
    await world.card_with("Hidden")

    async def is_bare() -> bool:
        return not video.components

    await until(is_bare)
    with pytest.raises(CannotDoError):
        await world.requester.click(video, "Again")
    answer = await (await world.requester.press(video, f"v1:job:{job.id}:repeat")).answer()

    assert "hidden while moderators" in answer.content


async def test_show_revives_the_buttons_anywhere(world: World) -> None:
    job, video = await posted(world)
    elsewhere = world.chat.guild.add_channel("elsewhere")

    shown = await (await world.requester.slash(elsewhere, "grok show", id=job.id)).answer()
    answer = await (await world.requester.click(shown, "Again")).answer()
    made = await the_other(world, job)

    assert labels(shown) == labels(video)
    assert made.id in answer.content
    assert made.origin.channel_id == elsewhere.id
