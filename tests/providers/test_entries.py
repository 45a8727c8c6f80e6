from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain import Mode, VideoSpec
from bot.providers import CATALOGUE
from bot.providers.entries import Editing, ModelEntry, Price
from tests.providers.entries import EXTENDING, PRICE, make_image_only, make_model, make_plain

micros = some.integers(0, 10_000_000)
lengths = some.integers(1, 60)
_RATES = Price(source="x", per_second_micros={"480p": 80_000})


def spec(mode: Mode = Mode.TEXT, *, seconds: int = 6, resolution: str = "720p") -> VideoSpec:
    return VideoSpec("scripted", "model-1", "a fox", seconds, resolution, None, mode)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"modes": frozenset()}, "it has no mode"),
        ({"seconds": (6, 4)}, "seconds must ascend"),
        ({"seconds": (4, 4, 6)}, "seconds must ascend"),
        ({"seconds": ()}, "seconds must ascend"),
        ({"seconds": (0, 6)}, "seconds must be positive"),
        ({"default_seconds": 99}, "the default length is not offered"),
        ({"default_resolution": "4k"}, "the default resolution is not offered"),
        ({"default_aspect_ratio": "2:1"}, "the default aspect ratio is not offered"),
        ({"most_references": 0}, "references don't fit"),
        ({"editing": None}, "edit lacks its limits"),
        ({"extending": None}, "extend lacks its limits"),
        ({"seconds": (12,), "default_seconds": 12}, "with references no length is left"),
        ({"price": Price(source="x")}, "its price says nothing"),
        ({"price": Price(source="x", per_second_micros={})}, "its price says nothing"),
        ({"price": _RATES}, "its price leaves a resolution out"),
        ({"resolutions": ("480p", "720p", "1080p")}, "its price leaves a resolution out"),
        ({"editing": Editing(longest_seconds=8, resolution="1080p")}, "leaves a resolution out"),
        ({"extending": replace(EXTENDING, resolution="1080p")}, "leaves a resolution out"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused_by_name(
    changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=rf"^scripted/model-1: .*{problem}"):
        make_model(**changes)


@pytest.mark.parametrize(
    ("entry", "most"),
    [(make_model(), 7), (make_plain(), 2), (make_image_only(), 1)],
    ids=["everything", "references", "one image"],
)
def test_an_entry_says_how_many_images_it_takes(entry: ModelEntry, most: int) -> None:
    assert entry.most_images == most


def test_a_model_that_only_edits_takes_no_images() -> None:
    entry = make_plain(
        modes=frozenset({Mode.EDIT}),
        most_references=0,
        editing=Editing(longest_seconds=8, resolution="720p"),
    )

    assert entry.most_images == 0


@pytest.mark.parametrize(
    ("what", "images", "source_seconds", "estimate"),
    [
        (spec(), 0, 0.0, 420_000),
        (spec(resolution="480p"), 0, 0.0, 300_000),
        (spec(Mode.IMAGE), 1, 0.0, 422_000),
        (spec(Mode.REFERENCES), 7, 0.0, 434_000),
        (spec(Mode.EDIT, seconds=7), 0, 6.04, 550_400),
        (spec(Mode.EXTEND, seconds=4), 0, 6.0, 760_000),
    ],
    ids=["text", "smaller", "image", "references", "edit", "extend"],
)
def test_an_estimate_is_the_sum_of_its_parts(
    what: VideoSpec, images: int, source_seconds: float, estimate: int
) -> None:
    shown = make_model().estimate(what, images=images, source_seconds=source_seconds)

    assert shown == estimate


def test_an_unknown_price_is_not_nothing() -> None:
    assert make_plain().estimate(spec(), images=0) is None


def test_what_a_resolution_without_a_price_costs_is_unknown() -> None:
    assert PRICE.estimate(spec(resolution="1080p"), images=0, source_seconds=0) is None


def test_a_price_without_seconds_is_that_of_every_resolution() -> None:
    price = Price(source="x", per_call_micros=200_000)
    entry = make_model(price=price, resolutions=("720p", "4k"))

    assert entry.estimate(spec(resolution="4k"), images=3) == 200_000


def test_nothing_is_a_price_once_it_is_said() -> None:
    entry = make_model(price=Price(source="x", per_image_micros=0))

    assert entry.estimate(spec(), images=3) == 0


def test_xais_own_example_is_what_xai_charged() -> None:
    entry = CATALOGUE.find("xai/grok-imagine-video-1.5")
    three_seconds = spec(Mode.IMAGE, seconds=3, resolution="480p")

    # A live check: 3 s in 480p with one image cost 2,500,000,000 ticks, a quarter of a dollar.
    assert entry.estimate(three_seconds, images=1) == 250_000


@given(
    per_call=micros,
    rate=micros,
    per_image=micros,
    per_source=micros,
    seconds=lengths,
    images=some.integers(0, 7),
    source_seconds=some.floats(0, 60),
    mode=some.sampled_from(Mode),
)
def test_an_estimate_is_never_below_what_any_of_its_parts_may_cost(
    per_call: int,
    rate: int,
    per_image: int,
    per_source: int,
    seconds: int,
    images: int,
    source_seconds: float,
    mode: Mode,
) -> None:
    price = Price(
        source="a test",
        per_call_micros=per_call,
        per_second_micros={"720p": rate},
        per_image_micros=per_image,
        per_source_second_micros=per_source,
    )

    estimate = price.estimate(
        spec(mode, seconds=seconds), images=images, source_seconds=source_seconds
    )

    assert isinstance(estimate, int)
    assert estimate >= (
        per_call + rate * seconds + per_image * images + per_source * source_seconds
    ) - 1e-6 * max(1, per_source)
