"""Reactions that count, and how a test looks at them."""

from bot.domain import Job, PolicyName, Vote, VoteKind
from bot.store.moderation.policies import server
from tests.factories import GUILD
from tests.manual_clock import START
from tests.store.world import World

RESULT = 900
"""The message that the results of `World` are posted as."""
GALLERY = 4400
STAR, HEART, DOWN = "⭐", "❤️", "👎"


def vote(
    job: Job,
    member_id: int,
    emoji: str = STAR,
    *,
    message_id: int = RESULT,
    kind: VoteKind = VoteKind.FAVOUR,
) -> Vote:
    return Vote(message_id, member_id, emoji, job.id, job.origin.guild_id, kind, START)


def anywhere(_job: Job, _channel_id: int) -> bool:
    return True


def nowhere(_job: Job, _channel_id: int) -> bool:
    return False


async def open_gallery(
    world: World, *, votes: int = 3, weekly: bool = False, channel_id: int = GALLERY
) -> None:
    value = {"channel": channel_id, "votes": votes, "weekly": weekly}
    await world.policies.set_policy(server(GUILD), PolicyName.GALLERY, value, 77)


async def members(world: World, job: Job, kind: VoteKind = VoteKind.FAVOUR) -> int:
    return await world.count(
        "SELECT count(DISTINCT member_id) FROM votes WHERE job_id = :job AND kind = :kind",
        job=job.id,
        kind=kind,
    )


async def copies(world: World, job: Job) -> int:
    return await world.count(
        "SELECT count(*) FROM outbox WHERE job_id = :job AND kind = 'gallery'", job=job.id
    )
