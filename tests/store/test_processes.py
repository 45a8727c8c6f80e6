import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import chain
from typing import cast

import pytest
import sqlalchemy as sa

from bot.clock import SystemClock
from bot.domain import EVERYWHERE, Job, JobState, LimitKind, Scope, Unit
from bot.store.engines.engine import Database, open_database
from bot.store.jobs import JobStore
from bot.store.moderation.policies import PolicyStore, Where
from bot.store.questions import JobQuestions
from bot.store.rows import reserved_values
from bot.store.schema import jobs
from tests.factories import make_job_id, make_valid_request
from tests.store.engines import Engine
from tests.store.other_process import SHORT

MANY = 500


@pytest.fixture
def url(engine: Engine) -> str:
    return engine.migrated()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as opened:
        yield opened


class OtherProcess:
    """A worker in another process, which a test talks to."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def heard(self) -> str:
        line = await cast("asyncio.StreamReader", self.process.stdout).readline()
        return line.decode().strip()

    def go_on(self, word: str = "") -> None:
        cast("asyncio.StreamWriter", self.process.stdin).write(f"{word}\n".encode())

    async def until_done(self) -> list[str]:
        words = []
        while (word := await self.heard()) != "done":
            assert word, "the process broke"
            words.append(word)
        return words


@asynccontextmanager
async def other_process(what: str, url: str) -> AsyncIterator[OtherProcess]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.other_process", what, url), stdin=PIPE, stdout=PIPE
    )
    try:
        yield OtherProcess(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def claim_when_due(store: JobStore) -> Job:
    while True:
        for job in await store.claim(1, SHORT):
            return job
        await asyncio.sleep(0.05)


async def insert(database: Database, count: int) -> None:
    """Reserve many jobs in one commit."""
    now = SystemClock().now()
    common = {"state": JobState.RESERVED, "due_at": now, "created_at": now, "updated_at": now}
    rows = [
        {"id": make_job_id(number), **reserved_values(make_valid_request(number), ()), **common}
        for number in range(1, count + 1)
    ]
    async with database.write() as connection:
        await connection.execute(sa.insert(jobs), rows)


async def test_processes_that_claim_at_once_never_get_the_same_job(
    url: str, database: Database
) -> None:
    await insert(database, MANY)
    async with AsyncExitStack() as stack:
        workers = [await stack.enter_async_context(other_process("claim", url)) for _ in range(3)]
        assert [await worker.heard() for worker in workers] == ["ready"] * 3

        for worker in workers:
            worker.go_on()
        taken = await asyncio.gather(*(worker.until_done() for worker in workers))

    assert sorted(chain(*taken)) == sorted(make_job_id(number) for number in range(1, MANY + 1))


async def test_a_process_that_is_stopped_past_its_lease_changes_nothing_when_it_wakes(
    url: str, database: Database
) -> None:
    await insert(database, 1)
    store = JobStore(database, SystemClock(), worker="healthy")
    async with other_process("hold", url) as stopped:
        job_id = await stopped.heard()
        stopped.process.send_signal(signal.SIGSTOP)
        async with asyncio.timeout(60):
            taken_over = await store.start_submitting(await claim_when_due(store))

        stopped.process.send_signal(signal.SIGCONT)
        stopped.go_on()
        said = await stopped.heard()

    assert (taken_over.id, said) == (job_id, "stale")
    assert await JobQuestions(database).job(job_id) == taken_over


@pytest.mark.parametrize(
    ("scope", "unit", "amount", "places"),
    [
        (Scope.EVERYWHERE, Unit.JOBS, 7, 7),
        (Scope.PERSON, Unit.JOBS, 7, 7),
        (Scope.EVERYWHERE, Unit.MONEY, 3_499_999, 9),
    ],
)
async def test_processes_that_ask_at_once_take_exactly_the_allowed_number(
    url: str, database: Database, scope: Scope, unit: Unit, amount: int, places: int
) -> None:
    policies = PolicyStore(database, SystemClock())
    await policies.set_limit(Where(EVERYWHERE, scope), LimitKind.ROLLING_DAY, unit, amount, None)
    async with AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(other_process("reserve", url)) for _ in range(2)]
        assert [await one.heard() for one in crowd] == ["ready"] * 2

        for first, one in zip((100, 200), crowd, strict=True):
            one.go_on(str(first))
        taken = await asyncio.gather(*(one.until_done() for one in crowd))

    async with database.read() as connection:
        rows = (await connection.execute(sa.select(jobs.c.id))).scalars().all()
    assert sorted(chain(*taken)) == sorted(rows)
    assert len(rows) == places
