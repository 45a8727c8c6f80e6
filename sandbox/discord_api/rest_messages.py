"""REST routes of messages in channels: post, read, edit, delete."""

from typing import Final

from sandbox.discord_api.automod import refuse_blocked
from sandbox.discord_api.backend import Backend
from sandbox.discord_api.calls import Call
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.form import Form
from sandbox.discord_api.permissions import Permission, sending_permission
from sandbox.discord_api.posting import Place, create_message, delete_message, edit_message
from sandbox.discord_api.replies import NO_CONTENT, Refusal, RefusedCallError, Reply
from sandbox.discord_api.routes import Routes
from sandbox.discord_api.state import ChannelKind, ChannelState, Message, MessageKind

ROUTES: Final = Routes()
_DEFAULT_PAGE: Final = 50
_LARGEST_PAGE: Final = 100


def visible_channel(backend: Backend, call: Call) -> ChannelState:
    """Find the channel of a path.

    Raises:
        RefusedCallError: There is none, or the bot may not see it.
    """
    world = backend.world
    channel = world.channels.get(call.id("channel_id"))
    if channel is None:
        raise RefusedCallError(Refusal.UNKNOWN_CHANNEL)
    if not world.may(world.bot.id, Permission.VIEW_CHANNEL, channel):
        raise RefusedCallError(Refusal.MISSING_ACCESS)
    return channel


def require(backend: Backend, channel: ChannelState, permission: Permission) -> None:
    """Refuse a call for which the bot lacks a permission.

    Raises:
        RefusedCallError: It lacks it.
    """
    if not backend.world.may(backend.world.bot.id, permission, channel):
        raise RefusedCallError(Refusal.MISSING_PERMISSIONS)


@ROUTES.add("POST", "/channels/{channel_id}/messages")
def post_message(backend: Backend, call: Call) -> Reply:
    """Create Message, with the nonce rule: a known nonce brings the earlier message."""
    channel = visible_channel(backend, call)
    body = call.json()
    _require_sending(backend, call, channel)
    earlier = _earlier_message(backend, body)
    if earlier is not None:
        return Reply(200, backend.payloads.message(earlier))
    replied = _replied_message(backend, body, channel)
    refuse_blocked(backend.world.guild_of(channel), body)
    place = Place(
        channel=channel,
        author_id=backend.world.bot.id,
        upload_limit=backend.world.upload_limit(channel.guild_id),
        replied=replied,
        kind=MessageKind.REPLY if replied else MessageKind.DEFAULT,
    )
    message = create_message(backend, call, place)
    if body.get("enforce_nonce") and message.nonce is not None:
        key = (message.author_id, str(message.nonce))
        backend.world.nonces[key] = (message, message.created_at)
    return Reply(200, backend.payloads.message(message))


def _require_sending(backend: Backend, call: Call, channel: ChannelState) -> None:
    """Refuse what the bot may not send here; sending wakes an archived thread (docs, Threads)."""
    world, body = backend.world, call.json()
    if channel.kind is ChannelKind.CATEGORY:
        raise RefusedCallError(Refusal.NOT_A_TEXT_CHANNEL)
    if channel.recipient_id is not None:
        _require_open_dms(backend, channel.recipient_id)
    require(backend, channel, sending_permission(channel))
    if call.files:
        require(backend, channel, Permission.ATTACH_FILES)
    if body.get("embeds"):
        require(backend, channel, Permission.EMBED_LINKS)
    if channel.is_locked and not world.may(world.bot.id, Permission.MANAGE_THREADS, channel):
        raise RefusedCallError(Refusal.LOCKED)
    if channel.is_archived:
        channel.is_archived = False
        backend.tell_channel("UPDATE", channel)


def _require_open_dms(backend: Backend, user_id: int) -> None:
    world = backend.world
    if not world.users[user_id].are_dms_open:
        raise RefusedCallError(Refusal.CLOSED_TO_DMS)
    if not any(guild.has_bot and user_id in guild.members for guild in world.guilds.values()):
        raise RefusedCallError(Refusal.NO_MUTUAL_GUILDS)


def _earlier_message(backend: Backend, body: Json) -> Message | None:
    """Find what this author posted with this nonce in the last minutes.

    Raises:
        RefusedCallError: It was posted and deleted since.
    """
    world = backend.world
    if not body.get("enforce_nonce") or body.get("nonce") is None:
        return None
    message, at = world.nonces.get((world.bot.id, str(body["nonce"])), (None, world.clock.now()))
    if message is None or world.clock.now() - at > world.rules.nonce_window:
        return None
    if message.deleted:
        raise RefusedCallError(Refusal.UNKNOWN_MESSAGE)
    return message


def _replied_message(backend: Backend, body: Json, channel: ChannelState) -> Message | None:
    reference = body.get("message_reference")
    if not reference:
        return None
    if not backend.world.may(backend.world.bot.id, Permission.READ_MESSAGE_HISTORY, channel):
        raise RefusedCallError(Refusal.NO_REPLY_WITHOUT_HISTORY)
    message = channel.messages.get(int(reference["message_id"]))
    if message is not None and not message.deleted and not message.is_ephemeral:
        return message
    if reference.get("fail_if_not_exists", True):
        form = Form()
        form.wrong(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        form.refuse_if_wrong()
    return None


@ROUTES.add("GET", "/channels/{channel_id}/messages")
def list_messages(backend: Backend, call: Call) -> Reply:
    """Get Channel Messages, newest first; empty without the permission to read history."""
    channel = visible_channel(backend, call)
    if not backend.world.may(backend.world.bot.id, Permission.READ_MESSAGE_HISTORY, channel):
        return Reply(200, [])
    limit = call.number("limit") or _DEFAULT_PAGE
    form = Form()
    form.check(1 <= limit <= _LARGEST_PAGE, ("limit",), "NUMBER_TYPE_MAX")
    form.refuse_if_wrong()
    there = [one for one in channel.messages.values() if not (one.deleted or one.is_ephemeral)]
    before, after, around = (call.number(name) for name in ("before", "after", "around"))
    if before is not None:
        page = [one for one in there if one.id < before][-limit:]
    elif after is not None:
        page = [one for one in there if one.id > after][:limit]
    elif around is not None:
        half = limit // 2
        page = [one for one in there if one.id < around][-half:] if half else []
        page += [one for one in there if one.id >= around][: limit - half]
    else:
        page = there[-limit:]
    return Reply(200, [_shown(backend, one) for one in reversed(page)])


@ROUTES.add("GET", "/channels/{channel_id}/messages/{message_id}")
def get_message(backend: Backend, call: Call) -> Reply:
    """Get Channel Message."""
    channel = visible_channel(backend, call)
    require(backend, channel, Permission.READ_MESSAGE_HISTORY)
    message = backend.world.message(channel, call.id("message_id"))
    return Reply(200, _shown(backend, message))


@ROUTES.add("PATCH", "/channels/{channel_id}/messages/{message_id}")
def patch_message(backend: Backend, call: Call) -> Reply:
    """Edit Message, the bot's own only, and not in an archived thread."""
    channel = visible_channel(backend, call)
    message = backend.world.message(channel, call.id("message_id"))
    if message.author_id != backend.world.bot.id:
        raise RefusedCallError(Refusal.NOT_THE_AUTHOR)
    if channel.is_archived:
        raise RefusedCallError(Refusal.ARCHIVED)
    if call.files:
        require(backend, channel, Permission.ATTACH_FILES)
    place = Place(
        channel, message.author_id, upload_limit=backend.world.upload_limit(channel.guild_id)
    )
    edit_message(backend, call, message, place)
    return Reply(200, backend.payloads.message(message))


@ROUTES.add("DELETE", "/channels/{channel_id}/messages/{message_id}")
def remove_message(backend: Backend, call: Call) -> Reply:
    """Delete Message: one's own always, others' with the permission to manage messages."""
    channel = visible_channel(backend, call)
    message = backend.world.message(channel, call.id("message_id"))
    if message.author_id != backend.world.bot.id:
        require(backend, channel, Permission.MANAGE_MESSAGES)
    delete_message(backend, message)
    return NO_CONTENT


def _shown(backend: Backend, message: Message) -> Json:
    is_known = backend.payloads.is_readable(message)
    return backend.payloads.message(message, is_content_known=is_known)
