import asyncio
import logging

import pytest

from bot.domain import FailureKind, JobState
from sandbox.canned import CannedReply
from sandbox.discord_api import Fault, Message, Upload
from tests.world import PICTURE, World

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


async def unknown_outcome(
    world: World, *, prompt: str = "a fox", image: Upload | None = None
) -> Message:
    world.provider.on_create.then(CannedReply(drop=True))
    await world.ask(prompt=prompt, image=image)
    return await world.final()


async def test_the_button_of_the_card_cancels(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    await world.job_in(JobState.RENDERING)

    run = await world.requester.click(await world.card(), "Cancel")

    assert "Cancelled" in (await run.answer()).content
    assert (await world.job_once_over()).state is JobState.TOLD


async def test_the_button_of_the_card_is_not_for_others(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    await world.job_in(JobState.RENDERING)

    run = await world.visitor.click(await world.card(), "Cancel")

    assert "Only its requester" in (await run.answer()).content
    assert (await world.job()).state is JobState.RENDERING


async def test_an_unknown_outcome_can_be_submitted_again_by_its_requester(world: World) -> None:
    final = await unknown_outcome(world, image=PICTURE, prompt="a fox")

    run = await world.requester.click(final, "Submit again (may be charged twice)")
    answer = await run.answer()
    await world.channel.wait_for(lambda message: bool(message.attachments))

    assert "Accepted as job" in answer.content
    jobs = await world.jobs()
    assert {job.failure.kind if job.failure else None for job in jobs} == {
        None,
        FailureKind.OUTCOME_UNKNOWN,
    }
    (charge,) = world.provider.charges
    assert (charge.prompt, len(charge.images)) == ("a fox", 1)


async def test_clicking_twice_submits_once(world: World) -> None:
    final = await unknown_outcome(world)

    runs = [await world.requester.click(final, "Submit again (may be charged twice)")]
    runs.append(await world.requester.click(final, "Submit again (may be charged twice)"))
    answers = {(await run.answer()).content for run in runs}
    await world.channel.wait_for(lambda message: bool(message.attachments))

    assert len(answers) == 1
    assert len(await world.jobs()) == 2
    assert len(world.provider.charges) == 1


async def test_a_known_outcome_is_not_submitted_again_by_a_forged_button(world: World) -> None:
    final = await unknown_outcome(world)
    await world.ask(prompt="another")
    posted = await world.channel.wait_for(lambda message: bool(message.attachments))
    job_id = posted.attachments[0].filename.removeprefix("grok-").removesuffix(".mp4")
    final.components[0]["components"][0]["custom_id"] = f"v1:job:{job_id}:again"

    run = await world.requester.click(final, f"v1:job:{job_id}:again")

    assert "known outcome" in (await run.answer()).content


async def test_an_answer_that_gets_lost_does_not_look_like_a_failure(world: World) -> None:
    world.chat.faults.add(Fault("POST", "/webhooks/*/*", drop=True))

    run = await world.ask()
    final = await world.final()

    assert final.attachments
    assert all("went wrong" not in message.content for message in run.messages)


async def test_an_unknown_outcome_is_not_for_others_to_pay_again(world: World) -> None:
    final = await unknown_outcome(world)

    run = await world.moderator.click(final, "Submit again (may be charged twice)")

    assert "Only its requester" in (await run.answer()).content
    assert len(await world.jobs()) == 1


async def test_other_failures_offer_no_second_charge(world: World) -> None:
    world.provider.on_create.then(CannedReply(400, {"code": "x", "message": "wrong"}))
    await world.ask()

    assert (await world.final()).components == []


async def test_a_button_that_nothing_knows_is_answered(world: World) -> None:
    final = await unknown_outcome(world)
    final.components[0]["components"][0]["custom_id"] = "v0:job:old:again"

    run = await world.requester.click(final, "v0:job:old:again")

    assert "no longer works" in (await run.answer()).content


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", "/interactions/*/*/callback", delay_seconds=2),
        Fault("POST", "/interactions/*/*/callback", status=500, after_commit=True),
    ],
    ids=["slow", "reply lost"],
)
async def test_a_button_that_works_is_not_called_dead_when_discord_is_slow(
    world: World, fault: Fault
) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    await world.job_in(JobState.RENDERING)
    world.chat.faults.add(fault)

    run = await world.requester.click(await world.card(), "Cancel")
    answer = await run.answer()
    await asyncio.sleep(0.3)

    assert "Cancelled" in answer.content
    assert len(run.messages) == 1


async def test_a_button_of_a_forged_job_finds_nothing(world: World) -> None:
    final = await unknown_outcome(world)
    final.components[0]["components"][0]["custom_id"] = "v1:job:0000000000:cancel"

    run = await world.requester.click(final, "v1:job:0000000000:cancel")

    assert "no such job" in (await run.answer()).content


@pytest.mark.parametrize("fault_status", [500, 502])
async def test_an_acknowledgement_whose_reply_was_lost_counts_as_given(
    world: World, fault_status: int
) -> None:
    path = "/interactions/*/*/callback"
    world.chat.faults.add(Fault("POST", path, status=fault_status, after_commit=True))

    await world.ask()

    assert (await world.final()).attachments


async def test_a_press_while_the_bot_stops_is_answered_and_that_is_all(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    await world.job_in(JobState.RENDERING)
    card = await world.card()
    world.app.bot.tree.is_open = False

    answer = await (await world.requester.click(card, "Cancel")).answer()

    assert "restarting" in answer.content
    assert (await world.job()).state is JobState.RENDERING
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


async def test_a_bot_that_stops_takes_nothing_new(world: World) -> None:
    world.app.bot.tree.is_open = False

    answer = await (await world.ask()).answer()

    assert "restarting" in answer.content
    assert await world.jobs() == []
