import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.chaos.revival import Revival
from sandbox.crash.books import Entries
from sandbox.crash.cradle import Cradle
from sandbox.crash.databases import SqliteDatabases
from sandbox.crash.scene import Scene, open_scene
from sandbox.crash.weather import Weather


@pytest.fixture
async def scene(tmp_path: Path, files: SqliteDatabases) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path / "life", files, Weather(0.0, 0)) as opened:
        yield opened


@pytest.fixture
def revival(scene: Scene) -> Revival:
    launch = scene.launch(None, signal.SIGKILL)
    return Revival(launch, scene.chat, scene.providers, scene.clock)


async def run_until(scene: Scene, is_enough: Callable[[Entries], bool]) -> Entries:
    """Run a bot until the books say so, and kill it."""
    async with Cradle() as cradle:
        await cradle.start(scene.launch(None, signal.SIGKILL))
        while not is_enough(entries := await scene.database.books.read()):
            await cradle.wait(0.01)
        cradle.tell(signal.SIGKILL)
        await cradle.end()
    return entries


async def until_over(scene: Scene) -> Entries:
    async with Cradle() as cradle:
        await cradle.start(scene.launch(None, signal.SIGKILL))
        while not (await scene.database.books.pending()).is_nothing:
            await cradle.wait(0.02)
        cradle.tell(signal.SIGTERM)
        await cradle.end()
    return await scene.database.books.read()


async def test_what_waited_at_the_backup_is_not_paid_for_again(
    scene: Scene, revival: Revival
) -> None:
    await revival.back_up()
    earlier = await until_over(scene)

    sequel = await revival.revive(earlier)

    assert sequel.violations == []
    assert (sequel.jobs, sequel.open, sequel.unknown) == (3, 3, 3)


async def test_what_was_under_way_at_the_backup_comes_to_its_end_and_is_posted_once(
    scene: Scene, revival: Revival
) -> None:
    await run_until(scene, lambda now: any(job.provider_ref for job in now.jobs))
    await revival.back_up()
    earlier = await until_over(scene)

    sequel = await revival.revive(earlier)

    assert sequel.violations == []
    assert sequel.open > 0
    assert sequel.unknown < sequel.open


async def test_what_is_paid_or_posted_a_second_time_is_told(scene: Scene, revival: Revival) -> None:
    await revival.back_up()
    earlier = await until_over(scene)
    paid = next(provider for provider in scene.providers if provider.charges)
    paid.charges.append(replace(paid.charges[0], id="a second one"))
    channel = scene.chat.backend.world.channels[earlier.jobs[0].origin.channel_id]
    video = next(one for one in channel.messages.values() if one.attachments and one.pinged)
    channel.messages[video.id + 1] = replace(video, id=video.id + 1)

    sequel = await revival.revive(earlier)

    told = "told as outcome_unknown/possible"
    assert sequel.violations == [
        f"{paid.charges[0].prompt!r} was charged 2 times, not 0 to 1: {told}",
        f"the result of job {earlier.jobs[0].id} was posted 2 times",
    ]


async def test_without_a_backup_there_is_nothing_to_go_back_to(
    scene: Scene, revival: Revival
) -> None:
    assert scene.database.file is not None
    scene.database.file.unlink()
    await revival.back_up()

    sequel = await revival.revive(Entries([], []))

    assert [line.split(":")[0] for line in sequel.violations] == [
        "backup ended with 78",
        "there is no backup",
    ]
