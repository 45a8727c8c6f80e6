from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.domain import JobState
from bot.errors import StorageError, StoreUnavailableError
from bot.media.storage import ResultStorage
from bot.pipeline.forget import OblivionRound
from bot.store.privacy import PrivacyStore
from bot.store.retention import RetentionStore
from tests.factories import GUILD, REQUESTER, make_origin, make_reference, make_valid_request
from tests.ops.attic import Attic
from tests.store.world import World


class Files:
    """A storage with the trouble that a test gave it, one for each call."""

    def __init__(self, storage: ResultStorage, *troubles: Exception) -> None:
        self._storage = storage
        self._troubles = list(troubles)

    async def remove(self, *keys: str) -> None:
        if self._troubles:
            raise self._troubles.pop(0)
        await self._storage.remove(*keys)


@pytest.fixture
def attic(world: World, storage: ResultStorage, results: Path) -> Attic:
    return Attic(world, storage, results, AsyncExitStack().aclose)


def rounds(world: World, storage: ResultStorage, *troubles: Exception) -> OblivionRound:
    retention = RetentionStore(world.database, world.clock)
    privacy = PrivacyStore(world.database, world.clock)
    return OblivionRound(privacy, retention, Files(storage, *troubles), world.clock)


async def forget(world: World) -> None:
    await PrivacyStore(world.database, world.clock).forget(GUILD, REQUESTER)


async def test_words_pictures_and_videos_of_finished_jobs_go(
    attic: Attic, world: World, storage: ResultStorage
) -> None:
    await attic.job(1)
    await attic.job(2, JobState.RESERVED)
    request = make_valid_request(3, origin=make_origin(3, requester_id=44), prompt="not mine")
    await world.put("job0000003", request, [make_reference("references/job0000003-1.jpg")])
    await forget(world)

    await rounds(world, storage).round()

    assert attic.files() == ["references/job0000002-1.jpg"]
    prompts = {
        job_id: (await world.job(job_id)).spec.prompt
        for job_id in ("job0000001", "job0000002", "job0000003")
    }
    assert prompts == {
        "job0000001": "",
        "job0000002": "A fox in the snow",
        "job0000003": "not mine",
    }
    assert await world.count("SELECT count(*) FROM ledger WHERE member_id = 33") == 2
    assert await PrivacyStore(world.database, world.clock).due(limit=5) == []


@pytest.mark.parametrize(
    "trouble", [StorageError("the disk is away", is_final=False), KeyError("surprise")]
)
async def test_what_breaks_off_is_gone_on_with(
    attic: Attic, world: World, storage: ResultStorage, trouble: Exception
) -> None:
    await attic.job(1)
    await forget(world)
    oblivion = rounds(world, storage, trouble)

    await oblivion.round()
    kept = attic.files()
    world.clock.advance(seconds=6)
    await oblivion.round()

    assert (len(kept), attic.files()) == (2, [])
    assert (await world.job("job0000001")).spec.prompt == ""


async def test_without_the_database_the_round_ends(
    attic: Attic, world: World, storage: ResultStorage
) -> None:
    await attic.job(1)
    await forget(world)

    with pytest.raises(StoreUnavailableError):
        await rounds(world, storage, StoreUnavailableError("locked")).round()
