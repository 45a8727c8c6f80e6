"""What every route and every person works on: state, files, gateway, and the events of each."""

from dataclasses import dataclass

from bot.clock import Clock
from sandbox.discord_api.cdn import Cdn
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.gateway import (
    INTENT_DIRECT_MESSAGES,
    INTENT_DIRECT_REACTIONS,
    INTENT_GUILD_MESSAGES,
    INTENT_GUILD_REACTIONS,
    INTENT_GUILDS,
    INTENT_MEMBERS,
    INTENT_MESSAGE_CONTENT,
    Build,
    Gateway,
)
from sandbox.discord_api.message_payloads import MessagePayloads, emoji_payload
from sandbox.discord_api.payloads import (
    channel_payload,
    guild_create_payload,
    member_payload,
    role_payload,
)
from sandbox.discord_api.permissions import Permission
from sandbox.discord_api.session import Session
from sandbox.discord_api.state import (
    ChannelKind,
    ChannelState,
    GuildState,
    MemberState,
    Message,
    RoleState,
)
from sandbox.discord_api.world import Rules, World


@dataclass(frozen=True, slots=True)
class Backend:
    """The parts of the stand-in, and how the bot hears of what happens in them."""

    world: World
    cdn: Cdn
    gateway: Gateway
    payloads: MessagePayloads

    def tell_message(self, event: str, message: Message) -> None:
        """Dispatch MESSAGE_CREATE or MESSAGE_UPDATE where the bot may see it."""

        def build(session: Session) -> Json:
            is_known = bool(session.intents & INTENT_MESSAGE_CONTENT)
            is_known = is_known or self.payloads.is_readable(message)
            return self._place(message) | self.payloads.message(message, is_content_known=is_known)

        self._dispatch_in(message, event, build, (INTENT_GUILD_MESSAGES, INTENT_DIRECT_MESSAGES))

    def tell_deleted(self, message: Message) -> None:
        """Dispatch MESSAGE_DELETE."""
        payload = self._place(message) | {"id": str(message.id)}
        self._dispatch_in(
            message, "MESSAGE_DELETE", payload, (INTENT_GUILD_MESSAGES, INTENT_DIRECT_MESSAGES)
        )

    def tell_reaction(self, event: str, message: Message, user_id: int, emoji: str) -> None:
        """Dispatch MESSAGE_REACTION_ADD or MESSAGE_REACTION_REMOVE."""
        is_burst = (emoji, user_id) in message.bursts
        payload = self._place(message) | {
            "message_id": str(message.id),
            "user_id": str(user_id),
            "emoji": emoji_payload(emoji),
            "burst": is_burst,
            "type": int(is_burst),
        }
        guild = self.world.guild_of(self.world.channels[message.channel_id])
        if event == "MESSAGE_REACTION_ADD":
            payload["message_author_id"] = str(message.author_id)
            if guild is not None:
                payload["member"] = member_payload(guild.members[user_id])
        self._dispatch_in(
            message, event, payload, (INTENT_GUILD_REACTIONS, INTENT_DIRECT_REACTIONS)
        )

    def tell_reactions_cleared(self, message: Message, emoji: str | None) -> None:
        """Dispatch that a moderator removed all reactions, or all of one emoji."""
        payload = self._place(message) | {"message_id": str(message.id)}
        event = "MESSAGE_REACTION_REMOVE_ALL"
        if emoji is not None:
            event, payload["emoji"] = "MESSAGE_REACTION_REMOVE_EMOJI", emoji_payload(emoji)
        self._dispatch_in(
            message, event, payload, (INTENT_GUILD_REACTIONS, INTENT_DIRECT_REACTIONS)
        )

    def tell_channel(self, action: str, channel: ChannelState) -> None:
        """Dispatch CHANNEL_… or THREAD_… with `action` CREATE, UPDATE or DELETE."""
        kind = "THREAD" if channel.kind is ChannelKind.THREAD else "CHANNEL"
        self.gateway.dispatch(
            f"{kind}_{action}",
            channel_payload(self.world, channel),
            intent=INTENT_GUILDS,
            guild_id=channel.guild_id,
        )
        self.world.changes.tell()

    def tell_role(self, action: str, guild: GuildState, role: RoleState) -> None:
        """Dispatch GUILD_ROLE_CREATE or GUILD_ROLE_DELETE."""
        payload: Json = {"guild_id": str(guild.id)}
        if action == "DELETE":
            payload["role_id"] = str(role.id)
        else:
            payload["role"] = role_payload(role)
        self.gateway.dispatch(
            f"GUILD_ROLE_{action}", payload, intent=INTENT_GUILDS, guild_id=guild.id
        )
        self.world.changes.tell()

    def tell_member(self, guild: GuildState, member: MemberState) -> None:
        """Dispatch GUILD_MEMBER_UPDATE; of itself the bot hears in any case (docs, Gateway)."""
        self.gateway.dispatch(
            "GUILD_MEMBER_UPDATE",
            member_payload(member) | {"guild_id": str(guild.id)},
            intent=0 if member.user.id == self.world.bot.id else INTENT_MEMBERS,
            guild_id=guild.id,
        )
        self.world.changes.tell()

    def tell_joined(self, guild: GuildState) -> None:
        """Dispatch that the bot was added to a guild, or is back in it."""
        payload = guild_create_payload(self.world, guild, with_members=False)
        # Only a guild that was there at READY says that it is available now.
        del payload["unavailable"]
        self.gateway.dispatch("GUILD_CREATE", payload, intent=INTENT_GUILDS, guild_id=guild.id)
        self.world.changes.tell()

    def tell_kicked(self, guild: GuildState) -> None:
        """Dispatch that the bot was removed from a guild."""
        payload = {"id": str(guild.id), "unavailable": False}
        self.gateway.dispatch("GUILD_DELETE", payload, intent=INTENT_GUILDS, guild_id=guild.id)
        self.world.changes.tell()

    def _place(self, message: Message) -> Json:
        channel = self.world.channels[message.channel_id]
        place: Json = {"channel_id": str(channel.id)}
        return place if channel.guild_id is None else place | {"guild_id": str(channel.guild_id)}

    def _dispatch_in(
        self, message: Message, event: str, data: Json | Build, intents: tuple[int, int]
    ) -> None:
        channel = self.world.channels[message.channel_id]
        is_hidden = message.is_ephemeral or not self.world.may(
            self.world.bot.id, Permission.VIEW_CHANNEL, channel
        )
        if not is_hidden:
            in_guild, direct = intents
            self.gateway.dispatch(
                event,
                data,
                intent=direct if channel.guild_id is None else in_guild,
                guild_id=channel.guild_id,
            )
        self.world.changes.tell()


def open_backend(clock: Clock, rules: Rules) -> Backend:
    """Make an empty Discord."""
    world = World(clock, rules)
    cdn = Cdn(world)
    return Backend(world, cdn, Gateway(world), MessagePayloads(world, cdn))
