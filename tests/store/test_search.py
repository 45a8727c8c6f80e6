import pytest

from bot.domain import Job, JobState
from bot.store.community.search import VideoSearch, Wanted
from tests.factories import make_viewer
from tests.store.world import World


async def made(world: World, number: int, prompt: str) -> Job:
    job = await world.bring_to(JobState.POSTED, number)
    await world.execute("UPDATE jobs SET prompt = :prompt WHERE id = :id", prompt=prompt, id=job.id)
    return job


@pytest.mark.parametrize("typed", ["łódź", "ŁÓDŹ", "Łódź nocą", "NOCĄ łó"])
async def test_words_are_found_in_any_case_also_beyond_english(world: World, typed: str) -> None:
    job = await made(world, 1, "Łódź nocą")
    await made(world, 2, "Lodz by night")

    found = await VideoSearch(world.database).find(make_viewer(), Wanted(typed), limit=5)

    assert [one.id for one in found] == [job.id]


async def test_as_many_words_as_can_be_typed_are_looked_for(world: World) -> None:
    job = await made(world, 1, "a fox")

    found = await VideoSearch(world.database).find(make_viewer(), Wanted("a " * 50), limit=5)

    assert [one.id for one in found] == [job.id]
