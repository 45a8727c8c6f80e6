from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain import (
    AuditRow,
    CaseState,
    Charge,
    Cost,
    Ending,
    EntryKind,
    FailureKind,
    JobState,
)
from sandbox.crash.bookings import Booking
from sandbox.crash.books import Entries
from sandbox.crash.desk_audit import DeskAudit
from sandbox.discord_api import Attachment, Channel, DiscordStandIn, Message
from tests.factories import CHANNEL, GUILD, REQUESTER, make_case, make_failure, make_job, make_video

NOW = datetime(2026, 11, 20, tzinfo=UTC)
COST = Cost(1, 6, 0)


class Office:
    """A world in which one job was approved, one rejected, and all is as it should be."""

    def __init__(self) -> None:
        self.chat = DiscordStandIn()
        self.desk = self.chat.guild.add_channel("desk")
        self.log = self.chat.guild.add_channel("mod-log")
        made, declined = make_job(JobState.POSTED), make_job(JobState.TOLD, number=2)
        free = make_failure(FailureKind.CANCELLED, Charge.NONE)
        self.jobs = [
            replace(made, video=make_video(), released_at=NOW),
            replace(declined, failure=free, ending=Ending.DECLINED),
        ]
        self.cases = [
            make_case(made, state=CaseState.APPROVED),
            make_case(declined, state=CaseState.REJECTED, number=2),
        ]
        self.record = [
            self.row(1, "policy.set", f"server:{GUILD} log_channel", str(self.log.id)),
            self.row(2, "case.approve", f"case:1 job:{made.id}"),
            self.row(3, "case.reject", f"case:2 job:{declined.id}"),
        ]
        self.cards = [self.post(self.desk, footer=f"a · case {number}") for number in (1, 2)]
        self.mirrored = [self.mirror(*self.record[:2]), self.mirror(self.record[2])]
        self.video = self.post(self.chat.guild.channel("videos"), footer=f"a · job {made.id}")
        self.video.pinged = frozenset({REQUESTER})
        self.video.attachments = [Attachment(1, f"grok-{made.id}.mp4", "video/mp4", b"", "path")]

    def row(self, number: int, action: str, target: str, after: str = "null") -> AuditRow:
        return AuditRow(
            number, NOW, GUILD, 1, action, target, "", "null", after, "", f"{number}" * 64
        )

    def post(self, channel: Channel, *, footer: str, description: str = "") -> Message:
        world = self.chat.backend.world
        message = Message(world.new_id(), channel.id, self.chat.application_id, NOW)
        message.embeds = [{"description": description, "footer": {"text": footer}}]
        channel.state.messages[message.id] = message
        return message

    def mirror(self, *rows: AuditRow) -> Message:
        first, last = rows[0], rows[-1]
        lines = "\n".join(f"`#{row.id}` <t:1:f> something" for row in rows)
        footer = f"record {first.id} to {last.id} · {last.hash[:12]}"
        return self.post(self.log, footer=footer, description=lines)

    def violations(self) -> list[str]:
        bookings = [
            Booking(job.id, kind, GUILD, CHANNEL, REQUESTER, cost, NOW)
            for job, rows in zip(self.jobs, _ROWS, strict=True)
            for kind, cost in rows
        ]
        entries = Entries(self.jobs, [], bookings, [], self.cases, self.record)
        return DeskAudit(entries, self.chat).violations()


_RESERVE = (EntryKind.RESERVE, COST)
_ROWS = [[_RESERVE], [_RESERVE, (EntryKind.REFUND, Cost(-1, -6, 0))]]


@pytest.fixture
def office() -> Office:
    return Office()


def test_nothing_is_said_of_promises_that_were_kept(office: Office) -> None:
    assert office.violations() == []


def test_a_second_decision_is_found(office: Office) -> None:
    office.record.append(office.row(4, "case.reject", office.record[1].target))
    office.mirror(office.record[3])

    assert office.violations() == ["case 1 is approved and was decided 2 times on record"]


def test_a_decision_that_is_not_on_record_is_found(office: Office) -> None:
    office.record[1] = replace(office.record[1], action="removal.ask")

    assert office.violations() == ["case 1 is approved and was decided 0 times on record"]


def test_a_case_that_nobody_decided_is_found(office: Office) -> None:
    office.cases[0] = replace(office.cases[0], state=CaseState.OPEN)

    assert "case 1 is open still" in office.violations()


@pytest.mark.parametrize(
    "changes",
    [
        {"ending": None},
        {"submitted_at": NOW},
        {"failure": make_failure(FailureKind.CANCELLED, Charge.POSSIBLE)},
    ],
)
def test_a_rejected_job_that_went_on_is_found(office: Office, changes: dict[str, object]) -> None:
    office.jobs[1] = replace(office.jobs[1], **changes)  # type: ignore[arg-type]  # by name

    assert f"job {office.jobs[1].id} was rejected and went on" in office.violations()


def test_an_approved_job_that_did_not_go_on_is_found(office: Office) -> None:
    office.jobs[0] = replace(office.jobs[0], released_at=None)

    assert office.violations() == [f"job {office.jobs[0].id} was approved and did not go on"]


def test_a_second_card_is_found_and_a_missing_one(office: Office) -> None:
    office.post(office.desk, footer="a · case 1")
    del office.desk.state.messages[office.cards[1].id]

    assert office.violations() == ["case 1 has 2 cards", "case 2 has 0 cards"]


def test_buttons_that_outlive_their_case_are_found(office: Office) -> None:
    office.cards[1].components = [{"type": 1}]

    assert office.violations() == ["case 2 is over and has buttons still"]


def test_a_row_that_was_mirrored_twice_is_found(office: Office) -> None:
    office.mirror(office.record[2])

    assert office.violations() == ["row 3 of the record was mirrored 2 times"]


def test_a_row_that_is_missing_in_the_channel_is_found(office: Office) -> None:
    del office.log.state.messages[office.mirrored[1].id]

    assert office.violations() == ["row 3 of the record was mirrored 0 times"]


def test_rows_out_of_order_are_found(office: Office) -> None:
    del office.log.state.messages[office.mirrored[0].id]
    office.mirror(*office.record[:2])

    assert office.violations() == ["the record was mirrored out of order: [3, 1, 2]"]


def test_a_mark_of_another_row_is_found(office: Office) -> None:
    office.mirrored[1].embeds[0]["footer"]["text"] = "record 3 to 3 · 222222222222"

    assert office.violations() == [
        "a message of the record has a wrong mark: record 3 to 3 · 222222222222"
    ]


def test_rows_from_before_the_channel_was_set_are_not_looked_for(office: Office) -> None:
    earlier = office.row(0, "limit.set", f"server:{GUILD} day/jobs")
    office.record.insert(0, earlier)

    assert office.violations() == []


def test_a_removed_video_that_stands_there_is_found(office: Office) -> None:
    office.jobs[0] = replace(office.jobs[0], removed_at=NOW)

    found = office.violations()
    office.video.deleted = True

    assert found == [f"job {office.jobs[0].id} was removed, and its video stands there still"]
    assert office.violations() == []


def test_a_video_that_nobody_asked_to_remove_is_found(office: Office) -> None:
    office.video.deleted = True

    assert office.violations() == [
        f"the video of job {office.jobs[0].id} is gone, and nobody asked for that"
    ]


def test_the_books_of_the_ledger_are_looked_at(office: Office) -> None:
    office.jobs.reverse()

    assert len([line for line in office.violations() if " is booked as " in line]) == 2
