"""What the tests of reactions share."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.domain import Job, PolicyName
from bot.store.community.rankings import RankingFilter
from bot.store.moderation.policies import server
from sandbox.discord_api import Channel, Member, Message, Permission
from tests.cogs.removing import until
from tests.world import World


def allow_taking_off(world: World, channel: Channel | None = None) -> None:
    """Let the bot manage messages, which it may not by itself."""
    own = world.chat.application_id
    (channel or world.channel).overwrite(own, allow=Permission.MANAGE_MESSAGES)


def members(world: World, count: int) -> list[Member]:
    guild = world.chat.guild
    roles = (guild.role("members"),)  # who may react
    return [guild.add_member(f"member{number}", roles=roles) for number in range(count)]


async def set_gallery(world: World, *, votes: int = 2, is_nsfw: bool = False) -> Channel:
    gallery = world.chat.guild.add_channel("gallery", is_nsfw=is_nsfw)
    value = {"channel": gallery.id, "votes": votes, "weekly": False}
    where, by_id = server(world.chat.guild.id), world.moderator.id
    await world.app.bot.services.policies.set_policy(where, PolicyName.GALLERY, value, by_id)
    return gallery


async def grow_old(world: World) -> None:
    """Have all jobs made a day ago."""
    database = world.app.bot.services.questions._database  # noqa: SLF001 - past the store
    async with database.write() as connection:
        await connection.execute(
            sa.text("UPDATE jobs SET created_at = :at"),
            {"at": datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)},
        )


async def told(member: Member, words: str) -> Message:
    """Wait for a direct message to somebody."""
    return await member.direct_channel().wait_for(lambda message: words in message.content, 20)


async def taken_off(message: Message, emoji: str) -> None:
    async def is_gone() -> bool:
        return emoji not in message.reactions

    await until(is_gone)


async def job_of(world: World, member: Member) -> Job:
    """Wait for a job of somebody."""
    found: list[Job] = []

    async def is_there() -> bool:
        found[:] = await world.jobs(member)
        return bool(found)

    await until(is_there)
    return found[0]


async def settled(world: World) -> None:
    """Wait until every event that was heard is dealt with."""
    inbox = world.app.bot.services.reactions.inbox

    async def is_empty() -> bool:
        return inbox.size == 0

    await until(is_empty)


async def votes(world: World, job: Job) -> int:
    """Count who favours a video."""
    await settled(world)
    found = await world.app.bot.services.rankings.best(_all(world), limit=9)
    return sum(one.favours for one in found if one.job.id == job.id)


async def votes_become(world: World, job: Job, count: int) -> None:
    async def is_so() -> bool:
        return await votes(world, job) == count

    await until(is_so)


def _all(world: World) -> RankingFilter:
    return RankingFilter(world.chat.guild.id)
