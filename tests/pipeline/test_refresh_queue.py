import pytest

from bot.domain import Job, MessageKind
from bot.pipeline.refresh import EDIT_INTERVAL, OUTLOOK_EDITS, OUTLOOK_INTERVAL, CardRefresher
from tests.pipeline.fakes import FakeCardEditor
from tests.pipeline.refreshing import make_refresher
from tests.store.world import World


@pytest.fixture
def editor() -> FakeCardEditor:
    return FakeCardEditor()


@pytest.fixture
def refresher(world: World, editor: FakeCardEditor) -> CardRefresher:
    return make_refresher(world, editor)


async def waiting(world: World, number: int) -> Job:
    """Bring a job into the queue, with its card in the channel."""
    job = await world.reserve(number)
    card = await world.begin_sending(job.id, MessageKind.CARD)
    await world.outbox.mark_sent(card, channel_id=22, message_id=500 + number)
    world.clock.advance(seconds=1)
    return job


def of_job(editor: FakeCardEditor, job: Job) -> list[str]:
    return [shown for job_id, shown in editor.edits if job_id == job.id]


async def leave_queue(world: World, job: Job) -> None:
    await world.jobs.start_submitting(await world.claim(job.id))


async def test_a_card_moves_up_when_the_job_before_it_is_submitted(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    first, second = await waiting(world, 1), await waiting(world, 2)
    await refresher.refresh()
    await leave_queue(world, first)
    world.clock.advance(OUTLOOK_INTERVAL)

    await refresher.refresh()

    assert of_job(editor, second) == ["reserved None None.2 of 2", "reserved None None.1 of 1"]
    assert of_job(editor, first)[-1] == "submitting None None"


async def test_a_place_alone_changes_a_card_less_often_than_news(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    first, second = await waiting(world, 1), await waiting(world, 2)
    await refresher.refresh()
    await leave_queue(world, first)
    world.clock.advance(EDIT_INTERVAL)
    await refresher.refresh()
    by_then = of_job(editor, second)

    await world.jobs.start_submitting(await world.job(second.id))  # in hand as well
    await refresher.refresh()

    assert by_then == ["reserved None None.2 of 2"]
    assert of_job(editor, second)[-1] == "submitting None None"


async def test_of_a_long_queue_a_few_cards_a_round_move_up_from_the_front_on(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    jobs = [await waiting(world, number) for number in range(1, 2 * OUTLOOK_EDITS + 2)]
    await refresher.refresh()
    await leave_queue(world, jobs[0])
    world.clock.advance(OUTLOOK_INTERVAL)
    editor.edits.clear()

    await refresher.refresh()
    in_first_round = [job_id for job_id, _ in editor.edits]
    await refresher.refresh()

    assert in_first_round == [job.id for job in jobs[: OUTLOOK_EDITS + 1]]
    assert {job_id for job_id, _ in editor.edits} == {job.id for job in jobs}
