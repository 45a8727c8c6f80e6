import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.domain import Inputs, JobState, VideoSpec
from bot.errors import (
    NotAcceptedError,
    OutcomeUnknownError,
    ProviderAccessError,
    UnknownJobError,
    UnreachableError,
)
from bot.providers.base import Accepted, Failed, Finished, Pending, Provider
from bot.providers.client import ApiClient
from sandbox.canned import CannedReply, Script
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.desk import Desk, open_desk
from tests.contract.dialects import Dialect

WORDS: Final = (
    *("done", "completed", "SUCCESS", "failed", "FAILURE", "expired", "cancelled", "pending"),
    *("success", "queued", "unknown", "invalid_request", "task_not_exist", "204", "", " ", ".."),
    *("rejected by content moderation", "insufficient_quota", "登录验证失败", "Invalid API key"),
    *("video_1", "42%", "6.5", "1e999", "9" * 5000, "x" * 20_000, "\ud800", "a\0b\nc", "٣"),
    *("https://10.0.0.1/a.mp4", "http://127.0.0.1:1/a", "https://[bad", "//", "/a", "data:,"),
)
NUMBERS: Final = (0, -1, 1, 100, 2**31, 2**63 - 1, 2**63, 10**400, -(10**400), 0.5, 1e308)
NAMES: Final = (
    *("status", "error", "data", "video", "url", "video_url", "id", "request_id", "task_id"),
    *("code", "message", "msg", "detail", "fail_reason", "success", "progress", "seconds"),
    *("usage", "cost_in_usd_ticks", "output", "metadata", "file_output", "public_url"),
    *("duration", "actualDuration", "respect_moderation", "created", "", "\ud800"),
)
STATUSES: Final = (
    *(200, 200, 200, 200, 201, 202, 206, 301, 307, 400, 400, 401, 402, 403, 404, 404, 405, 408),
    *(409, 413, 415, 418, 422, 429, 500, 500, 501, 502, 503, 504, 520, 524, 599),
)
EXAMPLES: Final = 120

scalars = st.one_of(
    st.sampled_from(WORDS),
    st.text(st.characters(codec=None), max_size=40),
    st.sampled_from(NUMBERS),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.none(),
)
names = st.one_of(st.sampled_from(NAMES), st.text(max_size=8))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6),
    max_leaves=20,
)
objects = st.dictionaries(st.sampled_from(NAMES), values, max_size=10)
bodies = st.one_of(objects, objects, objects, values).map(lambda body: json.dumps(body).encode())
broken = st.one_of(
    st.binary(max_size=60),
    st.integers(1, 5000).map(lambda depth: b'{"data":' * depth),
    st.just(b'{"id":' + b"9" * 5000 + b"}"),
    st.just(b'{"status":"done","status":"failed"}'),
)
replies = st.builds(CannedReply, st.sampled_from(STATUSES), st.one_of(bodies, bodies, broken))


@dataclass
class Line:
    """A provider's adapter, its stand-in and a desk, on a loop that examples share."""

    loop: asyncio.Runner
    stand_in: ProviderStandIn
    provider: Provider
    desk: Desk
    jobs: int = 0


@asynccontextmanager
async def opened(
    dialect: Dialect, folder: Path, blank: Path, loop: asyncio.Runner
) -> AsyncIterator[Line]:
    async with dialect.stand_in(clip_scale=0.1) as stand_in, aiohttp.ClientSession() as session:
        key = SecretStr(stand_in.api_key)
        provider = dialect.provider(ApiClient(session, base_url=stand_in.base_url, api_key=key))
        async with open_desk(dialect, stand_in, provider, folder, blank) as desk:
            yield Line(loop, stand_in, provider, desk)


@pytest.fixture
def line(dialect: Dialect, tmp_path: Path, blank_database: Path) -> Iterator[Line]:
    with asyncio.Runner() as loop:
        stack = AsyncExitStack()
        context = opened(dialect, tmp_path, blank_database, loop)
        entered = loop.run(stack.enter_async_context(context))
        yield entered
        loop.run(stack.aclose())


def bounded(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def check_storable(text: str | None) -> None:
    assert text is None or text.isprintable()


def check_micros(cost_micros: int | None) -> None:
    assert cost_micros is None or 0 <= cost_micros < 2**63


async def create(line: Line, spec: VideoSpec) -> None:
    """Make the paid call, which must end in one of the documented ways."""
    try:
        outcome = await line.provider.submit(spec, Inputs())
    except (NotAcceptedError, ProviderAccessError, OutcomeUnknownError) as error:
        check_storable(str(error))
        return
    match outcome:
        case Accepted(ref):
            assert ref
            check_storable(ref)
        case Failed(failure, cost_micros):
            check_storable(failure.detail)
            check_micros(cost_micros)


async def question(line: Line) -> None:
    """Ask about a job, which must end in one of the documented ways."""
    try:
        answer = await line.provider.poll("video_1")
    except (UnreachableError, UnknownJobError, ProviderAccessError) as error:
        check_storable(str(error))
        return
    match answer:
        case Pending(progress):
            assert progress is None or 0 <= progress <= 100
        case Finished(url, seconds, cost_micros):
            check_storable(url)
            check_micros(cost_micros)
            assert seconds is None or 0 < seconds < float("inf")
            assert all(source.url for source in line.provider.sources("video_1", url))
        case Failed(failure, cost_micros):
            check_storable(failure.detail)
            check_micros(cost_micros)


def test_whatever_is_answered_to_the_paid_call_is_read_as_one_of_its_outcomes(line: Line) -> None:
    @bounded(EXAMPLES)
    @given(replies)
    def check_each(reply: CannedReply) -> None:
        line.stand_in.on_create.then(reply)
        line.loop.run(create(line, line.desk.spec))

    check_each()


def test_whatever_is_answered_to_a_question_is_read_as_one_of_its_outcomes(line: Line) -> None:
    @bounded(EXAMPLES)
    @given(replies)
    def check_each(reply: CannedReply) -> None:
        line.stand_in.on_query.then(reply)
        line.loop.run(question(line))

    check_each()


async def live_through(line: Line, created: CannedReply, said: list[CannedReply]) -> None:
    """Take a new job through those answers, one step each."""
    desk, stand_in = line.desk, line.stand_in
    line.jobs += 1
    before, charged = desk.creates(), len(stand_in.charges)
    stand_in.on_create, stand_in.on_query = Script(), Script()
    stand_in.on_create.then(created)
    stand_in.on_query.then(*said)

    job = await desk.step(await desk.reserve(line.jobs))
    for _ in said:
        if job.state not in (JobState.RENDERING, JobState.RENDERED):
            break
        job = await desk.step(await desk.world.again(job))

    assert job.state is not JobState.SUBMITTING
    assert desk.creates() - before == 1
    assert len(stand_in.charges) - charged <= 1
    await forget(desk, job.id)


async def forget(desk: Desk, job_id: str) -> None:
    """Leave nothing behind that is due, and nobody paused."""
    await desk.world.jobs.cancel(job_id)
    await desk.world.execute("UPDATE outbox SET state = 'dropped', due_at = NULL")
    await desk.world.execute("DELETE FROM pauses")


def test_whatever_is_answered_no_row_is_stuck_and_nothing_is_charged_twice(line: Line) -> None:
    taken = st.just(CannedReply())

    @bounded(EXAMPLES // 3)
    @given(st.one_of(taken, taken, replies), st.lists(replies, min_size=1, max_size=4))
    def check_each(created: CannedReply, said: list[CannedReply]) -> None:
        line.loop.run(live_through(line, created, said))

    check_each()
