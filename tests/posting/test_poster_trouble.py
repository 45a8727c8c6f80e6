import asyncio

import pytest

from bot.domain import (
    JobState,
    MessageKind,
    Place,
)
from bot.errors import PostLaterError
from sandbox.discord_api import Fault
from tests.posting.desk import Desk, message

MESSAGES = "/channels/*/messages"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", MESSAGES, status=401, body={"message": "401: Unauthorized", "code": 0}),
        Fault("POST", MESSAGES, status=403, body="<html>error code: 1015</html>"),
    ],
    ids=["a dead token", "a ban of the network"],
)
async def test_trouble_of_the_bot_itself_is_no_refusal_of_the_channel(
    desk: Desk, fault: Fault
) -> None:
    desk.chat.faults.add(fault)

    with pytest.raises(PostLaterError):
        await desk.result()


async def test_giving_up_in_a_global_rate_limit_does_not_silence_the_bot(desk: Desk) -> None:
    body = {"message": "slow down", "retry_after": 1.0, "global": True, "code": 0}
    headers = {"Via": "1.1 stand-in", "Retry-After": "1", "X-RateLimit-Global": "true"}
    desk.chat.faults.add(Fault("POST", MESSAGES, status=429, body=body, headers=headers))
    sending = asyncio.create_task(desk.result())
    await desk.chat.wait_for_request("POST", MESSAGES)
    await asyncio.sleep(0.3)  # into the second that discord.py waits

    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    async with asyncio.timeout(60):
        await desk.result()

    assert len(desk.channel.messages) == 1


async def test_a_failure_told_directly_offers_no_button_that_would_not_work_there(
    desk: Desk,
) -> None:
    job = desk.job(JobState.FAILED)

    await desk.poster.post(
        job, message(job, MessageKind.FAILURE), Place.REQUESTER, card_id=None, video=None
    )

    (told,) = desk.member.direct_channel().messages
    assert told.components == []


async def test_a_poster_whose_session_is_closed_tries_later(desk: Desk) -> None:
    await desk.client.close()

    with pytest.raises(PostLaterError):
        await asyncio.wait_for(desk.result(), 5)
