from datetime import timedelta

from bot.domain import Ending, Hold, JobState, MessageKind, PolicyName
from bot.pipeline.submit import Submitter
from bot.providers.base import Accepted
from bot.store.holds import held, release
from bot.store.moderation.policies import server
from tests.factories import GUILD
from tests.limits.asking import MODERATOR, Person
from tests.pipeline.fakes import ScriptedProvider
from tests.store.world import World


async def test_a_job_that_was_reviewed_for_days_is_submitted_all_the_same(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    scripted.submission = Accepted("ref-7")
    await world.policies.set_policy(server(GUILD), PolicyName.REVIEW, True, MODERATOR)  # noqa: FBT003 - the value of a policy
    job = await Person().get(world, 1)
    world.clock.advance(timedelta(days=3))
    async with world.database.write() as connection:
        waiting = await held(connection, job.id, Hold.REVIEW)
        assert waiting is not None
        await release(connection, waiting, now=world.clock.now())

    await submitter.submit(await world.claim(job.id))

    assert (await world.job(job.id)).state is JobState.RENDERING
    assert (await world.message(job.id, MessageKind.CARD)).job_id == job.id


async def test_a_price_that_nobody_answered_is_given_up_and_nobody_is_called(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    scripted.submission = Accepted("ref-7")
    await world.policies.set_policy(server(GUILD), PolicyName.CONFIRM_ABOVE, 0, MODERATOR)
    job = await Person().get(world, 1)
    world.clock.advance(timedelta(minutes=15))

    await submitter.submit(await world.claim(job.id))

    over = await world.job(job.id)
    assert (over.state, over.ending) == (JobState.TOLD, Ending.UNCONFIRMED)
    assert await world.outbox.message(job.id, MessageKind.FAILURE) is None
    assert scripted.submitted == []
