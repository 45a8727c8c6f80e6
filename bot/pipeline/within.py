"""What a member did not say is chosen so that it is allowed, where the model has something."""

from dataclasses import replace

from bot.domain import Mode, VideoRequest
from bot.limits.bounds import Bounds
from bot.limits.values import height_of
from bot.providers.entries import ModelEntry


def within(entry: ModelEntry, request: VideoRequest, bounds: Bounds) -> VideoRequest:
    """Say a length and a size where the model's usual ones would not be allowed."""
    if request.mode is Mode.EDIT:
        return request  # its length and size are those of its source
    seconds, resolution = request.seconds, request.resolution
    if seconds is None and bounds.longest is not None:
        seconds = _length(entry, request.mode, bounds.longest)
    is_extension = request.mode is Mode.EXTEND
    if resolution is None and bounds.resolution is not None and not is_extension:
        resolution = _size(entry, bounds.resolution)
    return replace(request, seconds=seconds, resolution=resolution)


def _length(entry: ModelEntry, mode: Mode | None, longest: int) -> int | None:
    usual, offered = entry.default_seconds, entry.seconds
    if mode is Mode.EXTEND:
        if entry.extending is None:
            return None
        usual, offered = entry.extending.default_seconds, entry.extending.seconds
    shorter = [length for length in offered if length <= longest]
    return max(shorter) if usual > longest and shorter else None


def _size(entry: ModelEntry, largest: str) -> str | None:
    height = height_of(largest)
    smaller = [name for name in entry.resolutions if height_of(name) <= height]
    if height_of(entry.default_resolution) <= height or not smaller:
        return None
    return max(smaller, key=height_of)
