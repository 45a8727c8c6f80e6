"""The stand-ins by the name of their provider: one line each, with the model of their demo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.cometapi import CometApiStandIn
from sandbox.geeknow import GeekNowStandIn
from sandbox.kyy import GlobalAiOpcStandIn, XingchaoStandIn
from sandbox.provider_stand_in import ProviderStandIn
from sandbox.xai import XaiStandIn


@dataclass(frozen=True, slots=True)
class Entry:
    """One provider of the demo."""

    stand_in: type[ProviderStandIn]
    model: str
    """What makes the video when none is named."""


STAND_INS: Final[Mapping[str, Entry]] = {
    "geeknow": Entry(GeekNowStandIn, "grok-video-3"),
    "xai": Entry(XaiStandIn, "grok-imagine-video"),
    "cometapi": Entry(CometApiStandIn, "grok-imagine-video"),
    "globalaiopc": Entry(GlobalAiOpcStandIn, "grok_video3"),
    "xingchao": Entry(XingchaoStandIn, "grok_video3"),
}
