import asyncio
import gzip
import io
import struct
import zlib
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image

from bot.domain import FailureKind, JobState, MessageKind
from bot.errors import FetchError
from bot.media.fetch import Fetcher
from bot.media.images import MAX_IMAGE_BYTES
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn, Fault, Message, Upload
from sandbox.geeknow import GeekNowStandIn
from tests.media.file_host import open_file_host
from tests.security.bot_run import files_in
from tests.world import PICTURE, World, running, settings_for

HUGE = 500_000_000
PIECE = bytes(65_536)


def chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def picture(width: int, height: int, *more: bytes) -> bytes:
    """Write a PNG that claims to be this large and holds one row."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(300)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body + chunk(b"IEND", b"")


def one_bit(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()


BOMBS: Mapping[str, bytes] = {
    "a header that lies": picture(50_000, 50_000),
    "144 million pixels": one_bit(12_000),
    "a packed text": picture(64, 64, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8)))),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS.keys())
async def test_risk_06_an_image_that_unpacks_to_much_is_refused(world: World, data: bytes) -> None:
    answer = await (await world.ask(image=Upload("a.png", data))).answer()

    assert len(data) < 200_000
    assert answer.is_ephemeral
    assert "a.png" in answer.content
    assert (await world.jobs(), world.provider.requests) == ([], [])


async def test_risk_06_a_packed_result_is_not_unpacked(world: World) -> None:
    bomb = gzip.compress(b"\0\0\0\x18ftypisom" + bytes(50_000_000))
    world.provider.on_file.always(CannedReply(200, bomb, {"Content-Encoding": "gzip"}))

    await world.ask()
    final = await world.final()

    # It came unpacked by the service's own address instead.
    assert final.attachments[0].data == world.provider.charges[0].clip


async def test_risk_07_an_announced_giant_is_not_even_asked_for(world: World) -> None:
    run = await world.ask(image=PICTURE)
    await run.answer()
    data = deepcopy(run.interaction.data)
    (attachment,) = data["resolved"]["attachments"].values()
    attachment["size"] = HUGE
    attachment["url"] = f"{world.provider.files_url}/files/giant.png"

    run = await world.requester.forge(world.channel, data)
    answer = await run.answer()

    assert "476.8 MB" in answer.content
    assert not [one for one in world.provider.requests if "giant" in one.path]


async def test_risk_07_a_giant_that_claims_to_be_small_is_cut_off(world: World) -> None:
    run = await world.ask(image=PICTURE)
    await run.answer()
    data = deepcopy(run.interaction.data)
    (attachment,) = data["resolved"]["attachments"].values()
    sent: list[int] = []
    hangs_up = asyncio.Event()

    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            for _ in range(HUGE // len(PIECE)):
                await response.write(PIECE)
                sent.append(len(PIECE))
        finally:
            hangs_up.set()
        return response

    async with open_file_host("127.0.0.1") as host:
        host.answers["/giant.png"] = pour
        attachment["url"] = host.url("/giant.png")
        answer = await (await world.requester.forge(world.channel, data)).answer()
        async with asyncio.timeout(60):
            await hangs_up.wait()

    assert "could not be read" in answer.content
    # What lies in the buffers of two sockets comes on top.
    assert sum(sent) < MAX_IMAGE_BYTES + 20_000_000
    assert len(await world.jobs()) == 1


async def test_risk_07_what_is_read_into_memory_has_a_limit_to_the_byte() -> None:
    async with (
        open_file_host("127.0.0.1") as host,
        Fetcher(max_bytes=1, private_hosts=["127.0.0.1"]) as fetcher,
    ):
        url = host.serve("/a", bytes(1000))

        assert await fetcher.read(url, max_bytes=1000) == bytes(1000)
        with pytest.raises(FetchError, match="over 999 bytes"):
            await fetcher.read(url, max_bytes=999)


async def test_risk_08_no_name_from_outside_becomes_a_path(
    chat: DiscordStandIn, tmp_path: Path
) -> None:
    folder = tmp_path / "deep" / "data"
    folder.mkdir(parents=True)
    names = ("..\\..\\x.png", "../../y.png", "/etc/z.png")
    async with (
        GeekNowStandIn(id_prefix="../../x/..%2f..\\", clip_scale=0.1) as provider,
        running(settings_for(chat, provider, folder), chat) as app,
    ):
        world = World(chat, provider, app)
        run = await world.ask(image=PICTURE)
        await world.final()
        data = deepcopy(run.interaction.data)
        (attachment,) = data["resolved"]["attachments"].values()
        for name in names:
            attachment["filename"] = name
            await (await world.requester.forge(world.channel, deepcopy(data))).answer()
        await world.channel.wait_for(lambda _: len(videos(world)) == 4)
        jobs = await world.jobs()

    kept = {job.video.key for job in jobs if job.video is not None}
    kept |= {reference.key for job in jobs for reference in job.references}
    assert len(kept) == 8
    assert files_in(folder / "results") == kept
    assert {path.split("/")[:2][-1] for path in files_in(tmp_path)} == {"data"}
    posted = {one.attachments[0].filename for one in videos(world)}
    assert posted == {f"grok-{job.id}.mp4" for job in jobs}


def videos(world: World) -> list[Message]:
    return [one for one in world.channel.messages if one.attachments and one.pinged]


async def first_try_of_result(world: World, job_id: str) -> None:
    """Return once a try has ended and its file is closed; the next comes seconds later."""
    async with asyncio.timeout(60):
        while True:
            owed = await world.app.bot.services.outbox.message(job_id, MessageKind.RESULT)
            if owed is not None and owed.attempts:
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("what", ["other", "gone"])
async def test_risk_20_a_file_that_was_exchanged_is_not_posted(
    world: World, tmp_path: Path, what: str
) -> None:
    # Discord is out of order between storing and posting: time enough to change the file.
    path = f"/channels/{world.channel.id}/messages"
    world.provider.on_query.always(CannedReply(200, {"id": "x", "status": "processing"}))
    await world.ask()
    await world.job_in(JobState.RENDERING)
    await world.card()
    world.chat.faults.add(Fault("POST", path, status=503, times=None))
    world.provider.on_query.always(None)
    job = await world.job_in(JobState.STORED)
    assert job.video is not None
    await first_try_of_result(world, job.id)
    file = tmp_path / "results" / job.video.key
    whole = await asyncio.to_thread(file.read_bytes)
    exchanged = whole[:-1] + b"x" if what == "other" else None
    if exchanged is None:
        file.unlink()
    else:
        await asyncio.to_thread(file.write_bytes, exchanged)

    before = len(world.chat.exchanges)

    world.chat.faults.clear()
    final = await world.final()
    ended = await world.job_in(JobState.TOLD)

    assert ended.failure is not None
    assert ended.failure.kind is FailureKind.LOST
    assert final.attachments == []
    assert not [one for each in world.chat.exchanges[before:] for one in each.files]
