"""Whoever tells the journey to a person, and the one who tells nothing."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sandbox.discord_api.state import Message


class Narrator(Protocol):
    """Hears what happens, as it happens."""

    def meet(self, names: Mapping[int, str]) -> None:
        """Learn who the people in the mentions are."""
        ...

    def stage(self, text: str) -> None:
        """Say what happens around the conversation."""
        ...

    def command(self, member: str, text: str, files: Sequence[str]) -> None:
        """Show what the member typed and attached."""
        ...

    def message(self, label: str, message: Message) -> None:
        """Show a message as it looks now."""
        ...

    def card(self, state: str, message: Message) -> None:
        """Look at a card, whenever it or the state of its job has changed."""
        ...


class Silence:
    """Tells nothing; for machines that read the line at the end."""

    def meet(self, names: Mapping[int, str]) -> None:
        """Learn nothing."""

    def stage(self, text: str) -> None:
        """Say nothing."""

    def command(self, member: str, text: str, files: Sequence[str]) -> None:
        """Show nothing."""

    def message(self, label: str, message: Message) -> None:
        """Show nothing."""

    def card(self, state: str, message: Message) -> None:
        """Look away."""
