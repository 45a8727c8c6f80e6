"""Holds storyboards against their scenes, and against what is owed because of them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.domain import Charge, Job, MessageKind, Storyboard, StoryState
from sandbox.crash.books import Entries


def story_problems(entries: Entries) -> Iterator[str]:
    """List what was promised of storyboards and is not so, once nothing moves any more."""
    for story in entries.stories:
        scenes = entries.scenes(story)
        if len(scenes) != story.scenes:
            yield f"storyboard {story.id} has {len(scenes)} scenes, not {story.scenes}"
        yield from _about_chain(story, scenes)
        yield from _about_end(story, entries, scenes)


def _about_chain(story: Storyboard, scenes: Sequence[Job]) -> Iterator[str]:
    """See that no scene was made, let alone paid for, without the one from which it goes on."""
    for before, scene in pairwise(scenes):
        is_free = scene.failure is not None and scene.failure.charge is Charge.NONE
        if before.video is None and not (scene.submitted_at is None and is_free):
            yield f"job {scene.id} of storyboard {story.id} went on without the scene before"


def _about_end(story: Storyboard, entries: Entries, scenes: Sequence[Job]) -> Iterator[str]:
    words = sum(one.kind is MessageKind.JOINED for job in scenes for one in entries.of(job))
    match story.state:
        case StoryState.RUNNING | StoryState.JOINING:
            yield f"storyboard {story.id} is stuck: {story.state}"
        case StoryState.JOINED if words != 1:
            yield f"storyboard {story.id} is joined, and that was owed {words} times"
        case StoryState.ENDED if words > 1:
            yield f"storyboard {story.id} is not joined, and that was owed {words} times"
