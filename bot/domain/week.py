"""A week as the calendar has it, from Monday to Sunday in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

_HUNDRED = 100


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A week of ISO 8601."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """Return the week in which a moment is."""
        year, number, _ = moment.astimezone(UTC).isocalendar()
        return cls(year, number)

    @classmethod
    def counted(cls, sequence: int) -> Self:
        """Read a week from its number, such as 202648."""
        return cls(*divmod(sequence, _HUNDRED))

    @property
    def sequence(self) -> int:
        """Return one number for it, such as 202648."""
        return self.year * _HUNDRED + self.number

    @property
    def begin(self) -> datetime:
        """Return when it begins."""
        return datetime.fromisocalendar(self.year, self.number, 1).replace(tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """Return when the next one begins."""
        return self.begin + timedelta(days=7)

    @property
    def before_end(self) -> datetime:
        """Return its last day."""
        return self.end - timedelta(days=1)

    @property
    def before(self) -> "Week":
        """Return the week before it."""
        return Week.of(self.begin - timedelta(days=1))
