import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from sandbox.bot_process import BotProcess
from sandbox.clips import make_clip
from sandbox.discord_api import DiscordStandIn

ROOT = Path(__file__).parent.parent.parent
ADAPTER = Path(__file__).parent / "toy" / "provider.py"
REGISTRY_LINE = '    "bot.providers.toy:ToyProvider",\n'


@dataclass
class ToyService:
    """What the toy adapter talks to."""

    url: str = ""
    prompts: list[str] = field(default_factory=list)

    async def make(self, request: web.Request) -> web.Response:
        self.prompts.append((await request.json())["prompt"])
        return web.json_response({"id": f"toy-{len(self.prompts)}"})

    async def made(self, request: web.Request) -> web.Response:
        return web.json_response({"file": f"{self.url}/file.mp4"})

    async def file(self, request: web.Request) -> web.Response:
        clip = make_clip(label="toy", seconds=1, width=96, height=96)
        return web.Response(body=clip, content_type="video/mp4")


@pytest.fixture
async def toy() -> AsyncIterator[ToyService]:
    service = ToyService()
    app = web.Application()
    app.router.add_post("/make", service.make)
    app.router.add_get("/made/{ref}", service.made)
    app.router.add_get("/file.mp4", service.file)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = "http://{}:{}".format(*runner.addresses[0][:2])
    yield service
    await runner.cleanup()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the bot with one file and one line more."""
    for package in ("bot", "cogs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copy(ADAPTER, tmp_path / "bot" / "providers" / "toy.py")
    registry = tmp_path / "bot" / "providers" / "__init__.py"
    text = registry.read_text(encoding="utf-8")
    changed = re.sub(r"(_REGISTRY[^(]*\(\n)", rf"\1{REGISTRY_LINE}", text)
    assert changed.count("\n") == text.count("\n") + 1
    registry.write_text(changed, encoding="utf-8")
    return tmp_path


def environment(toy: ToyService) -> dict[str, str]:
    return {
        "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "PROVIDERS__TOY__API_KEY": "toy-key",
        "PROVIDERS__TOY__BASE_URL": toy.url,
        "PROVIDERS__TOY__FIRST_POLL_SECONDS": "0.05",
    }


async def grok_bot(checkout: Path, toy: ToyService, *arguments: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "COLUMNS": "200", **environment(toy)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


async def test_a_sixth_provider_takes_one_file_and_one_line(
    checkout: Path, toy: ToyService
) -> None:
    chat = DiscordStandIn()
    async with chat:
        settings = {
            "DISCORD_TOKEN": chat.token,
            "DISCORD_API_URL": chat.api_url,
            "DISCORD_GATEWAY_URL": chat.gateway_url,
            **environment(toy),
        }
        bot = BotProcess(checkout, settings)
        await bot.start()
        try:
            await chat.wait_until_connected(30)
            await chat.wait_for_command("grok", "video", seconds=30)
            channel = chat.guild.channel("videos")
            await chat.guild.member("requester").slash(
                channel, "grok video", prompt="a tin fox", model="toy/toy-1"
            )
            final = await channel.wait_for(lambda message: bool(message.pinged))
        finally:
            exit_code = await bot.stop()

    assert [attachment.content_type for attachment in final.attachments] == ["video/mp4"]
    assert (toy.prompts, exit_code) == (["a tin fox"], 0)


async def test_a_sixth_provider_is_known_to_every_command(checkout: Path, toy: ToyService) -> None:
    models = await grok_bot(checkout, toy, "models")
    tried = await grok_bot(
        checkout, toy, "try", "toy", "--model", "toy-1", "--prompt", "a tin fox", "--yes"
    )
    doctor = await grok_bot(checkout, toy, "doctor")

    assert models[0] == 0
    assert "toy/toy-1" in models[1]
    assert tried[0] == 0, tried[1]
    assert toy.prompts == ["a tin fox"]
    assert "toy" in doctor[1].lower()
