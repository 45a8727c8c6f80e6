from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import FailureKind, Job, Mode, Origin, SourceVideo, UploadedImage, VideoRequest
from bot.errors import InvalidRequestError
from bot.media.storage import ResultStorage
from bot.pipeline.intake import Intake
from bot.pipeline.prompts import PromptWatch
from bot.pipeline.reserve import Reserver
from bot.pipeline.validate import Validator
from bot.providers.catalogue import Catalogue
from bot.store.community.preferences import PreferenceStore
from bot.store.places import ClosedPlaceStore
from sandbox.pictures import make_picture
from tests.factories import make_asker, make_failure, make_origin, make_video_request
from tests.pipeline.fakes import CATALOGUE, Bell
from tests.providers.entries import make_model
from tests.store.world import World

FOX = UploadedImage("fox.png", make_picture("fox", 64, 48))


@pytest.fixture
def bell() -> Bell:
    return Bell()


def places_of(world: World) -> ClosedPlaceStore:
    return ClosedPlaceStore(world.database, world.clock)


def intake_of(world: World, validator: Validator, storage: ResultStorage, bell: Bell) -> Intake:
    reserver = Reserver(world.reservations, storage)
    return Intake(
        world.policies,
        PromptWatch(world.rules),
        validator,
        reserver,
        storage,
        places_of(world),
        bell.ring,
        preferences=PreferenceStore(world.database, world.clock),
    )


@pytest.fixture
def intake(world: World, storage: ResultStorage, bell: Bell) -> Intake:
    validator = Validator(CATALOGUE, default_model=None, prompt_max_characters=2000)
    return intake_of(world, validator, storage, bell)


async def accept(intake: Intake, request: VideoRequest) -> Job:
    made = await intake.accept(request, make_asker(request.origin))
    assert isinstance(made, Job)
    return made


async def repeat(intake: Intake, job: Job, origin: Origin) -> Job:
    made = await intake.repeat(job, origin, make_asker(origin))
    assert isinstance(made, Job)
    return made


async def test_an_accepted_request_is_a_row_and_wakes_the_runner(
    intake: Intake, world: World, bell: Bell
) -> None:
    job = await accept(intake, make_video_request(images=(FOX,)))

    assert await world.job(job.id) == job
    assert len(job.references) == 1
    assert bell.rings == 1


async def test_a_refused_request_leaves_nothing(intake: Intake, world: World, bell: Bell) -> None:
    with pytest.raises(InvalidRequestError):
        await accept(intake, make_video_request(""))

    assert await world.count("SELECT count(*) FROM jobs") == 0
    assert bell.rings == 0


def unknown(job: Job) -> Job:
    return replace(job, failure=make_failure(FailureKind.OUTCOME_UNKNOWN))


async def test_a_job_of_known_outcome_is_not_submitted_again(intake: Intake, world: World) -> None:
    job = await accept(intake, make_video_request())

    with pytest.raises(InvalidRequestError, match="known outcome"):
        await repeat(intake, job, make_origin(2))

    assert await world.count("SELECT count(*) FROM jobs") == 1


async def test_two_wishes_to_submit_again_make_one_job(
    intake: Intake, world: World, results: Path
) -> None:
    first = await accept(intake, make_video_request(images=(FOX,)))

    again = [await repeat(intake, unknown(first), make_origin(number)) for number in (2, 3)]

    assert again[0] == again[1]
    assert await world.count("SELECT count(*) FROM jobs") == 2
    assert len(list((results / "references").iterdir())) == 2


async def test_a_repeated_job_asks_for_the_same_in_another_name(
    intake: Intake, storage: ResultStorage, bell: Bell
) -> None:
    first = await accept(intake, make_video_request("A fox", seconds=8, images=(FOX,)))
    origin = make_origin(2, requester_id=44)

    second = await repeat(intake, unknown(first), origin)

    assert second.id != first.id
    assert (second.origin, second.spec) == (origin, first.spec)
    contents = [await storage.read(job.references[0].key) for job in (first, second)]
    assert contents[0] == contents[1]
    assert second.references[0].key != first.references[0].key
    assert bell.rings == 2


async def test_a_job_without_images_is_repeated_with_its_own_shape(intake: Intake) -> None:
    first = await accept(intake, make_video_request(aspect_ratio="1:1"))

    second = await repeat(intake, unknown(first), make_origin(2))

    assert (second.spec, second.references) == (first.spec, ())


async def test_a_job_whose_images_are_gone_can_not_be_repeated(
    intake: Intake, storage: ResultStorage, world: World
) -> None:
    job = await accept(intake, make_video_request(images=(FOX,)))
    await storage.remove(job.references[0].key)

    with pytest.raises(InvalidRequestError) as caught:
        await repeat(intake, unknown(job), make_origin(2))

    assert str(caught.value) == (
        "The reference images of that job are no longer kept. "
        "Please start a new one with /grok video."
    )
    assert await world.count("SELECT count(*) FROM jobs") == 1


async def test_a_job_whose_prompt_is_no_longer_kept_can_not_be_repeated(
    intake: Intake, world: World
) -> None:
    job = await accept(intake, make_video_request())
    blanked = replace(job, spec=replace(job.spec, prompt=""))

    with pytest.raises(InvalidRequestError) as caught:
        await repeat(intake, unknown(blanked), make_origin(2))

    assert str(caught.value) == (
        "The prompt of that job is no longer kept. Please start a new one with /grok video."
    )
    assert await world.count("SELECT count(*) FROM jobs") == 1


async def test_images_out_of_reach_are_a_reason_to_try_again_later(
    intake: Intake, world: World, results: Path
) -> None:
    job = await accept(intake, make_video_request(images=(FOX,)))
    path = results / job.references[0].key
    path.unlink()
    path.mkdir()

    with pytest.raises(InvalidRequestError, match="Please try again later"):
        await repeat(intake, unknown(job), make_origin(2))

    assert await world.count("SELECT count(*) FROM jobs") == 1


def of_another_model(job: Job) -> Job:
    return replace(job, spec=replace(job.spec, model="script-0"))


def of_another_length(job: Job) -> Job:
    return replace(job, spec=replace(job.spec, seconds=99))


@pytest.mark.parametrize("change", [of_another_model, of_another_length])
async def test_what_the_catalogue_no_longer_has_can_not_be_repeated(
    intake: Intake, change: Callable[[Job], Job]
) -> None:
    job = await accept(intake, make_video_request())

    with pytest.raises(InvalidRequestError):
        await repeat(intake, unknown(change(job)), make_origin(2))


async def test_the_models_of_a_suggestion_are_those_that_a_request_is_checked_against(
    intake: Intake,
) -> None:
    assert intake.choose(None).entries == CATALOGUE.entries
    with pytest.raises(InvalidRequestError, match="no such model"):
        intake.choose("script-9")


async def test_an_edit_of_unknown_outcome_is_submitted_again_from_the_same_source(
    world: World, storage: ResultStorage, bell: Bell
) -> None:
    catalogue = Catalogue((make_model("script-1"),))
    validator = Validator(catalogue, default_model=None, prompt_max_characters=2000)
    intake = intake_of(world, validator, storage, bell)
    source = SourceVideo("job0000007", 6.04)
    wish = replace(make_video_request("in red"), mode=Mode.EDIT, source=source)
    first = await accept(intake, wish)

    second = await repeat(intake, unknown(first), make_origin(2))

    assert (first.spec.mode, first.source_id) == (Mode.EDIT, "job0000007")
    assert (second.spec, second.source_id) == (first.spec, first.source_id)
    assert second.estimate_micros == first.estimate_micros == 550_400
