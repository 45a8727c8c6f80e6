"""What the tests of private videos share: one that was sent, and one that a line stands for."""

from bot.domain import JobState
from sandbox.discord_api import Message
from tests.world import PICTURE, World


def labels(message: Message) -> list[str]:
    return [one["label"] for row in message.components for one in row["components"]]


def in_the_channel(world: World) -> list[Message]:
    return [one for one in world.channel.messages if not one.is_ephemeral]


async def sent(world: World) -> Message:
    """Have a private video made that comes by direct message."""
    run = await world.ask(private=True, image=PICTURE)
    assert "Accepted as private job" in (await run.answer()).content
    await world.job_in(JobState.POSTED)
    return await world.requester.direct_channel().wait_for(lambda one: bool(one.attachments), 20)


async def curtained(world: World) -> Message:
    """Have one made for somebody who takes no direct messages."""
    world.requester.user.are_dms_open = False
    await world.ask(private=True)
    await world.job_in(JobState.POSTED)
    return await world.final()
