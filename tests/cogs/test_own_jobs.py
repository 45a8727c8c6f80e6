from dataclasses import replace
from typing import Any

import pytest

from bot.domain import JobState
from bot.errors import StoreUnavailableError
from bot.posting.own_jobs import PAGE
from sandbox.canned import CannedReply
from sandbox.discord_api import Member, Message
from tests.world import World

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})
WRONG = CannedReply(400, {"code": "x", "message": "wrong"})


async def listed(world: World, who: Member | None = None) -> Message:
    run = await (who or world.requester).slash(world.channel, "grok jobs")
    answer = await run.answer()
    assert answer.is_ephemeral
    return answer


def text(message: Message) -> str:
    return str(message.embeds[0]["description"])


def labels(message: Message) -> list[str]:
    controls: list[dict[str, Any]] = [
        one for row in message.components for one in row["components"]
    ]
    return [one.get("label", "menu") for one in controls]


async def test_jobs_lists_mine_and_links_to_the_video(world: World) -> None:
    await world.ask(prompt="*stars*")
    final = await world.final()
    job = await world.job_once_over()

    mine = await listed(world)

    assert text(mine).startswith(f"`{job.id}` [Done](https://discord.com/channels/")
    assert f"/{final.id})" in text(mine)
    assert "\\*stars\\*" in text(mine)
    assert labels(mine) == ["menu", "Refresh"]


async def test_who_has_no_jobs_is_told_how_to_begin(world: World) -> None:
    await world.ask()
    await world.final()

    theirs = await listed(world, world.visitor)

    assert "You have no jobs here yet. `/grok video`" in theirs.content
    assert theirs.embeds == []
    assert theirs.components == []


async def test_a_job_on_its_way_is_listed_with_its_percent_and_its_card(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    card = await world.card()
    await world.job_once(lambda job: job.progress == 5)

    mine = await listed(world)

    assert "[Rendering](https://discord.com/channels/" in text(mine)
    assert f"/{card.id}) · 5% · Started <t:" in text(mine)


async def test_a_private_video_is_linked_where_it_went(world: World) -> None:
    run = await world.ask()
    await run.answer()
    await world.requester.slash(world.channel, "grok video", prompt="secret", private=True)
    job = await world.job_once(lambda one: one.is_private and one.state is JobState.POSTED)

    mine = await listed(world)

    line = next(one for one in text(mine).splitlines() if job.id in one)
    assert "[Done](https://discord.com/channels/@me/" in line


async def test_pages_are_turned_there_and_back(world: World) -> None:
    for number in range(PAGE + 1):
        world.provider.on_create.then(WRONG)
        await (await world.ask(prompt=f"fox {number}")).answer()
    first = await listed(world)

    controls = [labels(first)]
    newest = text(first)
    second = await (await world.requester.click(first, "Next")).answer()
    controls.append(labels(second))
    oldest = text(second)
    back = await (await world.requester.click(second, "Previous")).answer()
    fresh = await (await world.requester.click(back, "Refresh")).answer()
    beyond = await (await world.requester.press(fresh, "v1:mine:page:99")).answer()

    assert controls == [["menu", "Refresh", "Next"], ["menu", "Previous", "Refresh"]]
    assert (len(newest.splitlines()), len(oldest.splitlines())) == (PAGE, 1)
    assert oldest.endswith("fox 0")
    assert text(beyond) == "There are no more jobs on this page."
    assert labels(beyond) == ["Previous", "Refresh"]


async def test_a_job_is_chosen_cancelled_and_the_list_is_there_again(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    job = await world.job_in(JobState.RENDERING)
    mine = await listed(world)

    chosen = await (await world.requester.choose(mine, "v1:mine:pick:0", [job.id])).answer()
    controls, sheet = labels(chosen), text(chosen)
    cancelled = await (await world.requester.click(chosen, "Cancel")).answer()
    await world.job_once_over()
    again = await (await world.requester.click(chosen, "Back to the list")).answer()

    assert controls == ["Cancel", "Back to the list"]
    assert "> a red fox" in sheet
    assert "may still charge" in cancelled.content
    assert "[Cancelled](" in text(again)
    assert (await world.job()).state is JobState.TOLD


@pytest.mark.parametrize("custom_id", ["v1:mine:page:0", "v1:mine:pick:0"])
async def test_the_controls_work_in_the_list_alone(world: World, custom_id: str) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    card = await world.card()
    job = await world.job_in(JobState.RENDERING)
    values = [job.id] if "pick" in custom_id else None

    answer = await (await world.requester.press(card, custom_id, values=values)).answer()

    assert "That list is for somebody else" in answer.content
    assert "Your jobs here" not in str((await world.card()).embeds)


async def test_somebody_elses_job_can_not_be_chosen(world: World) -> None:
    elsewhere = world.chat.guild.add_channel("elsewhere")
    await world.ask()
    await world.final()
    job = await world.job_once_over()
    await (await world.visitor.slash(elsewhere, "grok video", prompt="mine")).answer()
    theirs = await (await world.visitor.slash(elsewhere, "grok jobs")).answer()

    run = await world.visitor.press(theirs, "v1:mine:pick:0", values=[job.id])

    assert "no such job" in (await run.answer()).content


async def test_an_answer_without_its_expected_time_is_no_failure(world: World) -> None:
    class Away:
        async def of(self, _job: object) -> None:
            raise StoreUnavailableError("gone")

    nobody: Any = Away()
    services = world.app.bot.services
    world.app.bot.services = replace(services, foresight=nobody)

    answer = await (await world.ask()).answer()

    assert answer.content.startswith("Accepted as job")
