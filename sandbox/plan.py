"""What the demo plays, and whether the model can do it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.domain import ENGLISH, JobState, Mode, Origin, SourceVideo, UploadedImage, VideoRequest
from bot.errors import InvalidRequestError
from bot.language import languages, listed
from bot.pipeline.fit import fit
from bot.providers import CATALOGUE
from bot.providers.catalogue import Catalogue
from bot.providers.entries import ModelEntry
from sandbox.discord_api.uploads import Upload
from sandbox.lines import lines_in
from sandbox.pictures import make_picture
from sandbox.providers import STAND_INS

RENDER_SECONDS: Final = 9.0
_USUAL_SECONDS: Final = 6
_NOBODY: Final = Origin(interaction_id=0, guild_id=0, channel_id=0, requester_id=0)


class PlanError(Exception):
    """The demo can't be played like that; the text says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command as a member types it."""

    command: str
    options: Mapping[str, str | int] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Write it the way the client shows it; attached files are shown beside it."""
        options = "".join(f" {name}: {value}" for name, value in self.options.items())
        return f"/{self.command}{options}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is played: one video, or one and another that is made from it once it is posted."""

    out: Path
    """Where the videos, the bot's log and its data go."""
    entry: ModelEntry
    seconds: int
    language: str = ENGLISH
    """Of the server and of its people."""
    prompt: str = lines_in(ENGLISH).prompt
    images: int = 1
    mode: Mode | None = None
    """Edit or extend, for a second video."""
    change: str | None = None
    """What the second prompt says."""
    added_seconds: int | None = None
    """By how much to extend; the model's own choice when it is None."""
    render_seconds: float = RENDER_SECONDS
    """Of each of the two."""
    kill_at: JobState | None = None
    """Of the last video."""

    @property
    def growth_seconds(self) -> int:
        """Tell by how much the second video should be longer than the first."""
        extending = self.entry.extending
        if self.mode is not Mode.EXTEND or extending is None:
            return 0
        return self.added_seconds or extending.default_seconds

    def first_order(self) -> Order:
        """Write the command that makes a video from a prompt and images."""
        names = ["image", *(f"image{number}" for number in range(2, self.images + 1))]
        numbers = range(1, self.images + 1)
        label = lines_in(self.language).reference
        pictures = [
            Upload(f"reference-{number}.png", make_picture(f"{label} {number}", 900, 600))
            for number in numbers
        ]
        options: dict[str, str | int] = {
            "prompt": self.prompt,
            "model": self.entry.key,
            "duration": self.seconds,
        }
        return Order("grok video", options, dict(zip(names, pictures, strict=False)))

    def second_order(self, mode: Mode, job_id: str) -> Order:
        """Write the command that goes on from the posted video of a job."""
        changes = lines_in(self.language).changes
        options: dict[str, str | int] = {"job": job_id, "prompt": self.change or changes[mode]}
        if self.added_seconds is not None:
            options["duration"] = self.added_seconds
        return Order(f"grok {mode}", options)

    def check(self) -> None:
        """Hold the plan against what the model can do.

        Raises:
            PlanError: It can't do that.
        """
        if self.language not in languages():
            there = listed(languages())
            raise PlanError(f"The bot does not speak {self.language}; it speaks {there}.")
        entry = self.entry
        if self.mode is not None and self.mode not in entry.modes:
            able = [one.key for one in CATALOGUE if self.mode in one.modes]
            raise PlanError(f"{entry.key} can't {self.mode} videos; {listed(able)} can.")
        if self.images > entry.most_images:
            count = f"{entry.most_images} image{'' if entry.most_images == 1 else 's'}"
            raise PlanError(f"{entry.key} takes at most {count}; you asked for {self.images}.")
        first = VideoRequest(
            origin=_NOBODY,
            prompt=self.prompt,
            seconds=self.seconds,
            images=(UploadedImage("", b""),) * self.images,
        )
        second = VideoRequest(
            origin=_NOBODY,
            prompt=self.change or "",
            seconds=self.added_seconds,
            mode=self.mode,
            source=SourceVideo("", self.seconds),
        )
        try:
            fit(entry, first, self.prompt)
            if self.mode is not None:
                fit(entry, second, self.prompt)
        except InvalidRequestError as error:
            raise PlanError(str(error)) from error


def choose(provider: str | None = None, model: str | None = None) -> ModelEntry:
    """Choose what makes the video: a provider's own first choice, unless a model is named.

    Raises:
        PlanError: There is no such provider or model.
    """
    if provider is not None and provider not in STAND_INS:
        raise PlanError(f"There is no provider {provider}; there are {listed([*STAND_INS])}.")
    name = provider or next(iter(STAND_INS))
    if model is None:
        model, provider = STAND_INS[name].model, name
    offered = CATALOGUE.offered(STAND_INS if provider is None else (provider,))
    try:
        return Catalogue(offered.entries).find(model)
    except InvalidRequestError as error:
        raise PlanError(str(error)) from error


def usual_seconds(entry: ModelEntry) -> int:
    """Choose a length for who names none: short, for every second has to be drawn."""
    return _USUAL_SECONDS if _USUAL_SECONDS in entry.seconds else entry.default_seconds
