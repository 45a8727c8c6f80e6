import asyncio
import gc

import pytest

from bot.errors import PostLaterError
from bot.posting.undisturbed import UndisturbedCalls


async def test_a_call_goes_on_when_nobody_waits_for_it_any_more() -> None:
    calls, gate, done = UndisturbedCalls(), asyncio.Event(), asyncio.Event()

    async def call() -> None:
        await gate.wait()
        done.set()

    waiting = asyncio.create_task(calls.make(call()))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gate.set()

    async with asyncio.timeout(60):
        await done.wait()


async def test_trouble_of_a_call_that_nobody_waits_for_is_no_surprise() -> None:
    calls, gate = UndisturbedCalls(), asyncio.Event()
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: complaints.append(said))

    async def call() -> None:
        await gate.wait()
        raise TimeoutError

    waiting = asyncio.create_task(calls.make(call()))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gate.set()
    with pytest.raises(PostLaterError):
        await calls.make(call())
    del waiting
    gc.collect()  # asyncio complains when the task goes

    assert complaints == []


async def test_a_call_that_is_cancelled_itself_ends_for_whoever_waits() -> None:
    async def call() -> None:
        await asyncio.sleep(0)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await UndisturbedCalls().make(call())
