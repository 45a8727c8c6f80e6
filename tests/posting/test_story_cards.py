from dataclasses import replace

import pytest

from bot.domain import (
    CaseKind,
    Charge,
    Failure,
    FailureKind,
    Hold,
    Job,
    JobState,
    MessageKind,
    Place,
    SceneOf,
)
from bot.posting import words_story
from bot.posting.cards import Looks
from bot.posting.marks import video_name
from bot.posting.moderation.case_cards import case_card
from bot.posting.story_cards import accepted_story, failure_notes
from tests.factories import make_case_view, make_job, make_video
from tests.posting.desk import Desk, message

LOOKS = Looks({}, {})


def scenes(count: int = 3, *, held_for: Hold | None = None) -> list[Job]:
    return [
        replace(
            make_job(number=number),
            storyboard=SceneOf(1, number),
            estimate_micros=100_000,
            held_for=held_for if number == 1 else Hold.SCENE,
        )
        for number in range(1, count + 1)
    ]


def failed(job: Job, kind: FailureKind = FailureKind.REFUSED) -> Job:
    return replace(job, state=JobState.FAILED, failure=Failure(kind, Charge.NONE))


def test_an_accepted_storyboard_says_how_many_scenes_and_what_they_cost_together() -> None:
    plain = accepted_story(scenes(), shows_price=False)
    priced = accepted_story(scenes(), shows_price=True)

    assert "3 scenes" in plain
    assert "`job0000001`" in plain
    assert "$" not in plain
    assert "about $0.30 at most" in priced


@pytest.mark.parametrize(
    ("hold", "words"),
    [(Hold.CONFIRMATION, "Press **Make it** within 15 minutes"), (Hold.REVIEW, "wait for review")],
)
def test_a_storyboard_that_waits_says_for_what(hold: Hold, words: str) -> None:
    assert words in accepted_story(scenes(held_for=hold), shows_price=False)


@pytest.mark.parametrize(
    ("hold", "words"),
    [(None, "to you by direct message"), (Hold.REVIEW, "and nobody else")],
)
def test_private_scenes_are_said_to_come_to_their_requester_alone(
    hold: Hold | None, words: str
) -> None:
    private = [replace(one, is_private=True) for one in scenes(held_for=hold)]

    told = accepted_story(private, shows_price=False)

    assert "3 private scenes" in told
    assert words in told
    assert "channel" not in told


def test_a_price_that_nobody_knows_is_said_so() -> None:
    first, *rest = scenes(held_for=Hold.CONFIRMATION)

    told = accepted_story([replace(first, estimate_micros=None), *rest], shows_price=False)

    assert "cost an amount that nobody knows before" in told


def test_a_failed_scene_says_what_becomes_of_the_others_unless_it_was_gone_on_from() -> None:
    scene = failed(scenes()[0])
    undeliverable = replace(failed(scene, FailureKind.UNDELIVERABLE), video=make_video())
    alone = replace(scene, storyboard=None)

    assert words_story.BROKEN_OFF() in str(LOOKS.failure(scene).description)
    assert list(failure_notes(undeliverable)) == []
    assert list(failure_notes(alone)) == []


def test_the_small_line_names_the_scene_but_not_under_the_whole() -> None:
    scene = scenes()[1]

    assert " · scene 2 · " in f" · {LOOKS.facts(scene)}"
    assert "scene" not in LOOKS.facts(replace(scene, is_joined=True))


def test_the_file_of_the_whole_has_a_name_of_its_own() -> None:
    job = make_job()

    names = {video_name(job), video_name(replace(job, is_joined=True))}

    assert names == {"grok-job0000001.mp4", "grok-job0000001-joined.mp4"}


def test_moderators_see_every_scene_within_what_an_embed_takes() -> None:
    long = [
        replace(one, spec=replace(one.spec, prompt=f"{number} " + "*" * 2000))
        for number, one in enumerate(scenes(6), start=1)
    ]
    view = replace(make_case_view(long[0]), scenes=tuple(long))

    card = case_card(view, "small")

    described = str(card.description)
    assert [f"> {number}. {number} " in described for number in range(1, 7)] == [True] * 6
    assert len(described) < 4096
    assert "about $0.60 at most" in described
    assert view.case.kind is CaseKind.REVIEW


@pytest.mark.parametrize("is_there", [True, False])
async def test_what_came_of_a_storyboard_is_posted_with_its_mark(
    desk: Desk, *, is_there: bool
) -> None:
    job = replace(desk.job(JobState.POSTED), is_joined=True)
    job = job if is_there else replace(job, video=None)
    owed = replace(message(job, MessageKind.JOINED), sequence=1)
    video = desk.video() if is_there else None

    await desk.poster.post(job, owed, Place.CHANNEL, card_id=None, video=video)

    (posted,) = desk.channel.messages
    assert posted.embeds[0]["footer"]["text"].endswith(f"job {job.id} · joined 1")
    say = words_story.JOINED if is_there else words_story.NOT_JOINED
    assert posted.content == say(mention=f"<@{job.origin.requester_id}>")
    assert [file.filename for file in posted.attachments] == (
        [f"grok-{job.id}-joined.mp4"] if is_there else []
    )


async def test_the_whole_is_not_taken_for_the_scene_that_owes_it(desk: Desk) -> None:
    job = desk.job(JobState.POSTED)
    owed = replace(message(job, MessageKind.JOINED), sequence=1)
    shown = replace(job, is_joined=True)
    await desk.poster.post(shown, owed, Place.CHANNEL, card_id=None, video=desk.video())
    (posted,) = desk.channel.messages
    result = replace(message(job, MessageKind.RESULT), first_at=posted.created_at)

    assert await desk.poster.find(job, result, Place.CHANNEL) is None
