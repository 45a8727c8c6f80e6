from dataclasses import replace

import pytest

from bot.domain import Charge, FailureKind, Job, JobState, MessageKind, PauseReason
from bot.errors import NotAcceptedError, OutcomeUnknownError, ProviderAccessError
from bot.pipeline.inputs import InputReader
from bot.pipeline.submit import Submitter
from bot.providers.base import Accepted, Failed
from tests.factories import (
    make_failure,
    make_job_id,
    make_offer,
    make_reference,
    make_spec,
    make_valid_request,
)
from tests.manual_clock import START
from tests.pipeline.fakes import OtherScriptedProvider, ScriptedProvider, make_lane
from tests.store.world import World

OTHER, NO_KEY = make_offer("other"), make_offer("nobody")


@pytest.fixture
async def job(world: World) -> Job:
    request = replace(make_valid_request(), alternatives=(NO_KEY, OTHER), look="fast")
    return await world.reserve_request(request)


@pytest.mark.parametrize(
    "trouble", [NotAcceptedError("503"), ProviderAccessError("401", PauseReason.KEY)], ids=repr
)
async def test_when_surely_nothing_was_accepted_the_next_model_that_has_a_key_makes_it(
    submitter: Submitter,
    scripted: ScriptedProvider,
    other: OtherScriptedProvider,
    world: World,
    job: Job,
    trouble: Exception,
) -> None:
    scripted.submission = trouble
    other.submission = Accepted("other-7")

    await submitter.submit(job)
    turned = await world.claim(job.id)
    await submitter.submit(turned)

    made = await world.job(job.id)
    assert (made.state, made.provider_ref) == (JobState.RENDERING, "other-7")
    assert (made.spec, made.estimate_micros) == (OTHER.spec, OTHER.estimate_micros)
    assert made.alternatives == (NO_KEY,)
    assert [spec.model for spec, _ in other.submitted] == ["other-1"]
    assert len(scripted.submitted) == 1


@pytest.mark.parametrize("kind", [FailureKind.REFUSED, FailureKind.REJECTED])
async def test_a_refusal_is_never_taken_elsewhere(
    submitter: Submitter,
    scripted: ScriptedProvider,
    other: OtherScriptedProvider,
    world: World,
    job: Job,
    kind: FailureKind,
) -> None:
    scripted.submission = Failed(make_failure(kind))

    await submitter.submit(job)

    assert (await world.job(job.id)).failure == make_failure(kind)
    assert other.submitted == []


async def test_an_unknown_outcome_is_never_taken_elsewhere(
    submitter: Submitter,
    scripted: ScriptedProvider,
    other: OtherScriptedProvider,
    world: World,
    job: Job,
) -> None:
    scripted.submission = OutcomeUnknownError("reply lost")

    await submitter.submit(job)

    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert (failure.kind, failure.charge) == (FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE)
    assert other.submitted == []


async def test_a_paused_provider_is_not_even_asked_when_there_is_another(
    submitter: Submitter,
    scripted: ScriptedProvider,
    other: OtherScriptedProvider,
    world: World,
    job: Job,
) -> None:
    await world.pauses.pause("scripted", PauseReason.CREDIT, "402")

    await submitter.submit(job)
    await submitter.submit(await world.claim(job.id))

    assert (await world.job(job.id)).spec == OTHER.spec
    assert (len(scripted.submitted), len(other.submitted)) == (0, 1)


async def test_with_every_model_out_of_order_a_job_waits_for_the_first(
    submitter: Submitter, scripted: ScriptedProvider, world: World, job: Job
) -> None:
    await world.pauses.pause("other", PauseReason.KEY, "401")
    scripted.submission = NotAcceptedError("503")

    await submitter.submit(job)

    waiting = await world.job(job.id)
    assert (waiting.state, waiting.spec) == (JobState.RESERVED, job.spec)
    assert await world.due_at(job.id) != START


async def test_a_key_that_was_taken_away_makes_a_job_turn(
    inputs: InputReader, other: OtherScriptedProvider, world: World, job: Job
) -> None:
    lanes = {"scripted": make_lane(None), "other": make_lane(other)}

    await Submitter(world.jobs, world.pauses, world.questions, lanes, inputs, world.clock).submit(
        job
    )

    assert (await world.job(job.id)).spec == OTHER.spec


async def test_a_job_whose_inputs_are_gone_turns_to_a_model_that_does_not_need_them(
    submitter: Submitter, world: World
) -> None:
    public = make_spec(model="public")
    request = replace(make_valid_request(), spec=public, alternatives=(OTHER,))
    reserved = await world.put(make_job_id(), request, [make_reference()])
    card = await world.begin_sending(reserved.id, MessageKind.CARD)
    await world.outbox.give_up(card, problem="403")

    await submitter.submit(await world.claim(reserved.id))

    assert (await world.job(reserved.id)).spec == OTHER.spec
