"""What a member does to have a storyboard made, and what comes of it."""

import asyncio
import io
from collections.abc import Sequence

import av

from bot.domain import Job
from sandbox.discord_api import Member, Message
from tests.world import World

SCENES = ("A fox wakes up", "It runs through the snow", "It finds its den")


async def tell(
    world: World,
    scenes: Sequence[str] = SCENES,
    *,
    member: Member | None = None,
    **options: str | int | bool,
) -> Message:
    """Send the command and its form, and return what the member is told."""
    who = member or world.requester
    run = await who.slash(world.channel, "grok storyboard", **options)
    sent = await who.submit(await run.modal(), scenes="\n".join(scenes))
    answer = await sent.answer()
    assert answer.is_ephemeral
    return answer


async def scenes_of(world: World, member: Member | None = None) -> list[Job]:
    """List the jobs of all storyboards of a member, in their order."""
    found = [job for job in await world.jobs(member) if job.storyboard is not None]
    return sorted(found, key=lambda job: job.storyboard.scene if job.storyboard else 0)


async def all_over(world: World, count: int = len(SCENES)) -> list[Job]:
    """Return the scenes once none of them is open any more."""
    async with asyncio.timeout(40):
        while True:
            scenes = await scenes_of(world)
            if len(scenes) == count and not any(scene.is_open for scene in scenes):
                return scenes
            await asyncio.sleep(0.02)


async def joined(world: World) -> Message:
    """Return the message that says what came of a storyboard."""
    return await world.channel.wait_for(lambda message: " · joined " in str(message.embeds), 40)


def seconds_of(message: Message) -> float:
    """Measure the video of a message."""
    (file,) = message.attachments
    with av.open(io.BytesIO(file.data), "r", format="mp4") as container:
        return (container.duration or 0) / av.time_base


def videos(world: World) -> list[Message]:
    """List the messages of the channel that have a video."""
    return [message for message in world.channel.messages if message.attachments]
