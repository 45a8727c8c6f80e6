from dataclasses import replace

import pytest

from bot.domain import Mode
from bot.limits.bounds import UNBOUNDED, Bounds
from bot.pipeline.within import within
from tests.factories import make_video_request
from tests.providers.entries import make_model, make_plain

REQUEST = make_video_request()
STRICT = Bounds(longest=3, resolution="480p")


def test_the_usual_length_and_size_are_made_smaller_where_they_are_not_allowed() -> None:
    chosen = within(make_model(), REQUEST, STRICT)

    assert (chosen.seconds, chosen.resolution) == (3, "480p")


@pytest.mark.parametrize("bounds", [UNBOUNDED, Bounds(longest=6, resolution="720p")])
def test_what_is_usual_and_allowed_is_left_to_the_model(bounds: Bounds) -> None:
    assert within(make_model(), REQUEST, bounds) == REQUEST


def test_what_was_said_is_not_changed() -> None:
    said = replace(REQUEST, seconds=9, resolution="720p")

    assert within(make_model(), said, STRICT) == said


def test_a_model_that_has_nothing_small_enough_is_left_to_be_refused() -> None:
    entry = make_model(seconds=(6, 9), resolutions=("720p",))

    assert within(entry, REQUEST, STRICT) == REQUEST


def test_what_is_added_to_a_video_is_chosen_among_its_own_lengths() -> None:
    request = replace(REQUEST, mode=Mode.EXTEND)

    chosen = within(make_model(), request, STRICT)

    assert (chosen.seconds, chosen.resolution) == (3, None)


def test_a_model_that_can_not_extend_is_left_to_be_refused() -> None:
    request = replace(REQUEST, mode=Mode.EXTEND)

    assert within(make_plain(), request, STRICT) == request


def test_an_edited_video_keeps_its_length_and_size() -> None:
    request = replace(REQUEST, mode=Mode.EDIT)

    assert within(make_model(), request, STRICT) == request
