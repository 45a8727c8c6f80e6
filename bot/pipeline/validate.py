"""Step 0: does the request fit the model, and are its images good? Nothing is counted yet."""

import asyncio
import unicodedata
from typing import Final

from bot.domain import CleanImage, UploadedImage, ValidRequest, VideoRequest, VideoSpec
from bot.errors import InvalidRequestError
from bot.media.images import clean_image
from bot.providers.catalogue import Catalogue, ModelEntry

_KEPT_CONTROLS: Final = "\n\t"


class Validator:
    """Turns what a member typed into what a provider can be asked, or says what would fit."""

    def __init__(
        self, catalogue: Catalogue, *, default_model: str | None, prompt_max_characters: int
    ) -> None:
        self._catalogue = catalogue
        self._default_model = default_model
        self._prompt_max_characters = prompt_max_characters
        # A decoded picture may take half a gigabyte, so one is decoded at a time in all.
        self._decoder = asyncio.Semaphore(1)

    async def validate(self, request: VideoRequest) -> ValidRequest:
        """Check everything about `request` that needs no counting.

        Raises:
            InvalidRequestError: It does not fit; the text says what the model does accept.
        """
        entry = self._entry(request.model)
        prompt = self._prompt(request.prompt)
        if len(request.images) > entry.most_references:
            raise InvalidRequestError(
                f"{entry.title} takes at most {entry.most_references} reference images; "
                f"you gave {len(request.images)}."
            )
        spec = VideoSpec(
            provider=entry.provider,
            model=entry.model,
            prompt=prompt,
            seconds=_seconds(entry, request.seconds),
            resolution=_resolution(entry, request.resolution),
            aspect_ratio=_aspect_ratio(entry, request),
        )
        images = [await self._clean(image) for image in request.images]
        return ValidRequest(request.origin, spec, tuple(images))

    async def _clean(self, image: UploadedImage) -> CleanImage:
        async with self._decoder:
            return await asyncio.to_thread(clean_image, image)

    def _entry(self, name: str | None) -> ModelEntry:
        wanted = name or self._default_model
        if wanted is not None:
            return self._catalogue.find(wanted)
        for entry in self._catalogue:
            return entry
        raise InvalidRequestError(
            "No video service is set up yet. Please tell the people who run this bot."
        )

    def _prompt(self, typed: str) -> str:
        text = "".join(
            character
            for character in typed.replace("\r\n", "\n")
            if character in _KEPT_CONTROLS or unicodedata.category(character) not in ("Cc", "Cs")
        ).strip()
        if not any(unicodedata.category(character)[0] not in "CZ" for character in text):
            raise InvalidRequestError("The prompt is empty. Describe what the video should show.")
        if len(text) > self._prompt_max_characters:
            raise InvalidRequestError(
                f"The prompt has {len(text):,} characters; at most "
                f"{self._prompt_max_characters:,} fit. Please shorten it."
            )
        return text


def _seconds(entry: ModelEntry, wanted: int | None) -> int:
    if wanted is None:
        return entry.default_seconds
    if wanted in entry.seconds:
        return wanted
    if len(entry.seconds) == 1:
        raise InvalidRequestError(
            f"{entry.title} always makes {entry.seconds[0]}-second videos. "
            f"Leave the duration out, or choose {entry.seconds[0]}."
        )
    raise InvalidRequestError(
        f"{entry.title} makes videos of {_choices(entry.seconds)} seconds, not {wanted}."
    )


def _resolution(entry: ModelEntry, wanted: str | None) -> str:
    if wanted is None:
        return entry.default_resolution
    if wanted.strip().lower() in entry.resolutions:
        return wanted.strip().lower()
    raise InvalidRequestError(f"{entry.title} has the resolutions {_list(entry.resolutions)}.")


def _aspect_ratio(entry: ModelEntry, request: VideoRequest) -> str | None:
    if request.aspect_ratio is None:
        return None if request.images else entry.default_aspect_ratio
    if request.aspect_ratio.strip() in entry.aspect_ratios:
        return request.aspect_ratio.strip()
    raise InvalidRequestError(f"{entry.title} has the aspect ratios {_list(entry.aspect_ratios)}.")


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(values)


def _choices(seconds: tuple[int, ...]) -> str:
    is_range = seconds == tuple(range(seconds[0], seconds[-1] + 1))
    return f"{seconds[0]} to {seconds[-1]}" if is_range else _list(tuple(map(str, seconds)))
