import os
from dataclasses import replace

import pytest

from bot.domain import CleanImage, Inputs
from bot.providers.base import Accepted, Provider
from sandbox.provider_stand_in import ProviderStandIn
from tests.contract.dialects import DIALECTS, Dialect, picture

MEBIBYTE = 1024 * 1024
WITH_IMAGES = [dialect for dialect in DIALECTS if dialect.inputs.images]


def large_picture() -> CleanImage:
    """Make a picture of several megabytes: readers of PNG stop at its end."""
    small = picture()
    return replace(small, data=small.data + os.urandom(4 * MEBIBYTE))


@pytest.mark.parametrize("dialect", WITH_IMAGES, ids=str)
async def test_images_of_several_megabytes_arrive_whole_and_without_a_warning(
    dialect: Dialect, provider: Provider, stand_in: ProviderStandIn
) -> None:
    image = large_picture()

    answer = await provider.submit(dialect.spec, Inputs(images=(image,)))

    assert isinstance(answer, Accepted)
    assert stand_in.charges[0].images == (image.data,)


@pytest.mark.parametrize("dialect", WITH_IMAGES, ids=str)
async def test_a_paid_call_says_how_long_it_is(
    dialect: Dialect, provider: Provider, stand_in: ProviderStandIn
) -> None:
    image = large_picture()

    await provider.submit(dialect.spec, Inputs(images=(image,)))

    (request,) = (one for one in stand_in.requests if one.method == "POST")
    assert int(request.headers["content-length"]) > len(image.data)
    assert "transfer-encoding" not in request.headers
