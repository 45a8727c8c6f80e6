from dataclasses import replace
from typing import Any

import pytest

from bot.domain import Mode, SourceVideo, UploadedImage, VideoRequest, VideoSpec
from bot.errors import InvalidRequestError
from bot.pipeline.fit import fit
from bot.providers.entries import ModelEntry
from tests.factories import make_video_request
from tests.providers.entries import make_model, make_plain

IMAGE = UploadedImage("fox.png", b"not looked at")
MODEL, PLAIN = make_model(), make_plain()


def request_from(mode: Mode, seconds: float = 6.04, **said: Any) -> VideoRequest:  # noqa: ANN401 - the fields of a request
    source = SourceVideo("job0000001", seconds)
    return replace(make_video_request(), mode=mode, source=source, **said)


@pytest.mark.parametrize(("length", "seconds"), [(6.04, 7), (6.0, 6), (8.7, 9), (0.4, 1), (0.0, 1)])
def test_an_edited_video_is_billed_for_each_second_that_it_has_begun(
    length: float, seconds: int
) -> None:
    spec = fit(MODEL, request_from(Mode.EDIT, length), "in red")

    assert (spec.seconds, spec.resolution, spec.aspect_ratio) == (seconds, "720p", None)
    assert spec.mode is Mode.EDIT


def test_extending_adds_what_is_said_or_the_default() -> None:
    assert fit(MODEL, request_from(Mode.EXTEND), "on").seconds == 4
    assert fit(MODEL, request_with_added(2), "on") == VideoSpec(
        "scripted", "model-1", "on", 2, "720p", None, Mode.EXTEND
    )


def request_with_added(added: int, length: float = 6.04) -> VideoRequest:
    return replace(request_from(Mode.EXTEND, length), seconds=added)


@pytest.mark.parametrize(
    ("entry", "request_", "sentence"),
    [
        (
            PLAIN,
            request_from(Mode.EDIT),
            "Plain One can't edit videos. It takes a prompt alone or up to 2 reference images.",
        ),
        (
            PLAIN,
            request_from(Mode.EXTEND),
            "Plain One can't extend videos. It takes a prompt alone or up to 2 reference images.",
        ),
        (
            MODEL,
            request_from(Mode.EDIT, 8.72),
            "Model One edits videos of up to 8.7 seconds; that one has 8.8.",
        ),
        (
            MODEL,
            request_from(Mode.EXTEND, 15.01),
            "Model One extends videos of 2 to 15 seconds; that one has 15.1.",
        ),
        (
            MODEL,
            request_from(Mode.EXTEND, 1.98),
            "Model One extends videos of 2 to 15 seconds; that one has 1.9.",
        ),
        (
            MODEL,
            request_with_added(7),
            "Model One extends videos by 2 to 6 seconds, not 7.",
        ),
        (
            MODEL,
            replace(request_from(Mode.EDIT), seconds=4),
            "An edited video stays as long as it is. Leave the duration out.",
        ),
        (
            MODEL,
            request_from(Mode.EDIT, resolution="480p"),
            "The size and the shape are those of the video that is there. Leave both out.",
        ),
        (
            MODEL,
            request_from(Mode.EXTEND, aspect_ratio="1:1"),
            "The size and the shape are those of the video that is there. Leave both out.",
        ),
        (
            MODEL,
            request_from(Mode.EDIT, images=(IMAGE,)),
            "Model One takes no images beside a video.",
        ),
        (
            MODEL,
            replace(request_from(Mode.EXTEND), source=None),
            "Choose the video that this is about, by its job's id.",
        ),
    ],
)
def test_a_refusal_to_change_a_video_says_what_would_do(
    entry: ModelEntry, request_: VideoRequest, sentence: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        fit(entry, request_, "a fox")

    assert str(caught.value) == sentence
