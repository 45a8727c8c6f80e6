"""Everything that exists in the stand-in's Discord, and how to find it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.clock import Clock
from sandbox.discord_api.changes import Changes
from sandbox.discord_api.permissions import (
    BOT_PERMISSIONS,
    DIRECT_PERMISSIONS,
    EVERYONE_PERMISSIONS,
    channel_permissions,
)
from sandbox.discord_api.replies import Refusal, RefusedCallError
from sandbox.discord_api.state import (
    MEBIBYTE,
    ChannelKind,
    ChannelState,
    Command,
    GuildState,
    Interaction,
    MemberState,
    Message,
    RoleState,
    UserState,
)

_DISCORD_EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)
_TIME_SHIFT: Final = 22


@dataclass(frozen=True, slots=True)
class Rules:
    """What a test may set about Discord itself; the defaults are Discord's."""

    token: str = field(default="sandbox-token.not-a-secret.for-loopback-only", repr=False)
    bot_permissions: int = BOT_PERMISSIONS
    has_message_content: bool = False
    """Whether the application was granted the privileged message content intent."""
    has_members: bool = False
    """Whether the application was granted the privileged members intent."""
    nonce_window: timedelta = timedelta(minutes=5)
    """Discord says "the past few minutes" and no more (docs, Create Message)."""
    first_answer: timedelta = timedelta(seconds=3)
    token_life: timedelta = timedelta(minutes=15)
    resume_window: timedelta = timedelta(minutes=5)
    link_life: timedelta = timedelta(hours=24)
    heartbeat_seconds: float = 41.25
    compress: bool = True
    """Whether zlib-stream is used when the bot asks for it."""


class World:
    """The state behind both APIs; every id is a snowflake that carries the clock's time."""

    def __init__(self, clock: Clock, rules: Rules) -> None:
        self.clock = clock
        self.rules = rules
        self.changes = Changes()
        self.users: dict[int, UserState] = {}
        self.guilds: dict[int, GuildState] = {}
        self.channels: dict[int, ChannelState] = {}
        self.commands: dict[int | None, list[Command]] = {None: []}
        self.interactions: dict[str, Interaction] = {}
        self.nonces: dict[tuple[int, str], tuple[Message, datetime]] = {}
        self._last_id = 0
        self.bot = self.add_user("grok-video", is_bot=True)

    @property
    def application_id(self) -> int:
        """Return the application's id, which is its bot's too."""
        return self.bot.id

    def new_id(self) -> int:
        """Return a snowflake of now, greater than every earlier one."""
        milliseconds = (self.clock.now() - _DISCORD_EPOCH) // timedelta(milliseconds=1)
        self._last_id = max(milliseconds << _TIME_SHIFT, self._last_id + 1)
        return self._last_id

    def add_user(self, username: str, *, is_bot: bool = False) -> UserState:
        """Create an account."""
        user = UserState(self.new_id(), username, is_bot=is_bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: UserState, tier: int) -> GuildState:
        """Create a guild with @everyone, its owner, and the bot with a role of its own."""
        guild = GuildState(self.new_id(), name, owner.id, tier)
        guild.roles[guild.id] = RoleState(guild.id, "@everyone", EVERYONE_PERMISSIONS, 0)
        self.guilds[guild.id] = guild
        self.commands[guild.id] = []
        self.add_member(guild, owner)
        self.add_bot(guild)
        return guild

    def add_bot(self, guild: GuildState) -> None:
        """Make the bot a member, with the permissions of its invitation."""
        role = RoleState(
            self.new_id(), self.bot.username, self.rules.bot_permissions, is_managed=True
        )
        guild.roles[role.id] = role
        self.add_member(guild, self.bot).role_ids.append(role.id)
        guild.has_bot = True

    def add_member(
        self, guild: GuildState, user: UserState, joined_at: datetime | None = None
    ) -> MemberState:
        """Let a user into a guild, now unless it was at another time."""
        member = MemberState(user, joined_at or self.clock.now())
        guild.members[user.id] = member
        return member

    def add_role(
        self, guild: GuildState, name: str, permissions: int, *, is_mentionable: bool = False
    ) -> RoleState:
        """Create a role that nobody has yet."""
        role = RoleState(self.new_id(), name, permissions, is_mentionable=is_mentionable)
        guild.roles[role.id] = role
        return role

    def add_category(self, guild: GuildState, name: str) -> ChannelState:
        """Create a category."""
        return self._add_channel(ChannelKind.CATEGORY, name, guild.id)

    def add_channel(
        self, guild: GuildState, name: str, *, is_nsfw: bool = False, category_id: int | None = None
    ) -> ChannelState:
        """Create a text channel."""
        channel = self._add_channel(ChannelKind.TEXT, name, guild.id, category_id)
        channel.is_nsfw = is_nsfw
        return channel

    def add_thread(self, parent: ChannelState, name: str) -> ChannelState:
        """Create a public thread of a text channel."""
        return self._add_channel(ChannelKind.THREAD, name, parent.guild_id, parent.id)

    def direct_channel(self, user: UserState) -> ChannelState:
        """Return the direct channel of the bot and a user, made at first use."""
        if user.dm_channel_id is None:
            channel = ChannelState(
                self.new_id(), ChannelKind.DIRECT, user.username, recipient_id=user.id
            )
            self.channels[channel.id] = channel
            user.dm_channel_id = channel.id
        return self.channels[user.dm_channel_id]

    def guild_of(self, channel: ChannelState) -> GuildState | None:
        """Return the guild of a channel, None for a direct one."""
        return None if channel.guild_id is None else self.guilds[channel.guild_id]

    def channels_of(self, guild: GuildState, *kinds: ChannelKind) -> list[ChannelState]:
        """Return a guild's channels of some kinds, oldest first."""
        return [
            channel
            for channel in self.channels.values()
            if channel.guild_id == guild.id and channel.kind in kinds
        ]

    def ruling_channel(self, channel: ChannelState) -> ChannelState:
        """Return whose overwrites and age restriction hold: for a thread its parent's.

        A category rules nothing: what its channels take over from it is a copy (docs, Permissions).
        """
        if channel.kind is ChannelKind.THREAD and channel.parent_id is not None:
            return self.channels[channel.parent_id]
        return channel

    def permissions(self, channel: ChannelState, user_id: int) -> int:
        """Return what a user may do in a channel."""
        guild = self.guild_of(channel)
        if guild is None:
            party = {channel.recipient_id, self.bot.id}
            return DIRECT_PERMISSIONS if user_id in party else 0
        overwrites = self.ruling_channel(channel).overwrites
        return channel_permissions(guild, channel, overwrites, user_id)

    def may(self, user_id: int, permission: int, channel: ChannelState) -> bool:
        """Whether a user has all bits of `permission` in a channel."""
        return self.permissions(channel, user_id) & permission == permission

    def upload_limit(self, guild_id: int | None, user_id: int | None = None) -> int:
        """Return the largest file in bytes, for an interaction of `user_id` if given."""
        guild = None if guild_id is None else self.guilds[guild_id]
        limit = guild.upload_limit_bytes if guild else 10 * MEBIBYTE
        member = guild.members.get(user_id) if guild and user_id is not None else None
        own = member.upload_limit_bytes if member else None
        return max(limit, own or 0)

    def message(self, channel: ChannelState, message_id: int) -> Message:
        """Find a message that is there for everybody.

        Raises:
            RefusedCallError: It never was, was deleted, or is somebody's ephemeral one.
        """
        message = channel.messages.get(message_id)
        if message is None or message.deleted or message.is_ephemeral:
            raise RefusedCallError(Refusal.UNKNOWN_MESSAGE)
        return message

    def commands_in(self, guild_id: int | None) -> list[Command]:
        """Return the commands that people see in a guild: its own first, then the global ones."""
        own = self.commands.get(guild_id, []) if guild_id is not None else []
        return [*own, *self.commands[None]]

    def _add_channel(
        self, kind: ChannelKind, name: str, guild_id: int | None, parent_id: int | None = None
    ) -> ChannelState:
        channel = ChannelState(self.new_id(), kind, name, guild_id=guild_id, parent_id=parent_id)
        self.channels[channel.id] = channel
        return channel
