"""Messages with files, embeds, components and reactions, in the shape that Discord sends."""

from collections.abc import Iterable
from copy import deepcopy

from sandbox.discord_api.cdn import Cdn
from sandbox.discord_api.components import ATTACHMENT_SCHEME, ComponentKind, media_of, walk
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.payloads import user_payload
from sandbox.discord_api.state import Attachment, Interaction, InteractionKind, Message
from sandbox.discord_api.world import World


class MessagePayloads:
    """Builds message payloads; every link in one is signed at that moment."""

    def __init__(self, world: World, cdn: Cdn) -> None:
        self._world = world
        self._cdn = cdn

    def attachment(self, attachment: Attachment) -> Json:
        """Show an uploaded file."""
        link = self._cdn.link(attachment)
        payload: Json = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": attachment.size,
            "url": link,
            "proxy_url": link,
            "content_type": attachment.content_type,
            "flags": 0,
        }
        if attachment.description is not None:
            payload["description"] = attachment.description
        if attachment.is_ephemeral:
            payload["ephemeral"] = True
        return payload

    def message(self, message: Message, *, is_content_known: bool = True) -> Json:
        """Show a message and, when it is a reply, the one that it replies to.

        Without `is_content_known` text, files, embeds and controls are empty, as for bots
        that lack the message content intent.
        """
        payload = self._basic(message, is_content_known=is_content_known)
        if message.reactions:
            payload["reactions"] = [self._reaction(message, emoji) for emoji in message.reactions]
        if message.reference_id is not None:
            channel = self._world.channels[message.channel_id]
            replied = channel.messages.get(message.reference_id)
            payload["referenced_message"] = (
                None
                if replied is None or replied.deleted
                else self._basic(replied, is_content_known=self.is_readable(replied))
            )
        return payload

    def is_readable(self, message: Message) -> bool:
        """Whether the bot may read a message without the privileged intent."""
        bot_id = self._world.bot.id
        return (
            message.author_id == bot_id
            or self._world.channels[message.channel_id].guild_id is None
            or bot_id in message.mentioned
            or self._world.rules.has_message_content
        )

    def _basic(self, message: Message, *, is_content_known: bool) -> Json:
        users = self._world.users
        shown = [one for one in message.attachments if not one.is_in_embed]
        payload: Json = {
            "id": str(message.id),
            "type": int(message.kind),
            "channel_id": str(message.channel_id),
            "author": user_payload(users[message.author_id]),
            "content": message.content if is_content_known else "",
            "timestamp": message.created_at.isoformat(),
            "edited_timestamp": message.edited_at and message.edited_at.isoformat(),
            "tts": False,
            "pinned": False,
            "mention_everyone": message.mentions_everyone,
            "mentions": [user_payload(users[user_id]) for user_id in message.mentioned],
            "mention_roles": [str(role_id) for role_id in message.mentioned_roles],
            "attachments": [self.attachment(one) for one in shown] if is_content_known else [],
            "embeds": self._embeds(message) if is_content_known else [],
            "components": self._components(message) if is_content_known else [],
            "flags": message.flags,
        }
        if message.nonce is not None:
            payload["nonce"] = message.nonce
        if message.reference_id is not None:
            payload["message_reference"] = self._reference(message)
        if message.interaction_token is not None:
            interaction = self._world.interactions[message.interaction_token]
            application_id = str(self._world.application_id)
            payload["webhook_id"] = payload["application_id"] = application_id
            payload["interaction_metadata"] = self._metadata(interaction)
        return payload

    def _reference(self, message: Message) -> Json:
        guild_id = self._world.channels[message.channel_id].guild_id
        payload: Json = {
            "type": 0,
            "channel_id": str(message.channel_id),
            "message_id": str(message.reference_id),
        }
        return payload if guild_id is None else payload | {"guild_id": str(guild_id)}

    def _metadata(self, interaction: Interaction) -> Json:
        payload: Json = {
            "id": str(interaction.id),
            "type": int(interaction.kind),
            "user": user_payload(self._world.users[interaction.user_id]),
            "authorizing_integration_owners": integration_owners(interaction.guild_id),
        }
        if interaction.kind is InteractionKind.COMPONENT and interaction.source is not None:
            payload["interacted_message_id"] = str(interaction.source.id)
        if interaction.kind is InteractionKind.MODAL:
            # A forged form has no cause, but every form of Discord's has: then a command.
            cause = interaction.cause
            payload["triggering_interaction_metadata"] = (
                self._metadata(cause) if cause else payload | {"type": int(InteractionKind.COMMAND)}
            )
        return payload

    def _reaction(self, message: Message, emoji: str) -> Json:
        count = len(message.reactions[emoji])
        burst = sum(one == emoji for one, _ in message.bursts)
        return {
            "emoji": emoji_payload(emoji),
            "count": count,
            "count_details": {"burst": burst, "normal": count - burst},
            "burst_colors": [],
            "me_burst": False,
            "me": self._world.bot.id in message.reactions[emoji],
        }

    def _embeds(self, message: Message) -> list[Json]:
        embeds: list[Json] = deepcopy(message.embeds)
        for embed in embeds:
            embed.setdefault("type", "rich")
            for one in embed.get("fields") or ():
                one.setdefault("inline", False)
            for name in ("image", "thumbnail"):
                if name in embed:
                    embed[name]["url"] = self._resolve(embed[name]["url"], message.attachments)
        return embeds

    def _components(self, message: Message) -> list[Json]:
        components: list[Json] = deepcopy(message.components)
        by_name = {f"{ATTACHMENT_SCHEME}{one.filename}": one for one in message.attachments}
        for one in walk(components):
            if one["type"] == ComponentKind.FILE and one["file"]["url"] in by_name:
                held = by_name[one["file"]["url"]]
                one |= {"name": held.filename, "size": held.size}
        for media in media_of(components):
            attachment = by_name.get(media["url"])
            media["url"] = media["proxy_url"] = self._resolve(media["url"], message.attachments)
            media |= {"id": str(message.id), "width": None, "height": None, "content_type": None}
            if attachment is not None:
                media["content_type"] = attachment.content_type
                media["attachment_id"] = str(attachment.id)
        return components

    def _resolve(self, url: str, attachments: Iterable[Attachment]) -> str:
        for attachment in attachments:
            if url == f"{ATTACHMENT_SCHEME}{attachment.filename}":
                return self._cdn.link(attachment)
        return url


def emoji_payload(emoji: str) -> Json:
    """Show a Unicode emoji, or a custom one that is written `name:id`."""
    name, _, emoji_id = emoji.partition(":")
    return {"id": emoji_id or None, "name": name, "animated": False}


def integration_owners(guild_id: int | None) -> Json:
    """Show by whose installation an interaction came about: the guild's, or none (0)."""
    return {"0": "0" if guild_id is None else str(guild_id)}
