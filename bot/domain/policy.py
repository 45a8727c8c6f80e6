"""What may be used and how much of it: limits, policies, grants, and who asks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

EVERYWHERE: Final = 0
"""The `guild_id` of what the operator has set for all servers."""


class Scope(StrEnum):
    """Whose use is limited; of all that apply, the strictest wins."""

    EVERYWHERE = "everywhere"
    """All jobs of the bot together; set by the operator."""
    PERSON = "person"
    """Each person over all servers; set by the operator."""
    SERVER = "server"
    """All jobs of a server together."""
    CHANNEL = "channel"
    """All jobs of a channel with its threads, or of a category."""
    ROLE = "role"
    """Each member who has the role; of several roles the most generous counts."""
    MEMBER = "member"
    """One member of a server."""


class LimitKind(StrEnum):
    """Over what a limit is measured; days and months are those of UTC."""

    AT_ONCE = "at_once"
    """What is being made at the moment."""
    COOLDOWN = "cooldown"
    """Seconds to wait after each job, after each second of video, or after each dollar."""
    ROLLING_DAY = "24h"
    DAY = "day"
    MONTH = "month"


class Unit(StrEnum):
    """In what a limit is measured."""

    JOBS = "jobs"
    SECONDS = "seconds"
    """Seconds of video."""
    MONEY = "money"
    """Micro-dollars."""


class PolicyName(StrEnum):
    """What can be set for a scope beside amounts; `bot.limits.values` says what each takes."""

    CHANNELS = "channels"
    ROLES = "roles"
    MODELS = "models"
    LONGEST = "longest"
    RESOLUTION = "resolution"
    REFERENCES = "references"
    AGE_RESTRICTED = "age_restricted"
    PAUSE = "pause"
    REVIEW = "review"
    NEWCOMERS = "newcomers"
    CONFIRM_ABOVE = "confirm_above"
    STEP_DOWN = "step_down"
    LOG_CHANNEL = "log_channel"
    REVIEW_CHANNEL = "review_channel"
    HIDE_AT = "hide_at"
    REMOVE_FILES = "remove_files"
    OWN_CONTROLS = "own_controls"
    LANGUAGE = "language"
    REACTIONS = "reactions"
    GALLERY = "gallery"


class EntryKind(StrEnum):
    """Why a row of the ledger was written; the sum of the rows is the spend."""

    RESERVE = "reserve"
    """What a job may cost at most, before anybody is asked to pay."""
    SETTLE = "settle"
    """The difference to what it did cost."""
    REFUND = "refund"
    """All of it back: surely nothing was charged."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One amount for one scope."""

    guild_id: int
    scope: Scope
    target_id: int
    """The server, channel, category, role or member; 0 for the operator's scopes."""
    kind: LimitKind
    unit: Unit
    amount: int
    """Jobs, seconds of video or micro-dollars; of a cooldown the seconds to wait for each."""
    set_by_id: int | None
    """None is the operator."""
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Policy:
    """One thing that is allowed or done in one scope."""

    guild_id: int
    scope: Scope
    target_id: int
    name: PolicyName
    value: Any
    """As JSON has it; checked when it is set."""
    set_by_id: int | None
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Block:
    """A member who may not make videos for the time being."""

    guild_id: int
    member_id: int
    until_at: datetime | None
    """None is until somebody ends it."""
    reason: str
    set_by_id: int | None
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """Something on top of the limits of a member's own and of their roles, once."""

    id: int
    guild_id: int
    member_id: int
    unit: Unit
    amount: int
    used: int
    expires_at: datetime
    reason: str
    set_by_id: int | None
    set_at: datetime

    @property
    def left(self) -> int:
        """Return what is not used yet."""
        return self.amount - self.used


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and from where, as Discord tells it with each interaction."""

    member_id: int
    role_ids: frozenset[int]
    """Those of the member; @everyone, whose id is the server's, is among them."""
    channel_id: int
    parent_channel_id: int | None = None
    """The channel of a thread."""
    category_id: int | None = None
    is_age_restricted: bool = False
    joined_at: datetime | None = None
    """When the member came to the server; None is unknown, which counts as just now."""

    @property
    def channel_ids(self) -> tuple[int, ...]:
        """Return the places whose limits apply here, the narrowest first."""
        places = (self.channel_id, self.parent_channel_id, self.category_id)
        return tuple(place for place in places if place is not None)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a job takes from limits: one job, its seconds, and what it may cost at most."""

    jobs: int = 0
    seconds: int = 0
    micros: int = 0

    def of(self, unit: Unit) -> int:
        """Return how much it is in one of the units."""
        match unit:
            case Unit.JOBS:
                return self.jobs
            case Unit.SECONDS:
                return self.seconds
            case Unit.MONEY:
                return self.micros


@dataclass(frozen=True, slots=True)
class Change:
    """What a moderator or the operator has just set, with what was there before."""

    before: Any
    after: Any

    @property
    def is_one(self) -> bool:
        """Whether anything is different now."""
        return bool(self.before != self.after)


class Hold(StrEnum):
    """What a reserved job waits for before it may be submitted."""

    CONFIRMATION = "confirmation"
    """The requester's yes to the price."""
    REVIEW = "review"
    """A moderator's yes."""
    SCENE = "scene"
    """The end of the scene before it, from which it is to go on."""


class Ending(StrEnum):
    """Why a job that was held was given up."""

    DECLINED = "declined"
    """A moderator said no."""
    UNDECIDED = "undecided"
    """No moderator decided in time."""
    UNCONFIRMED = "unconfirmed"
    """The requester did not say yes to its price."""
    BROKEN = "broken"
    """The scene before it has no video that it could go on from."""
