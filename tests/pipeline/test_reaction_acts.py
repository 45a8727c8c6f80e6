from dataclasses import replace

import pytest

from bot.domain import (
    Act,
    Cancelled,
    Denial,
    Hold,
    JobState,
    MessageKind,
    Mode,
    Refusal,
    Scope,
)
from bot.errors import PostLaterError, StoreUnavailableError
from bot.pipeline.reacting.again import interaction_id_of
from bot.pipeline.reacting.wish import Wish
from bot.store.community.preferences import PreferenceStore
from bot.store.community.votes import VoteStore
from tests.factories import CHANNEL, REQUESTER, make_job, make_spec
from tests.pipeline.acting import AGAIN, EMOJIS, ENVELOPE, MEMBER, Stage
from tests.pipeline.reacting import MESSAGE, reacted
from tests.store.voting import vote
from tests.store.world import World

HOME = 4711


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


async def test_a_reaction_makes_one_job_until_it_is_put_there_anew(
    stage: Stage, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)

    for _ in range(2):
        assert await stage.do(Act.AGAIN, job) == ""
        world.clock.advance(seconds=5)
    await VoteStore(world.database, world.clock).drop(MESSAGE.message_id)
    await stage.do(Act.AGAIN, job)
    await stage.do(Act.AGAIN, job, member_id=MEMBER + 1)

    numbers = [origin.interaction_id for origin in stage.maker.origins]
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 3
    assert all(-(2**56) <= number < 0 for number in numbers)


def test_the_number_of_a_wish_depends_on_all_of_it() -> None:
    one = vote(make_job(JobState.POSTED), MEMBER, "🔁")
    others = [
        replace(one, member_id=6),
        replace(one, message_id=6),
        replace(one, emoji="x"),
        replace(one, at=one.at.replace(microsecond=1)),
    ]

    assert len({interaction_id_of(each) for each in (one, *others)}) == 5


async def test_what_the_bot_may_not_post_is_not_made(stage: Stage, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)

    told = await stage.do(Act.AGAIN, job, why_not="I need Attach Files.")

    assert told == "I need Attach Files."
    assert stage.maker.origins == []
    assert stage.discord.taken_off == [(MESSAGE, AGAIN, MEMBER)]


@pytest.mark.parametrize(
    ("may_ask", "may_write", "told"), [(False, True, "use commands"), (True, False, "write in")]
)
async def test_who_may_not_ask_there_makes_nothing_there(
    stage: Stage, world: World, *, may_ask: bool, may_write: bool, told: str
) -> None:
    job = await world.bring_to(JobState.POSTED)

    assert told in await stage.do(Act.AGAIN, job, may_ask=may_ask, may_write=may_write)
    assert stage.maker.origins == []
    assert stage.discord.taken_off == [(MESSAGE, AGAIN, MEMBER)]


async def test_a_copy_is_made_again_where_its_original_was_asked_for(
    stage: Stage, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)
    home = reacted(MEMBER).reactor
    viewer = replace(home.viewer, channel_id=HOME)
    stage.discord.elsewhere = replace(home, viewer=viewer, parent_id=CHANNEL)

    assert await stage.do(Act.AGAIN, job, kind=MessageKind.GALLERY, may_write=False) == ""

    (origin,) = stage.maker.origins
    assert (origin.channel_id, origin.parent_id, origin.requester_id) == (HOME, CHANNEL, MEMBER)


@pytest.mark.parametrize(("may_ask", "may_write"), [(False, True), (True, False)])
async def test_a_copy_is_not_made_again_for_who_may_not_ask_where_its_original_was(
    stage: Stage, world: World, *, may_ask: bool, may_write: bool
) -> None:
    job = await world.bring_to(JobState.POSTED)
    home = replace(reacted(MEMBER).reactor, may_ask=may_ask, may_write=may_write)

    for stage.discord.elsewhere in (home, None):
        told = await stage.do(Act.AGAIN, job, kind=MessageKind.GALLERY)
        assert f"<#{job.origin.channel_id}>" in told
        world.clock.advance(seconds=60)
    assert stage.maker.origins == []


async def test_the_whole_of_a_storyboard_is_not_made_again(stage: Stage, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)

    told = await stage.do(Act.AGAIN, job, kind=MessageKind.JOINED)

    assert "/grok storyboard" in told
    assert stage.maker.origins == []


async def test_a_refusal_is_told_in_the_language_that_the_member_has_chosen(
    stage: Stage, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await PreferenceStore(world.database, world.clock).change(MEMBER, language="pl")

    assert "Zasłonić to wideo" in await stage.do(Act.COVER, job)


async def test_a_denial_is_told(stage: Stage, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    stage.maker.made = Denial(Refusal.PAUSED, Scope.SERVER)

    assert "paused" in await stage.do(Act.AGAIN, job)


@pytest.mark.parametrize(
    ("price", "told"), [(350_000, "about $0.35 at most"), (None, "nobody knows")]
)
async def test_a_price_is_not_agreed_to_by_a_reaction(
    stage: Stage, world: World, price: int | None, told: str
) -> None:
    job = await world.bring_to(JobState.POSTED)
    held = replace(job, id="held000001", held_for=Hold.CONFIRMATION, estimate_micros=price)
    stage.maker.made = held

    assert told in await stage.do(Act.AGAIN, job)
    assert stage.maker.declined == ["held000001"]


@pytest.mark.parametrize("change", ["removed_at = created_at", "hidden_at = created_at"])
@pytest.mark.parametrize("act", [Act.SEND, Act.AGAIN, Act.COVER])
async def test_nothing_is_done_with_a_video_that_was_withdrawn(
    stage: Stage, world: World, change: str, act: Act
) -> None:
    job = await world.bring_to(JobState.POSTED)
    await world.execute(f"UPDATE jobs SET {change}")  # noqa: S608 - a text of this file

    told = await stage.do(act, await world.job(job.id), member_id=REQUESTER)

    assert "removed or is hidden" in told
    assert (stage.maker.origins, stage.maker.sent) == ([], [])


@pytest.mark.parametrize(
    ("change", "told"),
    [("removed_at = created_at", "removed by"), ("hidden_at = created_at", "is hidden")],
)
async def test_a_video_made_from_one_that_was_withdrawn_is_not_made_again(
    stage: Stage, world: World, change: str, told: str
) -> None:
    source = await world.bring_to(JobState.POSTED)
    await world.execute(f"UPDATE jobs SET {change}")  # noqa: S608 - a text of this file
    edit = replace(
        make_job(JobState.POSTED),
        id="edit000001",
        source_id=source.id,
        spec=make_spec(mode=Mode.EDIT),
    )

    assert told in await stage.do(Act.AGAIN, edit)


@pytest.mark.parametrize("trouble", [StoreUnavailableError("away"), KeyError("surprise")])
async def test_trouble_of_ours_takes_the_reaction_off_and_is_said(
    stage: Stage, world: World, trouble: Exception
) -> None:
    job = await world.bring_to(JobState.POSTED)
    stage.maker.trouble = trouble

    assert "went wrong" in await stage.do(Act.SEND, job)
    assert stage.discord.taken_off == [(MESSAGE, ENVELOPE, MEMBER)]


async def test_a_reaction_that_can_not_be_taken_off_stays(stage: Stage, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    stage.discord.troubles = [PostLaterError("rate limited")]

    assert "Only its requester" in await stage.do(Act.COVER, job)
    assert stage.discord.taken_off == []


@pytest.mark.parametrize("outcome", [Cancelled.TOO_LATE, Cancelled.OVER])
async def test_a_job_that_can_not_be_cancelled_any_more_says_so(
    stage: Stage, world: World, outcome: Cancelled
) -> None:
    job = await world.bring_to(JobState.STORED)
    stage.maker.cancelled = outcome

    assert "can" in await stage.do(Act.REMOVE, job, kind=MessageKind.CARD)


@pytest.mark.parametrize("outcome", [Cancelled.FREE, Cancelled.LATE, Cancelled.SOON])
async def test_a_job_that_is_cancelled_shows_it_by_itself(
    stage: Stage, world: World, outcome: Cancelled
) -> None:
    job = await world.bring_to(JobState.RENDERING)
    stage.maker.cancelled = outcome

    assert await stage.do(Act.REMOVE, job, kind=MessageKind.CARD) == ""


async def test_nobody_reports_their_own(stage: Stage, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)

    assert "your own video" in await stage.do(Act.REPORT, job, member_id=REQUESTER)
    assert await stage.do(Act.REPORT, job) == ""
    assert await stage.do(Act.REPORT, job) == ""
    assert await world.count("SELECT count(*) FROM reports") == 1


@pytest.mark.parametrize("act", [Act.SEND, Act.AGAIN, Act.REPORT, Act.FAVOUR])
@pytest.mark.parametrize(
    ("state", "told"),
    [
        (JobState.RENDERING, "react again once it is posted"),
        (JobState.POSTED, "react under its video"),
        (JobState.FAILED, "react under its video"),
    ],
)
async def test_a_card_has_no_video_to_ask_for(
    stage: Stage, world: World, act: Act, state: JobState, told: str
) -> None:
    job = await world.bring_to(state)

    assert told in await stage.do(act, job, kind=MessageKind.CARD)
    assert stage.discord.taken_off == [(MESSAGE, EMOJIS[act], MEMBER)]
    assert (stage.maker.sent, stage.maker.origins) == ([], [])
    assert await world.count("SELECT count(*) FROM reports") == 0


async def test_what_nobody_has_time_for_is_taken_off_and_told_once_to_each(
    stage: Stage, world: World
) -> None:
    job = await world.bring_to(JobState.POSTED)
    acts = stage.acts

    for member_id in (1, 1, 2):
        await acts.turn_down(Wish(reacted(member_id, AGAIN), Act.AGAIN, job, MessageKind.RESULT))
        world.clock.advance(seconds=61)

    assert [member_id for _, _, member_id in stage.discord.taken_off] == [1, 1, 2]
    assert [member_id for member_id, _ in stage.direct.said] == [1, 2]


async def test_what_can_not_be_turned_down_stays(stage: Stage, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)
    stage.discord.troubles = [KeyError("surprise")]

    await stage.acts.turn_down(Wish(reacted(1, AGAIN), Act.AGAIN, job, MessageKind.RESULT))

    assert (stage.discord.taken_off, stage.direct.said) == ([], [])


async def test_votes_are_counted_elsewhere(stage: Stage, world: World) -> None:
    job = await world.bring_to(JobState.POSTED)

    assert await stage.do(Act.FAVOUR, job) == ""
    stage.acts.close()
    assert await world.count("SELECT count(*) FROM votes") == 0
