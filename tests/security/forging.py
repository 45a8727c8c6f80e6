"""Interactions that Discord's own client would not send: other places, other ids, lies."""

from collections.abc import Mapping
from typing import Any

from sandbox.discord_api import Channel, DiscordStandIn, Member, Message, Run
from sandbox.discord_api.invoking import Intent, invoke
from sandbox.discord_api.state import InteractionKind


def forge(
    chat: DiscordStandIn,
    member: Member,
    channel: Channel,
    data: Mapping[str, Any],
    *,
    message: Message | None = None,
    **lies: object,
) -> Run:
    """Send what a command or a button would, whether or not it is offered there."""
    kind = InteractionKind.COMMAND if message is None else InteractionKind.COMPONENT
    intent = Intent(kind, member.id, channel.state, dict(data), message, forged=lies)
    return Run(chat.backend, invoke(chat.backend, intent))


def press(chat: DiscordStandIn, member: Member, message: Message, custom_id: str) -> Run:
    """Press a button with an id of one's own on a message of the bot."""
    message.components[0]["components"][0]["custom_id"] = custom_id
    data = {"custom_id": custom_id, "component_type": 2}
    return forge(chat, member, chat.channel_of(message.channel_id), data, message=message)
