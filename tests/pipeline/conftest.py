"""The world of the pipeline tests: real tables, real files, a scripted provider."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.domain import VideoSpec
from bot.media.fetch import Fetcher
from bot.media.storage import ResultStorage
from bot.pipeline.collect import Collector
from bot.pipeline.inputs import InputReader
from bot.pipeline.submit import Submitter
from bot.providers.entries import Transport
from bot.store.engines.engine import Database
from sandbox.clips import make_clip
from tests.manual_clock import ManualClock
from tests.media.file_host import FileHost, open_file_host
from tests.pipeline.collecting import make_collector
from tests.pipeline.fakes import (
    FakePostedFiles,
    FakePoster,
    OtherScriptedProvider,
    ScriptedProvider,
    lanes_of,
)
from tests.store.world import World, make_world


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def world(database: Database, clock: ManualClock) -> World:
    return make_world(database, clock)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def storage(results: Path) -> ResultStorage:
    return ResultStorage.from_url(f"file://{results}")


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedProvider]:
    async with aiohttp.ClientSession() as session:
        yield ScriptedProvider(session)


@pytest.fixture
def poster() -> FakePoster:
    return FakePoster()


@pytest.fixture
async def other() -> AsyncIterator[OtherScriptedProvider]:
    async with aiohttp.ClientSession() as session:
        yield OtherScriptedProvider(session)


@pytest.fixture
def posted_files() -> FakePostedFiles:
    return FakePostedFiles()


@pytest.fixture
def inputs(world: World, storage: ResultStorage, posted_files: FakePostedFiles) -> InputReader:
    def transport_of(spec: VideoSpec) -> Transport:
        return Transport.PUBLIC_URL if spec.model == "public" else Transport.DATA_URI

    return InputReader(storage, world.outbox, posted_files, transport_of)


@pytest.fixture
def submitter(
    world: World,
    scripted: ScriptedProvider,
    other: OtherScriptedProvider,
    inputs: InputReader,
) -> Submitter:
    lanes = lanes_of(scripted, other)
    return Submitter(world.jobs, world.pauses, world.questions, lanes, inputs, world.clock)


@pytest.fixture(scope="session")
def clip() -> bytes:
    return make_clip(label="A fox in the snow", seconds=1, width=160, height=90)


@pytest.fixture
async def host() -> AsyncIterator[FileHost]:
    async with open_file_host("127.0.0.1") as opened:
        yield opened


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(max_bytes=1_000_000, private_hosts=("127.0.0.1",)) as opened:
        yield opened


@pytest.fixture
def collector(
    world: World, scripted: ScriptedProvider, fetcher: Fetcher, storage: ResultStorage
) -> Collector:
    return make_collector(world, scripted, fetcher, storage)
