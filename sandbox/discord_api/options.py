"""A typed-in command turned into the data of its interaction, with the client's own checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.payloads import channel_payload, member_payload, role_payload, user_payload
from sandbox.discord_api.state import Attachment, ChannelState, Command, RoleState, UserState

_SLASH: Final = 1


class OptionKind(IntEnum):
    """Discord's option types."""

    SUBCOMMAND = 1
    GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


class CannotDoError(Exception):
    """Discord's client does not let the person do this; the text says why."""


OptionValue = str | int | float | bool | UserState | ChannelState | RoleState | Attachment
"""A value as the interaction takes it; a file is uploaded before."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A command that can be invoked: the way to it and its options."""

    command: Command
    way: tuple[Json, ...]
    """The groups and the subcommand between the command and its options."""

    @property
    def options(self) -> list[Json]:
        """Return the definitions of its options."""
        definition = self.way[-1] if self.way else self.command.body
        return list(definition.get("options") or ())


def find_leaf(commands: Sequence[Command], path: str) -> Leaf:
    """Find "group subcommand" among the slash commands that a person sees.

    Raises:
        CannotDoError: No such command was registered.
    """
    first, *rest = path.split()
    for command in commands:
        if command.kind != _SLASH or command.name != first:
            continue
        way: list[Json] = []
        options: list[Json] = command.body.get("options") or []
        for word in rest:
            found = next((one for one in options if one["name"] == word), None)
            if found is None or found["type"] not in {OptionKind.SUBCOMMAND, OptionKind.GROUP}:
                break
            way.append(found)
            options = found.get("options") or []
        is_whole = len(way) == len(rest)
        if is_whole and not any(
            one["type"] in {OptionKind.SUBCOMMAND, OptionKind.GROUP} for one in options
        ):
            return Leaf(command, tuple(way))
    raise CannotDoError(f"There is no command /{path} here.")


def fill(
    backend: Backend,
    leaf: Leaf,
    values: Mapping[str, OptionValue],
    *,
    guild_id: int | None,
    user_id: int,
    focused: str | None = None,
) -> Json:
    """Return the interaction data of a command of a user; with `focused`, of its autocomplete.

    Raises:
        CannotDoError: An option is missing, unknown, or has a value that it does not take.
    """
    definitions = {one["name"]: one for one in leaf.options}
    _check_names(definitions, values, focused)
    options: list[Json] = []
    resolved: Json = {}
    for name, value in values.items():
        definition = definitions[name]
        option: Json = {"name": name, "type": definition["type"], "value": _plain(value)}
        if name == focused:
            option["focused"] = True
        else:
            check_value(definition, value)
        options.append(option)
        _resolve(backend, resolved, value, guild_id, user_id)
    for step in reversed(leaf.way):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    data = entry(leaf.command) | {"options": options}
    return data | ({"resolved": resolved} if resolved else {})


def entry(command: Command) -> Json:
    """Return what the data of every interaction says about its command."""
    data: Json = {"id": str(command.id), "name": command.name, "type": command.kind}
    return data if command.guild_id is None else data | {"guild_id": str(command.guild_id)}


def _check_names(
    definitions: Mapping[str, Json], values: Mapping[str, OptionValue], focused: str | None
) -> None:
    for name in values:
        if name not in definitions:
            raise CannotDoError(f"The command has no option {name}.")
    if focused is not None:
        if not definitions[focused].get("autocomplete"):
            raise CannotDoError(f"The option {focused} has no suggestions.")
        return
    for name, definition in definitions.items():
        if definition.get("required") and name not in values:
            raise CannotDoError(f"The option {name} is required.")


_PYTHON_TYPES: Final[Mapping[int, tuple[type, ...]]] = {
    OptionKind.STRING: (str,),
    OptionKind.INTEGER: (int,),
    OptionKind.BOOLEAN: (bool,),
    OptionKind.USER: (UserState,),
    OptionKind.CHANNEL: (ChannelState,),
    OptionKind.ROLE: (RoleState,),
    OptionKind.MENTIONABLE: (UserState, RoleState),
    OptionKind.NUMBER: (int, float),
    OptionKind.ATTACHMENT: (Attachment,),
}


def check_value(definition: Json, value: OptionValue) -> None:
    """Check a value as the client does before it sends anything.

    Raises:
        CannotDoError: The option does not take it.
    """
    name, kind = definition["name"], definition["type"]
    is_bool = isinstance(value, bool)
    if not isinstance(value, _PYTHON_TYPES[kind]) or is_bool != (kind == OptionKind.BOOLEAN):
        raise CannotDoError(f"The option {name} takes no {type(value).__name__}.")
    choices = [choice["value"] for choice in definition.get("choices") or ()]
    if choices and value not in choices:
        raise CannotDoError(f"The option {name} offers {choices}, not {value!r}.")
    kinds = definition.get("channel_types") or ()
    if kinds and isinstance(value, ChannelState) and value.kind not in kinds:
        raise CannotDoError(f"The option {name} takes no channel of type {value.kind}.")
    if isinstance(value, str):
        shortest, longest = definition.get("min_length"), definition.get("max_length")
        if not (shortest or 0) <= len(value) <= (longest or 6000):
            raise CannotDoError(f"The option {name} takes {shortest} to {longest} characters.")
    if isinstance(value, int | float):
        least, most = definition.get("min_value"), definition.get("max_value")
        if (least is not None and value < least) or (most is not None and value > most):
            raise CannotDoError(f"The option {name} takes {least} to {most}.")


def _plain(value: OptionValue) -> str | int | float | bool:
    if isinstance(value, UserState | ChannelState | RoleState | Attachment):
        return str(value.id)
    return value


def _resolve(
    backend: Backend, resolved: Json, value: OptionValue, guild_id: int | None, user_id: int
) -> None:
    """Add what stands behind an id, as the resolved data of an interaction has it."""
    match value:
        case Attachment():
            files = resolved.setdefault("attachments", {})
            files[str(value.id)] = backend.payloads.attachment(value)
        case UserState():
            resolve_user(backend, resolved, value, guild_id)
        case ChannelState():
            channels = resolved.setdefault("channels", {})
            channels[str(value.id)] = channel_payload(backend.world, value) | {
                "permissions": str(backend.world.permissions(value, user_id))
            }
        case RoleState():
            roles = resolved.setdefault("roles", {})
            roles[str(value.id)] = role_payload(value)


def resolve_user(backend: Backend, resolved: Json, user: UserState, guild_id: int | None) -> None:
    """Add a user, and the member that the user is in the guild."""
    resolved.setdefault("users", {})[str(user.id)] = user_payload(user)
    member = backend.world.guilds[guild_id].members.get(user.id) if guild_id else None
    if member is not None:
        payload = member_payload(member, permissions=0)
        for name in ("user", "deaf", "mute"):
            del payload[name]
        resolved.setdefault("members", {})[str(user.id)] = payload
