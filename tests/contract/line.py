"""Bad answers by the hundred: an adapter on a loop of its own, and what it may make of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from pydantic import SecretStr

from bot.domain import Inputs, VideoSpec
from bot.errors import (
    NotAcceptedError,
    OutcomeUnknownError,
    ProviderAccessError,
    UnknownJobError,
    UnreachableError,
)
from bot.providers.base import Accepted, Failed, Finished, Pending, Provider
from bot.providers.client import ApiClient
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.desk import Desk, open_desk
from tests.contract.dialects import Dialect
from tests.contract.shapes import Json, Shape, shape_of

WORDS: Final = (
    *("done", "completed", "SUCCESS", "failed", "FAILURE", "expired", "cancelled", "pending"),
    *("success", "queued", "unknown", "invalid_request", "task_not_exist", "204", "", " ", ".."),
    *("rejected by content moderation", "insufficient_quota", "登录验证失败", "Invalid API key"),
    *("video_1", "42%", "6.5", "1e999", "9" * 5000, "x" * 20_000, "\ud800", "a\0b\nc", "٣"),
    *("https://10.0.0.1/a.mp4", "http://127.0.0.1:1/a", "https://[bad", "//", "/a", "data:,"),
)
"""Words that mean something somewhere, and texts that no row can hold."""

NUMBERS: Final = (
    *(0, -1, 1, 100, 2**31, 2**63 - 1, 2**63, 10**400, -(10**400), 0.5, 1e308),
    *(float("nan"), float("inf"), float("-inf")),
)
ODD: Final[tuple[object, ...]] = (
    *WORDS,
    *NUMBERS,
    True,
    False,
    None,
    [],
    {},
    ["done"],
    [[]],
    {"": {}},
    {"url": 7},
)
"""What may stand where something else was expected."""

NAMES: Final = (
    *("status", "error", "data", "video", "url", "video_url", "id", "request_id", "task_id"),
    *("code", "message", "msg", "detail", "fail_reason", "success", "progress", "seconds"),
    *("usage", "cost_in_usd_ticks", "output", "metadata", "file_output", "public_url"),
    *("duration", "actualDuration", "respect_moderation", "created", "", "\ud800"),
)
"""The fields that any of the providers writes."""


def written(body: object) -> bytes:
    """Write JSON, also what no JSON should hold."""
    return json.dumps(body).encode()


def changed(good: Json, changes: Json) -> Json:
    """Change fields of an answer, and those of the object that the address is in."""
    both = {**good, **changes}
    inner = good.get("video")
    if isinstance(inner, dict) and "video" not in changes:
        both["video"] = {**inner, **changes}
    return both


@dataclass
class Line:
    """A provider's adapter, its stand-in and a desk, on a loop that examples share."""

    loop: asyncio.Runner
    stand_in: ProviderStandIn
    provider: Provider
    desk: Desk
    shape: Shape
    jobs: int = 0


@asynccontextmanager
async def opened(
    dialect: Dialect, folder: Path, blank: Path, loop: asyncio.Runner
) -> AsyncIterator[Line]:
    async with dialect.stand_in(clip_scale=0.1) as stand_in, aiohttp.ClientSession() as session:
        key = SecretStr(stand_in.api_key)
        provider = dialect.provider(ApiClient(session, base_url=stand_in.base_url, api_key=key))
        async with open_desk(dialect, stand_in, provider, folder, blank) as desk:
            yield Line(loop, stand_in, provider, desk, shape_of(dialect))


def check_storable(text: str | None) -> None:
    assert text is None or text.isprintable()


def check_micros(cost_micros: int | None) -> None:
    assert cost_micros is None or 0 <= cost_micros < 2**63


async def create(line: Line, spec: VideoSpec) -> None:
    """Make the paid call, which must end in one of the documented ways."""
    try:
        outcome = await line.provider.submit(spec, Inputs())
    except (NotAcceptedError, ProviderAccessError, OutcomeUnknownError) as error:
        check_storable(str(error))
        return
    match outcome:
        case Accepted(ref):
            assert ref
            check_storable(ref)
        case Failed(failure, cost_micros):
            check_storable(failure.detail)
            check_micros(cost_micros)


async def question(line: Line) -> None:
    """Ask about a job, which must end in one of the documented ways."""
    try:
        answer = await line.provider.poll("video_1")
    except (UnreachableError, UnknownJobError, ProviderAccessError) as error:
        check_storable(str(error))
        return
    match answer:
        case Pending(progress):
            assert progress is None or 0 <= progress <= 100
        case Finished(url, seconds, cost_micros):
            check_storable(url)
            check_micros(cost_micros)
            assert seconds is None or 0 < seconds < float("inf")
            assert all(source.url for source in line.provider.sources("video_1", url))
        case Failed(failure, cost_micros):
            check_storable(failure.detail)
            check_micros(cost_micros)
