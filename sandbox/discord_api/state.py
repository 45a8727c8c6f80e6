"""What the stand-in knows: users, guilds, channels, messages, commands, interactions."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag
from typing import Final

from sandbox.discord_api.exchanges import Json

MEBIBYTE: Final = 1024 * 1024
TIER_LIMITS: Final = (10 * MEBIBYTE, 10 * MEBIBYTE, 50 * MEBIBYTE, 100 * MEBIBYTE)
"""Largest file in bytes by a guild's boost tier (docs, Uploading Files)."""


class ChannelKind(IntEnum):
    """Discord's channel types that the stand-in knows."""

    TEXT = 0
    DIRECT = 1
    CATEGORY = 4
    THREAD = 11


class MessageKind(IntEnum):
    """Discord's message types that the stand-in knows."""

    DEFAULT = 0
    REPLY = 19
    SLASH = 20
    MENU = 23


class MessageFlag(IntFlag):
    """Discord's message flags that the stand-in knows."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


class InteractionKind(IntEnum):
    """Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


@dataclass(slots=True)
class UserState:
    """Somebody with an account; `are_dms_open` is their own privacy setting."""

    id: int
    username: str
    is_bot: bool = False
    are_dms_open: bool = True
    locale: str = "en-US"
    dm_channel_id: int | None = None
    avatar: bytes | None = field(default=None, repr=False)
    """A PNG; without one Discord shows one of its own."""

    @property
    def avatar_hash(self) -> str | None:
        """Return what the picture is called (docs, Image Formatting)."""
        return None if self.avatar is None else hashlib.sha256(self.avatar).hexdigest()[:32]


@dataclass(slots=True)
class RoleState:
    """A role of a guild; the one with the guild's id is @everyone."""

    id: int
    name: str
    permissions: int
    position: int = 1
    is_mentionable: bool = False
    is_managed: bool = False


@dataclass(frozen=True, slots=True)
class EmojiState:
    """An emoji that a guild has made."""

    id: int
    name: str

    @property
    def address(self) -> str:
        """Return it as it is written in paths and in `Message.reactions`."""
        return f"{self.name}:{self.id}"


@dataclass(slots=True)
class Overwrite:
    """What a channel allows or denies to one role or member."""

    target_id: int
    is_role: bool
    allow: int
    deny: int


@dataclass(slots=True)
class MemberState:
    """A user in a guild."""

    user: UserState
    joined_at: datetime
    role_ids: list[int] = field(default_factory=list)
    upload_limit_bytes: int | None = None
    """What the member's own subscription allows, if more than the guild."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """An uploaded file; `path` is where the CDN keeps it."""

    id: int
    filename: str
    content_type: str
    data: bytes = field(repr=False)
    path: str
    description: str | None = None
    is_ephemeral: bool = False
    """Whether it came with a command, a form or a message that one user sees."""
    is_in_embed: bool = False
    """Discord shows a file that an embed uses in the embed only."""

    @property
    def size(self) -> int:
        """Length in bytes."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Version:
    """How a message looked before it was edited at `replaced_at`."""

    content: str
    embeds: tuple[Json, ...]
    components: tuple[Json, ...]
    attachments: tuple[Attachment, ...]
    replaced_at: datetime


@dataclass(slots=True)
class Message:
    """A message as the channel has it."""

    id: int
    channel_id: int
    author_id: int
    created_at: datetime
    kind: MessageKind = MessageKind.DEFAULT
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    reference_id: int | None = None
    interaction_token: str | None = None
    visible_to: int | None = None
    """The only user who sees it, when it is ephemeral."""
    mentioned: tuple[int, ...] = ()
    """Users that it names, whom Discord was allowed to ping."""
    mentioned_roles: tuple[int, ...] = ()
    mentions_everyone: bool = False
    pinged: frozenset[int] = frozenset()
    """Everybody who got a notification: by name, by role, by @everyone, by a reply."""
    edited_at: datetime | None = None
    edits: list[Version] = field(default_factory=list)
    deleted: bool = False
    reactions: dict[str, list[int]] = field(default_factory=dict)
    bursts: set[tuple[str, int]] = field(default_factory=set)
    """Which of them are super reactions: emoji and user."""

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one user sees it."""
        return self.visible_to is not None

    @property
    def is_loading(self) -> bool:
        """Whether it is the "thinking" placeholder of a deferred answer."""
        return bool(self.flags & MessageFlag.LOADING)

    @property
    def is_v2(self) -> bool:
        """Whether it is made of components only."""
        return bool(self.flags & MessageFlag.COMPONENTS_V2)


@dataclass(slots=True)
class ChannelState:
    """A channel; `parent_id` is the text channel of a thread, or the category of a text channel."""

    id: int
    kind: ChannelKind
    name: str
    guild_id: int | None = None
    parent_id: int | None = None
    recipient_id: int | None = None
    overwrites: list[Overwrite] = field(default_factory=list)
    is_nsfw: bool = False
    is_archived: bool = False
    is_locked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)


@dataclass(slots=True)
class GuildState:
    """A guild; `has_bot` tells whether the bot is a member now."""

    id: int
    name: str
    owner_id: int
    tier: int = 0
    upload_limit_override: int | None = None
    locale: str = "en-US"
    has_bot: bool = True
    blocked_words: tuple[str, ...] = ()
    """What its AutoMod lets nobody say, in small letters."""
    blocks_links: bool = False
    roles: dict[int, RoleState] = field(default_factory=dict)
    members: dict[int, MemberState] = field(default_factory=dict)
    emojis: dict[int, EmojiState] = field(default_factory=dict)

    @property
    def upload_limit_bytes(self) -> int:
        """Return the largest file that anybody may post here."""
        return self.upload_limit_override or TIER_LIMITS[self.tier]


@dataclass(frozen=True, slots=True)
class Command:
    """A registered application command, in the shape in which Discord answers it."""

    id: int
    guild_id: int | None
    body: Json

    @property
    def name(self) -> str:
        """Return its name."""
        return str(self.body["name"])

    @property
    def kind(self) -> int:
        """Return its type: 1 slash, 2 user menu, 3 message menu."""
        return int(self.body["type"])


@dataclass(slots=True)
class Interaction:
    """Something that a person asked the bot to do."""

    id: int
    token: str
    kind: InteractionKind
    user_id: int
    channel_id: int
    guild_id: int | None
    data: Json
    created_at: datetime
    dispatched: float
    """Reading of the monotonic clock when it was sent to the bot, in seconds."""
    source: Message | None = None
    """The message of the component."""
    cause: "Interaction | None" = None
    """What opened the modal."""
    acknowledged: float | None = None
    """Reading of the monotonic clock at the first answer, in seconds."""
    callback_type: int | None = None
    callback: Json = field(default_factory=dict)
    original: Message | None = None
    messages: list[Message] = field(default_factory=list)
