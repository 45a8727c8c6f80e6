from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import Charge, FailureKind, Inputs, Job, JobState, MessageKind
from bot.errors import MessageGoneError, PostLaterError, PostRefusedError
from bot.media.storage import ResultStorage
from bot.pipeline.inputs import InputReader, InputsGoneError, InputsNotReadyError
from bot.pipeline.submit import Submitter
from tests.factories import make_job_id, make_reference, make_spec, make_valid_request
from tests.manual_clock import START
from tests.pipeline.fakes import FakePostedFiles, ScriptedProvider
from tests.store.world import World

CARD_MESSAGE, RESULT_MESSAGE = 900, 901
KEYS = ("references/a-1.jpg", "references/a-2.jpg")
URLS = ("https://cdn.example/1.png?ex=1", "https://cdn.example/2.png?ex=1")


@pytest.fixture
async def job(world: World) -> Job:
    """A job for a model that wants addresses."""
    request = replace(make_valid_request(), spec=make_spec(model="public"))
    references = [make_reference(key) for key in KEYS]
    reserved = await world.put(make_job_id(), request, references)
    return await world.claim(reserved.id)


async def post_card(world: World, job: Job) -> None:
    card = await world.begin_sending(job.id, MessageKind.CARD)
    await world.outbox.mark_sent(card, channel_id=22, message_id=CARD_MESSAGE)


async def test_a_job_without_images_needs_nothing(inputs: InputReader, world: World) -> None:
    job = await world.bring_to(JobState.RESERVED)

    assert await inputs.read(job) == Inputs()


async def test_images_travel_as_the_addresses_of_the_cards_files(
    inputs: InputReader, posted_files: FakePostedFiles, world: World, job: Job
) -> None:
    await post_card(world, job)
    posted_files.files[CARD_MESSAGE] = URLS

    read = await inputs.read(job)

    assert read == Inputs(image_urls=URLS)
    assert posted_files.asked == [(22, CARD_MESSAGE)]


async def test_images_wait_for_their_card(inputs: InputReader, job: Job) -> None:
    with pytest.raises(InputsNotReadyError, match="not posted yet"):
        await inputs.read(job)


async def test_a_card_that_can_not_be_posted_leaves_no_way_for_the_images(
    inputs: InputReader, world: World, job: Job
) -> None:
    card = await world.begin_sending(job.id, MessageKind.CARD)
    await world.outbox.give_up(card, problem="403")

    with pytest.raises(InputsGoneError, match="can't be posted"):
        await inputs.read(job)


@pytest.mark.parametrize("urls", [(), URLS[:1]], ids=["none", "one of two"])
async def test_a_card_that_lost_an_image_is_not_good_enough(
    inputs: InputReader,
    posted_files: FakePostedFiles,
    world: World,
    job: Job,
    urls: tuple[str, ...],
) -> None:
    await post_card(world, job)
    posted_files.files[CARD_MESSAGE] = urls

    with pytest.raises(InputsGoneError, match="every image"):
        await inputs.read(job)


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (PostLaterError("503"), InputsNotReadyError),
        (MessageGoneError("404"), InputsGoneError),
        (PostRefusedError("403"), InputsGoneError),
    ],
    ids=["later", "gone", "refused"],
)
async def test_trouble_with_discord_is_sorted_by_whether_waiting_helps(
    inputs: InputReader,
    posted_files: FakePostedFiles,
    world: World,
    job: Job,
    trouble: Exception,
    expected: type[Exception],
) -> None:
    await post_card(world, job)
    posted_files.trouble = trouble

    with pytest.raises(expected):
        await inputs.read(job)


async def test_the_video_to_edit_is_the_file_of_its_posted_message(
    inputs: InputReader, posted_files: FakePostedFiles, world: World
) -> None:
    source = await world.bring_to(JobState.POSTED, 1)
    request = replace(make_valid_request(2), source_id=source.id)
    job = await world.reserve_request(request, 2)
    posted_files.files[900] = ("https://cdn.example/video.mp4?ex=1",)

    read = await inputs.read(job)

    assert read == Inputs(video_url="https://cdn.example/video.mp4?ex=1")


async def test_where_the_first_message_has_no_file_that_of_a_delivery_is_taken(
    inputs: InputReader, posted_files: FakePostedFiles, world: World
) -> None:
    source = await world.bring_to(JobState.POSTED, 1)
    await world.deliveries.ask(source.id)
    owed = await world.begin_sending(source.id, MessageKind.DELIVERY)
    await world.outbox.mark_sent(owed, channel_id=22, message_id=RESULT_MESSAGE)
    posted_files.files[900] = ()
    posted_files.files[RESULT_MESSAGE] = ("https://cdn.example/video.mp4?ex=1",)
    request = replace(make_valid_request(2), source_id=source.id)
    job = await world.reserve_request(request, 2)

    read = await inputs.read(job)

    assert read == Inputs(video_url="https://cdn.example/video.mp4?ex=1")


@pytest.mark.parametrize("state", [JobState.RENDERING, JobState.POSTED])
async def test_a_video_that_is_not_there_can_not_be_edited(
    inputs: InputReader, world: World, state: JobState
) -> None:
    source = await world.bring_to(state, 1)
    job = await world.reserve_request(replace(make_valid_request(2), source_id=source.id), 2)

    with pytest.raises(InputsGoneError, match=source.id):
        await inputs.read(job)


async def test_a_job_whose_inputs_are_gone_ends_before_anything_is_paid(
    submitter: Submitter, scripted: ScriptedProvider, world: World
) -> None:
    source = await world.bring_to(JobState.RENDERING, 1)
    job = await world.reserve_request(replace(make_valid_request(2), source_id=source.id), 2)

    await submitter.submit(job)

    failure = (await world.job(job.id)).failure
    assert failure is not None
    assert (failure.kind, failure.charge) == (FailureKind.PROVIDER_ERROR, Charge.NONE)
    assert scripted.submitted == []


@pytest.mark.parametrize(("age", "pause"), [(0, 1), (60, 15), (3600, 120)])
async def test_a_job_whose_inputs_are_not_ready_looks_again_soon_and_later_more_rarely(
    submitter: Submitter, world: World, job: Job, age: int, pause: int
) -> None:
    world.clock.advance(seconds=age)

    await submitter.submit(job)

    due_at = await world.due_at(job.id)
    assert due_at == START + timedelta(seconds=age + pause)


async def test_images_that_are_out_of_reach_for_now_are_waited_for(
    inputs: InputReader, storage: ResultStorage, world: World
) -> None:
    folder = storage.work_path("x").parent.parent / "references"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a-1.jpg").mkdir()
    job = await world.bring_to(JobState.RESERVED, references=[make_reference(KEYS[0])])

    with pytest.raises(InputsNotReadyError):
        await inputs.read(job)
