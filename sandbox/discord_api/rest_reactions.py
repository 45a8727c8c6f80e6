"""REST routes of reactions."""

from typing import Final

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.calls import Call
from sandbox.discord_api.payloads import user_payload
from sandbox.discord_api.permissions import Permission
from sandbox.discord_api.replies import NO_CONTENT, Refusal, RefusedCallError, Reply
from sandbox.discord_api.rest_messages import require, visible_channel
from sandbox.discord_api.routes import Routes
from sandbox.discord_api.state import ChannelState, Message

ROUTES: Final = Routes()
REACTION_LIMIT: Final = 20
"""Different emojis that a message can carry (code 30010)."""
_PATH: Final = "/channels/{channel_id}/messages/{message_id}/reactions"
_DEFAULT_PAGE: Final = 25
_FIRST_NON_LATIN: Final = "\u00a9"


def is_emoji(emoji: str) -> bool:
    """Whether this is written like an emoji: a Unicode one, or `name:id`."""
    name, colon, emoji_id = emoji.partition(":")
    if colon:
        return bool(name) and emoji_id.isdecimal()
    return any(character >= _FIRST_NON_LATIN for character in emoji)


def add_reaction(backend: Backend, message: Message, user_id: int, emoji: str) -> None:
    """Let a user react; doing so twice changes nothing."""
    users = message.reactions.setdefault(emoji, [])
    if user_id not in users:
        users.append(user_id)
        backend.tell_reaction("MESSAGE_REACTION_ADD", message, user_id, emoji)


def remove_reaction(backend: Backend, message: Message, user_id: int, emoji: str) -> None:
    """Take a user's reaction away, if it is there."""
    users = message.reactions.get(emoji, [])
    if user_id in users:
        users.remove(user_id)
        if not users:
            del message.reactions[emoji]
        backend.tell_reaction("MESSAGE_REACTION_REMOVE", message, user_id, emoji)
        message.bursts.discard((emoji, user_id))


def clear_reactions(backend: Backend, message: Message, emoji: str | None) -> None:
    """Take all reactions away, or all of one emoji; what is not there is not told of."""
    message.bursts = {one for one in message.bursts if emoji not in {None, one[0]}}
    if emoji is None:
        message.reactions.clear()
    elif message.reactions.pop(emoji, None) is None:
        return
    backend.tell_reactions_cleared(message, emoji)


def _find(backend: Backend, call: Call) -> tuple[ChannelState, Message]:
    channel = visible_channel(backend, call)
    return channel, backend.world.message(channel, call.id("message_id"))


@ROUTES.add("PUT", _PATH + "/{emoji}/@me")
def put_own(backend: Backend, call: Call) -> Reply:
    """Create Reaction; only a new emoji needs the permission to add reactions."""
    channel, message = _find(backend, call)
    emoji = call.places["emoji"]
    require(backend, channel, Permission.READ_MESSAGE_HISTORY)
    if channel.is_archived:
        raise RefusedCallError(Refusal.ARCHIVED)
    if not is_emoji(emoji):
        raise RefusedCallError(Refusal.UNKNOWN_EMOJI)
    if emoji not in message.reactions:
        require(backend, channel, Permission.ADD_REACTIONS)
        if len(message.reactions) >= REACTION_LIMIT:
            raise RefusedCallError(Refusal.TOO_MANY_REACTIONS)
    add_reaction(backend, message, backend.world.bot.id, emoji)
    return NO_CONTENT


@ROUTES.add("DELETE", _PATH + "/{emoji}/@me")
def delete_own(backend: Backend, call: Call) -> Reply:
    """Delete Own Reaction."""
    _, message = _find(backend, call)
    remove_reaction(backend, message, backend.world.bot.id, call.places["emoji"])
    return NO_CONTENT


@ROUTES.add("DELETE", _PATH + "/{emoji}/{user_id}")
def delete_of_user(backend: Backend, call: Call) -> Reply:
    """Delete User Reaction."""
    channel, message = _find(backend, call)
    require(backend, channel, Permission.MANAGE_MESSAGES)
    remove_reaction(backend, message, call.id("user_id"), call.places["emoji"])
    return NO_CONTENT


@ROUTES.add("GET", _PATH + "/{emoji}")
def list_users(backend: Backend, call: Call) -> Reply:
    """Get Reactions: who reacted with one emoji, plainly or with a super reaction."""
    channel, message = _find(backend, call)
    require(backend, channel, Permission.READ_MESSAGE_HISTORY)
    after = call.number("after") or 0
    limit = call.number("limit") or _DEFAULT_PAGE
    emoji, is_burst = call.places["emoji"], call.number("type") == 1
    users = sorted(
        one
        for one in message.reactions.get(emoji, ())
        if one > after and ((emoji, one) in message.bursts) is is_burst
    )
    return Reply(200, [user_payload(backend.world.users[one]) for one in users[:limit]])


@ROUTES.add("DELETE", _PATH + "/{emoji}")
def delete_emoji(backend: Backend, call: Call) -> Reply:
    """Delete All Reactions for Emoji."""
    channel, message = _find(backend, call)
    require(backend, channel, Permission.MANAGE_MESSAGES)
    clear_reactions(backend, message, call.places["emoji"])
    return NO_CONTENT


@ROUTES.add("DELETE", _PATH)
def delete_all(backend: Backend, call: Call) -> Reply:
    """Delete All Reactions."""
    channel, message = _find(backend, call)
    require(backend, channel, Permission.MANAGE_MESSAGES)
    clear_reactions(backend, message, None)
    return NO_CONTENT
