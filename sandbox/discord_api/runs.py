"""What a person did with the bot, and what they see come of it."""

from dataclasses import dataclass
from typing import Final

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.changes import PATIENCE_SECONDS
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.state import Interaction, InteractionKind, Message

_DEFERRED_TYPES: Final = (5, 6)
_AUTOCOMPLETE_TYPE: Final = 8
_MODAL_TYPE: Final = 9
_UPDATE_TYPE: Final = 7
_SILENCE: Final = {
    InteractionKind.COMMAND: "The application did not respond",
    InteractionKind.COMPONENT: "This interaction failed",
    InteractionKind.AUTOCOMPLETE: "Loading options failed",
    InteractionKind.MODAL: "Something went wrong. Try again.",
}
"""What Discord's client shows when no answer came in time."""


@dataclass(frozen=True, slots=True)
class Ack:
    """The bot's first answer to an interaction."""

    type: int
    """4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 modal."""
    is_ephemeral: bool
    seconds: float
    """From the dispatch of the interaction to the answer, in real time."""

    @property
    def is_deferred(self) -> bool:
        """Whether it only says that an answer will come."""
        return self.type in _DEFERRED_TYPES


@dataclass(frozen=True, slots=True)
class Modal:
    """A form that the bot opened."""

    custom_id: str
    title: str
    components: list[Json]
    cause: Interaction


class Run:
    """One interaction of a person."""

    def __init__(self, backend: Backend, interaction: Interaction) -> None:
        self._backend = backend
        self.interaction = interaction

    async def acknowledged(self, seconds: float = PATIENCE_SECONDS) -> Ack:
        """Return the first answer.

        Raises:
            TimeoutError: There was none within `seconds`.
        """
        return await self._backend.world.changes.until(self._ack, seconds, "the first answer")

    async def answer(self, seconds: float = PATIENCE_SECONDS) -> Message:
        """Return the first message of the answer that says more than "thinking".

        Raises:
            TimeoutError: There was none within `seconds`.
        """
        return await self._backend.world.changes.until(self._answer, seconds, "the answer")

    async def modal(self, seconds: float = PATIENCE_SECONDS) -> Modal:
        """Return the form that the bot opened.

        Raises:
            TimeoutError: It opened none within `seconds`.
        """
        return await self._backend.world.changes.until(self._modal, seconds, "a modal")

    async def choices(self, seconds: float = PATIENCE_SECONDS) -> list[Json]:
        """Return the suggestions of an autocomplete, `name` and `value` each.

        Raises:
            TimeoutError: There were none within `seconds`.
        """
        return await self._backend.world.changes.until(self._choices, seconds, "suggestions")

    @property
    def ack_seconds(self) -> float | None:
        """Return how long the first answer took in real time, None before it."""
        ack = self._ack()
        return None if ack is None else ack.seconds

    @property
    def messages(self) -> list[Message]:
        """Return the messages of the answer that are still there."""
        return [message for message in self.interaction.messages if not message.deleted]

    @property
    def errors(self) -> list[str]:
        """Return what Discord's client tells the person by now."""
        world, interaction = self._backend.world, self.interaction
        age = world.clock.now() - interaction.created_at
        is_silent = interaction.acknowledged is None and age > world.rules.first_answer
        is_stuck = any(one.is_loading for one in self.messages) and age > world.rules.token_life
        return [_SILENCE[interaction.kind]] if is_silent or is_stuck else []

    def _ack(self) -> Ack | None:
        interaction = self.interaction
        if interaction.acknowledged is None or interaction.callback_type is None:
            return None
        original = interaction.original
        return Ack(
            type=interaction.callback_type,
            is_ephemeral=original is not None and original.is_ephemeral,
            seconds=interaction.acknowledged - interaction.dispatched,
        )

    def _answer(self) -> Message | None:
        interaction = self.interaction
        if interaction.callback_type == _UPDATE_TYPE:
            return interaction.original
        return next((one for one in self.messages if not one.is_loading), None)

    def _modal(self) -> Modal | None:
        interaction = self.interaction
        if interaction.callback_type != _MODAL_TYPE:
            return None
        data = interaction.callback
        return Modal(data["custom_id"], data["title"], data["components"], interaction)

    def _choices(self) -> list[Json] | None:
        if self.interaction.callback_type != _AUTOCOMPLETE_TYPE:
            return None
        return list(self.interaction.callback.get("choices") or ())
