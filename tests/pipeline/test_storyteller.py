from dataclasses import replace

import pytest

from bot.domain import (
    Denial,
    Hold,
    LimitKind,
    Lineage,
    Mode,
    PolicyName,
    Refusal,
    Relation,
    RuleAction,
    RuleKind,
    Unit,
)
from bot.errors import InvalidRequestError
from bot.pipeline.access import JobAccess
from bot.pipeline.confirm import Confirmer
from bot.pipeline.prompts import PromptWatch
from bot.pipeline.storyboards import StoryRequest, Storyteller
from bot.pipeline.validate import Validator
from bot.posting.doors import ClosedPlaces
from bot.providers.catalogue import Catalogue
from bot.providers.entries import ModelEntry
from bot.store.community.preferences import PreferenceStore
from bot.store.community.storyboards import StoryboardStore
from bot.store.moderation.policies import server
from bot.store.places import ClosedPlaceStore
from tests.factories import GUILD, make_asker, make_origin, make_viewer
from tests.limits.asking import only
from tests.pipeline.fakes import Bell
from tests.providers.entries import make_image_only, make_model, make_plain
from tests.store.world import World

WISH = StoryRequest(make_origin(), ("one", "two", "three"))
MODERATOR = 77


@pytest.fixture
def bell() -> Bell:
    return Bell()


def teller(
    world: World, bell: Bell, *entries: ModelEntry, default: str | None = None
) -> Storyteller:
    places: ClosedPlaces = ClosedPlaceStore(world.database, world.clock)
    return Storyteller(
        world.policies,
        PromptWatch(world.rules),
        Validator(
            Catalogue(entries or (make_model(),)), default_model=default, prompt_max_characters=2000
        ),
        StoryboardStore(world.database, world.clock, worker="first"),
        places,
        bell.ring,
        preferences=PreferenceStore(world.database, world.clock),
    )


async def test_the_first_scene_is_made_of_words_and_each_other_goes_on_from_the_one_before(
    world: World, bell: Bell
) -> None:
    made = await teller(world, bell).accept(WISH, make_asker())

    assert not isinstance(made, Denial)
    assert [scene.spec.mode for scene in made] == [Mode.TEXT, Mode.IMAGE, Mode.IMAGE]
    assert [scene.spec.prompt for scene in made] == ["one", "two", "three"]
    assert [scene.lineage for scene in made] == [
        None,
        Lineage(made[0].id, Relation.SCENE),
        Lineage(made[1].id, Relation.SCENE),
    ]
    numbers = [scene.origin.interaction_id for scene in made]
    assert numbers[0] == WISH.origin.interaction_id
    assert all(number < 0 for number in numbers[1:])
    assert len(set(numbers)) == 3
    assert bell.rings == 1


async def test_the_price_of_each_counts_the_picture_that_goes_along(
    world: World, bell: Bell
) -> None:
    made = await teller(world, bell).accept(WISH, make_asker())

    assert not isinstance(made, Denial)
    assert [scene.estimate_micros for scene in made] == [420_000, 422_000, 422_000]


@pytest.mark.parametrize("count", [0, 1, 7])
async def test_so_many_scenes_are_not_taken(world: World, bell: Bell, count: int) -> None:
    with pytest.raises(InvalidRequestError, match=f"2 to 6 scenes, one a line; you gave {count}"):
        await teller(world, bell).accept(replace(WISH, prompts=("x",) * count), make_asker())

    assert await world.count("SELECT count(*) FROM storyboards") == 0


async def test_a_scene_that_says_nothing_stops_all(world: World, bell: Bell) -> None:
    with pytest.raises(InvalidRequestError, match="The prompt is empty"):
        await teller(world, bell).accept(replace(WISH, prompts=("one", "\u200b")), make_asker())


async def test_a_model_that_can_not_begin_or_not_go_on_is_passed_over(
    world: World, bell: Bell
) -> None:
    text_only = make_plain("text", title="Text", modes=frozenset({Mode.TEXT}), most_references=0)
    able = make_plain("able", title="Able")
    made = await teller(world, bell, make_image_only(), text_only, able, default="image-1").accept(
        WISH, make_asker()
    )

    assert not isinstance(made, Denial)
    assert {scene.spec.model for scene in made} == {"able"}
    assert [scene.spec.mode for scene in made] == [Mode.TEXT, Mode.REFERENCES, Mode.REFERENCES]


async def test_a_named_model_that_can_not_says_why(world: World, bell: Bell) -> None:
    storyteller = teller(world, bell, make_image_only(title="Frame One"), make_plain("able"))

    with pytest.raises(InvalidRequestError, match="Frame One needs an image"):
        await storyteller.accept(replace(WISH, model="image-1"), make_asker())


async def test_a_model_that_is_not_allowed_is_passed_over(world: World, bell: Bell) -> None:
    allowed = only("scripted/able")
    await world.policies.set_policy(server(GUILD), PolicyName.MODELS, allowed, MODERATOR)
    storyteller = teller(world, bell, make_model(), make_plain("able", title="Able"))

    made = await storyteller.accept(WISH, make_asker())

    assert not isinstance(made, Denial)
    assert made[0].spec.model == "able"


async def test_where_pictures_of_members_are_not_taken_storyboards_still_are(
    world: World, bell: Bell
) -> None:
    await world.policies.set_policy(server(GUILD), PolicyName.REFERENCES, False, MODERATOR)  # noqa: FBT003 - as JSON has it

    assert not isinstance(await teller(world, bell).accept(WISH, make_asker()), Denial)


async def test_a_limit_says_no_to_the_whole(world: World, bell: Bell) -> None:
    await world.policies.set_limit(server(GUILD), LimitKind.DAY, Unit.MONEY, 1_000_000, MODERATOR)

    denial = await teller(world, bell).accept(WISH, make_asker())

    assert isinstance(denial, Denial)
    assert (denial.refusal, denial.wanted) == (Refusal.LIMIT, 1_264_000)
    assert bell.rings == 0


async def test_a_blocked_member_is_told_so_first(world: World, bell: Bell) -> None:
    await world.members.block(
        GUILD, make_origin().requester_id, until_at=None, reason="spam", by_id=MODERATOR
    )

    denial = await teller(world, bell).accept(replace(WISH, prompts=("", "")), make_asker())

    assert isinstance(denial, Denial)
    assert denial.refusal is Refusal.BLOCKED


@pytest.mark.parametrize(
    ("said", "usual", "is_private"),
    [(None, True, True), (None, False, False), (False, True, False), (True, False, True)],
)
async def test_scenes_are_private_as_said_or_as_their_member_has_chosen(
    world: World, bell: Bell, *, said: bool | None, usual: bool, is_private: bool
) -> None:
    await PreferenceStore(world.database, world.clock).change(
        WISH.origin.requester_id, is_private=usual
    )

    made = await teller(world, bell).accept(replace(WISH, is_private=said), make_asker())

    assert not isinstance(made, Denial)
    assert {scene.is_private for scene in made} == {is_private}


async def test_private_scenes_are_sent_again_where_direct_messages_were_closed(
    world: World, bell: Bell
) -> None:
    places = ClosedPlaceStore(world.database, world.clock)
    requester_id = WISH.origin.requester_id
    await places.note_refusal(requester_id, "DMs are closed")

    await teller(world, bell).accept(replace(WISH, is_private=True), make_asker())

    assert await places.refusals(requester_id) == 0


@pytest.mark.parametrize(
    ("usual", "model", "shape"),
    [("scripted/able", "able", "1:1"), ("scripted/gone", "model-1", "16:9")],
)
async def test_what_is_usual_goes_where_nothing_is_said_if_it_fits(
    world: World, bell: Bell, usual: str, model: str, shape: str
) -> None:
    await PreferenceStore(world.database, world.clock).change(
        WISH.origin.requester_id, model=usual, aspect_ratio="1:1"
    )
    storyteller = teller(world, bell, make_model(), make_plain("able", title="Able"))

    made = await storyteller.accept(WISH, make_asker())

    assert not isinstance(made, Denial)
    assert {scene.spec.model for scene in made} == {model}
    assert made[0].spec.aspect_ratio == shape


async def test_a_yes_to_the_price_is_held_against_the_rules_about_every_scene(
    world: World, bell: Bell
) -> None:
    await world.policies.set_policy(server(GUILD), PolicyName.CONFIRM_ABOVE, 1, MODERATOR)
    made = await teller(world, bell).accept(WISH, make_asker())
    assert not isinstance(made, Denial)
    await world.rules.add(GUILD, RuleKind.WORD, "three", RuleAction.HOLD, 7)
    access = JobAccess(world.questions, world.jobs, bell.ring)
    boards = StoryboardStore(world.database, world.clock, worker="first")
    confirmer = Confirmer(access, world.holds, boards, PromptWatch(world.rules), bell.ring)

    confirmed = await confirmer.confirm(made[0].id, make_viewer(), make_asker())

    assert made[0].held_for is Hold.CONFIRMATION
    assert not isinstance(confirmed, Denial)
    assert confirmed.held_for is Hold.REVIEW
