import io
import os

import pytest
from PIL import Image

from bot.domain import CleanImage, UploadedImage
from bot.media.images import clean_image, fit_together
from tests.media.samples import encode


def picture(side: int, mode: str = "RGB") -> CleanImage:
    """Make a clean picture that does not pack, so that its size goes with its area."""
    made = Image.frombytes(mode, (side, side), os.urandom(side * side * len(mode)))
    return clean_image(UploadedImage("noise.png", encode(made, compress_level=1)))


def sizes(*images: CleanImage) -> list[int]:
    return [len(image.data) for image in images]


def test_what_fits_stays_as_it_is() -> None:
    images = (picture(100), picture(200, "RGBA"))

    assert fit_together(images, sum(sizes(*images))) == images
    assert fit_together((), 1) == ()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_of_one_that_is_too_large_a_smaller_one_is_made(mode: str) -> None:
    before = picture(400, mode)
    most = len(before.data) // 2

    (after,) = fit_together([before], most)

    shown = Image.open(io.BytesIO(after.data))
    assert most // 3 < len(after.data) <= most
    assert (after.media_type, shown.mode) == (before.media_type, mode)
    assert shown.size == (after.width, after.height)
    assert after.width == after.height < before.width


def test_the_large_ones_share_what_the_small_ones_leave_over() -> None:
    small, middle, large = picture(60), picture(120), picture(500)
    most = sum(sizes(small, middle, middle, middle, middle))

    images = fit_together([large, small, large, middle], most)

    first, second, third, fourth = images
    assert (second, fourth) == (small, middle)
    assert first == third
    assert sum(sizes(*images)) <= most
    assert len(first.data) * 2 > len(middle.data)


@pytest.mark.parametrize("most", [40_000, 90_000, 150_000, 400_000])
def test_all_together_are_never_above_the_limit(most: int) -> None:
    images = fit_together([picture(side) for side in (64, 400, 150, 300, 150)], most)

    assert len(images) == 5
    assert sum(sizes(*images)) <= most
