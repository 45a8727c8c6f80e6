"""The providers that the contract tests run over: one line each."""

import traceback
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from PIL import Image

from bot.domain import Charge, CleanImage, FailureKind, Inputs, Mode, VideoSpec
from bot.errors import NotAcceptedError, ProviderAccessError, ProviderError, UnknownJobError
from bot.providers.base import Accepted, Answer, Failed, Pending, Provider
from bot.providers.cometapi import CometApiProvider
from bot.providers.geeknow import GeekNowProvider
from bot.providers.kyy import GlobalAiOpcProvider, XingchaoProvider
from bot.providers.xai import XaiProvider
from sandbox.cometapi import CometApiStandIn
from sandbox.geeknow import GeekNowStandIn
from sandbox.kyy import GlobalAiOpcStandIn, XingchaoStandIn
from sandbox.provider_stand_in import ProviderStandIn
from sandbox.xai import XaiStandIn

FORMATS: Final = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}

Outcome = type[ProviderError] | tuple[FailureKind, Charge] | Accepted | Answer


@dataclass(frozen=True, slots=True)
class Dialect:
    """One provider, its stand-in and a request that both understand."""

    provider: type[Provider]
    stand_in: type[ProviderStandIn]
    spec: VideoSpec
    inputs: Inputs = field(default_factory=Inputs)
    creates: Mapping[str, Outcome] = field(default_factory=dict)
    """What bad answers to the paid call mean here, where that is not what they mean elsewhere."""
    queries: Mapping[str, Outcome] = field(default_factory=dict)
    """The same for answers to a question."""

    def __str__(self) -> str:
        return self.provider.name


def picture(media_type: str = "image/png", size: tuple[int, int] = (60, 40)) -> CleanImage:
    """Draw a reference image."""
    file = BytesIO()
    Image.new("RGB", size, (200, 80, 20)).save(file, FORMATS[media_type])
    return CleanImage(file.getvalue(), media_type, *size)


GEEKNOW: Final = Dialect(
    GeekNowProvider,
    GeekNowStandIn,
    VideoSpec("geeknow", "grok-video-3", "a fox in the snow", 2, "720p", "3:2", Mode.REFERENCES),
    Inputs(images=(picture(),)),
    creates={"503-object": NotAcceptedError},
)

XAI: Final = Dialect(
    XaiProvider,
    XaiStandIn,
    VideoSpec("xai", "grok-imagine-video", "a fox in the snow", 2, "480p", None, Mode.IMAGE),
    Inputs(images=(picture(),)),
    queries={
        "400-object": UnknownJobError,
        "400-credit": ProviderAccessError,
        # Its own answer is a 202 without a body, of which half is all.
        "half": Pending(),
    },
)
COMETAPI: Final = Dialect(
    CometApiProvider,
    CometApiStandIn,
    VideoSpec("cometapi", "grok-imagine-video", "a fox in the snow", 2, "480p", None, Mode.IMAGE),
    Inputs(images=(picture(),)),
)

GLOBALAIOPC: Final = Dialect(
    GlobalAiOpcProvider,
    GlobalAiOpcStandIn,
    VideoSpec("globalaiopc", "grok_video3", "a fox in the snow", 6, "480p", "3:2"),
)

XINGCHAO: Final = Dialect(
    XingchaoProvider,
    XingchaoStandIn,
    VideoSpec("xingchao", "grok_video3", "a fox in the snow", 6, "480p", "3:2"),
)

DIALECTS: Final = (GEEKNOW, XAI, COMETAPI, GLOBALAIOPC, XINGCHAO)


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


async def shown_of(call: Awaitable[object]) -> str:
    """Write down everything that a log could show of how a call ended."""
    try:
        result = await call
    except ProviderError as error:
        return f"{error} {error!r} {''.join(traceback.format_exception(error))}"
    return f"{result} {result!r}"
