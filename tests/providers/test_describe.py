import pytest

from bot.domain import Mode
from bot.providers.describe import (
    UNKNOWN,
    exact,
    lengths,
    price,
    references,
    rounded_down,
    rounded_up,
    takes,
)
from bot.providers.entries import Price
from tests.providers.entries import PRICE, make_image_only, make_model, make_plain


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        ((10,), "10"),
        ((6, 10), "6 or 10"),
        ((5, 6), "5 or 6"),
        ((6, 10, 12), "6, 10 or 12"),
        ((4, 5, 6), "4 to 6"),
        (tuple(range(1, 31)), "1 to 30"),
    ],
)
def test_lengths_are_short_to_read(seconds: tuple[int, ...], text: str) -> None:
    assert lengths(seconds) == text


def test_a_length_next_to_a_limit_never_looks_like_the_limit() -> None:
    assert exact(8.7) == "8.7"
    assert exact(2.0) == "2"
    assert rounded_up(8.7001) == "8.8"
    assert rounded_down(1.99) == "1.9"


def test_a_model_says_what_it_takes() -> None:
    assert takes(make_model()) == (
        "a prompt alone",
        "one image as the first frame",
        "up to 7 reference images",
        "a video of up to 8.7 seconds to edit",
        "a video of 2 to 15 seconds to extend",
    )
    assert takes(make_plain(modes=frozenset({Mode.TEXT}), most_references=0)) == ("a prompt alone",)
    assert takes(make_image_only()) == ("one image as the first frame",)
    assert references(1) == "one reference image"


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (None, UNKNOWN()),
        (
            PRICE,
            (
                "$0.05 at 480p, $0.07 at 720p a second + $0.002 an image"
                " + $0.01 a second of the source video"
            ),
        ),
        (Price(source="x", per_call_micros=200_000), "$0.20 a video"),
        (Price(source="x", per_call_micros=1_234_567), "$1.234567 a video"),
        (
            Price(
                source="x",
                per_call_micros=2_000_000,
                per_second_micros={"480p": 20_000, "720p": 20_000},
            ),
            "$2.00 a video + $0.02 a second",
        ),
        (Price(source="x", per_call_micros=0), "nothing"),
    ],
)
def test_a_price_is_written_exactly(known: Price | None, text: str) -> None:
    assert price(known) == text
