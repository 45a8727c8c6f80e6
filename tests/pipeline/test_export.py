import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.errors import InvalidRequestError, PlaceClosedError, PostLaterError
from bot.media.storage import ResultStorage
from bot.pipeline import export
from bot.pipeline.export import Exporter
from bot.posting.direct import DirectFile
from bot.store.privacy import PrivacyStore
from tests.factories import GUILD, REQUESTER
from tests.ops.attic import Attic
from tests.store.world import World

Sent = tuple[str, list[str]]


class FakeSender:
    """Direct messages that are kept by text and names, or refused."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.data: list[bytes | Path] = []
        self.trouble: Exception | None = None
        self.again: Exporter | None = None

    async def send(self, member_id: int, text: str, files: Sequence[DirectFile]) -> None:
        assert member_id == REQUESTER
        if self.again is not None:
            await self.again.export(GUILD, REQUESTER)
        if self.trouble is not None:
            raise self.trouble
        self.sent.append((text, [file.name for file in files]))
        self.data += [file.content for file in files]


@pytest.fixture
def attic(world: World, storage: ResultStorage, results: Path) -> Attic:
    return Attic(world, storage, results, AsyncExitStack().aclose)


@pytest.fixture
def sender() -> FakeSender:
    return FakeSender()


@pytest.fixture
def exporter(world: World, storage: ResultStorage, sender: FakeSender) -> Exporter:
    return Exporter(PrivacyStore(world.database, world.clock), storage, sender)


def names(sender: FakeSender) -> list[list[str]]:
    return [files for _, files in sender.sent]


async def test_a_json_file_comes_first_and_the_files_after_it(
    attic: Attic, exporter: Exporter, sender: FakeSender
) -> None:
    await attic.job(1)

    count = await exporter.export(GUILD, REQUESTER)

    assert count == 2
    assert names(sender) == [
        ["your-data.json"],
        ["job0000001-reference-1.jpeg", "grok-job0000001.mp4"],
    ]
    (data, picture, video) = sender.data
    assert isinstance(data, bytes)
    assert json.loads(data)["jobs"][0]["prompt"] == "A fox in the snow"
    assert picture == b"picture"
    assert isinstance(video, Path)


async def test_ten_files_go_into_one_message(
    attic: Attic, exporter: Exporter, sender: FakeSender
) -> None:
    for number in range(1, 7):
        await attic.job(number)

    await exporter.export(GUILD, REQUESTER)

    assert [len(files) for files in names(sender)] == [1, 10, 2]


async def test_as_much_as_fits_goes_into_one_message(
    attic: Attic, exporter: Exporter, sender: FakeSender
) -> None:
    for number in (1, 2):
        await attic.job(number, video=b"v" * 5_500_000)

    await exporter.export(GUILD, REQUESTER)

    assert [len(files) for files in names(sender)] == [1, 3, 1]


async def test_what_is_too_large_or_gone_is_named(
    attic: Attic, exporter: Exporter, sender: FakeSender, storage: ResultStorage
) -> None:
    await attic.job(1, video=b"v" * 9_600_000)
    await attic.job(2)
    await storage.remove("references/job0000001-1.jpg", "2026/11/job0000002.mp4")

    await exporter.export(GUILD, REQUESTER)

    text, files = sender.sent[-1]
    assert names(sender) == [["your-data.json"], ["job0000002-reference-1.jpeg"], []]
    assert files == []
    assert "job0000001` has 9.6 MB" in text
    assert "A file of job `job0000001` can't be read" in text
    assert "A file of job `job0000002` can't be read" in text


async def test_a_storage_with_links_gives_one_to_what_is_too_large(
    attic: Attic, world: World, results: Path, sender: FakeSender
) -> None:
    await attic.job(1, video=b"v" * 9_600_000)
    storage = ResultStorage.from_url(f"file://{results}", public_url="https://videos.example")
    exporter = Exporter(PrivacyStore(world.database, world.clock), storage, sender)

    await exporter.export(GUILD, REQUESTER)

    assert "<https://videos.example/2026/11/job0000001.mp4>" in sender.sent[-1][0]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (PlaceClosedError("50007"), "I can't send you direct messages"),
        (PostLaterError("503"), "your export is not complete"),
    ],
)
async def test_a_member_is_told_why_nothing_came(
    attic: Attic, exporter: Exporter, sender: FakeSender, trouble: Exception, words: str
) -> None:
    await attic.job(1)
    sender.trouble = trouble

    with pytest.raises(InvalidRequestError, match=words):
        await exporter.export(GUILD, REQUESTER)
    sender.trouble = None

    assert await exporter.export(GUILD, REQUESTER) == 2


async def test_two_exports_at_once_are_one(exporter: Exporter, sender: FakeSender) -> None:
    sender.again = exporter

    with pytest.raises(InvalidRequestError, match="under way already"):
        await exporter.export(GUILD, REQUESTER)


def test_a_file_that_is_too_long_is_cut_into_numbered_ones() -> None:
    parts = export.parts(b"x" * 25_000_000)

    assert [part.name for part in parts] == [f"your-data.json.00{number}" for number in (1, 2, 3)]
    assert sum(part.size_bytes for part in parts) == 25_000_000


def test_many_lines_are_spread_over_messages() -> None:
    texts = export.pages(["x" * 100] * 40)

    assert len(texts) == 3
    assert all(len(text) <= 2000 for text in texts)
