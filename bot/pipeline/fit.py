"""Does a request fit one model? If so the exact values to send, if not what would fit."""

from math import ceil

from bot.domain import Mode, VideoRequest, VideoSpec
from bot.errors import InvalidRequestError
from bot.providers.describe import (
    exact,
    lengths,
    list_words,
    references,
    rounded_down,
    rounded_up,
    takes,
)
from bot.providers.entries import Editing, Extending, ModelEntry


def mode_of(entry: ModelEntry, request: VideoRequest) -> Mode:
    """Tell what a video is made from: edit and extend are said, otherwise the images tell."""
    if request.mode is not None and request.mode.needs_video:
        return request.mode
    match len(request.images):
        case 0:
            return Mode.TEXT
        case 1 if Mode.IMAGE in entry.modes:
            return Mode.IMAGE
        case _:
            return Mode.REFERENCES


def fit(entry: ModelEntry, request: VideoRequest, prompt: str) -> VideoSpec:
    """Turn `request` with its cleaned `prompt` into values that `entry` accepts.

    Raises:
        InvalidRequestError: It does not fit; the text says what the model does accept.
    """
    mode = mode_of(entry, request)
    check_images(entry, mode, len(request.images))
    match mode:
        case Mode.EDIT:
            seconds, resolution = _edited(entry, request)
            ratio = None
        case Mode.EXTEND:
            seconds, resolution = _extended(entry, request)
            ratio = None
        case _:
            seconds = _seconds(entry, mode, request.seconds)
            resolution = _resolution(entry, request.resolution)
            ratio = _aspect_ratio(entry, mode, request.aspect_ratio)
    return VideoSpec(
        provider=entry.provider,
        model=entry.model,
        prompt=prompt,
        seconds=seconds,
        resolution=resolution,
        aspect_ratio=ratio,
        mode=mode,
    )


def check_again(entry: ModelEntry, spec: VideoSpec, *, images: int) -> None:
    """Check that what fitted once still does; the source of an edit is not looked at.

    Raises:
        InvalidRequestError: The model changed since; the text says what it accepts now.
    """
    check_images(entry, spec.mode, images)
    match spec.mode:
        case Mode.EDIT:
            _editing(entry)
        case Mode.EXTEND:
            _added(entry, _extending(entry), spec.seconds)
        case _:
            _seconds(entry, spec.mode, spec.seconds)
            _resolution(entry, spec.resolution)
            if spec.aspect_ratio is not None:
                _aspect_ratio(entry, spec.mode, spec.aspect_ratio)


def check_images(entry: ModelEntry, mode: Mode, images: int) -> None:
    """Check what the video is to be made from, and the number of images.

    Raises:
        InvalidRequestError: `entry` does not make videos from that.
    """
    title, has = entry.title, entry.modes
    if mode is Mode.EDIT:
        _editing(entry)
    elif mode is Mode.EXTEND:
        _extending(entry)
    elif mode is Mode.TEXT and Mode.TEXT not in has:
        if entry.most_images:
            raise InvalidRequestError(f"{title} needs an image. It takes {_taken(entry)}.")
        raise InvalidRequestError(f"{title} needs a video. It takes {_taken(entry)}.")
    elif images and not entry.most_images:
        raise InvalidRequestError(f"{title} takes no images. It takes {_taken(entry)}.")
    elif mode is Mode.REFERENCES and mode not in has:
        raise InvalidRequestError(f"{title} takes one image; you gave {images}.")
    elif mode is Mode.REFERENCES and images > entry.most_references:
        most = references(entry.most_references).replace("up to", "at most")
        raise InvalidRequestError(f"{title} takes {most}; you gave {images}.")
    elif mode is Mode.IMAGE and mode not in has:
        raise InvalidRequestError(f"{title} takes no first frame. It takes {_taken(entry)}.")
    if mode.needs_video and images:
        raise InvalidRequestError(f"{title} takes no images beside a video.")


def _editing(entry: ModelEntry) -> Editing:
    if entry.editing is None:
        raise InvalidRequestError(f"{entry.title} can't edit videos. It takes {_taken(entry)}.")
    return entry.editing


def _extending(entry: ModelEntry) -> Extending:
    if entry.extending is None:
        raise InvalidRequestError(f"{entry.title} can't extend videos. It takes {_taken(entry)}.")
    return entry.extending


def _edited(entry: ModelEntry, request: VideoRequest) -> tuple[int, str]:
    limits, length = _editing(entry), _source_seconds(request)
    _check_kept(request)
    if request.seconds is not None:
        raise InvalidRequestError("An edited video stays as long as it is. Leave the duration out.")
    if length > limits.longest_seconds:
        raise InvalidRequestError(
            f"{entry.title} edits videos of up to {exact(limits.longest_seconds)} seconds; "
            f"that one has {rounded_up(length)}."
        )
    return max(1, ceil(length)), limits.resolution


def _extended(entry: ModelEntry, request: VideoRequest) -> tuple[int, str]:
    limits, length = _extending(entry), _source_seconds(request)
    _check_kept(request)
    added = limits.default_seconds
    if request.seconds is not None:
        added = _added(entry, limits, request.seconds)
    if limits.shortest_seconds <= length <= limits.longest_seconds:
        return added, limits.resolution
    shown = rounded_down(length) if length < limits.shortest_seconds else rounded_up(length)
    raise InvalidRequestError(
        f"{entry.title} extends videos of {exact(limits.shortest_seconds)} to "
        f"{exact(limits.longest_seconds)} seconds; that one has {shown}."
    )


def _added(entry: ModelEntry, limits: Extending, wanted: int) -> int:
    if wanted not in limits.seconds:
        raise InvalidRequestError(
            f"{entry.title} extends videos by {lengths(limits.seconds)} seconds, not {wanted}."
        )
    return wanted


def _source_seconds(request: VideoRequest) -> float:
    if request.source is None:
        raise InvalidRequestError("Choose the video that this is about, by its job's id.")
    return request.source.seconds


def _check_kept(request: VideoRequest) -> None:
    if request.resolution is not None or request.aspect_ratio is not None:
        raise InvalidRequestError(
            "The size and the shape are those of the video that is there. Leave both out."
        )


def _seconds(entry: ModelEntry, mode: Mode, wanted: int | None) -> int:
    most = entry.longest_with_references if mode is Mode.REFERENCES else None
    allowed = tuple(length for length in entry.seconds if most is None or length <= most)
    if wanted is None:
        return entry.default_seconds if entry.default_seconds in allowed else allowed[-1]
    if wanted in allowed:
        return wanted
    if wanted in entry.seconds:
        raise InvalidRequestError(
            f"With reference images {entry.title} makes videos of {lengths(allowed)} seconds, "
            f"not {wanted}."
        )
    if len(entry.seconds) == 1:
        raise InvalidRequestError(
            f"{entry.title} always makes {entry.seconds[0]}-second videos. "
            f"Leave the duration out, or choose {entry.seconds[0]}."
        )
    raise InvalidRequestError(
        f"{entry.title} makes videos of {lengths(allowed)} seconds, not {wanted}."
    )


def _resolution(entry: ModelEntry, wanted: str | None) -> str:
    if wanted is None:
        return entry.default_resolution
    name = wanted.strip().lower()
    if name in entry.resolutions:
        return name
    raise InvalidRequestError(f"{entry.title} has the {_named('resolution', entry.resolutions)}.")


def _aspect_ratio(entry: ModelEntry, mode: Mode, wanted: str | None) -> str | None:
    if wanted is None:
        return entry.default_aspect_ratio if mode is Mode.TEXT else None
    name = wanted.strip()
    if name in entry.aspect_ratios:
        return name
    if not entry.aspect_ratios:
        raise InvalidRequestError(
            f"{entry.title} chooses the shape by itself. Leave the aspect ratio out."
        )
    raise InvalidRequestError(
        f"{entry.title} has the {_named('aspect ratio', entry.aspect_ratios)}."
    )


def _named(what: str, values: tuple[str, ...]) -> str:
    return f"{what}{'s' if len(values) > 1 else ''} {list_words(values)}"


def _taken(entry: ModelEntry) -> str:
    return list_words(takes(entry), last="or")
