"""What the doctor finds: one line of its table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table; `fix` says what to do and is empty where all is well."""

    what: str
    how: str
    fix: str = ""
    is_warning: bool = False
    """Whether it is to be read although nothing has to be done."""

    @property
    def is_good(self) -> bool:
        """Whether nothing has to be done."""
        return not self.fix
