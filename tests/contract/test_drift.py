from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain import JobState
from sandbox.canned import CannedReply, Script
from tests.contract.desk import Desk
from tests.contract.line import NAMES, ODD, Line, changed, create, question, written
from tests.contract.shapes import Json, Shape, wrapped

FIELDS: Final = (
    *("status", "error", "code", "message", "fail_reason", "data", "progress", "video", "url"),
    *("video_url", "output", "duration", "seconds", "actualDuration", "respect_moderation"),
    *("usage", "id", "request_id", "task_id"),
)
BAD_STATUSES: Final = (
    *(301, 307, 400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 418, 422, 429),
    *(500, 501, 502, 503, 504, 520, 524, 599),
)
EXAMPLES: Final = 80

scalars = st.one_of(st.sampled_from(ODD), st.text(st.characters(codec=None), max_size=20))
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from(NAMES), values, max_size=6)
no_objects = st.one_of(
    values.map(written),
    st.binary(max_size=60),
    st.integers(1, 5000).map(lambda depth: b'{"data":' * depth),
    st.just(b'{"id":' + b"9" * 5000 + b"}"),
    st.just(b'{"status":"done","status":"failed"}'),
)


def replies_of(shape: Shape) -> st.SearchStrategy[CannedReply]:
    """Make answers, most of them a good one in which some words, types or places changed."""
    good: tuple[Json, ...] = (
        shape.only_ref(),
        shape.job(),
        shape.done(),
        shape.failed(error="x"),
        {},
    )
    flat = st.builds(changed, st.sampled_from(good), objects)
    bodies = st.one_of(flat, flat, flat.map(wrapped), objects.map(wrapped)).map(written)
    return st.one_of(
        st.builds(CannedReply, st.sampled_from((200, 200, 201, 202)), bodies),
        st.builds(CannedReply, st.sampled_from((200, 200, 201, 202)), bodies),
        st.builds(CannedReply, st.sampled_from(BAD_STATUSES), bodies),
        st.builds(CannedReply, st.sampled_from((200, *BAD_STATUSES)), no_objects),
    )


def bounded(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def odd_fields(good: Json) -> list[Json]:
    """Put each odd value in the place of each field, one at a time."""
    return [changed(good, {name: value}) for name in FIELDS for value in ODD]


def odd_costs(good: Json) -> list[Json]:
    return [{**good, "usage": {"cost_in_usd_ticks": value}} for value in ODD]


def odd_wrappers(good: Json) -> list[Json]:
    """Put each odd value inside a wrapper, and in the place of each of its fields."""
    fields = ("status", "progress", "fail_reason", "task_id", "video_url")
    around = [wrapped(good, **{name: value}) for name in fields for value in ODD]
    return [*around, *map(wrapped, ODD)]


@pytest.mark.parametrize("word", ["running", "done"])
def test_no_single_odd_value_in_an_answer_about_a_job_is_a_surprise(line: Line, word: str) -> None:
    good = line.shape.done() if word == "done" else line.shape.job()

    async def ask_about(bodies: list[Json]) -> None:
        for body in bodies:
            line.stand_in.on_query.then(CannedReply(200, written(body)))
            await question(line)

    line.loop.run(ask_about([*odd_fields(good), *odd_costs(good), *odd_wrappers(good)]))


def test_no_single_odd_value_in_an_answer_to_the_paid_call_is_a_surprise(line: Line) -> None:
    async def send_for(bodies: list[Json]) -> None:
        for body in bodies:
            line.stand_in.on_create.then(CannedReply(200, written(body)))
            await create(line, line.desk.spec)

    names = ("id", "request_id", "task_id", "status", "error", "code", "message", "data")
    line.loop.run(send_for([{name: value} for name in names for value in ODD]))


def test_whatever_is_answered_to_the_paid_call_is_read_as_one_of_its_outcomes(line: Line) -> None:
    @bounded(EXAMPLES)
    @given(replies_of(line.shape))
    def check_each(reply: CannedReply) -> None:
        line.stand_in.on_create.then(reply)
        line.loop.run(create(line, line.desk.spec))

    check_each()


def test_whatever_is_answered_to_a_question_is_read_as_one_of_its_outcomes(line: Line) -> None:
    @bounded(EXAMPLES)
    @given(replies_of(line.shape))
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
    @given(
        st.one_of(taken, taken, replies_of(line.shape)),
        st.lists(replies_of(line.shape), min_size=1, max_size=4),
    )
    def check_each(created: CannedReply, said: list[CannedReply]) -> None:
        line.loop.run(live_through(line, created, said))

    check_each()
