import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.domain import CleanImage, UploadedImage
from bot.media.images import clean_image
from tests.media.samples import GREEN, RED, encode, noise, two_halves


def clean(data: bytes, name: str = "photo.png") -> CleanImage:
    return clean_image(UploadedImage(name, data))


def opened(image: CleanImage) -> Image.Image:
    return Image.open(io.BytesIO(image.data))


def color_at(image: CleanImage, x: int, y: int) -> str:
    red, green, _ = opened(image).convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()
    return "red" if red > green else "green"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("name", ["photo.png", "photo.gif", "photo", "\0.exe"])
def test_a_picture_is_taken_by_its_content_whatever_its_name(kind: str, name: str) -> None:
    image = clean(encode(two_halves(), kind), name)

    assert (image.media_type, image.width, image.height) == ("image/jpeg", 64, 32)
    assert opened(image).format == "JPEG"
    assert (color_at(image, 5, 16), color_at(image, 58, 16)) == ("red", "green")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_color_mode_is_taken(mode: str) -> None:
    kind = {"CMYK": "JPEG", "PA": "WEBP"}.get(mode, "PNG")
    picture = Image.new("I;16", (40, 30), 30_000) if mode == "I;16" else noise(40, 30, mode)

    image = clean(encode(picture, kind))

    assert (image.width, image.height) == (40, 30)


def test_sixteen_bits_a_pixel_are_scaled_and_not_cut_off() -> None:
    image = clean(encode(Image.new("I;16", (32, 32), 32_768)))

    assert opened(image).convert("RGB").getpixel((16, 16)) == (128, 128, 128)


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param((Image.new("RGBA", (32, 32), (200, 0, 0, 90)), {}), id="alpha"),
        pytest.param((Image.new("LA", (32, 32), (200, 90)), {}), id="gray with alpha"),
        pytest.param((noise(32, 32, "P"), {"transparency": bytes(range(256))}), id="palette"),
        pytest.param((Image.new("RGB", (32, 32), RED), {"transparency": RED}), id="one color"),
    ],
)
def test_transparency_is_kept(picture: tuple[Image.Image, dict[str, Any]]) -> None:
    image = clean(encode(picture[0], "PNG", **picture[1]))

    assert image.media_type == "image/png"
    assert opened(image).mode == "RGBA"


def test_an_alpha_channel_without_transparency_is_dropped() -> None:
    image = clean(encode(Image.new("RGBA", (32, 32), (9, 9, 9, 255))))

    assert image.media_type == "image/jpeg"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "size", "left_or_top", "right_or_bottom"),
    [
        (1, (64, 32), "red", "green"),
        (2, (64, 32), "green", "red"),
        (3, (64, 32), "green", "red"),
        (4, (64, 32), "red", "green"),
        (5, (32, 64), "red", "green"),
        (6, (32, 64), "red", "green"),
        (7, (32, 64), "green", "red"),
        (8, (32, 64), "green", "red"),
        (9, (64, 32), "red", "green"),
    ],
)
def test_the_camera_orientation_is_applied(
    kind: str, orientation: int, size: tuple[int, int], left_or_top: str, right_or_bottom: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation

    image = clean(encode(two_halves(), kind, exif=exif))

    assert (image.width, image.height) == size
    assert color_at(image, 4, 4) == left_or_top
    assert color_at(image, size[0] - 5, size[1] - 5) == right_or_bottom


def test_nothing_but_the_pixels_survives() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 1.0)
    text = PngInfo()
    text.add_text("Comment", "SecretComment")
    text.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SecretPlace</x:xmpmeta>")
    icc = b"SecretProfile" * 20
    picture = Image.new("RGBA", (64, 64), (1, 2, 3, 4))
    uploads = [
        encode(two_halves(), "JPEG", exif=exif, icc_profile=icc, comment="SecretComment"),
        encode(picture, "PNG", exif=exif, icc_profile=icc, pnginfo=text),
        encode(picture, "WEBP", exif=exif, icc_profile=icc, xmp=b"SecretPlace"),
    ]

    images = [clean(upload + b"PK\x03\x04SecretTail") for upload in uploads]

    assert all(b"Secret" in upload for upload in uploads)
    for image in images:
        assert b"Secret" not in image.data
        assert not opened(image).getexif()
        assert set(opened(image).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_taken(kind: str) -> None:
    second = Image.new("RGB", (64, 32), GREEN)
    data = encode(Image.new("RGB", (64, 32), RED), kind, save_all=True, append_images=[second] * 3)

    image = clean(data)

    assert color_at(image, 30, 15) == "red"


@pytest.mark.parametrize(
    ("before", "after"),
    [((3000, 1500), (2048, 1024)), ((1000, 4000), (512, 2048)), ((2048, 2048), (2048, 2048))],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_picture_is_shrunk(
    kind: str, before: tuple[int, int], after: tuple[int, int]
) -> None:
    image = clean(encode(Image.new("RGB", before), kind))

    assert (image.width, image.height) == after
    assert opened(image).size == after


def test_a_picture_that_does_not_pack_is_shrunk_until_it_is_small_enough() -> None:
    channels = [Image.effect_noise((1500, 1500), 60) for _ in range(4)]

    image = clean(encode(Image.merge("RGBA", channels), compress_level=1))

    assert len(image.data) <= 8 * 1024 * 1024
    assert image.width < 1500


def test_many_threads_clean_at_once() -> None:
    data = encode(noise(300, 200), "JPEG")

    with ThreadPoolExecutor(4) as threads:
        images = list(threads.map(clean, [data] * 16))

    assert len({image.data for image in images}) == 1
