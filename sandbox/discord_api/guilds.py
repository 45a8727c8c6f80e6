"""A guild as people see it, and what its owner can change about it."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.channels import Channel
from sandbox.discord_api.people import Member
from sandbox.discord_api.permissions import guild_permissions
from sandbox.discord_api.state import EmojiState, GuildState, RoleState


@dataclass(frozen=True, slots=True, eq=False)
class Guild:
    """A guild; its channels and members are found by name."""

    backend: Backend
    state: GuildState

    @property
    def id(self) -> int:
        """Return its snowflake."""
        return self.state.id

    @property
    def name(self) -> str:
        """Return its name."""
        return self.state.name

    def channel(self, name: str) -> Channel:
        """Find a text channel, thread or category.

        Raises:
            LookupError: There is none of this name.
        """
        for state in self.backend.world.channels.values():
            if state.guild_id == self.id and state.name == name:
                return Channel(self.backend, state)
        raise LookupError(f"no channel {name} in {self.name}")

    def member(self, username: str) -> Member:
        """Find a person.

        Raises:
            LookupError: There is none of this name.
        """
        for state in self.state.members.values():
            if state.user.username == username:
                return Member(self.backend, state)
        raise LookupError(f"no member {username} in {self.name}")

    def role(self, name: str) -> RoleState:
        """Find a role.

        Raises:
            LookupError: There is none of this name.
        """
        for role in self.state.roles.values():
            if role.name == name:
                return role
        raise LookupError(f"no role {name} in {self.name}")

    @property
    def bot_permissions(self) -> int:
        """Return what the bot may do in this guild before channels say otherwise."""
        return guild_permissions(self.state, self.backend.world.bot.id)

    def add_category(self, name: str) -> Channel:
        """Create a category, which holds text channels."""
        category = self.backend.world.add_category(self.state, name)
        self.backend.tell_channel("CREATE", category)
        return Channel(self.backend, category)

    def add_channel(
        self, name: str, *, is_nsfw: bool = False, category: Channel | None = None
    ) -> Channel:
        """Create a text channel, in a category if one is given."""
        category_id = None if category is None else category.id
        channel = self.backend.world.add_channel(
            self.state, name, is_nsfw=is_nsfw, category_id=category_id
        )
        self.backend.tell_channel("CREATE", channel)
        return Channel(self.backend, channel)

    def add_thread(self, parent: Channel, name: str) -> Channel:
        """Create a public thread."""
        thread = self.backend.world.add_thread(parent.state, name)
        self.backend.tell_channel("CREATE", thread)
        return Channel(self.backend, thread)

    def add_member(
        self,
        username: str,
        *,
        roles: tuple[RoleState, ...] = (),
        joined_at: datetime | None = None,
    ) -> Member:
        """Let a person in, now if not said otherwise; somebody new unless the name is known."""
        world = self.backend.world
        known = (user for user in world.users.values() if user.username == username)
        user = next(known, None) or world.add_user(username)
        member = world.add_member(self.state, user, joined_at)
        member.role_ids.extend(role.id for role in roles)
        return Member(self.backend, member)

    def add_role(
        self, name: str, *, permissions: int = 0, is_mentionable: bool = False
    ) -> RoleState:
        """Create a role."""
        role = self.backend.world.add_role(
            self.state, name, permissions, is_mentionable=is_mentionable
        )
        self.backend.tell_role("CREATE", self.state, role)
        return role

    def add_emoji(self, name: str) -> EmojiState:
        """Make an emoji; the bot hears of it only with an intent of its own."""
        emoji = EmojiState(self.backend.world.new_id(), name)
        self.state.emojis[emoji.id] = emoji
        return emoji

    def remove_role(self, role: RoleState) -> None:
        """Delete a role; nobody has it any more, and no channel mentions it."""
        del self.state.roles[role.id]
        for member in self.state.members.values():
            member.role_ids = [one for one in member.role_ids if one != role.id]
        for channel in self.backend.world.channels.values():
            channel.overwrites = [one for one in channel.overwrites if one.target_id != role.id]
        self.backend.tell_role("DELETE", self.state, role)

    def boost(self, tier: int) -> None:
        """Set the boost tier, 0 to 3, which decides how large a file may be."""
        self.state.tier = tier

    def limit_uploads(self, limit_bytes: int | None) -> None:
        """Set the largest file by hand, or leave it to the tier again."""
        self.state.upload_limit_override = limit_bytes

    def block(self, *words: str, links: bool = False) -> None:
        """Let AutoMod stop messages with one of these words, or with links."""
        self.state.blocked_words = tuple(word.lower() for word in words)
        self.state.blocks_links = links

    def kick_bot(self) -> None:
        """Remove the bot, with its commands in this guild."""
        world = self.backend.world
        member = self.state.members.pop(world.bot.id)
        for role_id in member.role_ids:
            del self.state.roles[role_id]
        self.state.has_bot = False
        world.commands[self.id] = []
        self.backend.tell_kicked(self.state)

    def invite_bot(self) -> None:
        """Add the bot again."""
        self.backend.world.add_bot(self.state)
        self.backend.tell_joined(self.state)
