from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain import Mode, SourceVideo, UploadedImage, VideoRequest, VideoSpec
from bot.errors import InvalidRequestError
from bot.pipeline.fit import check_again, check_images, fit
from bot.providers import CATALOGUE
from bot.providers.entries import ModelEntry
from tests.factories import make_video_request
from tests.providers.entries import EDITING, EXTENDING, make_image_only, make_model, make_plain

IMAGE = UploadedImage("fox.png", b"not looked at")
MODEL, PLAIN, IMAGE_ONLY = make_model(), make_plain(), make_image_only()
EDITS_ONLY = make_plain(
    modes=frozenset({Mode.EDIT}), most_references=0, editing=EDITING, title="Editor"
)


def request_with(images: int = 0, **said: Any) -> VideoRequest:  # noqa: ANN401 - the fields of a request
    return replace(make_video_request(), images=(IMAGE,) * images, **said)


def request_from(mode: Mode, seconds: float = 6.04, **said: Any) -> VideoRequest:  # noqa: ANN401 - likewise
    return request_with(mode=mode, source=SourceVideo("job0000001", seconds), **said)


def refusal(entry: ModelEntry, request: VideoRequest) -> str:
    with pytest.raises(InvalidRequestError) as caught:
        fit(entry, request, "a fox")
    return str(caught.value)


@pytest.mark.parametrize(
    ("entry", "images", "mode"),
    [
        (MODEL, 0, Mode.TEXT),
        (MODEL, 1, Mode.IMAGE),
        (MODEL, 2, Mode.REFERENCES),
        (MODEL, 7, Mode.REFERENCES),
        (PLAIN, 1, Mode.REFERENCES),
        (IMAGE_ONLY, 1, Mode.IMAGE),
    ],
)
def test_the_images_tell_what_the_video_is_made_from(
    entry: ModelEntry, images: int, mode: Mode
) -> None:
    assert fit(entry, request_with(images), "a fox").mode is mode


def test_what_is_not_said_is_the_models_default() -> None:
    assert fit(MODEL, request_with(), "a fox") == VideoSpec(
        "scripted", "model-1", "a fox", 6, "720p", "16:9", Mode.TEXT
    )


@pytest.mark.parametrize("images", [1, 2])
def test_with_images_the_shape_is_left_to_the_provider_unless_it_is_said(images: int) -> None:
    assert fit(MODEL, request_with(images), "x").aspect_ratio is None
    assert fit(MODEL, request_with(images, aspect_ratio=" 1:1 "), "x").aspect_ratio == "1:1"


def test_a_default_that_references_do_not_allow_becomes_the_longest_that_they_do() -> None:
    entry = make_model(default_seconds=12)

    assert fit(entry, request_with(2), "x").seconds == 10
    assert fit(entry, request_with(1), "x").seconds == 12


@pytest.mark.parametrize(
    ("entry", "request_", "sentence"),
    [
        (
            IMAGE_ONLY,
            request_with(0),
            "Image One needs an image. It takes one image as the first frame.",
        ),
        (
            EDITS_ONLY,
            request_with(0),
            "Editor needs a video. It takes a video of up to 8.7 seconds to edit.",
        ),
        (
            EDITS_ONLY,
            request_with(1),
            "Editor takes no images. It takes a video of up to 8.7 seconds to edit.",
        ),
        (IMAGE_ONLY, request_with(3), "Image One takes one image; you gave 3."),
        (MODEL, request_with(8), "Model One takes at most 7 reference images; you gave 8."),
        (
            make_plain(most_references=1),
            request_with(2),
            "Plain One takes one reference image; you gave 2.",
        ),
        (
            MODEL,
            request_with(2, seconds=12),
            "With reference images Model One makes videos of 1 to 10 seconds, not 12.",
        ),
        (MODEL, request_with(seconds=16), "Model One makes videos of 1 to 15 seconds, not 16."),
        (
            make_plain(seconds=(6, 10), default_seconds=6),
            request_with(seconds=7),
            "Plain One makes videos of 6 or 10 seconds, not 7.",
        ),
        (
            make_plain(seconds=(10,), default_seconds=10),
            request_with(seconds=7),
            "Plain One always makes 10-second videos. Leave the duration out, or choose 10.",
        ),
        (
            MODEL,
            request_with(resolution="4k"),
            "Model One has the resolutions 480p and 720p.",
        ),
        (
            make_plain(resolutions=("720p",)),
            request_with(resolution="480p"),
            "Plain One has the resolution 720p.",
        ),
        (
            MODEL,
            request_with(aspect_ratio="2:1"),
            "Model One has the aspect ratios 16:9 and 1:1.",
        ),
        (
            make_plain(aspect_ratios=(), default_aspect_ratio=None),
            request_with(aspect_ratio="2:1"),
            "Plain One chooses the shape by itself. Leave the aspect ratio out.",
        ),
    ],
)
def test_a_refusal_says_what_the_model_does_accept(
    entry: ModelEntry, request_: VideoRequest, sentence: str
) -> None:
    assert refusal(entry, request_) == sentence


def test_a_first_frame_is_refused_by_a_model_that_has_none() -> None:
    with pytest.raises(InvalidRequestError, match=r"^Plain One takes no first frame\. It takes"):
        check_images(PLAIN, Mode.IMAGE, 1)


@pytest.mark.parametrize(
    "request_",
    [
        request_with(),
        request_with(1, aspect_ratio="1:1"),
        request_with(3),
        request_from(Mode.EDIT),
        request_from(Mode.EXTEND),
    ],
    ids=["text", "image", "references", "edit", "extend"],
)
def test_what_fitted_once_still_does(request_: VideoRequest) -> None:
    spec = fit(MODEL, request_, "a fox")

    check_again(MODEL, spec, images=len(request_.images))


@pytest.mark.parametrize(
    ("asked", "changes", "reason"),
    [
        (request_with(), {"default_seconds": 4, "seconds": (4,)}, "always makes 4-second videos"),
        (request_with(), {"resolutions": ("480p",), "default_resolution": "480p"}, "has the resol"),
        (request_with(), {"aspect_ratios": ("1:1",), "default_aspect_ratio": None}, "has the aspe"),
        (request_with(7), {"most_references": 2}, "at most 2 reference images; you gave 7"),
        (
            request_with(1),
            {"modes": frozenset(Mode) - {Mode.IMAGE}},
            "takes no first frame",
        ),
        (
            request_from(Mode.EDIT),
            {"modes": frozenset(Mode) - {Mode.EDIT}, "editing": None},
            "can't edit",
        ),
        (
            request_from(Mode.EXTEND),
            {"extending": replace(EXTENDING, seconds=(2,), default_seconds=2)},
            "by 2 seconds, not 4",
        ),
    ],
)
def test_what_fitted_once_is_refused_after_the_model_has_changed(
    asked: VideoRequest, changes: dict[str, Any], reason: str
) -> None:
    spec = fit(MODEL, asked, "a fox")

    with pytest.raises(InvalidRequestError, match=reason):
        check_again(make_model(**changes), spec, images=len(asked.images))


@given(
    entry=some.sampled_from([*CATALOGUE.entries, MODEL, PLAIN, IMAGE_ONLY, EDITS_ONLY]),
    images=some.integers(0, 9),
    seconds=some.none() | some.integers(-1, 61),
    resolution=some.none() | some.sampled_from(["480p", "720P", "1080p", "4k", ""]),
    aspect_ratio=some.none() | some.sampled_from(["16:9", "1:1", "2:3", "5:4", ""]),
    mode=some.none() | some.sampled_from([Mode.EDIT, Mode.EXTEND]),
    length=some.floats(0, 60),
)
def test_whatever_is_asked_what_fits_is_in_the_entry(
    entry: ModelEntry,
    images: int,
    seconds: int | None,
    resolution: str | None,
    aspect_ratio: str | None,
    mode: Mode | None,
    length: float,
) -> None:
    request = replace(
        request_with(images),
        seconds=seconds,
        resolution=resolution,
        aspect_ratio=aspect_ratio,
        mode=mode,
        source=SourceVideo("job0000001", length) if mode else None,
    )

    try:
        spec = fit(entry, request, "a fox")
    except InvalidRequestError:
        return

    assert spec.mode in entry.modes
    assert (spec.provider, spec.model, spec.prompt) == (entry.provider, entry.model, "a fox")
    check_again(entry, spec, images=images)
    if entry.editing is not None and spec.mode is Mode.EDIT:
        assert length <= spec.seconds <= entry.editing.longest_seconds + 1
    elif entry.extending is not None and spec.mode is Mode.EXTEND:
        assert spec.seconds in entry.extending.seconds
    else:
        assert spec.seconds in entry.seconds
        assert seconds in (None, spec.seconds)
        assert spec.resolution in entry.resolutions
        assert spec.aspect_ratio in (None, *entry.aspect_ratios)
        assert images <= entry.most_images
    estimate = entry.estimate(spec, images=images, source_seconds=length if mode else 0.0)
    assert estimate is None or estimate >= 0
