"""What the tests of removed and reported videos share: a posted video, and waiting for its end."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.domain import Job, JobState, MessageKind
from bot.store.record.audit import AuditFilter
from sandbox.canned import CannedReply
from sandbox.discord_api import Member, Message
from tests.world import PICTURE, World

_NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})
FLAG = "\N{TRIANGULAR FLAG ON POST}"


async def posted(world: World) -> tuple[Job, Message]:
    """Make a video; return its job and its message once the card says that it is done."""
    await world.ask(image=PICTURE)
    job = await world.job_in(JobState.POSTED)
    video = await world.channel.wait_for(lambda message: bool(message.attachments))
    await world.card_with("Done")
    return job, video


async def given_up(world: World, prompt: str = "a hushed fox") -> Job:
    """Have a video asked for and cancelled; return its job once that was told."""
    world.provider.on_query.always(_NEVER)
    await world.ask(prompt=prompt)
    job = await world.job_in(JobState.RENDERING)
    await said(world, world.requester, "grok cancel", id=job.id)
    return await world.job_once(lambda one: one.id == job.id and not one.is_open)


async def until(is_true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while True:
            if await is_true():
                return
            await asyncio.sleep(0.02)


async def delivered(world: World, job: Job, member: Member | None = None) -> Message:
    """Have the video posted once more in another channel."""
    gallery = world.chat.guild.add_channel("gallery")
    run = await (member or world.requester).slash(
        world.channel, "grok deliver", id=job.id, channel=gallery
    )
    await run.answer()
    message = await gallery.wait_for(lambda one: bool(one.attachments))

    async def is_recorded() -> bool:
        return MessageKind.DELIVERY in await world.app.bot.services.outbox.sent(job.id)

    await until(is_recorded)
    return message


async def said(world: World, member: Member, path: str, **options: str | int) -> str:
    """Send a command and return the words of its answer."""
    run = await member.slash(world.channel, path, **options)
    return (await run.answer()).content


async def gone(*messages: Message) -> None:
    async def are_gone() -> bool:
        return all(message.deleted for message in messages)

    await until(are_gone)


async def actions(world: World) -> list[str]:
    """List what is on record, oldest first."""
    rows = await world.app.bot.services.audit.newest(AuditFilter(), limit=50)
    return [row.action for row in reversed(rows)]
