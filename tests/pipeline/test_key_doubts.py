import pytest

from bot.domain import JobState, PauseReason
from bot.errors import (
    ProviderAccessError,
    UnreachableError,
)
from bot.pipeline.poll import Poller
from bot.providers.base import Pending
from tests.pipeline.fakes import ScriptedProvider, lanes_of
from tests.store.world import World

REFUSED_KEY = ProviderAccessError("401", PauseReason.KEY)
NO_CREDIT = ProviderAccessError("402", PauseReason.CREDIT)


@pytest.fixture
def poller(world: World, scripted: ScriptedProvider) -> Poller:
    lanes = lanes_of(scripted)
    return Poller(world.jobs, world.pauses, world.questions, lanes, world.clock)


async def reason(world: World) -> PauseReason | None:
    pause = (await world.pauses.current()).get("scripted")
    return None if pause is None else pause.reason


async def test_trap_11_a_key_refused_while_polling_is_believed_after_three_times_in_a_row(
    poller: Poller, scripted: ScriptedProvider, world: World
) -> None:
    scripted.answers = [REFUSED_KEY, REFUSED_KEY, REFUSED_KEY]
    job = await world.bring_to(JobState.RENDERING)
    seen = []
    for _ in range(3):
        await poller.poll(job)
        seen.append(await reason(world))
        job = await world.again(job)

    assert seen == [None, None, PauseReason.KEY]
    assert job.state is JobState.RENDERING


async def test_an_answered_question_ends_a_pause_that_questions_began(
    poller: Poller, scripted: ScriptedProvider, world: World
) -> None:
    denials = [REFUSED_KEY, UnreachableError("502"), REFUSED_KEY, REFUSED_KEY]
    scripted.answers = [*denials, Pending(10)]
    job = await world.bring_to(JobState.RENDERING)
    for _ in range(4):
        await poller.poll(job)
        job = await world.again(job)
    assert await reason(world) is PauseReason.KEY

    await poller.poll(job)

    assert await reason(world) is None


async def test_an_answered_question_says_nothing_about_credit(
    poller: Poller, scripted: ScriptedProvider, world: World
) -> None:
    await world.pauses.pause("scripted", PauseReason.CREDIT, "402")
    scripted.answers = [*[UnreachableError("502")] * 3, Pending(10)]
    job = await world.bring_to(JobState.RENDERING)
    for _ in range(4):
        await poller.poll(job)
        job = await world.again(job)

    assert await reason(world) is PauseReason.CREDIT


async def test_trouble_of_another_kind_is_no_refusal_of_the_key(
    poller: Poller, scripted: ScriptedProvider, world: World
) -> None:
    scripted.answers = [UnreachableError("502"), UnreachableError("502"), REFUSED_KEY]
    job = await world.bring_to(JobState.RENDERING)
    for _ in range(3):
        await poller.poll(job)
        job = await world.again(job)

    assert await reason(world) is None


async def test_refusals_of_the_key_count_over_all_jobs_of_the_provider(
    poller: Poller, scripted: ScriptedProvider, world: World
) -> None:
    scripted.answers = [REFUSED_KEY, REFUSED_KEY, REFUSED_KEY]
    for number in (1, 2, 3):
        await poller.poll(await world.bring_to(JobState.RENDERING, number))

    assert await reason(world) is PauseReason.KEY


async def test_a_pause_that_an_earlier_run_left_ends_with_the_first_answer(
    poller: Poller, scripted: ScriptedProvider, world: World
) -> None:
    await world.pauses.pause("scripted", PauseReason.KEY, "401")
    scripted.answers = [Pending(10)]

    await poller.poll(await world.bring_to(JobState.RENDERING))

    assert await reason(world) is None
