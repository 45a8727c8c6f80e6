"""What was decided about a wish: a yes with what it takes, or a polite no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain.policy import Cost, Hold, Limit, Scope
from bot.domain.request import Offer


@dataclass(frozen=True, slots=True)
class Gauge:
    """A limit, and what is used of it at this moment."""

    limit: Limit
    used: int
    granted: int = 0
    """What grants add for this member."""
    until: datetime | None = None
    """When the cooldown is over, or when something is free again; None when no clock says."""


class Refusal(StrEnum):
    """Why a job is not taken; `bot.posting.denials` says it to the member."""

    BLOCKED = "blocked"
    PAUSED = "paused"
    CHANNELS = "channels"
    AGE_RESTRICTED = "age_restricted"
    ROLES = "roles"
    MODELS = "models"
    LONGEST = "longest"
    RESOLUTION = "resolution"
    REFERENCES = "references"
    UNPRICED = "unpriced"
    """Nobody knows its price, and money is limited here."""
    LIMIT = "limit"
    PROMPT = "prompt"
    """A rule about prompts."""
    COOLING = "cooling"
    """Too many prompts that rules stopped."""


@dataclass(frozen=True, slots=True)
class Denial:
    """A polite no: which rule of which scope said so, and when it may go otherwise."""

    refusal: Refusal
    scope: Scope
    target_id: int = 0
    set_by_id: int | None = None
    """None is the operator."""
    gauge: Gauge | None = None
    """With `Refusal.LIMIT`."""
    wanted: int = 0
    """What the job would take, in the unit of the limit."""
    allowed: tuple[str, ...] = ()
    """What would be taken instead: models, lengths, sizes, ids of channels or roles."""
    until: datetime | None = None
    reason: str = ""
    """What a moderator wrote: of a pause or a block."""
    is_stepped_down: bool = False
    """Whether it is only so because most of a budget is used."""


@dataclass(frozen=True, slots=True)
class BudgetAlert:
    """A share of a budget that was just reached."""

    gauge: Gauge
    percent: int


ALERT_PERCENTS: Final = (50, 80, 100)


@dataclass(frozen=True, slots=True)
class Admission:
    """A yes, with everything that has to be written in the same commit."""

    cost: Cost
    is_priced: bool
    hold: Hold | None = None
    hold_reason: str = ""
    """For the moderators: which rule holds it."""
    alternatives: tuple[Offer, ...] = ()
    """Of what else would do, that which may be used here."""
    is_spoiler: bool = False
    coverage: Mapping[int, int] = field(default_factory=dict)
    """What is taken from each grant, by its id."""
    alerts: tuple[BudgetAlert, ...] = ()
