"""One request to the stand-in and its reply, as they were on the wire."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
"""A JSON object of Discord's."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """One file of a multipart request."""

    name: str
    """For example `files[0]`."""
    filename: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was asked and what was answered; `path` starts after `/api/v10`."""

    method: str
    path: str
    query: Mapping[str, str]
    request: object
    """The JSON body, or the `payload_json` of a multipart one; None without a body."""
    files: tuple[FilePart, ...]
    status: int | None
    """None when the connection was dropped instead of answered."""
    response: object
    is_faulted: bool
    """Whether the reply was injected instead of Discord's own."""


Observer = Callable[[Exchange], None]
"""Somebody who is shown each exchange when it is over."""
