"""REST routes of channels, guilds, users and the gateway's address."""

from typing import Final

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.calls import Call
from sandbox.discord_api.payloads import (
    application_payload,
    channel_payload,
    guild_emoji_payload,
    guild_payload,
    member_payload,
    own_user_payload,
    user_payload,
)
from sandbox.discord_api.permissions import sending_permission
from sandbox.discord_api.replies import NO_CONTENT, Refusal, RefusedCallError, Reply
from sandbox.discord_api.rest_messages import require, visible_channel
from sandbox.discord_api.routes import Routes
from sandbox.discord_api.state import ChannelKind, GuildState

ROUTES: Final = Routes()


@ROUTES.add("GET", "/users/@me")
def get_own_user(backend: Backend, _call: Call) -> Reply:
    """Get Current User."""
    return Reply(200, own_user_payload(backend.world.bot))


@ROUTES.add("GET", "/users/{user_id}")
def get_user(backend: Backend, call: Call) -> Reply:
    """Get User."""
    user = backend.world.users.get(call.id("user_id"))
    if user is None:
        raise RefusedCallError(Refusal.UNKNOWN_USER)
    return Reply(200, user_payload(user))


@ROUTES.add("POST", "/users/@me/channels")
def open_direct_channel(backend: Backend, call: Call) -> Reply:
    """Create DM; it works also when sending there will not."""
    user = backend.world.users.get(int(call.json()["recipient_id"]))
    if user is None or user.is_bot:
        raise RefusedCallError(Refusal.UNKNOWN_USER)
    channel = backend.world.direct_channel(user)
    return Reply(200, channel_payload(backend.world, channel))


@ROUTES.add("GET", "/oauth2/applications/@me")
@ROUTES.add("GET", "/applications/@me")
def get_own_application(backend: Backend, _call: Call) -> Reply:
    """Get Current Application."""
    return Reply(200, application_payload(backend.world))


@ROUTES.add("GET", "/gateway", is_open=True)
def get_gateway(backend: Backend, _call: Call) -> Reply:
    """Get Gateway."""
    return Reply(200, {"url": backend.gateway.url})


@ROUTES.add("GET", "/gateway/bot")
def get_gateway_bot(backend: Backend, _call: Call) -> Reply:
    """Get Gateway Bot."""
    used = len(backend.gateway.identifies)
    limit = {
        "total": 1000,
        "remaining": max(0, 1000 - used),
        "reset_after": 86_400_000,
        "max_concurrency": 1,
    }
    body = {"url": backend.gateway.url, "shards": 1, "session_start_limit": limit}
    return Reply(200, body)


@ROUTES.add("GET", "/channels/{channel_id}")
def get_channel(backend: Backend, call: Call) -> Reply:
    """Get Channel."""
    return Reply(200, channel_payload(backend.world, visible_channel(backend, call)))


@ROUTES.add("POST", "/channels/{channel_id}/typing")
def trigger_typing(backend: Backend, call: Call) -> Reply:
    """Trigger Typing Indicator."""
    channel = visible_channel(backend, call)
    require(backend, channel, sending_permission(channel))
    return NO_CONTENT


def _guild(backend: Backend, call: Call) -> GuildState:
    guild = backend.world.guilds.get(call.id("guild_id"))
    if guild is None:
        raise RefusedCallError(Refusal.UNKNOWN_GUILD)
    if not guild.has_bot:
        raise RefusedCallError(Refusal.MISSING_ACCESS)
    return guild


@ROUTES.add("GET", "/guilds/{guild_id}")
def get_guild(backend: Backend, call: Call) -> Reply:
    """Get Guild."""
    guild = _guild(backend, call)
    payload = guild_payload(guild)
    if call.query.get("with_counts") in {"1", "true"}:
        payload["approximate_member_count"] = len(guild.members)
        payload["approximate_presence_count"] = len(guild.members)
    return Reply(200, payload)


@ROUTES.add("GET", "/guilds/{guild_id}/channels")
def list_channels(backend: Backend, call: Call) -> Reply:
    """Get Guild Channels; threads are not among them."""
    found = backend.world.channels_of(_guild(backend, call), ChannelKind.TEXT, ChannelKind.CATEGORY)
    return Reply(200, [channel_payload(backend.world, channel) for channel in found])


@ROUTES.add("GET", "/guilds/{guild_id}/emojis/{emoji_id}")
def get_emoji(backend: Backend, call: Call) -> Reply:
    """Get Guild Emoji."""
    emoji = _guild(backend, call).emojis.get(call.id("emoji_id"))
    if emoji is None:
        raise RefusedCallError(Refusal.NO_SUCH_EMOJI)
    return Reply(200, guild_emoji_payload(emoji))


@ROUTES.add("GET", "/guilds/{guild_id}/members/{user_id}")
def get_member(backend: Backend, call: Call) -> Reply:
    """Get Guild Member."""
    member = _guild(backend, call).members.get(call.id("user_id"))
    if member is None:
        raise RefusedCallError(Refusal.UNKNOWN_MEMBER)
    return Reply(200, member_payload(member))
