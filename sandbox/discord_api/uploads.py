"""A file that a person has at hand."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to attach; without `content_type` the name tells, as on Discord."""

    filename: str
    data: bytes = field(repr=False)
    content_type: str | None = None
