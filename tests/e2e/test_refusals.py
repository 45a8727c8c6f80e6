from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sandbox.discord_api import DiscordStandIn, Fault, Permission, Upload
from tests.world import PICTURE, World, running, settings_for


def picture(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 64), "green").save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    out = BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    return out.getvalue()


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)

REFUSED: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "an empty prompt": ({"prompt": "   "}, "prompt is empty"),
    "an invisible prompt": ({"prompt": "\u200b\u2060"}, "prompt is empty"),
    "4,000 characters": ({"prompt": "x" * 4000}, "at most 2,000"),
    "seconds that no model does": ({"duration": 20}, "1 to 15 seconds"),
    "seconds that this model does not do": (
        {"model": "geeknow/grok-video-3-pro", "duration": 6},
        "always makes 10-second videos",
    ),
    "an unknown model": ({"model": "sora"}, "no such model"),
    "an unknown shape": ({"aspect": "16:9"}, "2:3, 3:2 and 1:1"),
    "an unknown resolution": ({"resolution": "4k"}, "720p and 1080p"),
    "a GIF": ({"image": Upload("a.gif", picture("GIF"))}, "GIF"),
    "an SVG": ({"image": Upload("a.svg", SVG)}, "SVG"),
    "a HEIC": ({"image": Upload("a.heic", HEIC)}, "HEIC"),
    "a GIF that claims to be a PNG": (
        {"image": Upload("a.png", picture("GIF"), "image/png")},
        "GIF",
    ),
    "a 40 MB image": ({"image": Upload("a.png", bytes(40_000_000))}, "has 38.1 MB"),
    "a decompression bomb": ({"image": Upload("a.png", bomb())}, "pixels"),
    "a truncated JPEG": ({"image": Upload("a.jpg", picture("JPEG")[:-300])}, "damaged"),
    "an empty file": ({"image": Upload("a.png", b"")}, "empty"),
    "seven images": (
        {"image": PICTURE} | {f"image{number}": PICTURE for number in range(2, 8)},
        "at most 6 reference images",
    ),
}


@pytest.mark.parametrize(("options", "sentence"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_request_that_does_not_fit_gets_one_private_sentence_and_costs_nothing(
    world: World, options: Mapping[str, Any], sentence: str
) -> None:
    world.requester.state.upload_limit_bytes = 500_000_000  # a subscriber of Discord's

    run = await world.ask(**options)
    answer = await run.answer()

    assert sentence in answer.content
    assert answer.is_ephemeral
    assert "Traceback" not in answer.content
    assert len(run.messages) == 1
    assert await world.jobs() == []
    assert world.channel.messages == []
    assert world.provider.charges == []


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        (Permission.ATTACH_FILES, "Attach Files"),
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.EMBED_LINKS, "Embed Links"),
        (Permission.VIEW_CHANNEL, "View Channel"),
    ],
)
async def test_a_channel_where_the_bot_may_not_post_is_found_out_before_anything_is_reserved(
    world: World, denied: Permission, named: str
) -> None:
    world.channel.overwrite(world.chat.application_id, deny=denied)

    answer = await (await world.ask()).answer()

    assert named in answer.content
    assert await world.jobs() == []


async def test_a_thread_needs_its_own_permission(world: World) -> None:
    thread = world.chat.guild.add_thread(world.channel, "clips")
    denied = Permission.SEND_MESSAGES_IN_THREADS
    world.channel.overwrite(world.chat.application_id, deny=denied)

    answer = await (await world.ask(channel=thread)).answer()

    assert "Send Messages in Threads" in answer.content


async def test_an_attachment_that_can_not_be_read_is_asked_for_again(world: World) -> None:
    world.chat.faults.add(Fault("GET", "/cdn/**", status=404))

    answer = await (await world.ask(image=PICTURE)).answer()

    assert "attach it again" in answer.content
    assert await world.jobs() == []


@pytest.fixture
async def keyless(chat: DiscordStandIn, tmp_path: Path) -> AsyncIterator[DiscordStandIn]:
    async with running(settings_for(chat, None, tmp_path), chat):
        yield chat


async def test_without_a_provider_key_the_member_is_told_whom_to_tell(
    keyless: DiscordStandIn,
) -> None:
    member = keyless.guild.member("requester")

    run = await member.slash(keyless.guild.channel("videos"), "grok video", prompt="a fox")

    assert "No video service is set up" in (await run.answer()).content
