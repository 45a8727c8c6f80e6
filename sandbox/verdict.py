"""Looks at what came of the journey once it is over, and says what is not as it should be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.domain import JobState
from sandbox.outcome import Outcome
from sandbox.plan import Plan

_LENGTH_TOLERANCE_SECONDS: Final = 0.25
_FINAL_STATES: Final = {str(JobState.POSTED), str(JobState.TOLD)}
_TICKS_PER_MICRO: Final = 10_000


def judge(plan: Plan, outcome: Outcome, log_path: Path) -> list[str]:
    """List the problems, in words."""
    source = outcome.source
    seconds = float(plan.seconds)
    problems = []
    if source is not None:
        found = _problems(plan, source, seconds, ends_unknown=False)
        problems += [f"the first video: {problem}" for problem in found]
        seconds = plan.growth_seconds + (source.video.seconds if source.video else seconds)
    is_unknown = plan.kill_at is JobState.SUBMITTING
    problems += _problems(plan, outcome, seconds, ends_unknown=is_unknown)
    if plan.mode is not None and outcome.job is not None and outcome.job.mode != plan.mode:
        problems.append(f"the job was to {plan.mode}, but its mode is {outcome.job.mode}")
    if outcome.exit_code != 0:
        problems.append(f"the bot ended with {outcome.exit_code}; see {log_path}")
    return problems


def _problems(plan: Plan, outcome: Outcome, seconds: float, *, ends_unknown: bool) -> Iterator[str]:
    yield from outcome.problems
    if outcome.final_messages != 1:
        yield f"{outcome.final_messages} final messages instead of one"
    if outcome.charges != 1:
        yield f"{outcome.charges} charges instead of one"
    if outcome.states and outcome.states[-1] not in _FINAL_STATES:
        yield f"the job was left in {outcome.states[-1]}"
    if ends_unknown:
        if outcome.told is None:
            yield "an unknown outcome was not told"
    elif outcome.video is None:
        yield "no video arrived"
    elif abs(outcome.video.seconds - seconds) > _LENGTH_TOLERANCE_SECONDS:
        yield f"the video lasts {outcome.video.seconds} s instead of {seconds:g} s"
    yield from _about_the_row(plan, outcome)


def _about_the_row(plan: Plan, outcome: Outcome) -> Iterator[str]:
    job = outcome.job
    if job is None:
        yield "there is no job"
        return
    if (job.provider, job.model) != (plan.entry.provider, plan.entry.model):
        yield f"{job.provider}/{job.model} made it, not {plan.entry.key}"
    if job.cost_micros is None:
        return
    taken = -(-outcome.charged_ticks // _TICKS_PER_MICRO)
    if job.cost_micros != taken:
        yield f"the row has a cost of {job.cost_micros} micro-dollars, the till of {taken}"
    if job.estimate_micros is not None and job.estimate_micros < job.cost_micros:
        yield f"it cost {job.cost_micros} micro-dollars, more than {job.estimate_micros} as said"
