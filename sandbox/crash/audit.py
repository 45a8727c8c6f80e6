"""Holds the bot's books against what the stand-ins saw: each promise that is broken is a line."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.domain import Charge, Job, JobState, MessageKind, MessageState
from sandbox.crash.books import Entries
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message
from sandbox.provider_stand_in import ProviderStandIn, StandInJob

_WORK: Final = ".work"
_PICTURES: Final = "references/"
_OF_DESK: Final = re.compile(r" · (?:case|appeal) [0-9]+$|^record [0-9]+ to ")
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
        return [*self.about_money(), *self._about_jobs(), *self.about_files()]

    def leftovers(self) -> list[str]:
        """List files that are there for the sweep.

        They are half ones, those of jobs given up, and pictures kept for a job that never came.
        """
        pictures = {one.key for job in self._entries.jobs for one in job.references}
        given_up = {job.id for job in self._entries.jobs if job.failure is not None}
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
            owed = kinds.get(FINAL[job.state])
            if owed is None:
                yield f"job {job.id} is {job.state} and owed nobody a word"
            elif owed.state is MessageState.SENT:
                yield from self._about_final(job, owed.message_id)
            card = kinds.get(MessageKind.CARD)
            yield from self._about_card(job, None if card is None else card.state)

    def _about_final(self, job: Job, message_id: int | None) -> Iterator[str]:
        finals = [one for one in self._messages if one.pinged and is_about(one, job)]
        if len(finals) != 1:
            yield f"job {job.id} has {len(finals)} final messages: {_told(job)}"
            return
        (final,) = finals
        if final.id != message_id:
            yield f"job {job.id} knows its final message by a wrong id"
        files = {hashlib.sha256(one.data).hexdigest() for one in final.attachments}
        wanted = {job.video.sha256} if job.state is JobState.POSTED and job.video else set()
        if files != wanted:
            yield f"the final message of job {job.id} has another file than the one stored"

    def _about_card(self, job: Job, state: MessageState | None) -> Iterator[str]:
        cards = [one for one in self._messages if not one.pinged and is_about(one, job)]
        least = 1 if state is MessageState.SENT else 0
        if not least <= len(cards) <= 1:
            yield f"job {job.id} has {len(cards)} cards, and its row says {state}"

    def about_files(self) -> Iterator[str]:
        """Hold the files against the rows."""
        known = {one.key for job in self._entries.jobs for one in job.references}
        for job in self._entries.jobs:
            if job.video is None:
                continue
            known.add(job.video.key)
            path = self._results / job.video.key
            data = path.read_bytes() if path.exists() else b""
            if hashlib.sha256(data).hexdigest() != job.video.sha256:
                yield f"the file of job {job.id} is not the one that its row names"
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


def posted_by_us(chat: DiscordStandIn) -> list[Message]:
    """List what the bot posted about jobs, also what was deleted since.

    Cases, answers to appeals, and the record are no part of that: they are neither card nor end.
    """
    return [message for message in own_messages(chat) if not _is_of_desk(message)]


def own_messages(chat: DiscordStandIn) -> list[Message]:
    """List all that the bot ever said to everybody."""
    return [
        message
        for channel in chat.backend.world.channels.values()
        for message in channel.messages.values()
        if message.author_id == chat.application_id and not message.is_ephemeral
    ]


def _is_of_desk(message: Message) -> bool:
    return any(_OF_DESK.search(footer) for footer in footers_of(message))


def footers_of(message: Message) -> list[str]:
    """List what stands small under the embeds of a message."""
    return [str((one.get("footer") or {}).get("text", "")) for one in message.embeds]


def _told(job: Job) -> str:
    failure = job.failure
    return f"{job.state}" + ("" if failure is None else f" as {failure.kind}/{failure.charge}")


def is_about(message: Message, job: Job) -> bool:
    """Whether a message shows a job, or did once: a card that is folded no longer names it."""
    shown: Sequence[object] = [message.embeds, message.components, message.attachments]
    earlier = [part for one in message.edits for part in (one.embeds, one.components)]
    return job.id in str([*shown, *earlier, message.nonce])
