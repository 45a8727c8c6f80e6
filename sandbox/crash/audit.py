"""Holds the bot's books against what the stand-ins saw: each promise that is broken is a line."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from bot.domain import (
    Charge,
    Job,
    JobState,
    MessageKind,
    MessageState,
    OwedMessage,
    StoredVideo,
    StoryState,
)
from sandbox.crash.books import Entries
from sandbox.crash.sight import COUNTED, is_about, kind_of, posted_by_us
from sandbox.crash.story_audit import never_came_up, story_problems
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message
from sandbox.provider_stand_in import ProviderStandIn, StandInJob

_WORK: Final = ".work"
_PICTURES: Final = "references/"
_JOINED: Final = "-joined"
"""What the name of a joined file has after the job of its first scene."""
FINAL: Final = {JobState.POSTED: MessageKind.RESULT, JobState.TOLD: MessageKind.FAILURE}
"""The message with which a job is over, by the state that it leaves."""


class Audit:
    """One look at everything, once nothing moves any more."""

    def __init__(
        self,
        entries: Entries,
        chat: DiscordStandIn,
        providers: Collection[ProviderStandIn],
        results: Path,
    ) -> None:
        self._entries = entries
        self._results = results
        self._charges = {charge.id: charge for one in providers for charge in one.charges}
        self._messages = posted_by_us(chat)

    def violations(self) -> list[str]:
        """List what was promised and is not so."""
        return [
            *self.about_money(),
            *self._about_jobs(),
            *story_problems(self._entries),
            *self.about_files(),
        ]

    def leftovers(self) -> list[str]:
        """List files that are there for the sweep.

        They are half ones, those of jobs and storyboards given up, and pictures kept for a job
        that never came.
        """
        pictures = {one.key for job in self._entries.jobs for one in job.references}
        given_up = {job.id for job in self._entries.jobs if job.failure is not None}
        given_up |= {
            f"{scene.id}{_JOINED}"
            for story in self._entries.stories
            if story.state is StoryState.ENDED
            for scene in self._entries.scenes(story)
        }
        return [
            key
            for key in sorted(self._files())
            if key.startswith(_WORK)
            or Path(key).stem in given_up
            or (key.startswith(_PICTURES) and key not in pictures)
        ]

    def about_money(self) -> Iterator[str]:
        """Hold the charges against what the rows admit."""
        jobs_of: dict[str, list[Job]] = defaultdict(list)
        for job in self._entries.jobs:
            jobs_of[job.spec.prompt].append(job)
        charges_of: dict[str, list[StandInJob]] = defaultdict(list)
        for charge in self._charges.values():
            charges_of[charge.prompt].append(charge)
        for prompt in charges_of.keys() - jobs_of.keys():
            yield f"somebody paid for {prompt!r}, and there is no job"
        for prompt, jobs in jobs_of.items():
            least, most = sum(map(_surely_paid, jobs)), sum(map(_maybe_paid, jobs))
            if not least <= (paid := len(charges_of[prompt])) <= most:
                told = ", ".join(map(_told, jobs))
                yield f"{prompt!r} was charged {paid} times, not {least} to {most}: {told}"
        for job in self._entries.jobs:
            if job.provider_ref is not None and job.provider_ref not in self._charges:
                yield f"job {job.id} has a reference that no provider gave"

    def _about_jobs(self) -> Iterator[str]:
        for job in self._entries.jobs:
            if job.is_open:
                yield f"job {job.id} is stuck: {_told(job)}"
                continue
            owed_ones = self._entries.of(job)
            kinds = {message.kind: message for message in owed_ones}
            for message in owed_ones:
                if message.state not in {MessageState.SENT, MessageState.DROPPED}:
                    yield f"the {message.kind} of job {job.id} is stuck in {message.state}"
                if message.kind in COUNTED:
                    yield from self._about_counted(job, message)
            owed = kinds.get(FINAL[job.state])
            if owed is None and not never_came_up(job, owed_ones):
                yield f"job {job.id} is {job.state} and owed nobody a word"
            elif owed is not None and owed.state is MessageState.SENT:
                yield from self._about_final(job, owed.message_id)
            card = kinds.get(MessageKind.CARD)
            yield from self._about_card(job, None if card is None else card.state)

    def _about_final(self, job: Job, message_id: int | None) -> Iterator[str]:
        finals = [one for kind in FINAL.values() for one in self._posted(job, kind)]
        if len(finals) != 1:
            yield f"job {job.id} has {len(finals)} final messages: {_told(job)}"
            return
        (final,) = finals
        if final.id != message_id:
            yield f"job {job.id} knows its final message by a wrong id"
        if not _shows(final, job.video if job.state is JobState.POSTED else None):
            yield f"the final message of job {job.id} has another file than the one stored"

    def _about_counted(self, job: Job, owed: OwedMessage) -> Iterator[str]:
        """See to what a job may owe more than once: each of these has a number and stands once."""
        found = self._posted(job, owed.kind, owed.sequence)
        what = f"{owed.kind} {owed.sequence} of job {job.id}"
        least = 1 if owed.state is MessageState.SENT else 0
        if not least <= len(found) <= 1:
            yield f"the {what} was posted {len(found)} times, and its row says {owed.state}"
        elif owed.state is MessageState.SENT and found[0].id != owed.message_id:
            yield f"the {what} is known by a wrong id"
        elif found and owed.kind is MessageKind.JOINED and job.storyboard is not None:
            story_id = job.storyboard.storyboard_id
            (story,) = (one for one in self._entries.stories if one.id == story_id)
            if not _shows(found[0], story.video):
                yield f"the {what} has another file than the one stored"

    def _about_card(self, job: Job, state: MessageState | None) -> Iterator[str]:
        cards = self._posted(job, MessageKind.CARD)
        least = 1 if state is MessageState.SENT else 0
        if not least <= len(cards) <= 1:
            yield f"job {job.id} has {len(cards)} cards, and its row says {state}"

    def _posted(self, job: Job, kind: MessageKind, sequence: int = 0) -> list[Message]:
        wanted = (kind, sequence)
        return [one for one in self._messages if is_about(one, job) and kind_of(one) == wanted]

    def about_files(self) -> Iterator[str]:
        """Hold the files against the rows."""
        known = {one.key for job in self._entries.jobs for one in job.references}
        videos = [(f"job {job.id}", job.video) for job in self._entries.jobs]
        videos += [
            (f"storyboard {one.id}", one.video) for one in self._entries.stories if not one.is_swept
        ]
        for whose, video in videos:
            if video is None:
                continue
            known.add(video.key)
            path = self._results / video.key
            data = path.read_bytes() if path.exists() else b""
            if hashlib.sha256(data).hexdigest() != video.sha256:
                yield f"the file of {whose} is not the one that its row names"
        there = self._files()
        for key in sorted(known - there):
            yield f"{key} is named by a row and is not there"
        for key in sorted(there - known - set(self.leftovers())):
            yield f"{key} belongs to no row"

    def _files(self) -> set[str]:
        return {
            path.relative_to(self._results).as_posix()
            for path in self._results.rglob("*")
            if path.is_file()
        }


def log_problems(path: Path) -> list[str]:
    """List what the bot itself did not foresee: the traces in its log."""
    problems = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            problems.append(f"the log has a line of no record: {line}")
            continue
        if "exception" in record:
            problems.append(f"{record['message']}: {record['exception'].splitlines()[-1]}")
    return problems


def _surely_paid(job: Job) -> int:
    is_made = job.failure is not None and job.failure.charge is Charge.MADE
    return int(job.provider_ref is not None or job.state is JobState.POSTED or is_made)


def _maybe_paid(job: Job) -> int:
    is_possible = job.is_open or (job.failure is not None and job.failure.charge is Charge.POSSIBLE)
    return int(is_possible or _surely_paid(job))


def _told(job: Job) -> str:
    failure = job.failure
    return f"{job.state}" + ("" if failure is None else f" as {failure.kind}/{failure.charge}")


def _shows(message: Message, video: StoredVideo | None) -> bool:
    """Whether a message has the file of a video and no other, or none if there is no video."""
    files = {hashlib.sha256(one.data).hexdigest() for one in message.attachments}
    return files == ({video.sha256} if video is not None else set())
