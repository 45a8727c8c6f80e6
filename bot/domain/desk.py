"""The moderators' desk: cases, rules about prompts, what is taken down, and the record."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.job import Job
from bot.domain.policy import Asker


class CaseKind(StrEnum):
    """What the moderators are asked to decide."""

    REVIEW = "review"
    """May this job be made?"""
    REPORT = "report"
    """May this video stay?"""
    APPEAL = "appeal"
    """A job was declined, and its requester asks to think again."""


class CaseState(StrEnum):
    """Where a case stands; the first decision is the only one."""

    OPEN = "open"
    APPROVED = "approved"
    """The job is made, the video stays."""
    REJECTED = "rejected"
    """The job is not made, the video is removed."""
    CLOSED = "closed"
    """There is nothing to decide any more."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the moderators."""

    id: int
    guild_id: int
    job_id: str
    kind: CaseKind
    state: CaseState
    why: str
    """For the moderators: which rule, which reports."""
    opened_at: datetime
    decided_by_id: int | None = None
    decided_at: datetime | None = None
    reason: str = ""
    """What the moderator wrote, for the member."""
    blocked_until_at: datetime | None = None
    """Until when the member may make nothing, if that was part of the decision."""
    asker: Asker | None = None
    """Who asked, as Discord told it then; None where nobody could tell."""


class Ruling(StrEnum):
    """What a moderator can say to a case."""

    APPROVE = "approve"
    REJECT = "reject"
    BLOCK = "block"
    """No, and the member may make nothing for some time."""


@dataclass(frozen=True, slots=True)
class MemberHistory:
    """What a server knows of a member who asks for a video."""

    made: int
    declined: int
    reported: int
    """Jobs whose video was reported, not reports."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with what a decision about it is made on."""

    case: Case
    job: Job
    history: MemberHistory
    first: Case | None = None
    """Of an appeal the decision that it is against."""
    scenes: tuple[Job, ...] = ()
    """Of a storyboard all scenes: the decision is about all of them."""


@dataclass(frozen=True, slots=True)
class Decided:
    """This decision counts."""

    case: Case
    made: Job | None = None
    """The job that is made because of it."""


@dataclass(frozen=True, slots=True)
class AlreadyDecided:
    """Somebody was faster, or there is nothing to decide any more; the case says which."""

    case: Case


@dataclass(frozen=True, slots=True)
class Appealed:
    """What came of an appeal: `is_new` says whether it is the first, and the only one."""

    case_id: int
    is_new: bool


class RuleKind(StrEnum):
    """How a rule about prompts finds what it looks for."""

    WORD = "word"
    """Whole words, however they are disguised."""
    PATTERN = "pattern"
    """A regular expression."""
    SIMILAR = "similar"
    """Nearly a prompt that a provider refused before; the text is the percentage."""


class RuleAction(StrEnum):
    """What becomes of a prompt that a rule is about."""

    REFUSE = "refuse"
    HOLD = "hold"
    """A moderator decides."""
    SPOILER = "spoiler"
    """The result is posted behind a cover."""


@dataclass(frozen=True, slots=True)
class PromptRule:
    """What somebody does not want to see in prompts."""

    id: int
    guild_id: int
    """0 for a rule of the operator, which holds everywhere."""
    kind: RuleKind
    text: str
    """The words or the pattern; for `RuleKind.SIMILAR` how alike in percent, 50 to 100."""
    action: RuleAction
    set_by_id: int | None
    set_at: datetime


class Removal(StrEnum):
    """What is done to the posted video of a job."""

    HIDE = "hide"
    """Covered until a moderator has decided."""
    REMOVE = "remove"
    CLEAR = "clear"
    """What was covered goes: the video stays and is posted once more."""
    VEIL = "veil"
    """Behind a cover that whoever likes lifts; copies in a gallery go."""


@dataclass(frozen=True, slots=True)
class PostedVideo:
    """A message that has the video of a job."""

    channel_id: int
    message_id: int
    direct_to_id: int | None = None
    """Whose direct messages it is in; None in a server."""


@dataclass(frozen=True, slots=True)
class Takedown:
    """One job whose posted video is to be covered or taken away."""

    job_id: str
    kind: Removal
    by_id: int | None
    """None: enough members reported it."""
    removes_file: bool
    asked_at: datetime
    attempts: int = 0


class Removed(StrEnum):
    """What became of the wish to have a video removed."""

    REMOVED = "removed"
    ALREADY = "already"
    """Somebody had it removed before."""
    NO_VIDEO = "no_video"
    """Nothing was posted yet, or there never was a video."""


class Veiled(StrEnum):
    """What became of the wish to have a video put behind a cover."""

    VEILED = "veiled"
    ALREADY = "already"
    WITHDRAWN = "withdrawn"
    """It is removed, or hidden until moderators have decided."""


class Reported(StrEnum):
    """What became of a report."""

    COUNTED = "counted"
    AGAIN = "again"
    """The same member has reported it before; it counts once."""
    OWN = "own"
    """It is the reporter's own video."""
    PRIVATE = "private"
    """Nobody but its requester can see it."""
    REMOVED = "removed"
    """It is removed already."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the record; each one holds the hash of the one before it."""

    id: int
    at: datetime
    guild_id: int
    """0 for what the operator did for all servers."""
    actor_id: int | None
    """None is the operator or the bot itself; the action tells."""
    action: str
    target: str
    reason: str
    before: str
    """JSON."""
    after: str
    """JSON."""
    previous_hash: str
    hash: str
