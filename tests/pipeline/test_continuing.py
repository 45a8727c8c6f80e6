import sys
from pathlib import Path

import pytest

from bot.domain import Job, JobState, Lineage, Mode, Relation, VideoRequest
from bot.errors import InvalidRequestError, StorageError
from bot.media.last_frame import FrameTaker
from bot.pipeline.access import JobAccess
from bot.pipeline.continuing import Continuer
from bot.pipeline.last_frame import LastFrames
from bot.posting import words_continuing as words
from bot.providers.catalogue import Catalogue
from bot.providers.entries import ModelEntry
from tests.factories import make_origin, make_viewer
from tests.pipeline.fakes import Bell, make_entry
from tests.pipeline.test_validate_choice import ABLE, FRAME
from tests.store.world import World

WRITES = "import sys, json; open(sys.argv[2], 'wb').write(b'picture'); print('{\"size_bytes\": 7}')"


class Files:
    """A storage with one file in it, or with some trouble."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trouble: Exception | None = None

    def work_path(self, name: str) -> Path:
        return self.folder / name

    async def verify(self, key: str, *, sha256: str, size_bytes: int) -> Path:
        if self.trouble is not None:
            raise self.trouble
        return self.folder / "video.mp4"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def continuer(world: World, files: Files, *entries: ModelEntry, program: str = WRITES) -> Continuer:
    access = JobAccess(world.questions, world.jobs, Bell().ring)
    taker = FrameTaker(program=[sys.executable, "-I", "-c", program])
    return Continuer(access, LastFrames(files, taker), Catalogue(entries))


async def request(continuer: Continuer, job: Job, **said: object) -> VideoRequest:
    return await continuer.request(job.id, make_viewer(), make_origin(2), "in the rain", **said)  # type: ignore[arg-type]


async def test_the_request_begins_with_the_last_frame_and_says_where_it_comes_from(
    world: World, files: Files
) -> None:
    job = await world.bring_to(JobState.POSTED)

    made = await request(continuer(world, files, make_entry()), job, seconds=5, is_private=True)

    assert (made.origin, made.prompt, made.seconds) == (make_origin(2), "in the rain", 5)
    assert (made.mode, made.is_private) == (Mode.IMAGE, True)
    assert [image.data for image in made.images] == [b"picture"]
    assert made.lineage == Lineage(job.id, Relation.CONTINUE)


@pytest.mark.parametrize(
    ("entry", "said", "model"),
    [
        (make_entry(), None, "scripted/script-1"),
        (make_entry(most_references=0), None, None),
        (ABLE, None, None),
        (make_entry(), "three/frame", "three/frame"),
    ],
    ids=["its own", "its own takes none", "its own is gone", "said"],
)
async def test_the_model_is_the_one_that_made_the_video_if_it_takes_a_picture(
    world: World, files: Files, entry: ModelEntry, said: str | None, model: str | None
) -> None:
    job = await world.bring_to(JobState.POSTED)

    made = await request(continuer(world, files, entry, FRAME), job, model=said)

    assert made.model == model


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (StorageError("gone", is_final=True), words.FILE_GONE()),
        (StorageError("away", is_final=False), words.FILE_AWAY()),
    ],
)
async def test_a_file_that_can_not_be_read_gets_a_sentence(
    world: World, files: Files, trouble: Exception, sentence: str
) -> None:
    job = await world.bring_to(JobState.POSTED)
    files.trouble = trouble

    with pytest.raises(InvalidRequestError) as caught:
        await request(continuer(world, files, make_entry()), job)

    assert str(caught.value) == sentence


async def test_a_file_without_frames_gets_a_sentence(world: World, files: Files) -> None:
    job = await world.bring_to(JobState.POSTED)
    blind = 'print(\'{"reason": "it has no frame"}\')'

    with pytest.raises(InvalidRequestError) as caught:
        await request(continuer(world, files, make_entry(), program=blind), job)

    assert str(caught.value) == words.NO_FRAME()
