"""The bot's own work on jobs, against a stand-in: real tables, real files, the real adapter."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.domain import (
    CleanImage,
    Failure,
    Job,
    JobState,
    MessageKind,
    Mode,
    PauseReason,
    ReferenceImage,
    ValidRequest,
    VideoSpec,
)
from bot.media.fetch import Fetcher
from bot.media.storage import ResultStorage
from bot.media.video import VideoProbe
from bot.pipeline.collect import Collector
from bot.pipeline.inputs import InputReader
from bot.pipeline.lanes import Lane
from bot.pipeline.poll import Poller
from bot.pipeline.rate import RateGate
from bot.pipeline.submit import Submitter
from bot.providers import CATALOGUE
from bot.providers.base import Provider
from bot.store.engines.engine import open_database
from bot.store.migrate import migrate
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.dialects import Dialect
from tests.factories import make_job_id, make_origin
from tests.manual_clock import ManualClock
from tests.pipeline.fakes import FakePostedFiles
from tests.store.engines import sqlite_url
from tests.store.world import LEASES, World, make_world

FILE_BYTES: Final = 1_000_000
"""The largest file that is taken."""
PAST_A_PAUSE: Final = timedelta(minutes=11)
"""Longer than a paused provider waits to be tried again."""
_MOST_STEPS: Final = 60
_OWED: Final = {JobState.STORED: MessageKind.RESULT, JobState.FAILED: MessageKind.FAILURE}
ENDS: Final = frozenset(_OWED)
"""Where our work on a job stops and the posting of it begins."""

Step = Callable[[Job], Awaitable[None]]


@dataclass
class Desk:
    """One worker with one provider."""

    world: World
    dialect: Dialect
    stand_in: ProviderStandIn
    storage: ResultStorage
    steps: Mapping[JobState, Step]
    posted: FakePostedFiles = field(default_factory=FakePostedFiles)

    @property
    def spec(self) -> VideoSpec:
        """Ask for a video from the prompt alone, which every model here makes."""
        return replace(self.dialect.spec, mode=Mode.TEXT, aspect_ratio="3:2")

    async def reserve(
        self,
        number: int = 1,
        *,
        spec: VideoSpec | None = None,
        image: CleanImage | None = None,
        source_id: str | None = None,
    ) -> Job:
        """Reserve a job and take it in hand."""
        references = []
        if image is not None:
            key = f"references/{make_job_id(number)}-1.png"
            await self.storage.write(image.data, key)
            size = len(image.data)
            references.append(
                ReferenceImage(key, image.media_type, size, image.width, image.height)
            )
        request = ValidRequest(make_origin(number), spec or self.spec, source_id=source_id)
        job = await self.world.put(make_job_id(number), request, references)
        return await self.world.claim(job.id)

    async def accepted(self, number: int = 1, *, spec: VideoSpec | None = None) -> Job:
        """Have a new job taken by the provider, and take it in hand."""
        job = await self.ride(await self.reserve(number, spec=spec), until={JobState.RENDERING})
        return await self.world.again(job)

    async def rendered(self, number: int = 1) -> Job:
        """Have a new job rendered, and take it in hand."""
        job = await self.ride(await self.accepted(number), until={JobState.RENDERED})
        return await self.world.again(job)

    async def show(self, job: Job, kind: MessageKind, *urls: str) -> None:
        """Post a message of `job` that has files, which are then at `urls`."""
        message = await self.world.begin_sending(job.id, kind)
        message_id = 900 + len(self.posted.files)
        await self.world.outbox.mark_sent(message, channel_id=22, message_id=message_id)
        self.posted.files[message_id] = urls

    async def step(self, job: Job) -> Job:
        """Do what is due with a job; whatever comes of it, it is not forgotten."""
        await self.steps[job.state](job)
        after = await self.world.job(job.id)
        if after.state in _OWED:
            assert await self.world.message_due_at(job.id, _OWED[after.state]) is not None
        else:
            assert await self.world.due_at(job.id) is not None
        return after

    async def ride(self, job: Job, *, until: Collection[JobState] = ENDS) -> Job:
        """Do one thing after the other as it falls due, until the job is in one of the states."""
        for _ in range(_MOST_STEPS):
            job = await self.step(job)
            if job.state in {*until, *ENDS}:
                return job
            job = await self.world.again(job)
        raise AssertionError(f"job {job.id} is stuck: {job}")

    async def asked_in_vain(self, job: Job) -> Job:
        """Ask once, which must change nothing, then go on to where the video is made."""
        asked = await self.step(job)
        assert (asked.state, asked.misses) == (JobState.RENDERING, 0), asked.failure
        assert asked.provider_ref == self.stand_in.charges[-1].id
        return await self.ride(await self.world.again(asked), until={JobState.RENDERED})

    async def ride_past_the_deadline(self, job: Job) -> Job:
        """Ask some more times, then only after the provider forgot the job."""
        for _ in range(3):
            job = await self.step(job)
            assert job.state is JobState.RENDERING, job.failure
            job = await self.world.again(job)
        self.world.clock.advance(self.dialect.provider.schedule.hard_deadline)
        return await self.ride(await self.world.claim(job.id))

    def creates(self) -> int:
        """Count the paid calls."""
        return sum(request.method == "POST" for request in self.stand_in.requests)

    def questions(self) -> int:
        """Count how often the provider was asked about jobs."""
        return sum(job.polls for job in self.stand_in.charges)

    async def pause_reason(self) -> PauseReason | None:
        """Tell why the provider is paused, if it is."""
        pause = (await self.world.pauses.current()).get(self.dialect.provider.name)
        return None if pause is None else pause.reason


def failure_of(job: Job) -> Failure:
    """Return why a job has no video."""
    assert job.failure is not None, job.state
    return job.failure


def make_blank(folder: Path) -> Path:
    """Make a database with this version's tables and nothing in them; it is closed."""

    async def make() -> Path:
        path = folder / "blank.sqlite3"
        async with open_database(sqlite_url(path)) as database:
            await migrate(database)
        return path

    return asyncio.run(make())


@asynccontextmanager
async def open_desk(
    dialect: Dialect, stand_in: ProviderStandIn, provider: Provider, folder: Path, blank: Path
) -> AsyncIterator[Desk]:
    """Open a desk with a copy of the `blank` database and its files in `folder`."""
    kind, clock = dialect.provider, ManualClock()
    lanes = {kind.name: Lane(kind.title, provider, kind.schedule, RateGate(60_000))}
    storage = ResultStorage.from_url(f"file://{folder / 'results'}")
    posted = FakePostedFiles()
    fetcher = Fetcher(max_bytes=FILE_BYTES, private_hosts=("127.0.0.1",), read_seconds=5.0)
    path = folder / "desk.sqlite3"
    await asyncio.to_thread(shutil.copyfile, blank, path)
    async with open_database(sqlite_url(path)) as database, fetcher:
        world = make_world(database, clock)
        inputs = InputReader(storage, world.outbox, posted, CATALOGUE.transport_of)
        submitter = Submitter(world.jobs, world.pauses, world.questions, lanes, inputs, clock)
        poller = Poller(world.jobs, world.pauses, world.questions, lanes, clock)
        collector = Collector(
            world.jobs, lanes, fetcher, VideoProbe(), storage, clock, room_bytes=1
        )
        steps: Mapping[JobState, Step] = {
            JobState.RESERVED: submitter.submit,
            JobState.SUBMITTING: submitter.settle_interrupted,
            JobState.RENDERING: poller.poll,
            JobState.RENDERED: collector.collect,
        }
        assert set(steps) == set(LEASES)
        yield Desk(world, dialect, stand_in, storage, steps, posted)
