"""What every provider does: take a job, tell how it is going, say where its file is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

from bot.domain import Charge, Failure, Inputs, VideoSpec
from bot.providers.client import ApiClient
from bot.providers.entries import ModelEntry


@dataclass(frozen=True, slots=True)
class Pending:
    """The job is queued or rendering."""

    progress: int | None = None
    """Percent from 0 to 100, if the provider says one."""
    unknown_status: str | None = None
    """The word for the state, fit for the log, if no page of the provider has it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The video is made."""

    url: str | None = field(repr=False)
    """Where it says the file is; None leaves only the provider's own download call."""
    seconds: float | None = None
    cost_micros: int | None = None
    """What it says that it charged; None when it says nothing."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The job is over without a video."""

    failure: Failure
    cost_micros: int | None = None
    """What it says that it charged all the same; None when it says nothing."""


Answer = Pending | Finished | Failed
"""What a question about a job can bring."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the job and calls it `ref`."""

    ref: str


@dataclass(frozen=True, slots=True)
class FileSource:
    """One address to fetch a result from.

    `headers` may hold the provider's key: they go to the origin of `url` and to no other,
    also not after a redirect.
    """

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class PollSchedule:
    """When to ask a provider about a job; a setting may replace the first two."""

    first: timedelta
    """From submission to the first question."""
    interval: timedelta
    """Between two questions, until the soft deadline."""
    late_interval: timedelta
    """Between two questions after it."""
    soft_deadline: timedelta
    """From here on the card says that it takes unusually long."""
    hard_deadline: timedelta
    """When the provider forgets the job: its retention, not our patience."""


class KeyCheck(StrEnum):
    """What a call that costs nothing can say about a key."""

    GOOD = "good"
    NOT_POSSIBLE = "not possible"
    """The provider documents no such call."""


class Provider(ABC):
    """One service that makes videos from a prompt.

    A provider translates and does nothing else: it never sleeps, retries, stores or
    logs. The runner owns time, the store owns state.
    """

    name: ClassVar[str]
    """As stored in rows and settings; never renamed."""
    title: ClassVar[str]
    """As people read it."""
    default_base_url: ClassVar[str]
    schedule: ClassVar[PollSchedule]
    requests_per_minute: ClassVar[float] = 60.0
    """How often one key may call, questions included; a setting may replace it."""
    charge_when_refused: ClassVar[Charge] = Charge.POSSIBLE
    """Whether content that it will not make is charged, where its answer doesn't say."""
    charge_when_failed: ClassVar[Charge] = Charge.POSSIBLE
    """Whether a job that it took and could not finish is charged, likewise."""
    models: ClassVar[tuple[ModelEntry, ...]]
    """In the order in which they are offered."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    @abstractmethod
    async def submit(self, spec: VideoSpec, inputs: Inputs) -> Accepted | Failed:
        """Start one paid job; `inputs` are of the kind that the model's entry asks for.

        Raises:
            NotAcceptedError: Nothing was started; the same call may be made again.
            ProviderAccessError: Key, credit or address is wrong; nothing was started.
            OutcomeUnknownError: The job may have been started; never repeat the call.
        """

    @abstractmethod
    async def poll(self, ref: str) -> Answer:
        """Ask how the job is.

        Raises:
            UnreachableError: No usable answer; ask again later.
            UnknownJobError: The provider says that it has no such job.
            ProviderAccessError: It did not let us ask; the job goes on meanwhile.
        """

    @abstractmethod
    def sources(self, ref: str, url: str | None) -> Sequence[FileSource]:
        """List where to fetch the file of a finished job, best first."""

    async def check_key(self) -> KeyCheck:
        """Find out whether the key is good, by a call that costs nothing.

        Raises:
            ProviderAccessError: The provider will not have this key.
            UnreachableError: No usable answer.
        """
        return KeyCheck.NOT_POSSIBLE
