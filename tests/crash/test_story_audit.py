from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import (
    Charge,
    Ending,
    FailureKind,
    Job,
    JobState,
    MessageKind,
    MessageState,
    OwedMessage,
    SceneOf,
    Storyboard,
    StoryState,
)
from sandbox.crash.books import Entries
from sandbox.crash.story_audit import story_problems
from tests.crash.ledger import DATA, Ledger
from tests.factories import CHANNEL, GUILD, REQUESTER, make_failure, make_job, make_video
from tests.manual_clock import START

JOINED_KEY = "2026/11/job0000001-joined.mp4"


def make_story(state: StoryState = StoryState.JOINED, scenes: int = 2) -> Storyboard:
    return Storyboard(1, 9, GUILD, CHANNEL, REQUESTER, scenes, state, START)


def scene(number: int, state: JobState = JobState.POSTED) -> Job:
    made = replace(make_job(state, number=number), storyboard=SceneOf(1, number))
    if state is JobState.POSTED:
        return replace(made, video=make_video(), submitted_at=START)
    return replace(made, failure=make_failure(FailureKind.CANCELLED, Charge.NONE))


def owe(job: Job, sequence: int = 1) -> OwedMessage:
    sent = MessageState.SENT
    return OwedMessage(job.id, MessageKind.JOINED, sent, CHANNEL, 1, 1, START, 5, sequence=sequence)


def problems(story: Storyboard, scenes: list[Job], words: int) -> list[str]:
    owed = [owe(scenes[-1], number) for number in range(1, words + 1)]
    return list(story_problems(Entries(scenes, owed, stories=[story])))


@pytest.mark.parametrize(
    ("story", "end", "words"),
    [
        (make_story(), JobState.POSTED, 1),
        (make_story(StoryState.ENDED), JobState.POSTED, 1),
        (make_story(StoryState.ENDED), JobState.TOLD, 0),
    ],
)
def test_nothing_is_said_of_a_storyboard_that_came_to_its_end(
    story: Storyboard, end: JobState, words: int
) -> None:
    assert problems(story, [scene(1), scene(2, end)], words) == []


@pytest.mark.parametrize("state", [StoryState.RUNNING, StoryState.JOINING])
def test_a_stuck_storyboard_is_found(state: StoryState) -> None:
    found = problems(make_story(state), [scene(1), scene(2)], 0)

    assert found == [f"storyboard 1 is stuck: {state}"]


@pytest.mark.parametrize("words", [0, 2])
def test_what_is_joined_is_owed_once(words: int) -> None:
    found = problems(make_story(), [scene(1), scene(2)], words)

    assert found == [f"storyboard 1 is joined, and that was owed {words} times"]


def test_what_could_not_be_joined_is_said_once() -> None:
    found = problems(make_story(StoryState.ENDED), [scene(1), scene(2)], 2)

    assert found == ["storyboard 1 is not joined, and that was owed 2 times"]


def test_a_scene_that_is_missing_is_found() -> None:
    found = problems(make_story(scenes=3), [scene(1), scene(2)], 1)

    assert found == ["storyboard 1 has 2 scenes, not 3"]


@pytest.mark.parametrize(
    "later",
    [
        scene(2),
        replace(scene(2, JobState.TOLD), failure=make_failure(charge=Charge.POSSIBLE)),
        replace(scene(2, JobState.TOLD), submitted_at=START),
    ],
)
def test_a_scene_that_went_on_from_nothing_is_found(later: Job) -> None:
    found = problems(make_story(StoryState.ENDED), [scene(1, JobState.TOLD), later], 0)

    assert found == [f"job {later.id} of storyboard 1 went on without the scene before"]


def test_a_scene_that_never_came_up_is_told_by_the_failure_before() -> None:
    silent = replace(scene(2, JobState.TOLD), ending=Ending.BROKEN)

    assert problems(make_story(StoryState.ENDED), [scene(1, JobState.TOLD), silent], 0) == []
    assert problems(make_story(StoryState.ENDED), [scene(1), silent], 0) == [
        f"job {silent.id} of storyboard 1 was broken off, and nobody was told"
    ]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A world in which a storyboard of one scene, for the files do not care, was joined."""
    made = Ledger(tmp_path / "results")
    made.job = replace(made.job, storyboard=SceneOf(1, 1))
    assert made.job.video is not None
    whole = replace(made.job.video, key=JOINED_KEY)
    made.stories = [replace(make_story(scenes=1), video=whole)]
    made.keep(JOINED_KEY)
    posted = made.post(DATA, pings=True, mark=" · joined 1")
    made.owed.append(made.owe(MessageKind.JOINED, posted, sequence=1))
    return made


def test_a_scene_that_never_came_up_owes_no_word_of_its_own(ledger: Ledger) -> None:
    first = replace(scene(1, JobState.TOLD), id="job0000008", storyboard=SceneOf(2, 1))
    silent = replace(first, id="job0000009", storyboard=SceneOf(2, 2), ending=Ending.BROKEN)
    ledger.more = [first, silent]

    assert not [one for one in ledger.violations() if silent.id in one]
    assert f"job {first.id} is told and owed nobody a word" in ledger.violations()


def test_a_joined_file_belongs_to_its_storyboard(ledger: Ledger) -> None:
    assert ledger.violations() == []
    assert ledger.audit.leftovers() == []


def test_a_joined_file_that_changed_or_is_gone_is_found(ledger: Ledger) -> None:
    (ledger.results / JOINED_KEY).write_bytes(b"changed")
    assert ledger.violations() == ["the file of storyboard 1 is not the one that its row names"]

    (ledger.results / JOINED_KEY).unlink()
    assert ledger.violations()[1:] == [f"{JOINED_KEY} is named by a row and is not there"]


def test_a_joined_file_that_was_swept_is_not_looked_for(ledger: Ledger) -> None:
    ledger.stories = [replace(one, is_swept=True) for one in ledger.stories]
    (ledger.results / JOINED_KEY).unlink()

    assert ledger.violations() == []


def test_a_joined_file_of_a_storyboard_that_was_given_up_is_for_the_sweep(ledger: Ledger) -> None:
    ledger.stories = [replace(make_story(StoryState.ENDED, 1), video=None)]
    for message in ledger.chat.guild.channel("videos").messages:
        if " · joined " in str(message.embeds):
            message.attachments = []

    assert ledger.violations() == []
    assert ledger.audit.leftovers() == [JOINED_KEY]


def test_a_joined_video_that_stands_there_twice_is_found(ledger: Ledger) -> None:
    ledger.post(DATA, pings=True, mark=" · joined 1")

    (found,) = ledger.violations()

    assert "the joined 1 of job job0000001 was posted 2 times" in found


def test_another_file_than_the_joined_one_is_found(ledger: Ledger) -> None:
    posted = ledger.chat.guild.channel("videos").messages[-1]
    posted.attachments = [replace(posted.attachments[0], data=b"another")]

    (found,) = ledger.violations()

    assert found == "the joined 1 of job job0000001 has another file than the one stored"
