"""Step 0: does the request fit a model, and are its images good? Nothing is counted yet."""

import asyncio
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.domain import (
    CleanImage,
    Job,
    Lineage,
    Mode,
    Offer,
    Origin,
    UploadedImage,
    ValidRequest,
    VideoRequest,
    VideoSpec,
)
from bot.errors import InvalidRequestError, UnableError
from bot.language import Phrase, Plural, _, grouped, listed
from bot.limits.bounds import UNBOUNDED, Bounds
from bot.media.images import clean_image, fit_together
from bot.pipeline.fit import check_again, fit
from bot.pipeline.within import within
from bot.posting import words_continuing, words_private
from bot.providers.catalogue import Catalogue, Choice
from bot.providers.entries import ModelEntry, Transport

_KEPT_CONTROLS: Final = "\n\t"
_TOO_LONG: Final = Plural(
    "The prompt has {count} character; at most {most} fit. Please shorten it.",
    "The prompt has {count} characters; at most {most} fit. Please shorten it.",
)
_NONE_EDITS: Final = Phrase("None of the video models here can edit a video.")
_NONE_EXTENDS: Final = Phrase("None of the video models here can extend a video.")
_LISTED: Final = 5
"""Models in one refusal."""
_FRAME_TO_COME: Final = UploadedImage("", b"")
"""In the place of a picture that is taken later: what is fitted is only their number."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made of each scene of a storyboard."""

    offers: tuple[Offer, ...]
    look: str | None = None
    """The look that was asked for, if no model was."""


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

    @property
    def longest_prompt(self) -> int:
        """Return how many characters a prompt may have."""
        return self._prompt_max_characters

    async def validate(self, request: VideoRequest, bounds: Bounds = UNBOUNDED) -> ValidRequest:
        """Check everything about `request` that needs no counting.

        What it does not say is chosen within `bounds`, as far as there is something to choose;
        whether all of it is allowed is decided later.

        Raises:
            InvalidRequestError: It does not fit; the text says what the model does accept.
        """
        choice = self._unseen(self.choose(request.model, request.mode, bounds), request, bounds)
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
            lineage=request.lineage,
            is_private=bool(request.is_private),
        )

    def plan(
        self, request: VideoRequest, prompts: Sequence[str], bounds: Bounds = UNBOUNDED
    ) -> Plan:
        """Find the model that can make scenes of `prompts`, one after another.

        The first is made of its prompt alone, each other one goes on from a picture.

        Raises:
            InvalidRequestError: It does not fit; the text says what the model does accept.
        """
        cleaned = [clean_prompt(one, self._prompt_max_characters) for one in prompts]
        choice = self.choose(request.model, Mode.IMAGE, bounds)
        entries = choice.entries if request.model else (*choice.entries, *self._catalogue)
        refusals: list[InvalidRequestError] = []
        # Where none is allowed, it is said later which are.
        for entry in sorted(entries, key=lambda one: not bounds.allows(one.key)):
            look = choice.look if entry in choice.entries else None
            try:
                if request.is_private and entry.transport is Transport.PUBLIC_URL:
                    raise InvalidRequestError(self._why_seen(entry, 1, bounds))  # noqa: TRY301
                return Plan(tuple(_scenes(entry, request, cleaned, bounds)), look)
            except InvalidRequestError as error:
                refusals.append(error)
        raise refusals[0]

    def validate_again(
        self,
        job: Job,
        origin: Origin,
        images: tuple[CleanImage, ...],
        *,
        lineage: Lineage | None = None,
        prompt: str | None = None,
    ) -> ValidRequest:
        """Check that the very request of `job` can still be made, on behalf of `origin`.

        Without a lineage it repeats that job, which can be done once.

        Raises:
            InvalidRequestError: The model is not offered any more, or not so.
        """
        typed = job.spec.prompt if prompt is None else prompt
        spec = replace(job.spec, prompt=clean_prompt(typed, self._prompt_max_characters))
        entry = self._catalogue.entry(spec.provider, spec.model)
        if entry is None:
            raise InvalidRequestError(
                _(
                    "The model of that job is not offered any more. "
                    "Please start a new one with /grok video."
                )
            )
        check_again(entry, spec, images=len(images))
        if job.is_private and images and entry.transport is Transport.PUBLIC_URL:
            raise InvalidRequestError(self._why_seen(entry, len(images), UNBOUNDED))
        estimate = job.estimate_micros
        if not spec.mode.needs_video:
            # For the others it is what was said then: the source is not looked up again.
            estimate = entry.estimate(spec, images=len(images))
        return ValidRequest(
            origin,
            spec,
            images,
            repeats=job.id if lineage is None else None,
            estimate_micros=estimate,
            look=job.look,
            source_id=job.source_id,
            lineage=lineage,
            is_private=job.is_private,
        )

    def choose(
        self, name: str | None, mode: Mode | None = None, bounds: Bounds = UNBOUNDED
    ) -> Choice:
        """Say which models are asked: those that `name` stands for, or the default ones.

        `mode` is what was said of it; a default that can't do it, or is not allowed, is passed
        over, and so is a model of a look.

        Raises:
            UnableError: None can edit or extend.
            InvalidRequestError: There is no such model or look, or none at all.
        """
        if name:
            return _allowed(self._catalogue.choose(name), bounds)
        if not self._catalogue.entries:
            raise InvalidRequestError(
                _("No video service is set up yet. Please tell the people who run this bot.")
            )
        if self._default_model is not None:
            default = self._catalogue.choose(self._default_model)
            can = mode is None or any(entry.can(mode) for entry in default.entries)
            if can and any(bounds.allows(entry.key) for entry in default.entries):
                return _allowed(default, bounds)
        able = [entry for entry in self._catalogue if mode is None or entry.can(mode)]
        # Where none is allowed, the first one's refusal says what is.
        for entry in [*(one for one in able if bounds.allows(one.key)), *able]:
            return Choice((entry,))
        if mode is Mode.IMAGE:
            raise InvalidRequestError(words_continuing.NO_MODEL())
        raise UnableError(_NONE_EXTENDS() if mode is Mode.EXTEND else _NONE_EDITS())

    def _unseen(self, choice: Choice, request: VideoRequest, bounds: Bounds) -> Choice:
        """Leave out the models that would need images to be shown which nobody is to see.

        Raises:
            InvalidRequestError: None is left; the text says what else would do.
        """
        if not (request.is_private and request.images):
            return choice
        entries = tuple(one for one in choice.entries if one.transport is not Transport.PUBLIC_URL)
        if entries:
            return replace(choice, entries=entries)
        text = self._why_seen(choice.entries[0], len(request.images), bounds)
        raise InvalidRequestError(text)

    def _why_seen(self, entry: ModelEntry, images: int, bounds: Bounds) -> str:
        others = [
            f"`{one.key}`"
            for one in self._catalogue
            if one.transport is not Transport.PUBLIC_URL
            and images <= one.most_images
            and bounds.allows(one.key)
        ]
        instead = words_private.NONE_INSTEAD()
        if others:
            models = listed(others[:_LISTED], style="or")
            instead = words_private.INSTEAD(models=models)
        return words_private.CARD_ONLY(title=entry.title, others=instead)

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


def _scenes(
    entry: ModelEntry, request: VideoRequest, prompts: Sequence[str], bounds: Bounds
) -> Iterator[Offer]:
    for number, prompt in enumerate(prompts):
        wanted = replace(request, images=(_FRAME_TO_COME,) if number else ())
        spec = fit(entry, within(entry, wanted, bounds), prompt)
        yield Offer(spec, entry.estimate(spec, images=len(wanted.images)))


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
        raise InvalidRequestError(_("The prompt is empty. Describe what the video should show."))
    if len(text) > most_characters:
        raise InvalidRequestError(_TOO_LONG(len(text), most=grouped(most_characters)))
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
