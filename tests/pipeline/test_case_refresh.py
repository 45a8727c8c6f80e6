import logging
from dataclasses import dataclass, field

import pytest

from bot.domain import CaseView, MessageKind, OwedMessage, Ruling
from bot.errors import (
    MessageGoneError,
    PostLaterError,
    PostRefusedError,
    StoreUnavailableError,
)
from bot.pipeline.case_refresh import CaseRefresher
from bot.pipeline.refresh import EDIT_INTERVAL
from bot.store.moderation.case_questions import CaseQuestions
from bot.store.moderation.desk import CaseStore
from tests.store.held import DESK_CHANNEL, hold, order
from tests.store.world import World


@dataclass
class FakeEditor:
    """Edits every card, but for the trouble it was told to have."""

    trouble: Exception | None = None
    edits: list[str] = field(default_factory=list)

    def digest(self, view: CaseView) -> str:
        return str(view.case.state)

    async def edit(self, card: OwedMessage, view: CaseView) -> None:
        self.edits.append(self.digest(view))
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def editor() -> FakeEditor:
    return FakeEditor()


@pytest.fixture
def refresher(world: World, editor: FakeEditor) -> CaseRefresher:
    return CaseRefresher(CaseQuestions(world.database), world.outbox, editor, world.clock)


async def shown_case(world: World, *, shown: str | None = "open") -> int:
    """Hold a job, with the card of its case in the moderators' channel."""
    job, case_id = await hold(world)
    card = await world.begin_sending(job.id, MessageKind.CASE)
    await world.outbox.mark_sent(card, channel_id=DESK_CHANNEL, message_id=900, shown=shown)
    return case_id


async def decide(world: World, case_id: int) -> None:
    await CaseStore(world.database, world.clock).decide(order(Ruling.REJECT, case_id))


async def refresh_often(refresher: CaseRefresher, world: World) -> None:
    for _ in range(3):
        await refresher.refresh()
        world.clock.advance(EDIT_INTERVAL)


async def test_a_card_is_edited_once_its_case_is_decided_and_then_left_alone(
    refresher: CaseRefresher, editor: FakeEditor, world: World
) -> None:
    case_id = await shown_case(world)
    await refresh_often(refresher, world)
    assert editor.edits == []

    await decide(world, case_id)
    await refresh_often(refresher, world)

    assert editor.edits == ["rejected"]


async def test_an_open_case_that_changed_otherwise_is_edited_and_stays_live(
    refresher: CaseRefresher, editor: FakeEditor, world: World
) -> None:
    case_id = await shown_case(world, shown=None)

    await refresh_often(refresher, world)
    await decide(world, case_id)
    await refresh_often(refresher, world)

    assert editor.edits == ["open", "rejected"]


async def test_a_card_that_came_with_its_decision_is_not_edited(
    refresher: CaseRefresher, editor: FakeEditor, world: World
) -> None:
    await decide(world, await shown_case(world, shown="rejected"))

    await refresh_often(refresher, world)

    assert editor.edits == []


async def test_a_busy_discord_is_asked_again_but_not_at_once(
    refresher: CaseRefresher, editor: FakeEditor, world: World
) -> None:
    await decide(world, await shown_case(world))
    editor.trouble = PostLaterError("busy")

    await refresher.refresh()
    await refresher.refresh()
    assert editor.edits == ["rejected"]
    editor.trouble = None
    await refresh_often(refresher, world)

    assert editor.edits == ["rejected"] * 2


@pytest.mark.parametrize("trouble", [MessageGoneError("gone"), PostRefusedError("closed")])
async def test_a_card_that_can_not_be_edited_is_left_alone(
    refresher: CaseRefresher, editor: FakeEditor, world: World, trouble: Exception
) -> None:
    await decide(world, await shown_case(world))
    editor.trouble = trouble

    await refresh_often(refresher, world)

    assert editor.edits == ["rejected"]


async def test_a_card_that_breaks_does_not_stop_the_loop(
    refresher: CaseRefresher,
    editor: FakeEditor,
    world: World,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await decide(world, await shown_case(world))
    editor.trouble = ZeroDivisionError()

    with caplog.at_level(logging.ERROR):
        await refresher.refresh()

    assert "can't be kept in step" in caplog.text


async def test_a_database_that_is_away_is_the_loops_own_trouble(
    refresher: CaseRefresher, editor: FakeEditor, world: World
) -> None:
    await decide(world, await shown_case(world))
    editor.trouble = StoreUnavailableError("away")

    with pytest.raises(StoreUnavailableError):
        await refresher.refresh()
