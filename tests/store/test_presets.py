import asyncio

import pytest

from bot.domain import Recipe
from bot.store.community.presets import PresetStore
from tests.factories import GUILD
from tests.store.world import World

OWNER = 5


@pytest.fixture
def presets(world: World) -> PresetStore:
    return PresetStore(world.database, world.clock)


async def test_of_saves_of_one_new_name_at_once_one_wins(presets: PresetStore) -> None:
    kept = await asyncio.gather(
        *(presets.save(GUILD, OWNER, "Fox", Recipe(f"fox {number}")) for number in range(10))
    )

    (preset,) = await presets.usable(GUILD, OWNER)
    assert kept == [True] * 10
    assert preset.recipe in [Recipe(f"fox {number}") for number in range(10)]


async def test_the_later_save_replaces_and_stays_shared(presets: PresetStore) -> None:
    await presets.save(GUILD, OWNER, "Fox", Recipe("a fox"))
    await presets.share(GUILD, OWNER, "Fox", is_shared=True)

    await presets.save(GUILD, OWNER, "Fox", Recipe("a vixen"))

    (preset,) = await presets.usable(GUILD, 6)
    assert (preset.recipe, preset.is_shared) == (Recipe("a vixen"), True)
