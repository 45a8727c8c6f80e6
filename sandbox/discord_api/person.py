"""A person as the API knows them, and what could be sent in their name past Discord's client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.discord_api import reach
from sandbox.discord_api.backend import Backend
from sandbox.discord_api.channels import Channel
from sandbox.discord_api.components import ComponentKind, walk
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.invoking import Intent, invoke
from sandbox.discord_api.modals import ModalAnswers, ModalValue, blank_form
from sandbox.discord_api.options import CannotDoError, Leaf, OptionValue, entry, fill, find_leaf
from sandbox.discord_api.runs import Run
from sandbox.discord_api.state import (
    ChannelState,
    Command,
    Interaction,
    InteractionKind,
    MemberState,
    Message,
    UserState,
)
from sandbox.discord_api.uploads import Upload

MESSAGE_MENU: Final = 3
_ROW_LIMIT: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody whose interactions may be forged: no permission, place or offer is checked here."""

    backend: Backend
    state: MemberState

    @property
    def id(self) -> int:
        """Return the person's snowflake."""
        return self.state.user.id

    @property
    def name(self) -> str:
        """Return the username."""
        return self.state.user.username

    @property
    def user(self) -> UserState:
        """Return the account; its `are_dms_open` and `locale` may be set."""
        return self.state.user

    async def call(self, channel: Channel, path: str, /, **options: "CommandValue") -> Run:
        """Send a slash command whether or not it is offered; its options must still fit it."""
        leaf = find_leaf(self._registered(channel.state), path)
        return self._command(channel.state, leaf, options)

    async def call_autocomplete(
        self,
        channel: Channel,
        path: str,
        /,
        *,
        focused: str,
        value: str,
        **options: "CommandValue",
    ) -> list[Json]:
        """Ask for the suggestions of a command whether or not it is offered."""
        leaf = find_leaf(self._registered(channel.state), path)
        return await self._suggestions(channel.state, leaf, focused, {**options, focused: value})

    async def call_on_message(self, message: Message, command: str) -> Run:
        """Use a command of the message menu, whether or not it is offered or the message seen."""
        channel = self.backend.world.channels[message.channel_id]
        return self._on_message(message, self._registered(channel), command)

    async def press(
        self, message: Message, custom_id: str, *, values: Sequence[str] | None = None
    ) -> Run:
        """Use a control with any id, as if it were on the message; with `values` it is a select."""
        channel = self.backend.world.channels[message.channel_id]
        shown = self.backend.payloads.message(message)
        there = list(walk(shown["components"]))
        control = next((one for one in there if one.get("custom_id") == custom_id), None)
        if control is None:
            # discord.py looks for the control in the message before it asks the bot's own code.
            free_id = 1 + max((one["id"] for one in there), default=0)
            control = _control(custom_id, values) | {"id": free_id + 1}
            row = {"type": ComponentKind.ROW.value, "id": free_id, "components": [control]}
            shown["components"] = [*shown["components"][: _ROW_LIMIT - 1], row]
        data = {
            "custom_id": custom_id,
            "component_type": control["type"],
            "id": control["id"],
        }
        data |= {} if values is None else {"values": list(values)}
        return self._invoke(
            InteractionKind.COMPONENT, channel, data, source=message, forged={"message": shown}
        )

    async def send_form(self, channel: Channel, custom_id: str, /, **values: ModalValue) -> Run:
        """Send a form with any id that was never opened; each value makes a field of its kind."""
        return self._send_form(channel.state, custom_id, blank_form(values), values)

    async def forge(self, channel: Channel, data: Mapping[str, object], /, **lies: object) -> Run:
        """Send a command with data that is written by hand; `lies` go over the whole payload."""
        return self._invoke(InteractionKind.COMMAND, channel.state, dict(data), forged=lies)

    def _registered(self, channel: ChannelState) -> list[Command]:
        return self.backend.world.commands_in(channel.guild_id)

    def _command(
        self, channel: ChannelState, leaf: Leaf, options: "Mapping[str, CommandValue]"
    ) -> Run:
        values = self._plain(options, channel)
        data = fill(self.backend, leaf, values, guild_id=channel.guild_id, user_id=self.id)
        return self._invoke(InteractionKind.COMMAND, channel, data)

    async def _suggestions(
        self,
        channel: ChannelState,
        leaf: Leaf,
        focused: str,
        options: "Mapping[str, CommandValue]",
    ) -> list[Json]:
        data = fill(
            self.backend,
            leaf,
            self._plain(options, channel),
            guild_id=channel.guild_id,
            user_id=self.id,
            focused=focused,
        )
        return await self._invoke(InteractionKind.AUTOCOMPLETE, channel, data).choices()

    def _on_message(self, message: Message, commands: Sequence[Command], name: str) -> Run:
        channel = self.backend.world.channels[message.channel_id]
        shown = {str(message.id): self.backend.payloads.message(message)}
        data = menu_entry(MESSAGE_MENU, commands, name)
        data |= {"target_id": str(message.id), "resolved": {"messages": shown}}
        return self._invoke(InteractionKind.COMMAND, channel, data)

    def _send_form(
        self,
        channel: ChannelState,
        custom_id: str,
        fields: Sequence[Json],
        values: Mapping[str, ModalValue],
        cause: Interaction | None = None,
    ) -> Run:
        def keep(file: Upload) -> Json:
            stored = reach.upload(self.backend, self.id, file, channel, is_ephemeral=True)
            return self.backend.payloads.attachment(stored)

        data = ModalAnswers(values, keep).data(custom_id, fields)
        source = cause.source if cause else None
        return self._invoke(InteractionKind.MODAL, channel, data, source=source, cause=cause)

    def _plain(
        self, options: "Mapping[str, CommandValue]", channel: ChannelState
    ) -> dict[str, OptionValue]:
        values: dict[str, OptionValue] = {}
        for name, value in options.items():
            match value:
                case Upload():
                    values[name] = reach.upload(
                        self.backend, self.id, value, channel, is_ephemeral=True
                    )
                case Person():
                    values[name] = value.user
                case Channel():
                    values[name] = value.state
                case _:
                    values[name] = value
        return values

    def _invoke(
        self,
        kind: InteractionKind,
        channel: ChannelState,
        data: Json,
        *,
        source: Message | None = None,
        cause: Interaction | None = None,
        forged: Json | None = None,
    ) -> Run:
        intent = Intent(kind, self.id, channel, data, source, cause, forged or {})
        return Run(self.backend, invoke(self.backend, intent))


CommandValue = OptionValue | Upload | Person | Channel
"""What a person can give to an option of a command."""


def menu_entry(kind: int, commands: Sequence[Command], name: str) -> Json:
    """Return the data of a command of a menu, without its target.

    Raises:
        CannotDoError: It is not among these commands.
    """
    for command in commands:
        if command.kind == kind and command.name == name:
            return entry(command)
    raise CannotDoError(f"There is no command {name} in this menu.")


def _control(custom_id: str, values: Sequence[str] | None) -> Json:
    if values is None:
        return {
            "type": ComponentKind.BUTTON.value,
            "custom_id": custom_id,
            "style": 2,
            "label": "Forged",
        }
    return {
        "type": ComponentKind.STRING_SELECT.value,
        "custom_id": custom_id,
        "min_values": 1,
        "max_values": max(1, len(values)),
        "options": [{"label": one, "value": one} for one in values],
    }
