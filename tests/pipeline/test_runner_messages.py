import asyncio
import logging
from datetime import timedelta

import pytest

from bot.domain import FEWEST_TRIES, PATIENCE, JobState, MessageKind, MessageState, OwedMessage
from bot.errors import StaleJobError
from tests.manual_clock import START
from tests.pipeline.workshop import Workshop, make_runner, messages, surprise
from tests.store.world import World


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


async def test_a_message_that_breaks_is_tried_again_soon_with_its_nonce(
    world: World, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    job = await world.reserve()
    workshop.send = surprise
    workshop.gate.set()
    runner = make_runner(world, workshop)

    await runner.tick()
    await runner.settle()
    due_at = await world.message_due_at(job.id, MessageKind.CARD)
    world.clock.advance(timedelta(seconds=10))
    await runner.tick()
    await runner.settle()

    assert due_at is not None
    assert START < due_at < START + timedelta(seconds=10)
    assert (await world.message(job.id, MessageKind.CARD)).attempts == 2
    assert [message.nonce for message in workshop.sent] == [f"grok-{job.id}-c"] * 2
    assert f"Sending the card of job {job.id} failed" in messages(caplog, logging.ERROR)


async def test_a_message_that_does_not_end_is_ended_at_its_deadline(
    world: World, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    job = await world.reserve()

    async def hang(_: object) -> None:
        await asyncio.Event().wait()

    workshop.send = hang
    workshop.gate.set()
    runner = make_runner(world, workshop, deadline=timedelta(milliseconds=5))

    await runner.tick()
    await runner.settle()

    assert messages(caplog, logging.ERROR) == [f"Sending the card of job {job.id} failed"]


async def test_a_message_somebody_else_settled_is_no_error(
    world: World, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await world.reserve()

    async def be_overtaken(_: object) -> None:
        await asyncio.sleep(0)
        raise StaleJobError("overtaken")

    workshop.send = be_overtaken
    workshop.gate.set()
    runner = make_runner(world, workshop)

    await runner.tick()
    await runner.settle()

    assert messages(caplog) == ["Somebody else settled a message first: overtaken"]


@pytest.mark.parametrize("kind", [MessageKind.CARD, MessageKind.RESULT])
async def test_a_message_that_keeps_breaking_is_given_up_after_days(
    world: World, workshop: Workshop, kind: MessageKind
) -> None:
    job = await world.bring_to(JobState.STORED)

    async def begin_and_break(message: OwedMessage) -> None:
        await world.outbox.start_sending(message)
        raise KeyError("surprise")

    workshop.send = begin_and_break
    workshop.gate.set()
    runner = make_runner(world, workshop)
    await world.execute("UPDATE outbox SET attempts = :tries", tries=FEWEST_TRIES)
    world.clock.advance(PATIENCE)

    await runner.tick()
    await runner.settle()

    assert (await world.message(job.id, kind)).state is MessageState.DROPPED
