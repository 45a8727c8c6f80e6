from collections.abc import AsyncIterator

import pytest

from sandbox.cometapi import CometApiStandIn
from sandbox.kyy import GlobalAiOpcStandIn
from sandbox.xai import XaiStandIn


@pytest.fixture
async def xai() -> AsyncIterator[XaiStandIn]:
    async with XaiStandIn(clip_scale=0.1) as opened:
        yield opened


@pytest.fixture
async def cometapi() -> AsyncIterator[CometApiStandIn]:
    async with CometApiStandIn(clip_scale=0.1) as opened:
        yield opened


@pytest.fixture
async def globalaiopc() -> AsyncIterator[GlobalAiOpcStandIn]:
    async with GlobalAiOpcStandIn(clip_scale=0.1) as opened:
        yield opened
