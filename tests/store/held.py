"""Jobs that wait for moderators, and what is said about them."""

from dataclasses import replace

from bot.domain import Job, PolicyName, Ruling
from bot.limits.facts import wish_of
from bot.store.moderation.desk import CaseStore, Order
from bot.store.moderation.policies import server
from bot.store.record.audit import AuditFilter
from bot.store.reservations import Reservation
from tests.factories import GUILD, make_asker, make_job_id, make_origin, make_valid_request
from tests.store.world import World

MODERATOR = 77
OTHER_MODERATOR = 78
DESK_CHANNEL = 44


def order(ruling: Ruling, case_id: int, *, by_id: int = MODERATOR, guild_id: int = GUILD) -> Order:
    reason = "" if ruling is Ruling.APPROVE else "no foxes"
    return Order(case_id, guild_id, ruling, by_id, reason)


async def hold(world: World, *, channel_id: int | None = DESK_CHANNEL) -> tuple[Job, int]:
    """Reserve a job that waits for review, and tell the number of its case."""
    await world.policies.set_policy(server(GUILD), PolicyName.REVIEW, True, MODERATOR)  # noqa: FBT003 - the value of the policy
    if channel_id is not None:
        await world.policies.set_policy(
            server(GUILD), PolicyName.REVIEW_CHANNEL, channel_id, MODERATOR
        )
    job = await world.reserve()
    return job, await world.count("SELECT id FROM cases WHERE job_id = :id", id=job.id)


async def declined(world: World, desk: CaseStore) -> Job:
    job, case_id = await hold(world)
    await desk.decide(order(Ruling.REJECT, case_id))
    return await world.job(job.id)


async def appealed(world: World, desk: CaseStore) -> tuple[Job, int]:
    job = await declined(world, desk)
    made = await desk.appeal(job.id, make_asker(job.origin))
    assert made is not None
    return job, made.case_id


def renewal(job: Job, number: int = 2) -> Reservation:
    request = make_valid_request(number, origin=make_origin(number))
    request = replace(request, repeats=job.id)
    return Reservation(make_job_id(number), request, (), wish_of(request))


async def actions(world: World) -> list[str]:
    """List what is on record about cases, the newest first."""
    rows = await world.audit.newest(AuditFilter(guild_id=GUILD, action="case"), limit=9)
    return [row.action for row in rows]
