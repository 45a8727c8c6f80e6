"""Faults of Discord as data: which request goes wrong, how, and how often."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.replies import Reply

TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with requests of `method` to `path`.

    In `path`, which starts after `/api/v10`, `*` stands for one segment and `**` for any
    number; `*` as method is any. Without `status` and `drop` the true reply is given, late
    or with more headers. `after_commit` does what was asked first and hides that it did.
    """

    method: str
    path: str
    status: int | None = None
    drop: bool = False
    is_orderly: bool = False
    """With `drop`: the connection is closed in order, where it would be reset."""
    after_commit: bool = False
    times: int | None = 1
    """None means every time."""
    delay_seconds: float = 0.0
    """Of the stand-in's clock; before the work, or after it with `after_commit`."""
    body: object = None
    """A text is sent as HTML, as proxies do; everything else as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def replaces_reply(self) -> bool:
        """Whether the bot gets something else than the true reply."""
        return self.drop or self.status is not None

    def reply(self) -> Reply:
        """Make the false reply of a fault that has a status."""
        status = self.status or 0
        body: Json = {"message": f"{status}: injected fault", "code": 0}
        headers = dict(self.headers)
        if status == TOO_MANY_REQUESTS:
            body = {"message": "You are being rate limited.", "retry_after": 0.05, "global": False}
            body["code"] = 0
            # Without Via discord.py takes a 429 for a ban by the proxy and gives up.
            headers = {"Via": "1.1 stand-in", "Retry-After": "1"} | headers
        return Reply(status, body if self.body is None else self.body, headers)

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is one that goes wrong."""
        parts = (
            {"*": "[^/]+", "**": ".*"}.get(part, re.escape(part))
            for part in re.split(r"(\*\*|\*)", self.path)
        )
        return self.method in {"*", method} and re.fullmatch("".join(parts), path) is not None


class Faults:
    """The faults that wait for their request; the first that matches is taken."""

    def __init__(self) -> None:
        self._left: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Let `fault` happen to the next requests that match."""
        self._left.append((fault, fault.times))

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._left.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """Return the faults that are not used up."""
        return tuple(fault for fault, _ in self._left)

    def take(self, method: str, path: str) -> Fault | None:
        """Use up one time of the first fault for this request."""
        for index, (fault, times) in enumerate(self._left):
            if fault.matches(method, path):
                if times is not None and times <= 1:
                    del self._left[index]
                elif times is not None:
                    self._left[index] = (fault, times - 1)
                return fault
        return None
