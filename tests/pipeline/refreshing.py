"""A refresher of cards on real tables."""

from bot.pipeline.foresight import Foresight
from bot.pipeline.refresh import CardRefresher
from bot.store.waits import WaitStore
from tests.pipeline.fakes import FakeCardEditor
from tests.store.world import World


def make_refresher(world: World, editor: FakeCardEditor) -> CardRefresher:
    foresight = Foresight(WaitStore(world.database), world.clock)
    return CardRefresher(world.outbox, editor, world.clock, world.pauses, foresight)
