from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import (
    EVERYWHERE,
    Denial,
    FailureKind,
    Hold,
    Job,
    Mode,
    Refusal,
    RuleAction,
    RuleKind,
    Scope,
    SourceVideo,
    UploadedImage,
    VideoRequest,
)
from bot.errors import StoreUnavailableError
from bot.media.storage import ResultStorage
from bot.pipeline.intake import Intake
from bot.pipeline.prompts import PromptWatch
from bot.pipeline.reserve import Reserver
from bot.pipeline.validate import Validator
from bot.providers.catalogue import Catalogue
from bot.store.community.preferences import PreferenceStore
from bot.store.places import ClosedPlaceStore
from sandbox.pictures import make_picture
from tests.factories import GUILD, make_asker, make_failure, make_origin, make_video_request
from tests.pipeline.fakes import Bell
from tests.providers.entries import make_model
from tests.store.world import World

FOX = UploadedImage("fox.png", make_picture("fox", 64, 48))
WAITING = "a fox walks slowly along the beach at sunset, cinematic"


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def intake(world: World, storage: ResultStorage, bell: Bell) -> Intake:
    catalogue = Catalogue((make_model("script-1"),))
    return Intake(
        world.policies,
        PromptWatch(world.rules),
        Validator(catalogue, default_model=None, prompt_max_characters=2000),
        Reserver(world.reservations, storage),
        storage,
        ClosedPlaceStore(world.database, world.clock),
        bell.ring,
        preferences=PreferenceStore(world.database, world.clock),
    )


async def add(
    world: World,
    text: str,
    action: RuleAction = RuleAction.REFUSE,
    *,
    kind: RuleKind = RuleKind.WORD,
    guild_id: int = GUILD,
) -> int:
    return (await world.rules.add(guild_id, kind, text, action, 7)).id


async def accept(intake: Intake, request: VideoRequest) -> Job | Denial:
    return await intake.accept(request, make_asker(request.origin))


async def job_of(intake: Intake, request: VideoRequest) -> Job:
    made = await accept(intake, request)
    assert isinstance(made, Job)
    return made


async def repeat(intake: Intake, job: Job, number: int) -> Job | Denial:
    origin = make_origin(number)
    unknown = replace(job, failure=make_failure(FailureKind.OUTCOME_UNKNOWN))
    return await intake.repeat(unknown, origin, make_asker(origin))


@pytest.mark.parametrize("guild_id", [GUILD, EVERYWHERE])
async def test_a_refused_prompt_leaves_no_job_no_file_and_wakes_nobody(
    intake: Intake, world: World, bell: Bell, results: Path, guild_id: int
) -> None:
    await add(world, "fox", guild_id=guild_id)

    made = await accept(intake, make_video_request("a F\u200b0X in the snow", images=(FOX,)))

    assert isinstance(made, Denial)
    scope = Scope.SERVER if guild_id else Scope.EVERYWHERE
    assert (made.refusal, made.scope) == (Refusal.PROMPT, scope)
    assert await world.count("SELECT count(*) FROM jobs") == 0
    assert await world.count("SELECT count(*) FROM blocked_attempts") == 1
    assert list((results / "references").iterdir()) == []
    assert bell.rings == 0


async def test_a_rule_of_another_server_does_not_hold_here(intake: Intake, world: World) -> None:
    await add(world, "fox", guild_id=12)

    assert isinstance(await accept(intake, make_video_request()), Job)


async def test_a_held_and_a_covered_prompt_say_so_in_the_row(intake: Intake, world: World) -> None:
    await add(world, "snow", RuleAction.HOLD)
    await add(world, "fox", RuleAction.SPOILER)

    held = await job_of(intake, make_video_request("snow", number=1))
    covered = await job_of(intake, make_video_request("a fox", number=2))

    assert (held.held_for, held.is_spoiler) == (Hold.REVIEW, False)
    assert (covered.held_for, covered.is_spoiler) == (None, True)


async def test_a_prompt_for_an_edit_is_held_against_the_rules(intake: Intake, world: World) -> None:
    await add(world, "red")
    wish = make_video_request("in red")

    for mode in (Mode.EDIT, Mode.EXTEND):
        source = SourceVideo("job0000007", 6.04)
        made = await accept(intake, replace(wish, mode=mode, source=source))
        assert isinstance(made, Denial)
        assert made.refusal is Refusal.PROMPT


async def test_a_job_that_is_submitted_again_is_held_against_new_rules(
    intake: Intake, world: World
) -> None:
    job = await job_of(intake, make_video_request())
    await add(world, "fox")

    made = await repeat(intake, job, 2)

    assert isinstance(made, Denial)
    assert made.refusal is Refusal.PROMPT


async def test_what_is_like_a_refused_prompt_is_known_and_ones_own_unknown_job_is_not(
    intake: Intake, world: World
) -> None:
    await add(world, "80", RuleAction.HOLD, kind=RuleKind.SIMILAR)
    mine = await job_of(intake, make_video_request(WAITING, number=1))
    first = await world.claim(mine.id)
    await world.jobs.fail(first, make_failure(FailureKind.OUTCOME_UNKNOWN))

    again = await repeat(intake, await world.job(first.id), 2)

    assert isinstance(again, Job)
    assert again.held_for is None

    refused = await world.claim(again.id)
    await world.jobs.fail(refused, make_failure(FailureKind.REFUSED))
    alike = await job_of(intake, make_video_request(WAITING.replace("slowly", ""), number=3))

    assert alike.held_for is Hold.REVIEW


async def test_rules_that_can_not_be_read_are_a_no(intake: Intake, world: World) -> None:
    await world.execute("ALTER TABLE prompt_rules RENAME TO lost")

    with pytest.raises(StoreUnavailableError):
        await accept(intake, make_video_request())

    assert await world.count("SELECT count(*) FROM jobs") == 0
