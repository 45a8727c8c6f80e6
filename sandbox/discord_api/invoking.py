"""Sending an interaction to the bot, with everything that Discord tells about it."""

import time
from dataclasses import dataclass, field

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.message_payloads import integration_owners
from sandbox.discord_api.payloads import channel_payload, member_payload, user_payload
from sandbox.discord_api.state import ChannelState, Interaction, InteractionKind, Message


@dataclass(frozen=True, slots=True)
class Intent:
    """What a person means the bot to do."""

    kind: InteractionKind
    user_id: int
    channel: ChannelState
    data: Json
    source: Message | None = None
    cause: Interaction | None = None
    forged: Json = field(default_factory=dict)
    """What goes over the payload: lies that a client could not tell, for tests."""


def invoke(backend: Backend, intent: Intent) -> Interaction:
    """Dispatch INTERACTION_CREATE; it needs no gateway intent."""
    world = backend.world
    interaction_id = world.new_id()
    interaction = Interaction(
        id=interaction_id,
        token=f"interaction-token-{interaction_id}",
        kind=intent.kind,
        user_id=intent.user_id,
        channel_id=intent.channel.id,
        guild_id=intent.channel.guild_id,
        data=intent.data,
        created_at=world.clock.now(),
        dispatched=time.monotonic(),
        source=intent.source,
        cause=intent.cause,
    )
    world.interactions[interaction.token] = interaction
    backend.gateway.dispatch(
        "INTERACTION_CREATE",
        _payload(backend, interaction, intent.channel) | intent.forged,
        guild_id=intent.channel.guild_id,
    )
    return interaction


def _payload(backend: Backend, interaction: Interaction, channel: ChannelState) -> Json:
    world = backend.world
    user = world.users[interaction.user_id]
    payload: Json = {
        "id": str(interaction.id),
        "application_id": str(world.application_id),
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": channel_payload(world, channel)
        | {"permissions": str(world.permissions(channel, user.id))},
        "locale": user.locale,
        "app_permissions": str(world.permissions(channel, world.bot.id)),
        "entitlements": [],
        "authorizing_integration_owners": integration_owners(interaction.guild_id),
        "attachment_size_limit": world.upload_limit(interaction.guild_id, user.id),
    }
    if interaction.source is not None:
        payload["message"] = backend.payloads.message(interaction.source)
    guild = world.guild_of(channel)
    if guild is None:
        return payload | {"user": user_payload(user), "context": 1}
    member = member_payload(guild.members[user.id], permissions=world.permissions(channel, user.id))
    return payload | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": member,
        "context": 0,
    }
