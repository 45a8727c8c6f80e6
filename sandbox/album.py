"""Keeps pictures of the journey: its card as it moves on, and its answer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.domain import ENGLISH, JobState
from bot.posting.moderation.sheet import chinese_font
from sandbox.discord_api.state import Message
from sandbox.narrator import Narrator
from sandbox.portrait import draw_message

CARD_PICTURES: Final[Mapping[str, str]] = {
    JobState.RESERVED: "card-waiting.png",
    JobState.RENDERING: "card-rendering.png",
    JobState.POSTED: "card-done.png",
}
"""By where the job is while its card looks like that; what lies between is over in a moment."""
RESULT_PICTURE: Final = "result.png"
PICTURES: Final = (*CARD_PICTURES.values(), RESULT_PICTURE)


class Album:
    """Draws what passes on its way to another narrator, as a client in a language shows it."""

    def __init__(self, folder: Path, narrator: Narrator, language: str = ENGLISH) -> None:
        self._folder = folder
        self._narrator = narrator
        self._language = language
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
        """Keep a picture of answers in the channel; the last one wins."""
        if message.pinged:
            self._draw(RESULT_PICTURE, message, replies_to="")
        self._narrator.message(label, message)

    def card(self, state: str, message: Message) -> None:
        """Keep a picture of the card in this state; the last one wins.

        A card is edited after its job has moved on, never before: one that lags behind is drawn
        once more when it shows the state.
        """
        name = CARD_PICTURES.get(state)
        if name is not None:
            self._draw(name, message, replies_to=None)
        self._narrator.card(state, message)

    def _draw(self, name: str, message: Message, replies_to: str | None) -> None:
        picture = draw_message(
            message,
            names=self._names,
            now=datetime.now(UTC),
            replies_to=replies_to,
            font_paths=(chinese_font(),),
            language=self._language,
        )
        (self._folder / name).write_bytes(picture)
