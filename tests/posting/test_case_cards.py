from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import (
    AlreadyDecided,
    Case,
    CaseKind,
    CaseState,
    CaseView,
    Charge,
    Decided,
    Ending,
    Failure,
    FailureKind,
    Hold,
    Job,
    JobState,
    MessageKind,
    OwedMessage,
    Place,
)
from bot.errors import MessageGoneError
from bot.posting.buttons import failure_buttons
from bot.posting.cards import Looks
from bot.posting.moderation.case_buttons import case_buttons
from bot.posting.moderation.case_cards import case_card
from bot.posting.moderation.case_editor import CaseEditor
from bot.posting.moderation.desk_answers import decision_text
from sandbox.discord_api import Fault
from tests.factories import make_case, make_case_view, make_job
from tests.manual_clock import START
from tests.posting.desk import Desk, message

LOOKS = Looks({}, {})


def decided(case: Case, state: CaseState = CaseState.REJECTED, reason: str = "no *foxes*") -> Case:
    return replace(case, state=state, decided_by_id=77, decided_at=START, reason=reason)


def text_of(view: CaseView, *, is_plain: bool = False) -> str:
    return str(case_card(view, "small", is_plain=is_plain).to_dict())


def test_an_open_case_shows_prompt_member_price_and_why() -> None:
    job = replace(make_job(), estimate_micros=350_000)

    card = case_card(make_case_view(job), LOOKS.facts(job))

    text = str(card.description)
    for part in ("A fox in the snow", "<@33>", "<#22>", "$0.35", "this server is reviewed"):
        assert part in text
    assert "Videos made: 3 · declined: 1 · reported: 0 · here since" in text
    assert str(card.footer.text).endswith("job job0000001 · case 1")


def test_what_nobody_knows_is_not_made_up() -> None:
    job = make_job()
    case = replace(make_case(job), asker=None)

    text = text_of(make_case_view(job, case))

    assert "price unknown" in text
    assert "here since" not in text


def test_a_plain_case_has_nothing_that_the_member_wrote() -> None:
    assert "A fox in the snow" not in text_of(make_case_view(make_job()), is_plain=True)


def test_an_appeal_shows_the_first_decision() -> None:
    job = make_job(JobState.TOLD)
    first = decided(make_case(job))
    appeal = make_case(job, CaseKind.APPEAL, number=2)

    text = text_of(replace(make_case_view(job, appeal), first=first))

    assert "Appeal · case 2" in text
    assert "First decision: **Rejected** by <@77>" in text
    assert "no \\\\*foxes" in text


def test_a_decided_case_says_who_what_and_until_when_and_has_no_buttons() -> None:
    job = make_job()
    until = START + timedelta(days=30)
    case = replace(decided(make_case(job)), blocked_until_at=until)

    text = text_of(make_case_view(job, case))

    assert "**Rejected** by <@77>" in text
    assert f"blocked until <t:{int(until.timestamp())}:f>" in text
    assert case_buttons(case) is None


def test_a_closed_case_says_that_there_is_nothing_to_decide() -> None:
    job = make_job()
    case = replace(make_case(job), state=CaseState.CLOSED, decided_at=START)

    assert "nothing to decide" in text_of(make_case_view(job, case))
    assert "nothing to decide any more" in decision_text(AlreadyDecided(case))


def test_a_case_that_is_approved_without_a_job_changes_nothing() -> None:
    case = decided(make_case(make_job(), CaseKind.APPEAL), CaseState.APPROVED, "")

    assert decision_text(Decided(case)) == "Approved: nothing is changed."


def test_a_decision_about_a_report_says_what_becomes_of_the_video() -> None:
    case = make_case(make_job(), CaseKind.REPORT)
    rejected = decided(case, CaseState.REJECTED, "spam")
    blocked = replace(rejected, blocked_until_at=START)

    texts = [
        decision_text(Decided(one)) for one in (decided(case, CaseState.APPROVED, ""), rejected)
    ]

    assert ["the video stays" in texts[0], "is being removed" in texts[1]] == [True, True]
    assert "blocked until" in decision_text(Decided(blocked))


@pytest.mark.parametrize(
    ("ending", "note", "parts"),
    [
        (Ending.DECLINED, "no *foxes*", ["declined this video", "no \\*foxes", "**Appeal**"]),
        (Ending.DECLINED, "", ["No reason was given"]),
        (Ending.UNDECIDED, "", ["in time", "Start another one"]),
    ],
)
def test_a_member_reads_how_a_review_ended(ending: Ending, note: str, parts: list[str]) -> None:
    desk_job = replace(failed(), ending=ending, note=note)

    embed = LOOKS.failure(desk_job)
    folded = LOOKS.card(desk_job, now=START, result=None)

    text = f"{embed.title}\n{embed.description}"
    assert all(part in text for part in [*parts, "Nothing was charged."])
    assert str(embed.title) in str(folded.description)


def failed() -> Job:
    failure = Failure(FailureKind.CANCELLED, Charge.NONE)
    return replace(make_job(JobState.FAILED), failure=failure)


async def test_only_a_decline_can_be_appealed_and_not_from_direct_messages() -> None:
    job = replace(failed(), ending=Ending.DECLINED)

    assert failure_buttons(replace(job, ending=Ending.UNDECIDED)) is None
    view = failure_buttons(job)
    assert view is not None
    assert [child.to_component_dict()["label"] for child in view.children] == ["Appeal"]
    assert "Appeal" not in str(LOOKS.failure(job, Place.REQUESTER).description)


async def posted_case(desk: Desk) -> tuple[OwedMessage, CaseView]:
    job = replace(desk.job(JobState.RESERVED), held_for=Hold.REVIEW)
    view = desk.cases.by_id[1] = make_case_view(job)
    owed = replace(message(job, MessageKind.CASE), sequence=1)
    posted = await desk.poster.post(job, owed, Place.CHANNEL, card_id=None)
    return replace(owed, message_id=posted.message_id), view


async def test_the_card_of_a_case_is_edited_with_its_decision(desk: Desk) -> None:
    card, view = await posted_case(desk)
    editor = CaseEditor(desk.client, LOOKS, desk.places)
    after = replace(view, case=decided(view.case))

    await editor.edit(card, after)

    (shown,) = desk.channel.messages
    assert "Rejected" in str(shown.embeds)
    assert shown.components == []
    assert editor.digest(view) != editor.digest(after)


async def test_a_card_with_a_prompt_that_a_filter_stops_is_edited_without_it(desk: Desk) -> None:
    card, view = await posted_case(desk)
    editor = CaseEditor(desk.client, LOOKS, desk.places)
    error = {"code": 200000, "message": "Message was blocked by automatic moderation"}
    desk.chat.faults.add(Fault("PATCH", "/channels/*/messages/*", status=400, body=error))

    await editor.edit(card, replace(view, case=decided(view.case)))

    (shown,) = desk.channel.messages
    assert "filter" in str(shown.embeds)
    assert "A fox" not in str(shown.embeds)


async def test_a_card_that_was_removed_is_not_edited(desk: Desk) -> None:
    card, view = await posted_case(desk)
    await desk.member.say(desk.channel, "x")
    await desk.chat.guild.member("moderator").delete(desk.channel.messages[0])

    with pytest.raises(MessageGoneError):
        await CaseEditor(desk.client, LOOKS, desk.places).edit(card, view)
