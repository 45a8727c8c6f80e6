import random
import re

import pytest
from PIL import Image

from bot.domain import CleanImage, UploadedImage
from bot.errors import InvalidRequestError
from bot.media.images import MAX_IMAGE_BYTES, check_size, clean_image
from tests.media.samples import (
    damaged_pictures,
    encode,
    png_that_claims,
    seeds,
    two_halves,
    webp_that_claims,
)


def clean(data: bytes, name: str = "photo.png") -> CleanImage:
    return clean_image(UploadedImage(name, data))


def refusal(data: bytes, name: str = "photo.png") -> str:
    with pytest.raises(InvalidRequestError) as caught:
        clean(data, name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (encode(Image.new("P", (64, 64)), "GIF"), "is a GIF, not a PNG, JPEG or WebP picture"),
        (encode(two_halves(), "TIFF"), "is a TIFF picture, not a PNG, JPEG or WebP picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is an SVG drawing, not a PNG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is a HEIC photo, not a PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "is not a PNG, JPEG or WebP picture"),
        (b"hello", "is not a PNG, JPEG or WebP picture"),
    ],
)
def test_another_kind_is_named_and_the_way_out_is_told(data: bytes, what: str) -> None:
    text = refusal(data, "photo.png")

    assert text.startswith(f"“photo.png” {what}")
    assert text.endswith("Please convert it and try again.")


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"") == "“photo.png” is empty. Please attach it again."


def test_a_file_over_the_limit_is_refused_before_anything_is_read() -> None:
    text = refusal(b"\x89PNG" + b"\0" * 40 * 1024 * 1024)

    assert text == "“photo.png” has 40.0 MB; a reference image may have up to 10 MB."


def test_the_size_can_be_asked_about_before_the_download() -> None:
    check_size("photo.png", MAX_IMAGE_BYTES)

    with pytest.raises(InvalidRequestError, match=r"“photo\.png” has 10\.0 MB"):
        check_size("photo.png", MAX_IMAGE_BYTES + 1)


@pytest.mark.parametrize(
    ("data", "millions"),
    [
        pytest.param(png_that_claims(50_000, 50_000), 2500, id="a lie in the header"),
        pytest.param(encode(Image.new("1", (12_000, 12_000))), 144, id="a bomb"),
        pytest.param(encode(Image.new("1", (9_500, 9_500))), 90, id="where Pillow only warns"),
        pytest.param(encode(Image.new("L", (8_000, 8_000)), "JPEG"), 64, id="a large JPEG"),
        pytest.param(webp_that_claims(16_777_216, 256), 4294, id="a WebP of 16 GB"),
    ],
)
def test_too_many_pixels_are_refused_before_they_are_decoded(data: bytes, millions: int) -> None:
    text = refusal(data)

    assert f"has {millions} million pixels; a reference image may have up to 50 million" in text


@pytest.mark.parametrize(
    ("size", "said"),
    [((1, 1), "1 by 1"), ((15, 500), "15 by 500"), ((20_000, 100), "20000 by 100")],
)
def test_a_picture_that_is_a_dot_or_a_line_is_refused(size: tuple[int, int], said: str) -> None:
    text = refusal(encode(Image.new("RGB", size)))

    assert f"is {said} pixels, which is too small or too narrow" in text


def test_sixteen_pixels_are_enough() -> None:
    assert clean(encode(Image.new("RGB", (16, 16)))).width == 16


@pytest.mark.parametrize("name", damaged_pictures())
def test_a_damaged_picture_is_refused(name: str) -> None:
    text = refusal(damaged_pictures()[name])

    assert text == "“photo.png” is damaged or not complete. Please save it anew and try again."


def test_whatever_is_spoiled_a_member_gets_a_picture_or_a_sentence() -> None:
    chance = random.Random(7)  # noqa: S311 - repeatable damage, not a secret
    originals = seeds()
    refused = 0

    for _ in range(600):
        data = bytearray(chance.choice(originals))
        for _ in range(chance.randrange(1, 5)):
            data[chance.randrange(12, min(len(data), chance.choice([100, 4000])))] = (
                chance.randrange(256)
            )
        try:
            assert clean(bytes(data)).width >= 16
        except InvalidRequestError:
            refused += 1

    assert 0 < refused < 600


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("photo.heic", "“photo.heic”"),
        ("Bild Köln-2.png", "“Bild Köln-2.png”"),
        ("@everyone.png", "“everyone.png”"),
        ("<@123456789>.png", "“123456789 .png”"),
        ("**bold** __x__ ~~y~~ `z` ||s||.png", "“bold x y z s .png”"),
        ("[a](https://example.com)\n# b.png", "“a https example.com b.png”"),
        ("../../etc/passwd", "“.. .. etc passwd”"),
        ("a\u202egnp.exe", "“a gnp.exe”"),
        ("x" * 500 + ".png", f"“{'x' * 59}…”"),
        ("", "This picture"),
        ("@*_`", "This picture"),
    ],
)
def test_a_file_name_can_not_format_or_mention(name: str, shown: str) -> None:
    text = refusal(b"", name)

    assert text == f"{shown} is empty. Please attach it again."
    assert not re.search(r"[@<>*_`~|\[\]\n]", text)
