"""A person in a guild, and what they can do in Discord's client."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.discord_api import reach
from sandbox.discord_api.channels import Channel
from sandbox.discord_api.components import SELECTS, ComponentKind
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.modals import ModalValue
from sandbox.discord_api.options import CannotDoError, find_leaf, resolve_user
from sandbox.discord_api.permissions import Permission
from sandbox.discord_api.person import CommandValue, Person, menu_entry
from sandbox.discord_api.posting import delete_message
from sandbox.discord_api.rest_reactions import add_reaction, clear_reactions, remove_reaction
from sandbox.discord_api.runs import Modal, Run
from sandbox.discord_api.state import GuildState, InteractionKind, Message, RoleState
from sandbox.discord_api.uploads import Upload

_USER_MENU: Final = 2
_LINK_STYLES: Final = (5, 6)


@dataclass(frozen=True, slots=True, eq=False)
class Member(Person):
    """A person; what the client would not let them do raises `CannotDoError`."""

    def sees(self, channel: Channel) -> list[Message]:
        """Return what this person sees in a channel, own ephemeral answers too, oldest first."""
        return [
            message
            for message in channel.state.messages.values()
            if reach.can_see(self.backend, self.id, message)
        ]

    def direct_channel(self) -> Channel:
        """Return the direct channel with the bot."""
        return Channel(self.backend, self.backend.world.direct_channel(self.user))

    def give(self, role: RoleState) -> None:
        """Give a role of the guild; one that the person has already changes nothing."""
        if role.id not in self.state.role_ids:
            self.state.role_ids.append(role.id)
            self.backend.tell_member(self._guild(), self.state)

    def take(self, role: RoleState) -> None:
        """Take a role away; one that the person does not have changes nothing."""
        if role.id in self.state.role_ids:
            self.state.role_ids.remove(role.id)
            self.backend.tell_member(self._guild(), self.state)

    async def slash(self, channel: Channel, path: str, /, **options: CommandValue) -> Run:
        """Send a slash command, for example `slash(channel, "grok video", prompt="a fox")`."""
        leaf = find_leaf(reach.usable_commands(self.backend, self.state, channel.state), path)
        return self._command(channel.state, leaf, options)

    async def autocomplete(
        self,
        channel: Channel,
        path: str,
        /,
        *,
        focused: str,
        value: str,
        **options: CommandValue,
    ) -> list[Json]:
        """Type `value` into the option `focused` and return what the bot suggests."""
        leaf = find_leaf(reach.usable_commands(self.backend, self.state, channel.state), path)
        return await self._suggestions(channel.state, leaf, focused, {**options, focused: value})

    async def use_on_message(self, message: Message, command: str) -> Run:
        """Choose a command from the menu of a message."""
        channel = reach.require_sight(self.backend, self.id, message)
        offered = reach.usable_commands(self.backend, self.state, channel)
        return self._on_message(message, offered, command)

    async def use_on_member(self, channel: Channel, other: "Member", command: str) -> Run:
        """Choose a command from the menu of a person."""
        resolved: Json = {}
        resolve_user(self.backend, resolved, other.user, channel.state.guild_id)
        offered = reach.usable_commands(self.backend, self.state, channel.state)
        data = menu_entry(_USER_MENU, offered, command)
        data |= {"target_id": str(other.id), "resolved": resolved}
        return self._invoke(InteractionKind.COMMAND, channel.state, data)

    async def click(self, message: Message, which: str) -> Run:
        """Press the button with this custom id or label."""
        button = reach.control(self.backend, self.id, message, which)
        if button["type"] != ComponentKind.BUTTON or button["style"] in _LINK_STYLES:
            raise CannotDoError(f"{which} is no button of the bot.")
        return self._use(message, button, {})

    async def choose(self, message: Message, which: str, values: Sequence[str]) -> Run:
        """Choose entries of the select menu with this custom id."""
        select = reach.control(self.backend, self.id, message, which)
        if select["type"] not in SELECTS:
            raise CannotDoError(f"{which} is no select menu.")
        offered = [option["value"] for option in select.get("options") or ()]
        if offered and not set(values) <= set(offered):
            raise CannotDoError(f"The menu offers {offered}.")
        if not select["min_values"] <= len(values) <= select["max_values"]:
            raise CannotDoError(f"{which} takes another number of entries.")
        return self._use(message, select, {"values": list(values)})

    async def submit(self, modal: Modal, /, **values: ModalValue) -> Run:
        """Fill in and send a form; each value is named by the custom id of its field."""
        cause = modal.cause
        channel = self.backend.world.channels[cause.channel_id]
        return self._send_form(channel, modal.custom_id, modal.components, values, cause)

    async def react(self, message: Message, emoji: str, *, is_burst: bool = False) -> None:
        """Put a reaction on a message, or a super reaction."""
        channel = reach.require_sight(self.backend, self.id, message)
        if emoji not in message.reactions:
            reach.require(self.backend, self.id, Permission.ADD_REACTIONS, channel)
        if is_burst:
            message.bursts.add((emoji, self.id))
        add_reaction(self.backend, message, self.id, emoji)

    async def unreact(self, message: Message, emoji: str) -> None:
        """Take one's reaction away."""
        reach.require_sight(self.backend, self.id, message)
        remove_reaction(self.backend, message, self.id, emoji)

    async def take_off(self, other: "Member", message: Message, emoji: str) -> None:
        """Take somebody else's reaction away."""
        channel = reach.require_sight(self.backend, self.id, message)
        reach.require(self.backend, self.id, Permission.MANAGE_MESSAGES, channel)
        remove_reaction(self.backend, message, other.id, emoji)

    async def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        """Take all reactions away, or all of one emoji."""
        channel = reach.require_sight(self.backend, self.id, message)
        reach.require(self.backend, self.id, Permission.MANAGE_MESSAGES, channel)
        clear_reactions(self.backend, message, emoji)

    async def delete(self, message: Message) -> None:
        """Delete one's own message, another's with the permission to, or dismiss an ephemeral."""
        channel = reach.require_sight(self.backend, self.id, message)
        if self.id not in {message.author_id, message.visible_to}:
            reach.require(self.backend, self.id, Permission.MANAGE_MESSAGES, channel)
        delete_message(self.backend, message)

    async def say(
        self,
        channel: Channel,
        text: str,
        *,
        files: Sequence[Upload] = (),
        reply_to: Message | None = None,
    ) -> Message:
        """Write a message."""
        return reach.write(
            self.backend, self.id, channel.state, text, files=files, reply_to=reply_to
        )

    def _guild(self) -> GuildState:
        guilds = self.backend.world.guilds.values()
        return next(one for one in guilds if one.members.get(self.id) is self.state)

    def _use(self, message: Message, component: Json, more: Json) -> Run:
        channel = self.backend.world.channels[message.channel_id]
        data = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component["id"],
        }
        return self._invoke(InteractionKind.COMPONENT, channel, data | more, source=message)
