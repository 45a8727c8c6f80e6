"""What Discord's client shows a person and lets them use."""

from collections.abc import Sequence
from typing import Final

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.components import find_component
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.mentions import find_mentions
from sandbox.discord_api.options import CannotDoError
from sandbox.discord_api.permissions import EVERYTHING, Permission, sending_permission
from sandbox.discord_api.state import (
    Attachment,
    ChannelKind,
    ChannelState,
    Command,
    MemberState,
    Message,
    MessageKind,
)
from sandbox.discord_api.uploads import Upload

_GUILD_CONTEXT: Final = 0
_BOT_DM_CONTEXT: Final = 1


def can_see(backend: Backend, user_id: int, message: Message) -> bool:
    """Whether a person sees a message now."""
    channel = backend.world.channels.get(message.channel_id)
    return (
        channel is not None
        and not message.deleted
        and message.visible_to in {None, user_id}
        and backend.world.may(user_id, Permission.VIEW_CHANNEL, channel)
    )


def require_sight(backend: Backend, user_id: int, message: Message) -> ChannelState:
    """Return the channel of a message that a person sees.

    Raises:
        CannotDoError: They don't see it.
    """
    if not can_see(backend, user_id, message):
        raise CannotDoError("This message is not there for this person.")
    return backend.world.channels[message.channel_id]


def require(backend: Backend, user_id: int, permission: Permission, channel: ChannelState) -> None:
    """Stop a person who lacks a permission.

    Raises:
        CannotDoError: They lack it.
    """
    if not backend.world.may(user_id, permission, channel):
        raise CannotDoError(f"This person lacks the permission {permission.name}.")


def usable_commands(backend: Backend, member: MemberState, channel: ChannelState) -> list[Command]:
    """Return the commands that the client offers a person in a channel.

    Raises:
        CannotDoError: They may use none here, or the bot is not in this guild.
    """
    world = backend.world
    user_id = member.user.id
    guild = world.guild_of(channel)
    _refuse_category(channel)
    require(backend, user_id, Permission.USE_APPLICATION_COMMANDS, channel)
    if guild is not None and not guild.has_bot:
        raise CannotDoError("The bot is not in this guild.")
    if channel.is_archived:
        raise CannotDoError("Commands can't be used in an archived thread.")
    held = world.permissions(channel, user_id)
    context = _BOT_DM_CONTEXT if guild is None else _GUILD_CONTEXT
    is_nsfw = world.ruling_channel(channel).is_nsfw
    return [
        command
        for command in world.commands_in(channel.guild_id)
        if _is_offered(command.body, held, context, is_nsfw=is_nsfw)
    ]


def _refuse_category(channel: ChannelState) -> None:
    if channel.kind is ChannelKind.CATEGORY:
        raise CannotDoError("A category has no messages.")


def _is_offered(body: Json, held: int, context: int, *, is_nsfw: bool) -> bool:
    needed = body["default_member_permissions"]
    # "0" means that only administrators are offered it; in direct channels it says nothing.
    bits = EVERYTHING if needed == "0" else int(needed or 0)
    if context == _GUILD_CONTEXT and held & bits != bits:
        return False
    contexts = body.get("contexts")
    is_placed = contexts is None or context in contexts
    if context == _BOT_DM_CONTEXT and not body.get("dm_permission", True):
        is_placed = False
    return is_placed and (is_nsfw or not body.get("nsfw"))


def control(backend: Backend, user_id: int, message: Message, which: str) -> Json:
    """Find an enabled control of a message by its custom id or label.

    Raises:
        CannotDoError: The person does not see it, or it is disabled.
    """
    require_sight(backend, user_id, message)
    found = find_component(message.components, which)
    if found is None:
        raise CannotDoError(f"The message has no control {which}.")
    if found.get("disabled"):
        raise CannotDoError(f"The control {which} is disabled.")
    return found


def upload(
    backend: Backend, user_id: int, file: Upload, channel: ChannelState, *, is_ephemeral: bool
) -> Attachment:
    """Store a person's file.

    Raises:
        CannotDoError: It is larger than this person may upload here.
    """
    limit = backend.world.upload_limit(channel.guild_id, user_id)
    if len(file.data) > limit:
        raise CannotDoError(f"Your files are too powerful: {limit} bytes at most.")
    return backend.cdn.store(
        channel.id,
        file.filename,
        file.data,
        content_type=file.content_type,
        is_ephemeral=is_ephemeral,
    )


def write(
    backend: Backend,
    user_id: int,
    channel: ChannelState,
    text: str,
    *,
    files: Sequence[Upload] = (),
    reply_to: Message | None = None,
) -> Message:
    """Put a person's message into a channel.

    Raises:
        CannotDoError: They may not write here.
    """
    world = backend.world
    _refuse_category(channel)
    require(backend, user_id, sending_permission(channel), channel)
    message = Message(
        id=world.new_id(),
        channel_id=channel.id,
        author_id=user_id,
        created_at=world.clock.now(),
        kind=MessageKind.REPLY if reply_to else MessageKind.DEFAULT,
        content=text,
        reference_id=reply_to.id if reply_to else None,
        attachments=[upload(backend, user_id, one, channel, is_ephemeral=False) for one in files],
    )
    replied_to = reply_to.author_id if reply_to else None
    found = find_mentions(world, channel, user_id, text, allowed=None, replied_to=replied_to)
    message.mentioned, message.mentioned_roles = found.users, found.roles
    message.mentions_everyone, message.pinged = found.everyone, found.pinged
    channel.messages[message.id] = message
    backend.tell_message("MESSAGE_CREATE", message)
    return message
