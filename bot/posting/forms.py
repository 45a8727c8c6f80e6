"""The forms in which a video can be posted."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AttachedVideo:
    """The video as a file of the message."""

    path: Path
    size_bytes: int
    is_shrunk: bool = False
    """Whether it was made smaller for the server's limit."""


@dataclass(frozen=True, slots=True)
class LinkedVideo:
    """The video behind a link, because its file is too large for the place."""

    url: str = field(repr=False)
    is_ours: bool
    """Whether it leads to our own storage; otherwise to the service that made the video."""
    expires_at: datetime | None = None
    """Until when it works; None when it does not expire, as far as anybody knows."""


VideoForm = AttachedVideo | LinkedVideo
