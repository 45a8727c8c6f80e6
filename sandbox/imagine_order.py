"""Reads what xAI's video API is sent, as strictly as its pages are written."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from aiohttp import web
from PIL import Image

from bot.domain import JsonObject, Mode

RATIOS: Final = frozenset({"1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"})
_LEGACY: Final = frozenset({"seconds", "size", "n", "seed", "fps"})
_PROMPT_CHARACTERS: Final = 4096
_MOST_REFERENCES: Final = 7
_LONGEST_SECONDS: Final = 15
_LONGEST_WITH_REFERENCES: Final = 10
_ADDED_SECONDS: Final = range(2, 11)
_IMAGE_TYPES: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_DATA_URI: Final = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,([A-Za-z0-9+/]+={0,2})")


class RefusalError(Exception):
    """Why a request is not taken; each dialect writes it down in its own shape."""

    def __init__(self, status: int, text: str, code: str = "invalid-argument") -> None:
        super().__init__(text)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class ImagineModel:
    """What one model takes, and its price in ticks: ten-billionths of a dollar."""

    modes: frozenset[Mode]
    second_ticks: Mapping[str, int]
    """By resolution."""
    image_ticks: int
    source_second_ticks: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """One request that is in order, as far as that can be seen without fetching anything."""

    mode: Mode
    model: str
    prompt: str
    images: tuple[str, ...] = field(repr=False)
    """Addresses."""
    video: str = field(repr=False)
    seconds: int
    resolution: str
    aspect_ratio: str | None


async def read_order(
    request: web.Request,
    *,
    action: str,
    fields: frozenset[str],
    models: Mapping[str, ImagineModel],
) -> Order:
    """Read the body of a create call.

    Raises:
        RefusalError: The pages don't allow it.
    """
    if request.content_type != "application/json":
        raise RefusalError(415, "Expected request with `Content-Type: application/json`")
    try:
        body = json.loads(await request.read())
    except ValueError as error:
        raise RefusalError(400, f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise RefusalError(422, "The body is not an object")
    _check_fields(body, fields)
    order = _order(body, action)
    model = models.get(order.model)
    if model is None:
        text = f"The model {order.model} does not exist or your team has no access to it."
        raise RefusalError(404, text, "not-found")
    _check(order, model)
    return order


def read_data_uri(address: str) -> tuple[str, bytes] | None:
    """Decode a data URI to its media type and bytes; None when the address is none.

    Raises:
        RefusalError: It is one, and not well written.
    """
    if not address.startswith("data:"):
        return None
    match = _DATA_URI.fullmatch(address)
    if match is None:
        raise RefusalError(400, "The data URI can not be read")
    try:
        return match[1], b64decode(match[2], validate=True)
    except ValueError as error:
        raise RefusalError(400, f"The data URI can not be decoded: {error}") from error


def check_image(data: bytes, declared: str | None) -> None:
    """Open an image for real, and hold it against what it is said to be.

    Raises:
        RefusalError: It is no PNG, JPEG or WebP, or not the one that was declared.
    """
    try:
        image = Image.open(BytesIO(data), formats=tuple(_IMAGE_TYPES))
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise RefusalError(400, "The image is not a readable PNG, JPEG or WebP") from error
    if declared not in (None, _IMAGE_TYPES[str(image.format)]):
        raise RefusalError(400, f"The image is not {declared}")


def _check_fields(body: JsonObject, fields: frozenset[str]) -> None:
    unknown = sorted(body.keys() - fields)
    if _LEGACY.intersection(unknown):
        raise RefusalError(422, f"unexpected field `{unknown[0]}`")
    if unknown:
        # The real one drops `image_url` in silence and bills a video from the text alone.
        raise RefusalError(400, f"Unknown field: {unknown[0]}")
    for name in ("model", "prompt"):
        if name not in body:
            raise RefusalError(422, f"missing field `{name}`")


def _order(body: dict[str, Any], action: str) -> Order:
    images = [_address(body["image"], "image")] if "image" in body else []
    references = body.get("reference_images", [])
    if not isinstance(references, list):
        raise RefusalError(422, "reference_images must be a list")
    if images and references:
        raise RefusalError(400, "image and reference_images can not be used together")
    addresses = [_address(each, "reference_images") for each in references]
    if action == "generations":
        mode = Mode.IMAGE if images else Mode.REFERENCES if references else Mode.TEXT
    else:
        mode = Mode.EDIT if action == "edits" else Mode.EXTEND
    if mode.needs_video and "video" not in body:
        raise RefusalError(422, "missing field `video`")
    return Order(
        mode=mode,
        model=_text(body, "model"),
        prompt=_text(body, "prompt"),
        images=(*images, *addresses),
        video=_address(body["video"], "video") if "video" in body else "",
        seconds=_whole(body, "duration", 6 if mode is Mode.EXTEND else 8),
        resolution=_text(body, "resolution", "480p"),
        aspect_ratio=_text(body, "aspect_ratio") if "aspect_ratio" in body else None,
    )


def _check(order: Order, model: ImagineModel) -> None:
    if order.mode not in model.modes:
        needs = "needs an image" if order.mode is Mode.TEXT else f"does not do {order.mode}"
        raise RefusalError(400, f"{order.model} {needs}.")
    seconds = order.seconds
    longest = _LONGEST_WITH_REFERENCES if order.mode is Mode.REFERENCES else _LONGEST_SECONDS
    if order.mode is Mode.REFERENCES and longest < seconds <= _LONGEST_SECONDS:
        raise RefusalError(
            400,
            f"Duration {seconds}s exceeds the maximum allowed for reference-to-video, "
            f"which is {longest}s.",
        )
    lengths = _ADDED_SECONDS if order.mode is Mode.EXTEND else range(1, longest + 1)
    problems = (
        (bool(order.prompt.strip()), "The prompt is empty."),
        (len(order.prompt) <= _PROMPT_CHARACTERS, "The prompt is too long."),
        (len(order.images) <= _MOST_REFERENCES, "There are more than 7 reference images."),
        (seconds in lengths, f"Duration {seconds}s is out of range."),
        (order.resolution in model.second_ticks, f"Unknown resolution {order.resolution}."),
        (order.aspect_ratio in {None, *RATIOS}, f"Unknown aspect ratio {order.aspect_ratio}."),
    )
    for is_good, problem in problems:
        if not is_good:
            raise RefusalError(400, problem)


def _address(value: object, name: str) -> str:
    match value:
        case {"url": str(url), **others} if not others:
            return url
    raise RefusalError(422, f"{name}: expected an object with `url`")


def _text(body: JsonObject, name: str, default: str = "") -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise RefusalError(422, f"{name}: expected a string")
    return value


def _whole(body: JsonObject, name: str, default: int) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RefusalError(422, f"{name}: expected an integer")
    return value
