"""What members leave behind beside jobs: votes, preferences, presets and storyboards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.desk import PostedVideo
from bot.domain.job import FailureKind, Job, StoredVideo


class VoteKind(StrEnum):
    """What a reaction says about a video."""

    FAVOUR = "favour"
    DISFAVOUR = "disfavour"
    AGAIN = "again"
    """The same once more: kept as long as the reaction stands, so that it is made once."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One reaction that counts; a member counts once a video, however many they leave."""

    message_id: int
    member_id: int
    emoji: str
    """`Emoji.exact`, by which the end of the same reaction is known."""
    job_id: str
    guild_id: int
    kind: VoteKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One reaction that is gone."""

    message_id: int
    member_id: int
    emoji: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """A moderator took all reactions of a message away, or all of one emoji."""

    message_id: int
    emoji: str | None = None


VoteChange = Vote | Withdrawn | Cleared


@dataclass(frozen=True, slots=True)
class Standing:
    """Who reacts to a message with one emoji at this moment, as Discord tells it."""

    emoji: str
    kind: VoteKind
    member_ids: frozenset[int]
    is_whole: bool = True
    """Whether that is everybody; there may be too many to ask for."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A video and what members say about it, each of them counted once."""

    job: Job
    favours: int
    disfavours: int
    message: PostedVideo | None
    """Where it can be seen."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a member has chosen for themselves, on all servers; None is not chosen."""

    model: str | None = None
    aspect_ratio: str | None = None
    mentions: bool = True
    """Whether they are mentioned when a video of theirs is posted."""
    language: str | None = None
    is_private: bool = False
    """Whether their videos are private unless they say otherwise."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a preset asks for; None is left to what is usual."""

    prompt: str
    model: str | None = None
    seconds: int | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A request that a member keeps under a name."""

    id: int
    guild_id: int
    owner_id: int
    name: str
    recipe: Recipe
    is_shared: bool
    """Whether everybody on the server may use it."""


class StoryState(StrEnum):
    """Where a storyboard stands."""

    RUNNING = "running"
    """Its scenes are being made, one after another."""
    JOINING = "joining"
    """Every scene that will come is here; they are being joined."""
    JOINED = "joined"
    """The joined video is in our storage and owed to the channel. Final."""
    ENDED = "ended"
    """There is nothing to join. Final."""


@dataclass(frozen=True, slots=True)
class Storyboard:
    """Several scenes, each going on from the last frame of the one before."""

    id: int
    interaction_id: int
    guild_id: int
    channel_id: int
    requester_id: int
    scenes: int
    state: StoryState
    created_at: datetime
    lease: int = 0
    attempts: int = 0
    video: StoredVideo | None = None
    is_swept: bool = False
    """Whether the file of `video` was removed."""

    def shown_by(self, job: Job, scenes: Sequence[Job]) -> Job:
        """Return a scene as it is shown with the joined video, of which `scenes` are the parts.

        It has their prompts and their price; where one of them is private, covered, hidden or
        removed, so is the whole.
        """
        there = [one for one in scenes if _is_part(one)]
        costs = [one.cost_micros for one in there]
        estimates = [one.estimate_micros for one in there]
        withdrawn = [one.removed_at or one.hidden_at for one in there]
        return replace(
            job,
            spec=replace(job.spec, prompt="\n".join(one.spec.prompt for one in there)),
            video=self.video,
            is_joined=True,
            is_spoiler=any(one.is_spoiler for one in there),
            is_private=any(one.is_private for one in there) or job.is_private,
            removed_at=next((moment for moment in withdrawn if moment is not None), None),
            cost_micros=_sum(costs),
            estimate_micros=_sum(estimates),
            # The service has no such file.
            provider_ref=None,
            result_url=None,
            submitted_at=None,
        )


@dataclass(frozen=True, slots=True)
class Joining:
    """A storyboard that is to be joined now, and the scenes of it that have a video."""

    story: Storyboard
    scenes: tuple[Job, ...]


def _is_part(scene: Job) -> bool:
    is_fine = scene.failure is None or scene.failure.kind is FailureKind.UNDELIVERABLE
    return scene.video is not None and is_fine


def _sum(amounts: Sequence[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
