"""Keeps pictures of the journey: its card while it renders, and its answer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sandbox.discord_api.state import Message
from sandbox.narrator import Narrator
from sandbox.portrait import draw_message

CARD_PICTURE: Final = "card.png"
RESULT_PICTURE: Final = "result.png"


class Album:
    """Draws what passes on its way to another narrator."""

    def __init__(self, folder: Path, narrator: Narrator) -> None:
        self._folder = folder
        self._narrator = narrator
        self._names: dict[int, str] = {}

    def meet(self, names: Mapping[int, str]) -> None:
        """Learn who the people in the mentions are."""
        self._names.update(names)
        self._narrator.meet(names)

    def stage(self, text: str) -> None:
        """Pass it on."""
        self._narrator.stage(text)

    def command(self, member: str, text: str, files: Sequence[str]) -> None:
        """Pass it on."""
        self._narrator.command(member, text, files)

    def message(self, label: str, message: Message) -> None:
        """Keep a picture of cards that still move, and of answers; the last one wins."""
        if message.pinged:
            self._draw(RESULT_PICTURE, message, replies_to="")
        elif message.components:
            self._draw(CARD_PICTURE, message, replies_to=None)
        self._narrator.message(label, message)

    def _draw(self, name: str, message: Message, replies_to: str | None) -> None:
        now = datetime.now(UTC)
        picture = draw_message(message, names=self._names, now=now, replies_to=replies_to)
        (self._folder / name).write_bytes(picture)
