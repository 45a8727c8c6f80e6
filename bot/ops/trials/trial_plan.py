"""What a trial would make: checked against the catalogue and priced, with nothing sent."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bot.domain import (
    CleanImage,
    Inputs,
    Mode,
    Origin,
    SourceVideo,
    UploadedImage,
    VideoRequest,
    VideoSpec,
)
from bot.errors import ConfigurationError, InvalidRequestError, MediaError
from bot.media.fetch import Fetcher
from bot.media.images import check_size, clean_image, fit_together
from bot.media.video import VideoProbe
from bot.pipeline.fit import check_images, fit
from bot.pipeline.validate import clean_prompt
from bot.providers import PROVIDERS, read_catalogue
from bot.providers.base import Provider
from bot.providers.entries import ModelEntry, Transport
from bot.settings import Settings

_NOBODY: Final = Origin(0, 0, 0, 0)
"""Discord has no part in a trial."""
_TRIAL_FILE: Final = ".grok-bot-try.tmp"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator typed, before anything is checked; None means not said."""

    provider: str
    model: str
    prompt: str
    mode: Mode | None = None
    """Edit or extend; otherwise the images tell."""
    video_url: str | None = field(default=None, repr=False)
    images: tuple[str, ...] = ()
    """Files, or addresses for a model whose provider fetches its images by itself."""
    seconds: int | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One paid job that may be started."""

    title: str
    """The provider, as people read it."""
    base_url: str
    model_title: str
    spec: VideoSpec
    inputs: Inputs
    estimate_micros: int | None
    """At most about this much; None is unknown."""


async def prepare(settings: Settings, wish: Wish) -> Plan:
    """Check all of a wish; the one thing that is fetched is a video that is to be changed.

    Raises:
        InvalidRequestError: It will not do; the text says what would.
        ConfigurationError: A setting is missing, or videos can't be checked on this machine.
    """
    kind = find_provider(wish.provider)
    given = settings.providers.get(kind.name)
    if given is None or given.api_key is None:
        raise ConfigurationError(
            f"{kind.title} has no key. Set PROVIDERS__{kind.name.upper()}__API_KEY."
        )
    # A look may name models of other providers, so here it is no choice.
    offered = replace(read_catalogue(settings).offered([kind.name]), looks={})
    entry = offered.find(wish.model)
    # Without it a good video would be taken for a bad one, after it was paid.
    await VideoProbe().check()
    source = await _source(settings, entry, wish)
    prompt = clean_prompt(wish.prompt, settings.prompt_max_characters)
    spec = fit(entry, _request(wish, source), prompt)
    inputs = await _inputs(settings, entry, wish)
    return Plan(
        title=kind.title,
        base_url=given.base_url or kind.default_base_url,
        model_title=entry.title,
        spec=spec,
        inputs=inputs,
        estimate_micros=entry.estimate(
            spec, images=len(wish.images), source_seconds=source.seconds if source else 0.0
        ),
    )


def find_provider(name: str) -> type[Provider]:
    """Find a provider by the name that the settings use.

    Raises:
        InvalidRequestError: There is none of that name; the text lists those there are.
    """
    kind = PROVIDERS.get(name.strip().lower())
    if kind is None:
        raise InvalidRequestError(f"No provider is called so. Known: {', '.join(PROVIDERS)}.")
    return kind


def check_folder(folder: Path, settings: Settings) -> None:
    """Make sure that a finished video can be kept, before it is paid.

    Raises:
        InvalidRequestError: It can't; the text says why.
    """
    trial = folder / _TRIAL_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.touch()
        trial.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise InvalidRequestError(f"{folder} can't be written: {error.strerror}.") from error
    if free < settings.result_max_bytes:
        raise InvalidRequestError(
            f"{folder} has {free / 1e6:.0f} MB free; the largest video that is fetched may "
            f"have {settings.result_max_megabytes} (RESULT_MAX_MEGABYTES)."
        )


def open_fetcher(settings: Settings) -> Fetcher:
    """Make a fetcher that takes what the running bot would take."""
    return Fetcher(
        max_bytes=settings.result_max_bytes,
        private_hosts=settings.allow_private_hosts,
    )


def _request(wish: Wish, source: SourceVideo | None) -> VideoRequest:
    return VideoRequest(
        origin=_NOBODY,
        prompt=wish.prompt,
        model=wish.model,
        seconds=wish.seconds,
        aspect_ratio=wish.aspect_ratio,
        resolution=wish.resolution,
        # What fits depends on how many there are; their bytes are looked at afterwards.
        images=tuple(UploadedImage(name, b"") for name in wish.images),
        mode=wish.mode,
        source=source,
    )


async def _source(settings: Settings, entry: ModelEntry, wish: Wish) -> SourceVideo | None:
    """Measure the video that is to be changed: its length decides what fits and what it costs."""
    if wish.mode is None:
        if wish.video_url is not None:
            raise InvalidRequestError("Say with --mode whether to edit or to extend the video.")
        return None
    if wish.video_url is None:
        raise InvalidRequestError("Name the video with --video, by the public address of an MP4.")
    check_images(entry, wish.mode, len(wish.images))
    with tempfile.TemporaryDirectory(prefix="grok-bot-try-") as folder:
        path = Path(folder) / "source.mp4"
        try:
            async with open_fetcher(settings) as fetcher:
                await fetcher.download(wish.video_url, path)
            facts = await VideoProbe().probe(path)
        except MediaError as error:
            raise InvalidRequestError(f"The video of --video will not do: {error}.") from error
    return SourceVideo("", facts.seconds)


async def _inputs(settings: Settings, entry: ModelEntry, wish: Wish) -> Inputs:
    if entry.transport is Transport.PUBLIC_URL:
        for address in wish.images:
            _check_address(settings, entry, address)
        return Inputs(image_urls=wish.images, video_url=wish.video_url)
    return Inputs(images=await _clean(entry, wish.images), video_url=wish.video_url)


def _check_address(settings: Settings, entry: ModelEntry, address: str) -> None:
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    is_listed = parts.scheme == "http" and parts.hostname in settings.allow_private_hosts
    if not ((parts.scheme == "https" and parts.hostname) or is_listed):
        raise InvalidRequestError(
            f"{entry.title} fetches its images by itself: --image takes an address that begins "
            f"with https://, not a file."
        )


async def _clean(entry: ModelEntry, names: Sequence[str]) -> tuple[CleanImage, ...]:
    images = [await asyncio.to_thread(_read_image, entry, name) for name in names]
    return await asyncio.to_thread(fit_together, images, entry.transport.most_image_bytes)


def _read_image(entry: ModelEntry, name: str) -> CleanImage:
    if "://" in name:
        raise InvalidRequestError(
            f"{entry.title} is sent the images themselves: --image takes a file, not an address."
        )
    path = Path(name)
    try:
        check_size(path.name, path.stat().st_size)
        return clean_image(UploadedImage(path.name, path.read_bytes()))
    except OSError as error:
        raise InvalidRequestError(f"{path} can't be read: {error.strerror}.") from error
