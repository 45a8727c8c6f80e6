from pathlib import Path

import pytest

from bot.domain import JobState
from sandbox.journey import Journey
from sandbox.narrator import Silence
from sandbox.plan import Plan, choose
from tests.openapi_judge import session_judge


@pytest.mark.parametrize(
    "state", [JobState.SUBMITTING, JobState.RENDERING, JobState.RENDERED, JobState.STORED]
)
async def test_a_bot_killed_at_work_charges_once_and_answers_once(
    state: JobState, tmp_path: Path
) -> None:
    judge = session_judge()
    plan = Plan(out=tmp_path, entry=choose(), seconds=1, render_seconds=1.0, kill_at=state)

    outcome = await Journey(plan, Silence(), [judge.observe] if judge else []).play()

    assert outcome.problems == []
    assert (outcome.charges, outcome.final_messages, outcome.kills) == (1, 1, 1)
    assert (outcome.video is None) == (state is JobState.SUBMITTING)


async def test_the_demo_plays_without_a_problem(tmp_path: Path) -> None:
    plan = Plan(out=tmp_path, entry=choose(), seconds=2, images=2, render_seconds=1.0)

    outcome = await Journey(plan, Silence()).play()

    assert outcome.problems == []
    assert outcome.states == ["reserved", "submitting", "rendering", "rendered", "stored", "posted"]
    assert outcome.video is not None
    assert outcome.video.path.stat().st_size == outcome.video.size_bytes
