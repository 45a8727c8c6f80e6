"""Step 0: does the request fit a model, and are its images good? Nothing is counted yet."""

import asyncio
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.domain import (
    CleanImage,
    Job,
    Mode,
    Offer,
    Origin,
    UploadedImage,
    ValidRequest,
    VideoRequest,
    VideoSpec,
)
from bot.errors import InvalidRequestError
from bot.limits.bounds import UNBOUNDED, Bounds
from bot.media.images import clean_image, fit_together
from bot.pipeline.fit import check_again, fit
from bot.pipeline.within import within
from bot.providers.catalogue import Catalogue, Choice
from bot.providers.entries import ModelEntry

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

    async def validate(self, request: VideoRequest, bounds: Bounds = UNBOUNDED) -> ValidRequest:
        """Check everything about `request` that needs no counting.

        What it does not say is chosen within `bounds`, as far as there is something to choose;
        whether all of it is allowed is decided later.

        Raises:
            InvalidRequestError: It does not fit; the text says what the model does accept.
        """
        choice = self.choose(request.model, request.mode, bounds)
        prompt = clean_prompt(request.prompt, self._prompt_max_characters)
        first, *others = _offers(choice.entries, request, prompt, bounds)
        images = await self._clean(request.images, [first.spec, *(one.spec for one in others)])
        return ValidRequest(
            request.origin,
            first.spec,
            images,
            estimate_micros=first.estimate_micros,
            alternatives=tuple(others),
            look=choice.look,
            source_id=None if request.source is None else request.source.job_id,
        )

    def validate_again(
        self, job: Job, origin: Origin, images: tuple[CleanImage, ...]
    ) -> ValidRequest:
        """Check that the very request of `job` can still be made, on behalf of `origin`.

        Raises:
            InvalidRequestError: The model is not offered any more, or not so.
        """
        spec = job.spec
        entry = self._catalogue.entry(spec.provider, spec.model)
        if entry is None:
            raise InvalidRequestError(
                "The model of that job is not offered any more. "
                "Please start a new one with /grok video."
            )
        clean_prompt(spec.prompt, self._prompt_max_characters)
        check_again(entry, spec, images=len(images))
        estimate = job.estimate_micros
        if not spec.mode.needs_video:
            # For the others it is what was said then: the source is not looked up again.
            estimate = entry.estimate(spec, images=len(images))
        return ValidRequest(
            origin,
            spec,
            images,
            repeats=job.id,
            estimate_micros=estimate,
            look=job.look,
            source_id=job.source_id,
        )

    def choose(
        self, name: str | None, mode: Mode | None = None, bounds: Bounds = UNBOUNDED
    ) -> Choice:
        """Say which models are asked: those that `name` stands for, or the default ones.

        `mode` is edit or extend; a default that can't do it, or is not allowed, is passed over,
        and so is a model of a look.

        Raises:
            InvalidRequestError: There is no such model or look, or none at all.
        """
        if name:
            return _allowed(self._catalogue.choose(name), bounds)
        if not self._catalogue.entries:
            raise InvalidRequestError(
                "No video service is set up yet. Please tell the people who run this bot."
            )
        if self._default_model is not None:
            default = self._catalogue.choose(self._default_model)
            can = mode is None or any(mode in entry.modes for entry in default.entries)
            if can and any(bounds.allows(entry.key) for entry in default.entries):
                return _allowed(default, bounds)
        able = [entry for entry in self._catalogue if mode is None or mode in entry.modes]
        # Where none is allowed, the first one's refusal says what is.
        for entry in [*(one for one in able if bounds.allows(one.key)), *able]:
            return Choice((entry,))
        raise InvalidRequestError(f"None of the video models here can {mode} a video.")

    async def _clean(
        self, uploads: Sequence[UploadedImage], specs: Sequence[VideoSpec]
    ) -> tuple[CleanImage, ...]:
        """Clean the images, and make them fit together for each model that may get them."""
        images = []
        for upload in uploads:
            async with self._decoder:
                images.append(await asyncio.to_thread(clean_image, upload))
        most = min(self._catalogue.transport_of(spec).most_image_bytes for spec in specs)
        async with self._decoder:
            return await asyncio.to_thread(fit_together, images, most)


def clean_prompt(typed: str, most_characters: int) -> str:
    """Take out of a prompt what nobody can see, and check that something is left.

    Raises:
        InvalidRequestError: It is empty or too long.
    """
    text = "".join(
        character
        for character in typed.replace("\r\n", "\n")
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in ("Cc", "Cs")
    ).strip()
    if not any(unicodedata.category(character)[0] not in "CZ" for character in text):
        raise InvalidRequestError("The prompt is empty. Describe what the video should show.")
    if len(text) > most_characters:
        raise InvalidRequestError(
            f"The prompt has {len(text):,} characters; at most {most_characters:,} fit. "
            "Please shorten it."
        )
    return text


def _allowed(choice: Choice, bounds: Bounds) -> Choice:
    """Leave out the models that are not allowed, unless none would be left."""
    entries = tuple(entry for entry in choice.entries if bounds.allows(entry.key))
    return replace(choice, entries=entries) if entries else choice


def _offers(
    entries: Sequence[ModelEntry], request: VideoRequest, prompt: str, bounds: Bounds
) -> list[Offer]:
    """List the models that the request fits as it is; if there are none, the first one's reason."""
    offers: list[Offer] = []
    refusals: list[InvalidRequestError] = []
    seconds = 0.0 if request.source is None else request.source.seconds
    for entry in entries:
        try:
            spec = fit(entry, within(entry, request, bounds), prompt)
        except InvalidRequestError as error:
            refusals.append(error)
            continue
        estimate = entry.estimate(spec, images=len(request.images), source_seconds=seconds)
        offers.append(Offer(spec, estimate))
    if not offers:
        raise refusals[0]
    return offers
