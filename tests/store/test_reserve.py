import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.domain import Job, JobState, MessageKind, MessageState, PolicyName
from bot.store.moderation.policies import server
from tests.factories import GUILD, make_job_id, make_reference, make_spec, make_valid_request
from tests.manual_clock import START
from tests.store.world import World


async def test_a_reserved_job_owes_its_card_and_is_due_at_once(world: World) -> None:
    request = make_valid_request()

    job = await world.put("abcdefghjk", request, [make_reference()])

    assert job == await world.job("abcdefghjk")
    assert (job.state, job.origin, job.spec) == (JobState.RESERVED, request.origin, make_spec())
    assert (job.created_at, job.references) == (START, (make_reference(),))
    assert await world.due_at(job.id) == START
    card = await world.message(job.id, MessageKind.CARD)
    assert (card.state, card.channel_id) == (MessageState.PENDING, request.origin.channel_id)
    assert await world.events(job.id) == ["reserved"]


async def test_the_same_interaction_again_gives_its_first_job(world: World) -> None:
    first = await world.put("firstjob00", make_valid_request(1))

    second = await world.put("secondjob0", make_valid_request(1, prompt="Other"))

    assert second == first
    assert await world.count("SELECT count(*) FROM jobs") == 1
    assert await world.count("SELECT count(*) FROM outbox") == 1


async def test_an_interaction_delivered_fifty_times_at_once_makes_one_job(world: World) -> None:
    stores = (world.reservations, world.other_reservations)

    made = await asyncio.gather(
        *(
            world.ask(make_job_id(number), make_valid_request(1), store=stores[number % 2])
            for number in range(50)
        )
    )

    assert len({job.id for job in made if isinstance(job, Job)}) == 1
    assert await world.count("SELECT count(*) FROM jobs") == 1
    assert await world.count("SELECT count(*) FROM outbox") == 1
    assert await world.count("SELECT count(*) FROM job_events") == 1


async def test_an_id_that_is_taken_by_another_interaction_is_an_error(world: World) -> None:
    await world.put("samejobid0", make_valid_request(1))

    with pytest.raises(sa.exc.IntegrityError):
        await world.put("samejobid0", make_valid_request(2))

    assert await world.count("SELECT count(*) FROM jobs") == 1


async def test_the_job_and_its_card_are_one_commit(world: World) -> None:
    await world.reserve(1)
    # The next card can't be written: no column of the row says that it belongs to a job.
    await world.execute("CREATE UNIQUE INDEX one_card_only ON outbox (kind)")

    with pytest.raises(sa.exc.IntegrityError):
        await world.reserve(2)

    assert await world.questions.job(make_job_id(2)) is None
    assert await world.events(make_job_id(2)) == []


@pytest.mark.parametrize(
    "prompt",
    ["'); DROP TABLE jobs;--", "@everyone **bold** `code`", "狐と雪 🦊\u200d❄️", "x" * 4000],
)
async def test_a_prompt_is_kept_as_it_was_typed(world: World, prompt: str) -> None:
    job = await world.reserve(prompt=prompt)

    assert (await world.job(job.id)).spec.prompt == prompt


async def test_a_job_speaks_what_discord_says_unless_its_server_has_chosen(world: World) -> None:
    request = make_valid_request(1)
    polish = replace(request, origin=replace(request.origin, language="pl"))

    before = await world.put("firstjob00", polish)
    await world.policies.set_policy(server(GUILD), PolicyName.LANGUAGE, "zh-CN", 1)
    after = await world.put("secondjob0", make_valid_request(2))

    assert (before.origin.language, after.origin.language) == ("pl", "zh-CN")
