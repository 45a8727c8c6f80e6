from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain import AuditRow
from bot.errors import PostingError


@dataclass
class Channels:
    """Log channels that remember what they took; `lost` is taken, but nobody is told."""

    posts: list[tuple[int, list[int]]] = field(default_factory=list)
    plain: list[bool] = field(default_factory=list)
    looks: list[tuple[int, datetime]] = field(default_factory=list)
    errors: list[Exception | None] = field(default_factory=list)
    blind: PostingError | None = None
    lost: bool = False
    known: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    async def post(
        self,
        channel_id: int,
        rows: Sequence[AuditRow],
        *,
        begun_by: datetime,
        language: str | None = None,
        is_plain: bool = False,
    ) -> None:
        assert begun_by.tzinfo is not None
        error = self.errors.pop(0) if self.errors else None
        if error is not None and not self.lost:
            raise error
        mark = (rows[-1].id, rows[-1].hash[:12])
        if mark not in self.known.setdefault(channel_id, []):
            self.known[channel_id].append(mark)
            self.posts.append((channel_id, [row.id for row in rows]))
            self.plain.append(is_plain)
        if error is not None:
            raise error

    async def marks(self, channel_id: int, since: datetime) -> list[tuple[int, str]]:
        self.looks.append((channel_id, since))
        if self.blind is not None:
            raise self.blind
        return self.known.get(channel_id, [])
