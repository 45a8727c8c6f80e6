import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import (
    Charge,
    JobState,
    MessageKind,
    MessageState,
)
from sandbox.crash.audit import log_problems
from sandbox.discord_api.state import Version
from tests.crash.ledger import DATA, KEY, NOW, REF, Ledger
from tests.factories import make_reference


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "results")


def test_nothing_is_said_of_promises_that_were_kept(ledger: Ledger) -> None:
    assert ledger.violations() == []
    assert ledger.audit.leftovers() == []


def test_a_second_charge_is_found(ledger: Ledger) -> None:
    ledger.charge("video_2")

    assert "was charged 2 times, not 1 to 1: posted" in ledger.violations()[0]


def test_a_video_that_nobody_paid_for_is_found(ledger: Ledger) -> None:
    ledger.provider.charges.clear()

    found = ledger.violations()

    assert "was charged 0 times, not 1 to 1" in found[0]
    assert "has a reference that no provider gave" in found[1]


def test_a_charge_without_a_job_is_found(ledger: Ledger) -> None:
    ledger.provider.charges[0].prompt = "something else"

    assert "somebody paid for 'something else'" in ledger.violations()[0]


def test_what_ended_free_of_charge_must_not_have_been_charged(ledger: Ledger) -> None:
    ledger.end_without_video(Charge.NONE, None)

    (found,) = ledger.violations()

    assert "was charged 1 times, not 0 to 0: told as provider_error/none" in found


@pytest.mark.parametrize("charges", [0, 1])
def test_what_may_have_been_charged_may_have_been_charged_once(
    ledger: Ledger, charges: int
) -> None:
    ledger.end_without_video(Charge.POSSIBLE, None)
    del ledger.provider.charges[charges:]

    assert ledger.violations() == []


def test_two_jobs_for_one_prompt_may_be_charged_once_each(ledger: Ledger) -> None:
    again = replace(ledger.job, id="job0000002", provider_ref="video_2")
    ledger.more.append(again)
    ledger.charge("video_2")

    assert not [one for one in ledger.violations() if "charged" in one]


def test_a_stuck_job_is_found(ledger: Ledger) -> None:
    ledger.job = replace(ledger.job, state=JobState.STORED)

    assert ledger.violations() == [f"job {ledger.job.id} is stuck: stored"]


@pytest.mark.parametrize("number", [0, 1])
def test_an_owed_message_that_is_stuck_is_found(ledger: Ledger, number: int) -> None:
    ledger.owed[number] = replace(ledger.owed[number], state=MessageState.SENDING)

    assert "is stuck in sending" in ledger.violations()[0]


def test_a_job_that_owed_nobody_a_word_is_found(ledger: Ledger) -> None:
    del ledger.owed[1]

    assert ledger.violations() == [f"job {ledger.job.id} is posted and owed nobody a word"]


def test_a_second_final_message_is_found_wherever_it_went(ledger: Ledger) -> None:
    direct = ledger.chat.guild.member("requester").direct_channel()
    second = ledger.post(DATA, pings=True)
    direct.state.messages[second.id] = second

    assert "has 3 final messages" in ledger.violations()[0]


def test_a_missing_final_message_is_found(ledger: Ledger) -> None:
    del ledger.chat.guild.channel("videos").state.messages[ledger.final.id]

    assert "has 0 final messages: posted" in ledger.violations()[0]


def test_a_final_message_under_another_id_is_found(ledger: Ledger) -> None:
    ledger.owed[1] = replace(ledger.owed[1], message_id=5)

    assert "knows its final message by a wrong id" in ledger.violations()[0]


def test_another_file_than_the_stored_one_is_found(ledger: Ledger) -> None:
    ledger.final.attachments = [replace(ledger.final.attachments[0], data=b"another")]

    assert "has another file than the one stored" in ledger.violations()[0]


def test_a_message_that_was_given_up_is_not_looked_for(ledger: Ledger) -> None:
    ledger.owed = [replace(one, state=MessageState.DROPPED) for one in ledger.owed]
    ledger.chat.guild.channel("videos").state.messages.clear()

    assert ledger.violations() == []


def test_a_second_card_is_found(ledger: Ledger) -> None:
    ledger.post()

    assert "has 2 cards, and its row says sent" in ledger.violations()[0]


def test_a_card_that_nobody_owed_is_no_violation_as_long_as_it_is_the_only_one(
    ledger: Ledger,
) -> None:
    del ledger.owed[0]

    assert ledger.violations() == []


def test_neither_a_case_nor_a_line_of_the_record_is_a_card(ledger: Ledger) -> None:
    for mark in (f"{ledger.job.id} · case 3", "record 1 to 2 · 0a1b2c3d4e5f"):
        ledger.post().embeds = [{"description": ledger.job.id, "footer": {"text": mark}}]

    assert ledger.violations() == []


COUNTED = [
    (MessageKind.DELIVERY, "delivery"),
    (MessageKind.GALLERY, "gallery"),
    (MessageKind.WEEKLY, "week"),
]


@pytest.mark.parametrize(("kind", "word"), COUNTED)
def test_what_a_job_owes_more_than_once_is_neither_card_nor_end(
    ledger: Ledger, kind: MessageKind, word: str
) -> None:
    for number in (1, 2):
        posted = ledger.post(DATA, pings=kind is MessageKind.DELIVERY, mark=f" · {word} {number}")
        ledger.owed.append(ledger.owe(kind, posted, sequence=number))

    assert ledger.violations() == []


@pytest.mark.parametrize(("kind", "word"), COUNTED)
def test_each_of_these_stands_there_once(ledger: Ledger, kind: MessageKind, word: str) -> None:
    posted = ledger.post(DATA, mark=f" · {word} 1")
    ledger.owed.append(ledger.owe(kind, posted, sequence=1))
    ledger.post(DATA, mark=f" · {word} 1")

    (found,) = ledger.violations()

    assert found == f"the {kind} 1 of job {ledger.job.id} was posted 2 times, and its row says sent"


def test_one_of_these_that_is_known_by_a_wrong_id_is_found(ledger: Ledger) -> None:
    ledger.post(DATA, mark=" · gallery 1")
    ledger.owed.append(ledger.owe(MessageKind.GALLERY, ledger.card, sequence=1))

    (found,) = ledger.violations()

    assert found == f"the gallery 1 of job {ledger.job.id} is known by a wrong id"


def test_the_end_of_a_job_may_mention_nobody(ledger: Ledger) -> None:
    ledger.final.pinged = frozenset()

    assert ledger.violations() == []


def test_a_card_that_is_folded_by_now_is_a_card(ledger: Ledger) -> None:
    earlier = Version("", tuple(ledger.card.embeds), (), (), NOW)
    ledger.card.edits, ledger.card.embeds = [earlier], []
    ledger.card.content = "See the reply."

    assert ledger.violations() == []


def test_a_file_that_changed_is_found(ledger: Ledger) -> None:
    (ledger.results / KEY).write_bytes(b"changed")

    assert "is not the one that its row names" in ledger.violations()[0]


def test_files_that_are_gone_are_found(ledger: Ledger) -> None:
    ledger.job = replace(ledger.job, references=(make_reference("references/a-1.jpg"),))
    (ledger.results / KEY).unlink()

    found = ledger.violations()

    assert "is not the one that its row names" in found[0]
    assert found[1:] == [
        f"{KEY} is named by a row and is not there",
        "references/a-1.jpg is named by a row and is not there",
    ]


def test_a_file_of_nobody_is_found(ledger: Ledger) -> None:
    ledger.keep("2026/11/stranger.mp4")

    assert ledger.violations() == ["2026/11/stranger.mp4 belongs to no row"]


def test_half_files_and_those_of_jobs_given_up_are_left_for_the_sweep(ledger: Ledger) -> None:
    ledger.end_without_video(Charge.POSSIBLE, REF)
    ledger.keep(KEY)
    ledger.keep(".work/job0000001.mp4.0a1b2c3d.part")

    assert ledger.violations() == []
    assert ledger.audit.leftovers() == [".work/job0000001.mp4.0a1b2c3d.part", KEY]


def test_pictures_of_a_job_that_never_came_are_for_the_sweep(ledger: Ledger) -> None:
    ledger.keep("references/job0000009-1.jpg")

    assert ledger.violations() == []
    assert ledger.audit.leftovers() == ["references/job0000009-1.jpg"]


def test_traces_in_the_log_are_told_and_nothing_else(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    lines = [
        json.dumps({"message": "all is well"}),
        json.dumps({"message": "a step failed", "exception": "Traceback\n  …\nValueError: no"}),
        "a line that nobody formatted",
    ]
    log.write_text("\n".join(lines), encoding="utf-8")

    assert log_problems(log) == [
        "a step failed: ValueError: no",
        "the log has a line of no record: a line that nobody formatted",
    ]
