"""Holds what moderators decided against the rows and channels that are to show it."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain import AuditRow, Case, CaseKind, CaseState, Charge, Ending, Job, PolicyName
from sandbox.crash.bookings import ledger_problems, limit_problems
from sandbox.crash.books import Entries
from sandbox.crash.sight import footers_of, is_about, own_messages, posted_by_us
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message

_CASE: Final = re.compile(r" · case ([0-9]+)$")
_RECORD: Final = re.compile(r"^record [0-9]+ to ([0-9]+) · ([0-9a-f]+)$")
_LINE: Final = re.compile(r"^`#([0-9]+)` ", re.MULTILINE)
_DECIDED: Final = (CaseState.APPROVED, CaseState.REJECTED)
_LOG_CHANNEL: Final = f" {PolicyName.LOG_CHANNEL}"


class DeskAudit:
    """One look at it, once nothing moves any more."""

    def __init__(self, entries: Entries, chat: DiscordStandIn) -> None:
        self._entries = entries
        self._chat = chat

    def violations(self) -> list[str]:
        """List what was promised and is not so."""
        return [
            *self.about_rows(),
            *self._about_cards(),
            *self._about_record(),
            *self._about_gone(),
        ]

    def about_rows(self) -> Iterator[str]:
        """Hold the rows against each other: a restored bot, too, has to keep that."""
        entries = self._entries
        yield from ledger_problems(entries.jobs, entries.bookings)
        yield from limit_problems(entries.limits, entries.bookings)
        rulings = Counter(_case_of(row) for row in entries.record)
        jobs = {job.id: job for job in entries.jobs}
        for case in entries.cases:
            if (found := rulings[case.id]) != int(case.state in _DECIDED):
                yield f"case {case.id} is {case.state} and was decided {found} times on record"
            if case.kind is CaseKind.REVIEW:
                yield from _about_review(case, jobs[case.job_id])

    def _about_cards(self) -> Iterator[str]:
        cards: dict[int, list[Message]] = {case.id: [] for case in self._entries.cases}
        for message in own_messages(self._chat):
            for footer in footers_of(message):
                if found := _CASE.search(footer):
                    cards.setdefault(int(found[1]), []).append(message)
        for case_id, posted in cards.items():
            if len(posted) != 1:
                yield f"case {case_id} has {len(posted)} cards"
            if any(card.components for card in posted):
                yield f"case {case_id} is over and has buttons still"

    def _about_record(self) -> Iterator[str]:
        """See that each row stands in the log channel once and in order, from when that was set."""
        rows = _mirrored(self._entries.record)
        if not rows:
            return
        channel = self._chat.backend.world.channels[json.loads(rows[0].after)]
        own = [one for one in own_messages(self._chat) if one.channel_id == channel.id]
        messages = sorted(own, key=lambda message: message.id)
        told = [int(number) for one in messages for number in _numbers(one)]
        wanted = [row.id for row in rows]
        for number in sorted({*told, *wanted}):
            if told.count(number) != wanted.count(number):
                yield f"row {number} of the record was mirrored {told.count(number)} times"
        if told != sorted(told):
            yield f"the record was mirrored out of order: {told}"
        hashes = {row.id: row.hash for row in rows}
        for footer in (footer for one in messages for footer in footers_of(one)):
            found = _RECORD.match(footer)
            if found is None or not hashes.get(int(found[1]), "").startswith(found[2]):
                yield f"a message of the record has a wrong mark: {footer}"

    def _about_gone(self) -> Iterator[str]:
        videos = [one for one in posted_by_us(self._chat) if one.attachments and one.pinged]
        for job in self._entries.jobs:
            standing = [not one.deleted for one in videos if is_about(one, job)]
            if job.removed_at is not None and any(standing):
                yield f"job {job.id} was removed, and its video stands there still"
            if job.removed_at is None and not all(standing):
                yield f"the video of job {job.id} is gone, and nobody asked for that"


def _about_review(case: Case, job: Job) -> Iterator[str]:
    is_given_up = job.ending is Ending.DECLINED and job.submitted_at is None
    is_free = job.failure is not None and job.failure.charge is Charge.NONE
    match case.state:
        case CaseState.OPEN:
            yield f"case {case.id} is open still"
        case CaseState.REJECTED if not (is_given_up and is_free):
            yield f"job {job.id} was rejected and went on"
        case CaseState.APPROVED if job.released_at is None or job.ending is not None:
            yield f"job {job.id} was approved and did not go on"


def _case_of(row: AuditRow) -> int | None:
    """Return which case a row of the record decides."""
    if not row.action.startswith("case."):
        return None
    return int(row.target.partition(" ")[0].removeprefix("case:"))


def _mirrored(record: Sequence[AuditRow]) -> list[AuditRow]:
    """List what is to be in the log channel of the one server that has one."""
    first = next((row for row in record if row.target.endswith(_LOG_CHANNEL)), None)
    if first is None:
        return []
    return [row for row in record if row.guild_id == first.guild_id and row.id >= first.id]


def _numbers(message: Message) -> list[str]:
    lines = [str(one.get("description", "")) for one in message.embeds]
    return [number for line in lines for number in _LINE.findall(line)]
