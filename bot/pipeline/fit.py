"""Does a request fit one model? If so the exact values to send, if not what would fit."""

from math import ceil
from typing import Final

from bot.domain import Mode, VideoRequest, VideoSpec
from bot.errors import InvalidRequestError, UnableError
from bot.language import Phrase, Plural, _, listed
from bot.providers.describe import exact, lengths, rounded_down, rounded_up, takes
from bot.providers.entries import Editing, Extending, ModelEntry

_TOO_MANY: Final = Plural(
    "{title} takes one reference image; you gave {given}.",
    "{title} takes at most {count} reference images; you gave {given}.",
)
_RESOLUTIONS: Final = Plural(
    "{title} has the resolution {values}.", "{title} has the resolutions {values}."
)
_ASPECT_RATIOS: Final = Plural(
    "{title} has the aspect ratio {values}.", "{title} has the aspect ratios {values}."
)


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
        UnableError: The model can't edit or extend, or not this video.
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
    has = entry.modes
    if mode is Mode.EDIT:
        _editing(entry)
    elif mode is Mode.EXTEND:
        _extending(entry)
    elif mode is Mode.TEXT and Mode.TEXT not in has:
        if entry.most_images:
            raise _wrong(Phrase("{title} needs an image. It takes {sources}."), entry)
        raise _wrong(Phrase("{title} needs a video. It takes {sources}."), entry)
    elif images and not entry.most_images:
        raise _wrong(Phrase("{title} takes no images. It takes {sources}."), entry)
    elif mode is Mode.REFERENCES and mode not in has:
        raise InvalidRequestError(
            _("{title} takes one image; you gave {given}.", title=entry.title, given=images)
        )
    elif mode is Mode.REFERENCES and images > entry.most_references:
        raise InvalidRequestError(_TOO_MANY(entry.most_references, title=entry.title, given=images))
    elif mode is Mode.IMAGE and mode not in has:
        raise _wrong(Phrase("{title} takes no first frame. It takes {sources}."), entry)
    if mode.needs_video and images:
        raise InvalidRequestError(_("{title} takes no images beside a video.", title=entry.title))


def _editing(entry: ModelEntry) -> Editing:
    if entry.editing is None:
        raise UnableError(_wording(Phrase("{title} can't edit videos. It takes {sources}."), entry))
    return entry.editing


def _extending(entry: ModelEntry) -> Extending:
    if entry.extending is None:
        raise UnableError(
            _wording(Phrase("{title} can't extend videos. It takes {sources}."), entry)
        )
    return entry.extending


def _edited(entry: ModelEntry, request: VideoRequest) -> tuple[int, str]:
    limits, length = _editing(entry), _source_seconds(request)
    _check_kept(request)
    if request.seconds is not None:
        raise InvalidRequestError(
            _("An edited video stays as long as it is. Leave the duration out.")
        )
    if length > limits.longest_seconds:
        raise UnableError(
            _(
                "{title} edits videos of up to {longest} seconds; that one has {seconds}.",
                title=entry.title,
                longest=exact(limits.longest_seconds),
                seconds=rounded_up(length),
            )
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
    raise UnableError(
        _(
            "{title} extends videos of {shortest} to {longest} seconds; that one has {seconds}.",
            title=entry.title,
            shortest=exact(limits.shortest_seconds),
            longest=exact(limits.longest_seconds),
            seconds=shown,
        )
    )


def _added(entry: ModelEntry, limits: Extending, wanted: int) -> int:
    if wanted not in limits.seconds:
        raise InvalidRequestError(
            _(
                "{title} extends videos by {lengths} seconds, not {seconds}.",
                title=entry.title,
                lengths=lengths(limits.seconds),
                seconds=wanted,
            )
        )
    return wanted


def _source_seconds(request: VideoRequest) -> float:
    if request.source is None:
        raise InvalidRequestError(_("Choose the video that this is about, by its job's id."))
    return request.source.seconds


def _check_kept(request: VideoRequest) -> None:
    if request.resolution is not None or request.aspect_ratio is not None:
        raise InvalidRequestError(
            _("The size and the shape are those of the video that is there. Leave both out.")
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
            _(
                "With reference images {title} makes videos of {lengths} seconds, not {seconds}.",
                title=entry.title,
                lengths=lengths(allowed),
                seconds=wanted,
            )
        )
    if len(entry.seconds) == 1:
        raise InvalidRequestError(
            _(
                "{title} always makes {seconds}-second videos. "
                "Leave the duration out, or choose {seconds}.",
                title=entry.title,
                seconds=entry.seconds[0],
            )
        )
    raise InvalidRequestError(
        _(
            "{title} makes videos of {lengths} seconds, not {seconds}.",
            title=entry.title,
            lengths=lengths(allowed),
            seconds=wanted,
        )
    )


def _resolution(entry: ModelEntry, wanted: str | None) -> str:
    if wanted is None:
        return entry.default_resolution
    name = wanted.strip().lower()
    if name in entry.resolutions:
        return name
    raise _offers(_RESOLUTIONS, entry, entry.resolutions)


def _aspect_ratio(entry: ModelEntry, mode: Mode, wanted: str | None) -> str | None:
    if wanted is None:
        return entry.default_aspect_ratio if mode is Mode.TEXT else None
    name = wanted.strip()
    if name in entry.aspect_ratios:
        return name
    if not entry.aspect_ratios:
        raise InvalidRequestError(
            _("{title} chooses the shape by itself. Leave the aspect ratio out.", title=entry.title)
        )
    raise _offers(_ASPECT_RATIOS, entry, entry.aspect_ratios)


def _offers(words: Plural, entry: ModelEntry, values: tuple[str, ...]) -> InvalidRequestError:
    return InvalidRequestError(words(len(values), title=entry.title, values=listed(values)))


def _wrong(words: Phrase, entry: ModelEntry) -> InvalidRequestError:
    """Say what does not fit, and what a model makes videos from."""
    return InvalidRequestError(_wording(words, entry))


def _wording(words: Phrase, entry: ModelEntry) -> str:
    return words(title=entry.title, sources=listed(takes(entry), style="or"))
