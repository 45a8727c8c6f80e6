"""The providers that the contract tests run over: one line each."""

import traceback
from collections.abc import Awaitable
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image

from bot.domain import Charge, CleanImage, FailureKind, VideoSpec
from bot.errors import ProviderError
from bot.providers.base import Accepted, Answer, Failed, Provider
from bot.providers.geeknow import GeekNowProvider
from sandbox.geeknow import GeekNowStandIn
from sandbox.provider_stand_in import ProviderStandIn

FORMATS: Final = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One provider, its stand-in and a request that both understand."""

    provider: type[Provider]
    stand_in: type[ProviderStandIn]
    spec: VideoSpec

    def __str__(self) -> str:
        return self.provider.name


GEEKNOW: Final = Dialect(
    GeekNowProvider,
    GeekNowStandIn,
    VideoSpec("geeknow", "grok-video-3", "a fox in the snow", 2, "720p", "3:2"),
)

DIALECTS: Final = (GEEKNOW,)

Outcome = type[ProviderError] | tuple[FailureKind, Charge] | Accepted | Answer


async def outcome_of(call: Awaitable[Accepted | Answer]) -> Outcome:
    """Name what a call came to, so that a table can hold all of it."""
    try:
        result = await call
    except ProviderError as error:
        return type(error)
    if isinstance(result, Failed):
        return result.failure.kind, result.failure.charge
    return result


async def error_of(call: Awaitable[object]) -> ProviderError:
    """Return the error that a call must end with."""
    try:
        result = await call
    except ProviderError as error:
        return error
    raise AssertionError(f"there was an answer: {result}")


def picture(media_type: str = "image/png", size: tuple[int, int] = (60, 40)) -> CleanImage:
    """Draw a reference image."""
    file = BytesIO()
    Image.new("RGB", size, (200, 80, 20)).save(file, FORMATS[media_type])
    return CleanImage(file.getvalue(), media_type, *size)


async def shown_of(call: Awaitable[object]) -> str:
    """Write down everything that a log could show of how a call ended."""
    try:
        result = await call
    except ProviderError as error:
        return f"{error} {error!r} {''.join(traceback.format_exception(error))}"
    return f"{result} {result!r}"
