"""Holds storyboards against their scenes, and against what is owed because of them."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from bot.domain import Charge, Ending, Job, MessageKind, OwedMessage, Storyboard, StoryState
from sandbox.crash.books import Entries


def story_problems(entries: Entries) -> Iterator[str]:
    """List what was promised of storyboards and is not so, once nothing moves any more."""
    for story in entries.stories:
        scenes = entries.scenes(story)
        if len(scenes) != story.scenes:
            yield f"storyboard {story.id} has {len(scenes)} scenes, not {story.scenes}"
        yield from _about_chain(story, entries, scenes)
        yield from _about_end(story, entries, scenes)


def never_came_up(job: Job, owed: Collection[OwedMessage]) -> bool:
    """Whether a job is a scene of which its channel knows nothing: the failure before says it."""
    return job.storyboard is not None and job.ending is Ending.BROKEN and not owed


def _about_chain(story: Storyboard, entries: Entries, scenes: Sequence[Job]) -> Iterator[str]:
    """See that no scene was made, let alone paid for, without the one from which it goes on."""
    for before, scene in pairwise(scenes):
        is_free = scene.failure is not None and scene.failure.charge is Charge.NONE
        if before.video is None and not (scene.submitted_at is None and is_free):
            yield f"job {scene.id} of storyboard {story.id} went on without the scene before"
        if never_came_up(scene, entries.of(scene)) and before.failure is None:
            yield f"job {scene.id} of storyboard {story.id} was broken off, and nobody was told"


def _about_end(story: Storyboard, entries: Entries, scenes: Sequence[Job]) -> Iterator[str]:
    words = sum(one.kind is MessageKind.JOINED for job in scenes for one in entries.of(job))
    match story.state:
        case StoryState.RUNNING | StoryState.JOINING:
            yield f"storyboard {story.id} is stuck: {story.state}"
        case StoryState.JOINED if words != 1:
            yield f"storyboard {story.id} is joined, and that was owed {words} times"
        case StoryState.ENDED if words > 1:
            yield f"storyboard {story.id} is not joined, and that was owed {words} times"
