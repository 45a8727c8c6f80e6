"""Calls to the GeekNow stand-in without our client, so that they can be wrong."""

from typing import Any

import aiohttp

TEXTS = {
    "model": "grok-video-3",
    "prompt": "a fox",
    "seconds": "2",
    "size": "720P",
    "aspect_ratio": "3:2",
}


def form(**changes: str | None) -> aiohttp.FormData:
    data = aiohttp.FormData(default_to_multipart=True)
    for name, value in {**TEXTS, **changes}.items():
        if value is not None:
            data.add_field(name, value)
    return data


def form_with_file(data: bytes, filename: str, content_type: str) -> aiohttp.FormData:
    whole = form()
    whole.add_field("input_reference", data, filename=filename, content_type=content_type)
    return whole


async def create(api: aiohttp.ClientSession, data: object) -> tuple[int, Any]:
    async with api.post("/v1/videos", data=data) as response:
        return response.status, await response.json()


async def query(api: aiohttp.ClientSession, ref: str) -> tuple[int, Any]:
    async with api.get(f"/v1/videos/{ref}") as response:
        return response.status, await response.json()
