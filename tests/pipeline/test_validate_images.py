import os
from dataclasses import replace
from io import BytesIO
from typing import Final

import pytest
from PIL import Image

from bot.domain import Mode, UploadedImage, ValidRequest
from bot.errors import InvalidRequestError
from bot.pipeline.validate import Validator
from bot.providers.catalogue import Catalogue
from bot.providers.entries import Transport
from tests.factories import (
    make_clean_image,
    make_job,
    make_origin,
    make_spec,
    make_video_request,
)
from tests.providers.entries import make_plain

BY_URL: Final = make_plain("url", provider="one", transport=Transport.PUBLIC_URL)
BY_FORM: Final = make_plain("form", provider="two", transport=Transport.MULTIPART)
IN_JSON: Final = make_plain("json", provider="three", transport=Transport.DATA_URI)
ALL: Final = tuple(replace(entry, most_references=7) for entry in (BY_URL, BY_FORM, IN_JSON))
LOOKS: Final = {"any": ("two/form", "three/json"), "one": ("two/form", "four/text")}
TEXT: Final = make_plain("text", provider="four", modes=frozenset({Mode.TEXT}), most_references=0)

DISCORDS_FILE: Final = 10 * 1024 * 1024
DISCORDS_MESSAGE: Final = 25 * 1024 * 1024


@pytest.fixture(scope="module")
def upload() -> UploadedImage:
    """Four megabytes that do not pack, transparent, so that they stay a PNG."""
    side = 1024
    out = BytesIO()
    picture = Image.frombytes("RGBA", (side, side), os.urandom(4 * side * side))
    picture.save(out, "PNG", compress_level=1)
    return UploadedImage("noise.png", out.getvalue())


async def validated(model: str, upload: UploadedImage, count: int) -> ValidRequest:
    validator = Validator(
        Catalogue((*ALL, TEXT), LOOKS), default_model=None, prompt_max_characters=100
    )
    return await validator.validate(make_video_request(model=model, images=(upload,) * count))


def bytes_of(request: ValidRequest) -> list[int]:
    return [len(image.data) for image in request.images]


async def test_images_inside_json_stay_well_under_twenty_megabytes_with_what_json_adds(
    upload: UploadedImage,
) -> None:
    request = await validated("json", upload, 4)

    sizes = bytes_of(request)
    assert len(sizes) == 4
    assert sum(sizes) <= 12_000_000
    assert sum(sizes) * 4 / 3 <= 16 * 1024 * 1024
    assert min(sizes) > 1_000_000


async def test_images_on_a_card_fit_one_message_of_discord(upload: UploadedImage) -> None:
    sizes = bytes_of(await validated("url", upload, 6))

    assert sum(sizes) <= 20_000_000 < DISCORDS_MESSAGE
    assert max(sizes) < DISCORDS_FILE


@pytest.mark.parametrize(
    ("model", "is_cut"), [("form", False), ("one", False), ("any", True)], ids=str
)
async def test_the_tightest_model_that_may_get_the_images_counts(
    upload: UploadedImage, model: str, *, is_cut: bool
) -> None:
    sizes = bytes_of(await validated(model, upload, 3))

    assert (sum(sizes) <= 12_000_000) is is_cut
    assert len(sizes) == 3


@pytest.mark.parametrize("model", ["url", None])
async def test_a_model_that_needs_a_card_makes_no_private_video_with_images(
    upload: UploadedImage, model: str | None
) -> None:
    validator = Validator(
        Catalogue((*ALL, TEXT), LOOKS), default_model="url", prompt_max_characters=100
    )
    request = replace(make_video_request(model=model, images=(upload,)), is_private=True)

    with pytest.raises(InvalidRequestError) as caught:
        await validator.validate(request)

    assert str(caught.value) == (
        "Plain One fetches reference images from a public message, so it can't make a private "
        "video from them. These can: `two/form` or `three/json`. Or leave `private` out."
    )


async def test_where_every_model_needs_a_card_the_images_have_to_go(upload: UploadedImage) -> None:
    validator = Validator(Catalogue(ALL[:1]), default_model=None, prompt_max_characters=100)
    request = replace(make_video_request(images=(upload,)), is_private=True)

    with pytest.raises(InvalidRequestError, match=r"Leave the images or `private` out\.$"):
        await validator.validate(request)


async def test_of_a_look_a_private_video_is_made_by_those_that_need_no_card(
    upload: UploadedImage,
) -> None:
    looks = {"mixed": ("one/url", "two/form", "three/json")}
    validator = Validator(Catalogue(ALL, looks), default_model=None, prompt_max_characters=100)
    wanted = make_video_request(model="mixed", images=(upload,))

    private = await validator.validate(replace(wanted, is_private=True))
    public = await validator.validate(wanted)

    assert private.is_private
    assert [private.spec.model, *(one.spec.model for one in private.alternatives)] == [
        "form",
        "json",
    ]
    assert public.spec.model == "url"


def test_a_private_job_is_not_made_again_by_a_model_that_has_come_to_need_a_card() -> None:
    spec = replace(make_spec(provider="one", model="url", mode=Mode.REFERENCES), aspect_ratio=None)
    job = replace(make_job(), spec=spec, is_private=True)
    validator = Validator(Catalogue(ALL), default_model=None, prompt_max_characters=100)

    with pytest.raises(InvalidRequestError, match="These can: `two/form` or `three/json`"):
        validator.validate_again(job, make_origin(2), (make_clean_image(),))
