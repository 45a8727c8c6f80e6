"""Calls to the stand-ins of xAI's wire shape without our client, so that they can be wrong."""

from base64 import b64encode
from typing import Any

import aiohttp

from sandbox.imagine import ImagineStandIn
from tests.contract.dialects import picture


def data_uri(media_type: str = "image/png", data: bytes | None = None) -> str:
    content = picture(media_type).data if data is None else data
    return f"data:{media_type};base64,{b64encode(content).decode()}"


def body(**changes: object) -> dict[str, Any]:
    """Write a request that is in order, with some fields changed; None leaves a field out."""
    whole = {
        "model": "grok-imagine-video",
        "prompt": "a fox",
        "duration": 2,
        "aspect_ratio": "3:2",
        "resolution": "480p",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def video_body(**changes: object) -> dict[str, Any]:
    """The same for an edit or an extension."""
    nothing = {"duration": None, "aspect_ratio": None, "resolution": None}
    return body(**{**nothing, **changes})


async def create(
    api: aiohttp.ClientSession,
    stand_in: ImagineStandIn,
    sent: object,
    action: str = "generations",
) -> tuple[int, Any]:
    path = f"{stand_in.prefix}/videos/{action}"
    async with api.post(path, json=sent) as response:
        is_json = response.content_type == "application/json"
        return response.status, await (response.json() if is_json else response.text())


async def query(api: aiohttp.ClientSession, stand_in: ImagineStandIn, ref: str) -> tuple[int, Any]:
    async with api.get(f"{stand_in.prefix}/videos/{ref}") as response:
        text = await response.read()
        return response.status, await response.json() if text else None
