"""What is said about a job in a few words: who makes it, from what, how long, for how much."""

from collections.abc import Iterator
from typing import Final

from bot.domain import Charge, Job, JobState, Mode
from bot.posting import words, words_story
from bot.posting.text import dollars, megabytes

_FOLDED: Final = frozenset({JobState.POSTED, JobState.FAILED, JobState.TOLD})


def is_folded(job: Job) -> bool:
    """Tell whether the card of a job is down to one line: nothing is made any more."""
    return job.state in _FOLDED


def prompt_of(job: Job) -> str:
    """Return what was asked for, as long as it is kept."""
    return job.spec.prompt or words.PROMPT_GONE()


def covered(job: Job, text: str) -> str:
    """Put a text behind a cover where that is wanted; `text` has no bars that are not escaped."""
    return f"||{text}||" if job.is_spoiler else text


def facts(job: Job, *, title: str, shows_price: bool) -> str:
    """Write the small line under a job; `title` is its provider's, as people read it."""
    return " · ".join(_facts(job, title, shows_price=shows_price))


def extent(job: Job) -> tuple[str, ...]:
    """Say which video a job starts from, if any, and how long its own is."""
    spec, video = job.spec, job.video
    length = words.LENGTH(seconds=f"{video.seconds:.0f}" if video else spec.seconds)
    if spec.mode is Mode.EDIT and job.source_id is not None:
        return words.EDIT_OF(source=job.source_id), length
    if spec.mode is Mode.EXTEND and job.source_id is not None:
        longer = words.EXTENDS(source=job.source_id, seconds=spec.seconds)
        return (longer, length) if video else (longer,)
    return (length,)


def price(job: Job) -> str | None:
    """Say what a job cost, or before anybody knows what it costs at most."""
    if job.cost_micros is not None:
        return words.CHARGED(price=dollars(job.cost_micros))
    if job.failure is not None and job.failure.charge is Charge.NONE:
        return None  # an estimate beside "nothing was charged" would contradict it
    if job.estimate_micros is None:
        return words.UNKNOWN_PRICE()
    return words.ESTIMATE(price=dollars(job.estimate_micros))


def _facts(job: Job, title: str, *, shows_price: bool) -> Iterator[str]:
    spec = job.spec
    yield title
    yield spec.model
    if job.look is not None:
        yield words.LOOK(look=job.look)
    if job.storyboard is not None and not job.is_joined:
        yield words_story.SCENE(scene=job.storyboard.scene)
    yield from extent(job)
    yield _size(job)
    if spec.aspect_ratio:
        yield spec.aspect_ratio
    if job.references:
        yield words.REFERENCES(len(job.references))
    if job.video:
        yield megabytes(job.video.size_bytes)
    shown = price(job) if shows_price else None
    if shown is not None:
        yield shown
    yield f"job {job.id}"


def _size(job: Job) -> str:
    """Say the size that was chosen, or of a video made from another the size that it came out in.

    That follows its source; what the row has is only the largest that it can be.
    """
    if job.video is None or not job.spec.mode.needs_video:
        return job.spec.resolution
    return f"{min(job.video.width, job.video.height)}p"
