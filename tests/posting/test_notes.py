from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Job, JobState, MessageKind, MessageState, OwedMessage, Place
from bot.posting import words
from bot.posting.cards import Looks, job_url
from bot.posting.forms import AttachedVideo, LinkedVideo, VideoForm
from bot.posting.notes import notes
from tests.factories import CHANNEL, GUILD, make_failure, make_job, make_video
from tests.manual_clock import START

LOOKS = Looks({}, {})
HERE = f"<#{CHANNEL}>"
URL = "https://files.example/video.mp4?signature=abc"
UNTIL = f"<t:{int(START.timestamp())}:f>"


def stored() -> Job:
    video = replace(make_video(), size_bytes=31_000_000)
    return replace(make_job(JobState.STORED), video=video)


def owed(kind: MessageKind = MessageKind.RESULT, sequence: int = 0) -> OwedMessage:
    return OwedMessage(
        stored().id, kind, MessageState.SENT, CHANNEL, 0, 1, START, 55, sequence=sequence
    )


def said(form: VideoForm | None, place: Place = Place.CHANNEL) -> str:
    return "\n".join(notes(stored(), place, form))


def test_a_video_as_it_is_in_its_channel_needs_no_word() -> None:
    assert said(AttachedVideo(Path("a.mp4"), 31_000_000)) == ""
    assert said(None) == ""


def test_a_smaller_video_says_from_what_to_what() -> None:
    text = said(AttachedVideo(Path("a.mp4"), 9_700_000, is_shrunk=True))

    assert "9.7 MB instead of 31.0 MB" in text


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        (LinkedVideo(URL, is_ours=True), [f"(<{URL}>)", "31.0 MB"]),
        (LinkedVideo(URL, is_ours=True, expires_at=START), [f"(<{URL}>)", f"until {UNTIL}"]),
        (LinkedVideo(URL, is_ours=False), ["video service", "save the video soon"]),
        (LinkedVideo(URL, is_ours=False, expires_at=START), ["video service", f"until {UNTIL}"]),
    ],
)
def test_a_link_says_where_it_leads_and_how_long(form: VideoForm, parts: list[str]) -> None:
    text = said(form)

    assert all(part in text for part in parts)


def test_the_link_and_the_prompt_of_a_covered_job_are_covered() -> None:
    job = replace(stored(), is_spoiler=True)

    embed = LOOKS.result(job, owed(), form=LinkedVideo(URL, is_ours=True))

    first, second = (embed.description or "").splitlines()
    assert first == f"> ||{job.spec.prompt}||"
    assert second.startswith("||[Watch or download the video](")
    assert second.endswith("||")


def test_a_link_of_ours_that_stays_says_nothing_of_an_end() -> None:
    assert "until" not in said(LinkedVideo(URL, is_ours=True))


@pytest.mark.parametrize("place", [Place.PARENT, Place.REQUESTER])
def test_another_place_names_the_one_that_would_not(place: Place) -> None:
    assert f"because {HERE} would not take it" in said(None, place)


def test_a_result_shows_the_notes_below_the_prompt() -> None:
    embed = LOOKS.result(stored(), owed(), Place.REQUESTER, form=LinkedVideo(URL, is_ours=False))

    lines = (embed.description or "").splitlines()
    assert lines[0].startswith("> ")
    assert URL in lines[1]
    assert HERE in lines[-1]


def test_a_plain_message_has_nothing_that_a_member_wrote() -> None:
    job = stored()
    failed = replace(make_job(JobState.FAILED), failure=make_failure())
    embeds = [
        LOOKS.result(job, owed(), is_plain=True),
        LOOKS.failure(failed, is_plain=True),
        LOOKS.card(make_job(), now=START, result=None, is_plain=True),
    ]

    assert all(job.spec.prompt not in str(embed.to_dict()) for embed in embeds)
    assert all(words.WITHOUT_PROMPT() in str(embed.to_dict()) for embed in embeds)


def test_a_delivery_has_its_number_as_its_mark() -> None:
    job = stored()

    first = LOOKS.result(job, owed(MessageKind.DELIVERY, 1)).footer.text or ""
    result = LOOKS.result(job, owed()).footer.text or ""

    assert first.endswith(f"job {job.id} · delivery 1")
    assert result.endswith(f"job {job.id}")


@pytest.mark.parametrize(
    ("place", "channel_id"), [(Place.CHANNEL, CHANNEL), (Place.PARENT, 99), (None, CHANNEL)]
)
def test_a_message_in_the_server_is_linked_where_it_stands(
    place: Place | None, channel_id: int
) -> None:
    message = replace(owed(), place=place, channel_id=channel_id)

    assert job_url(stored(), message) == f"https://discord.com/channels/{GUILD}/{channel_id}/55"


@pytest.mark.parametrize(
    ("place", "channel_id"), [(Place.REQUESTER, 99), (Place.REQUESTER, CHANNEL), (None, 99)]
)
def test_a_direct_message_is_not_linked(place: Place | None, channel_id: int) -> None:
    message = replace(owed(), place=place, channel_id=channel_id)

    assert job_url(stored(), message) is None
    card = LOOKS.card(replace(stored(), state=JobState.POSTED), now=START, result=message)
    assert words.SENT_DIRECTLY() in (card.description or "")


def test_a_delivery_names_the_channel_that_it_was_asked_for() -> None:
    delivery = replace(owed(MessageKind.DELIVERY, 1), channel_id=CHANNEL + 1)

    embed = LOOKS.result(stored(), delivery, Place.REQUESTER)

    assert f"because <#{CHANNEL + 1}> would not take it" in (embed.description or "")
