import logging

import pytest

from bot.domain import Job, JobState, MessageKind, PauseReason
from bot.errors import (
    MessageGoneError,
    PostLaterError,
    PostRefusedError,
    StoreUnavailableError,
)
from bot.pipeline.refresh import (
    EDIT_INTERVAL,
    CardRefresher,
)
from tests.factories import make_failure, make_video
from tests.manual_clock import START
from tests.pipeline.fakes import FakeCardEditor
from tests.pipeline.refreshing import make_refresher
from tests.store.world import World


@pytest.fixture
def editor() -> FakeCardEditor:
    return FakeCardEditor()


@pytest.fixture
def refresher(world: World, editor: FakeCardEditor) -> CardRefresher:
    return make_refresher(world, editor)


async def rendering(world: World, number: int = 1) -> Job:
    """Bring a job to rendering, with its card in the channel."""
    job = await world.bring_to(JobState.RENDERING, number)
    card = await world.begin_sending(job.id, MessageKind.CARD)
    await world.outbox.mark_sent(card, channel_id=22, message_id=500 + number)
    return job


async def test_a_card_is_brought_up_to_date_once(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    job = await rendering(world)

    for _ in range(3):
        await refresher.refresh()
        world.clock.advance(EDIT_INTERVAL)

    assert editor.edits == [(job.id, "rendering None None")]
    assert (await world.message(job.id, MessageKind.CARD)).shown == "rendering None None"


async def test_a_card_is_edited_again_when_its_job_moves(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    job = await rendering(world)
    await refresher.refresh()
    await world.jobs.postpone(job, START, progress=40)
    world.clock.advance(EDIT_INTERVAL)

    await refresher.refresh()

    assert [shown for _, shown in editor.edits] == ["rendering None None", "rendering 40 None"]


async def test_a_card_is_edited_every_four_seconds_at_most(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    job = await rendering(world)
    for second in range(9):
        job = await world.jobs.postpone(job, START, progress=second)
        await refresher.refresh()
        world.clock.advance(seconds=1)

    assert [shown for _, shown in editor.edits] == [
        "rendering 0 None",
        "rendering 4 None",
        "rendering 8 None",
    ]


async def test_a_card_is_edited_when_the_pause_of_its_provider_begins_and_ends(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    await rendering(world)
    for change in (
        world.pauses.pause("other", PauseReason.KEY, "401"),
        world.pauses.pause("scripted", PauseReason.CREDIT, "429"),
        world.pauses.resume("scripted"),
    ):
        await change
        await refresher.refresh()
        world.clock.advance(EDIT_INTERVAL)

    assert [shown for _, shown in editor.edits] == [
        "rendering None None",
        "rendering None None credit",
        "rendering None None",
    ]


async def test_one_cards_pause_does_not_hold_up_another(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    first = await rendering(world, 1)
    await refresher.refresh()
    second = await rendering(world, 2)

    await refresher.refresh()

    assert [job_id for job_id, _ in editor.edits] == [first.id, second.id]


async def test_a_card_is_folded_after_its_last_edit(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    job = await rendering(world)
    await world.jobs.mark_rendered(job, None)
    stored = await world.jobs.mark_stored(await world.claim(job.id), make_video())
    result = await world.begin_sending(stored.id, MessageKind.RESULT)
    await world.outbox.mark_sent(result, channel_id=22, message_id=900)

    await refresher.refresh()
    await refresher.refresh()

    assert editor.edits == [(job.id, "posted 100 900")]
    assert await world.outbox.live_cards() == []


async def test_a_card_that_shows_the_end_already_is_folded_without_an_edit(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    job = await world.bring_to(JobState.TOLD)
    world.clock.advance(seconds=3600)
    card = await world.begin_sending(job.id, MessageKind.CARD)
    await world.outbox.mark_sent(card, channel_id=22, message_id=500)
    await world.outbox.mark_shown(card, "told None None", is_folded=False)

    await refresher.refresh()

    assert editor.edits == []
    assert await world.outbox.live_cards() == []


async def test_what_was_left_to_show_before_a_restart_is_shown_after_it(
    editor: FakeCardEditor, world: World
) -> None:
    job = await rendering(world)
    await make_refresher(world, editor).refresh()
    await world.jobs.cancel(job.id)

    await make_refresher(world, editor).refresh()

    assert [shown for _, shown in editor.edits][-1] == "failed None None"


async def test_an_edit_discord_has_no_time_for_is_made_later(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    job = await rendering(world)
    editor.troubles = {job.id: PostLaterError("503")}
    await refresher.refresh()
    await refresher.refresh()
    editor.troubles = {}
    world.clock.advance(EDIT_INTERVAL)

    await refresher.refresh()

    assert len(editor.edits) == 2
    assert (await world.message(job.id, MessageKind.CARD)).shown == "rendering None None"


async def test_a_card_in_a_closed_thread_moves_again_when_the_job_does(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    job = await rendering(world)
    editor.troubles = {job.id: PostRefusedError("50083")}
    await refresher.refresh()
    editor.troubles = {}
    world.clock.advance(EDIT_INTERVAL)
    await refresher.refresh()
    tried = len(editor.edits)

    await world.jobs.fail(await world.job(job.id), make_failure())
    world.clock.advance(EDIT_INTERVAL)
    await refresher.refresh()

    assert (tried, len(editor.edits)) == (1, 2)
    assert (await world.message(job.id, MessageKind.CARD)).shown == "failed None None"


async def test_a_card_that_somebody_removed_is_left_alone(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    job = await rendering(world)
    editor.troubles = {job.id: MessageGoneError("10008")}

    await refresher.refresh()

    assert await world.outbox.live_cards() == []
    assert await world.job(job.id) == job


async def test_a_card_that_can_not_be_drawn_keeps_no_other_from_moving(
    refresher: CardRefresher,
    editor: FakeCardEditor,
    world: World,
    caplog: pytest.LogCaptureFixture,
) -> None:
    jobs = [await rendering(world, number) for number in (1, 2, 3)]
    editor.troubles = {jobs[0].id: KeyError("surprise")}

    await refresher.refresh()
    await refresher.refresh()

    assert {job_id for job_id, _ in editor.edits} == {job.id for job in jobs}
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in errors] == [
        f"The card of job {jobs[0].id} can't be kept in step"
    ]


async def test_without_its_database_the_whole_round_is_off(
    refresher: CardRefresher, editor: FakeCardEditor, world: World
) -> None:
    job = await rendering(world)
    editor.troubles = {job.id: StoreUnavailableError("away")}

    with pytest.raises(StoreUnavailableError):
        await refresher.refresh()
