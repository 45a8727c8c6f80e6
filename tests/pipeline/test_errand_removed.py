import pytest

from bot.domain import MessageKind, MessageState
from bot.media.storage import ResultStorage
from bot.pipeline.deliver import Deliverer
from bot.posting.places import Posted
from bot.posting.undisturbed import LANDED_WITHIN
from bot.store.moderation.takedowns import TakedownStore
from tests.factories import CHANNEL
from tests.pipeline.delivering import Rungs
from tests.pipeline.fakes import FakePoster
from tests.pipeline.stored_videos import stored
from tests.store.world import World


@pytest.fixture
def deliverer(world: World, storage: ResultStorage, poster: FakePoster) -> Deliverer:
    return Rungs(world, storage, poster).deliverer()


async def removed(world: World, storage: ResultStorage, *, is_begun: bool) -> str:
    """Have a video removed while a delivery of it is owed, and perhaps under way."""
    job = await stored(world, storage)
    result = await world.begin_sending(job.id, MessageKind.RESULT)
    await world.outbox.mark_sent(result, channel_id=CHANNEL, message_id=900)
    await world.deliveries.ask(job.id)
    if is_begun:
        await world.begin_sending(job.id, MessageKind.DELIVERY)
        await world.other_outbox.release_leases()
    await TakedownStore(world.database, world.clock).remove(job.id, 77)
    return job.id


async def test_a_delivery_of_a_removed_video_is_dropped(
    world: World, storage: ResultStorage, deliverer: Deliverer, poster: FakePoster
) -> None:
    job_id = await removed(world, storage, is_begun=False)

    await deliverer.deliver(await world.owed(job_id, MessageKind.DELIVERY))

    message = await world.message(job_id, MessageKind.DELIVERY)
    assert (message.state, poster.posts) == (MessageState.DROPPED, [])


async def test_one_that_may_have_landed_is_looked_for_so_that_it_can_be_deleted(
    world: World, storage: ResultStorage, deliverer: Deliverer, poster: FakePoster
) -> None:
    job_id = await removed(world, storage, is_begun=True)
    poster.found = Posted(CHANNEL, 901)

    await deliverer.deliver(await world.owed(job_id, MessageKind.DELIVERY))
    young = await world.message(job_id, MessageKind.DELIVERY)
    world.clock.advance(LANDED_WITHIN)
    await deliverer.deliver(await world.owed(job_id, MessageKind.DELIVERY))
    found = await world.message(job_id, MessageKind.DELIVERY)

    assert (young.state, found.state) == (MessageState.SENDING, MessageState.SENT)
    assert (found.message_id, poster.posts) == (901, [])
