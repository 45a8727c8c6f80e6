import pytest

from bot.pipeline.upload_limits import UploadLimits
from bot.store.places import UploadLimitStore
from tests.pipeline.delivering import MEBIBYTE, FakeTiers
from tests.store.world import World


@pytest.mark.parametrize(("setting", "limit"), [(None, 10), (8, 8), (50, 10)])
async def test_a_setting_does_not_lift_the_limit_of_direct_messages(
    world: World, setting: int | None, limit: int
) -> None:
    store = UploadLimitStore(world.database, world.clock)
    setting_bytes = None if setting is None else setting * MEBIBYTE
    limits = UploadLimits(store, FakeTiers(), setting_bytes=setting_bytes)

    room = await limits.room(None, 31_000_000)

    assert room == int(limit * MEBIBYTE * 0.95)
