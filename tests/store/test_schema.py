import pytest
import sqlalchemy as sa

from bot.domain import JobState, MessageKind
from tests.store.world import World

NONSENSE = {
    "an unknown state": "UPDATE jobs SET state = 'lost'",
    "an unknown failure": "UPDATE jobs SET failure = 'bad luck', charge = 'none'",
    "an unknown charge": "UPDATE jobs SET state = 'failed', due_at = NULL,"
    " failure = 'lost', charge = 'some'",
    "a failure without a reason": "UPDATE jobs SET state = 'failed', due_at = NULL",
    "a reason without a failure": "UPDATE jobs SET failure = 'lost', charge = 'none'",
    "a failure without a word on the charge": "UPDATE jobs SET state = 'failed', due_at = NULL,"
    " failure = 'lost'",
    "rendering without a reference": "UPDATE jobs SET state = 'rendering',"
    " submitted_at = created_at",
    "rendered without a reference": "UPDATE jobs SET state = 'rendered', submitted_at = created_at",
    "stored without a file": "UPDATE jobs SET state = 'stored', due_at = NULL,"
    " submitted_at = created_at",
    "posted without a file": "UPDATE jobs SET state = 'posted', due_at = NULL,"
    " submitted_at = created_at",
    "stored without a checksum": "UPDATE jobs SET state = 'stored', due_at = NULL,"
    " submitted_at = created_at, file_key = 'k', file_bytes = 1",
    "submitting without a date": "UPDATE jobs SET state = 'submitting'",
    "a working job that is never due": "UPDATE jobs SET due_at = NULL",
    "a final job that is due": "UPDATE jobs SET state = 'told', failure = 'lost', charge = 'none'",
    "no seconds": "UPDATE jobs SET seconds = 0",
    "negative attempts": "UPDATE jobs SET attempts = -1",
    "negative misses": "UPDATE jobs SET misses = -1",
    "a negative lease": "UPDATE jobs SET lease = -1",
    "a second job of one interaction": "UPDATE jobs SET interaction_id = 1",
    "no prompt": "UPDATE jobs SET prompt = NULL",
    "an unknown kind of message": "UPDATE outbox SET kind = 'gossip'",
    "an unknown state of a message": "UPDATE outbox SET state = 'lost'",
    "sent without a message": "UPDATE outbox SET state = 'sent', due_at = NULL",
    "sending since never": "UPDATE outbox SET state = 'sending'",
    "an owed message that is never due": "UPDATE outbox SET due_at = NULL",
    "a dropped message that is due": "UPDATE outbox SET state = 'dropped'",
    "a message of no job": "UPDATE outbox SET job_id = 'nosuchjob0'",
    "an unknown place": "UPDATE outbox SET place = 'moon'",
    "a second card by its number": "UPDATE outbox SET sequence = 1",
    "a delivery without a number": "UPDATE outbox SET kind = 'delivery'",
    "a delivery below none": "UPDATE outbox SET kind = 'delivery', sequence = -1",
    "a server that takes nothing": "INSERT INTO upload_limits VALUES (1, 0, '2026-11-20')",
    "a place that refused never": "INSERT INTO closed_places VALUES (1, 0, '2026-11-20', '')",
    "an event of no job": "UPDATE job_events SET job_id = 'nosuchjob0'",
    "a job that vanishes under its messages": "DELETE FROM jobs",
}


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_the_tables_refuse(world: World, nonsense: str) -> None:
    first = await world.reserve(1)
    second = await world.reserve(2)

    with pytest.raises(sa.exc.IntegrityError):
        await world.execute(NONSENSE[nonsense])

    assert [await world.job(job.id) for job in (first, second)] == [first, second]


async def test_an_error_of_the_database_does_not_quote_what_members_wrote(world: World) -> None:
    await world.bring_to(JobState.STORED)

    with pytest.raises(sa.exc.IntegrityError) as caught:
        await world.execute("INSERT INTO jobs (id, prompt) VALUES ('x', :prompt)", prompt="secret")

    assert "secret" not in str(caught.value)


async def test_each_kind_of_message_is_owed_at_most_once(world: World) -> None:
    job = await world.reserve()

    with pytest.raises(sa.exc.IntegrityError):
        await world.execute(
            "INSERT INTO outbox (job_id, kind, state, channel_id, due_at, created_at)"
            " SELECT job_id, kind, state, channel_id, due_at, created_at FROM outbox"
        )

    assert (await world.message(job.id, MessageKind.CARD)).attempts == 0
