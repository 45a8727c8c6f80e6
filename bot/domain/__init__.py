"""The words of the bot: what is asked for, jobs, messages, usage, and the services beyond."""

from bot.domain.job import (
    OPEN_STATES,
    Cancelled,
    Charge,
    Failure,
    FailureKind,
    Job,
    JobState,
    StoredVideo,
)
from bot.domain.message import (
    FEWEST_TRIES,
    PATIENCE,
    MessageKind,
    MessageState,
    OwedMessage,
    Place,
    Redelivery,
)
from bot.domain.provider import JsonObject, Pause
from bot.domain.request import (
    CleanImage,
    Inputs,
    Mode,
    Offer,
    Origin,
    ReferenceImage,
    SourceVideo,
    UploadedImage,
    ValidRequest,
    VideoRequest,
    VideoSpec,
    Viewer,
)
from bot.domain.usage import DayUsage, Usage, UsageLine
from bot.errors import PauseReason

__all__ = [
    "FEWEST_TRIES",
    "OPEN_STATES",
    "PATIENCE",
    "Cancelled",
    "Charge",
    "CleanImage",
    "DayUsage",
    "Failure",
    "FailureKind",
    "Inputs",
    "Job",
    "JobState",
    "JsonObject",
    "MessageKind",
    "MessageState",
    "Mode",
    "Offer",
    "Origin",
    "OwedMessage",
    "Pause",
    "PauseReason",
    "Place",
    "Redelivery",
    "ReferenceImage",
    "SourceVideo",
    "StoredVideo",
    "UploadedImage",
    "Usage",
    "UsageLine",
    "ValidRequest",
    "VideoRequest",
    "VideoSpec",
    "Viewer",
]
