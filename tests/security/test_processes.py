import asyncio
import os
import random
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain import JobState
from bot.errors import MediaError, NotAVideoError
from bot.media.video import VideoProbe
from sandbox.bot_process import settings_for
from sandbox.canned import CannedReply
from sandbox.discord_api import DiscordStandIn
from sandbox.geeknow import GeekNowStandIn
from tests.media.downloads import Listener
from tests.media.file_host import open_file_host
from tests.security.bot_run import BotRun, bot_run, files_in
from tests.security.waiting import until
from tests.world import World

START = b"\0\0\0\x18ftypisom"
GIANT = 96_000_000
PIECE = bytes(65_536)
CHILD = b"bot.media.probe_child"
PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n"


@pytest.fixture
async def bot(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> AsyncIterator[BotRun]:
    settings = settings_for(chat, provider, poll_seconds=0.05)
    async with bot_run(chat, tmp_path, settings) as opened:
        yield opened


async def ask(chat: DiscordStandIn) -> None:
    channel = chat.guild.channel("videos")
    requester = chat.guild.member("requester")
    await (await requester.slash(channel, "grok video", prompt="a fox", duration=1)).answer()


async def answers(chat: DiscordStandIn) -> bool:
    """Whether the bot still answers a command."""
    run = await chat.guild.member("requester").slash(chat.guild.channel("videos"), "grok jobs")
    answer = await run.answer()
    return bool(answer.content or answer.embeds)


async def test_risk_07_a_giant_of_a_result_does_not_fill_the_memory(
    chat: DiscordStandIn, provider: GeekNowStandIn, bot: BotRun
) -> None:
    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(START)
        for _ in range(GIANT // len(PIECE)):
            await response.write(PIECE)
        return response

    # One video first: whatever is loaded at first use is there when the measure begins.
    await ask(chat)
    await chat.guild.channel("videos").wait_for(lambda message: bool(message.attachments))
    before = bot.peak_bytes()
    async with open_file_host("127.0.0.1") as host:
        host.answers["/giant.mp4"] = pour
        provider.result_url = host.url("/giant.mp4")
        await ask(chat)
        await bot.until_logged("a source will not do")
        after = bot.peak_bytes()

    assert host.hits
    assert after - before < 20_000_000


def mangled(clip: bytes, seed: int) -> bytes:
    """Change a clip here and there, more in its index than elsewhere."""
    dice = random.Random(seed)  # noqa: S311 - a repeatable mess is wanted, not a secret one
    mess = bytearray(clip)
    for _ in range(dice.choice((1, 8, 64, 512))):
        mess[dice.randrange(8, len(mess))] = dice.randrange(256)
    return bytes(mess[: dice.choice((len(mess), len(mess) // 2, 40))])


async def test_risk_16_whatever_the_decoder_meets_the_bot_gets_an_answer(
    clip: bytes, tmp_path: Path
) -> None:
    probe = VideoProbe(seconds=20)

    async def examine(seed: int) -> str:
        path = tmp_path / f"{seed}.mp4"
        await asyncio.to_thread(path.write_bytes, mangled(clip, seed))
        try:
            return (await probe.probe(path)).codec
        except MediaError as error:
            return type(error).__name__

    found = await asyncio.gather(*map(examine, range(10)))

    assert set(found) <= {"h264", "mpeg4", NotAVideoError.__name__, "FetchError"}
    assert NotAVideoError.__name__ in found


async def test_risk_16_a_playlist_in_the_place_of_a_video_leads_nowhere(
    inside: Listener, tmp_path: Path
) -> None:
    address = f"http://127.0.0.2:{inside.port}/secret.ts"
    path = tmp_path / "a.mp4"
    path.write_text(PLAYLIST.format(url=address), encoding="ascii")

    with pytest.raises(NotAVideoError):
        await VideoProbe().probe(path)

    assert inside.connections == 0


def probes_of(parent: int) -> list[int]:
    """List the running decoders that a process started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            is_probe = CHILD in (folder / "cmdline").read_bytes()
            if is_probe and f"PPid:\t{parent}\n" in (folder / "status").read_text("ascii"):
                found.append(int(folder.name))
    return found


def kill_probes(parent: int) -> int:
    """Kill the decoders of a process as the kernel does when memory runs out; count them."""
    found = probes_of(parent)
    for number in found:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    return len(found)


async def test_risk_16_a_decoder_that_is_killed_takes_nothing_with_it(world: World) -> None:
    # The file's first address only: the other would be tried at once.
    world.provider.on_content.always(CannedReply(404, {"message": "no such file"}))
    killing = asyncio.create_task(until(lambda: kill_probes(os.getpid())))
    await world.ask()
    await killing
    waiting = await world.job_once(lambda job: job.attempts > 0)
    alive = await answers(world.chat)
    final = await world.final()

    assert (waiting.state, alive) == (JobState.RENDERED, True)
    assert final.attachments
    assert len(world.provider.charges) == 1


async def test_risk_19_a_full_disk_keeps_the_job_and_the_bot(
    chat: DiscordStandIn, tmp_path: Path
) -> None:
    async with GeekNowStandIn(clip_scale=0.1, render_bytes=6_000_000) as provider:
        settings = settings_for(chat, provider, poll_seconds=0.05)
        async with bot_run(chat, tmp_path, settings) as bot:
            room = 3_000_000
            limits = (room, resource.RLIM_INFINITY)
            resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, limits)
            await ask(chat)
            await bot.until_logged("waits: its video can't be kept")
            alive = await answers(chat) and bot.is_alive

    assert alive
    assert bot.watch.states()[-1] == JobState.RENDERED
    assert "File too large" in bot.log()
    assert len(provider.charges) == 1
    assert files_in(tmp_path / "data/results") == set()
