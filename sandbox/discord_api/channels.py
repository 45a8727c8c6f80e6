"""A channel as people see it, and what its moderators can change about it."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.changes import PATIENCE_SECONDS
from sandbox.discord_api.state import ChannelKind, ChannelState, Message, Overwrite


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """A text channel, a thread, a category, or a direct channel with the bot."""

    backend: Backend
    state: ChannelState

    @property
    def id(self) -> int:
        """Return its snowflake."""
        return self.state.id

    @property
    def name(self) -> str:
        """Return its name."""
        return self.state.name

    @property
    def messages(self) -> list[Message]:
        """Return what everybody sees, oldest first; ephemeral and deleted ones are left out."""
        there = self.state.messages.values()
        return [one for one in there if not (one.deleted or one.is_ephemeral)]

    @property
    def everything(self) -> list[Message]:
        """Return every message that ever was, also deleted and ephemeral ones."""
        return list(self.state.messages.values())

    async def wait_for(
        self, is_wanted: Callable[[Message], bool], seconds: float = PATIENCE_SECONDS
    ) -> Message:
        """Return the first visible message that `is_wanted` accepts.

        Raises:
            TimeoutError: There was none within `seconds`.
        """
        return await self.backend.world.changes.until(
            lambda: next((one for one in self.messages if is_wanted(one)), None),
            seconds,
            f"a message in #{self.name}",
        )

    def overwrite(self, target_id: int, *, allow: int = 0, deny: int = 0) -> None:
        """Set what this channel allows and denies to a role or a member."""
        guild = self.backend.world.guild_of(self.state)
        is_role = guild is not None and target_id in guild.roles
        kept = [one for one in self.state.overwrites if one.target_id != target_id]
        self.state.overwrites = [*kept, Overwrite(target_id, is_role, allow, deny)]
        self.backend.tell_channel("UPDATE", self.state)

    def deny_bot(self, permission: int) -> None:
        """Take permissions from the bot here."""
        self.overwrite(self.backend.world.bot.id, deny=permission)

    def archive(self, *, is_locked: bool = False) -> None:
        """Archive a thread, and lock it when asked."""
        self.state.is_archived, self.state.is_locked = True, is_locked
        self.backend.tell_channel("UPDATE", self.state)

    def delete(self) -> None:
        """Remove the channel with its threads; the channels of a category are left behind."""
        world = self.backend.world
        for inner in [one for one in world.channels.values() if one.parent_id == self.id]:
            if inner.kind is ChannelKind.THREAD:
                del world.channels[inner.id]
                self.backend.tell_channel("DELETE", inner)
            else:
                inner.parent_id = None
                self.backend.tell_channel("UPDATE", inner)
        del world.channels[self.id]
        self.backend.tell_channel("DELETE", self.state)
