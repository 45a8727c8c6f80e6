"""Reactions: which emoji they are, what one can ask for, and what a server has set about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.desk import PostedVideo
from bot.domain.policy import Asker
from bot.domain.request import ENGLISH, Viewer

_DRESS: Final = dict.fromkeys([0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])
"""Variation selectors, which say how to draw a sign, and the five tones of skin."""


@dataclass(frozen=True, slots=True)
class Emoji:
    """An emoji of Unicode, or one that a server has made."""

    name: str
    """The characters as they were sent, or the name that the server gave it."""
    id: int | None = None
    """Of a server's own; None of Unicode's."""

    @property
    def meaning(self) -> str:
        """What it is looked up by: the same in every tone of skin, and under every name."""
        return self.name.translate(_DRESS) if self.id is None else str(self.id)

    @property
    def exact(self) -> str:
        """What one reaction is told by from another of the same member: tones differ here."""
        return self.name if self.id is None else str(self.id)

    @property
    def address(self) -> str:
        """Return it as Discord takes it in addresses (docs, Create Reaction)."""
        return self.name if self.id is None else f"{self.name}:{self.id}"

    @property
    def shown(self) -> str:
        """Return it as it is written in a message."""
        return self.name if self.id is None else f"<:{self.name}:{self.id}>"


class Act(StrEnum):
    """What a reaction under a video asks for."""

    SEND = "send"
    """The video by direct message."""
    FAVOUR = "favour"
    DISFAVOUR = "disfavour"
    AGAIN = "again"
    """The same once more, at the cost of whoever reacts."""
    COVER = "cover"
    """Behind a cover, from now on."""
    REMOVE = "remove"
    """Given up while it is made, removed once it is posted."""
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class ReactionRules:
    """What the emojis do in a server, and which of them the bot puts up itself."""

    acts: Mapping[str, Act]
    """By `Emoji.meaning`."""
    own: tuple[Emoji, ...] = ()

    def act(self, emoji: Emoji) -> Act | None:
        """Return what an emoji asks for; None when nothing."""
        return self.acts.get(emoji.meaning)


@dataclass(frozen=True, slots=True)
class GalleryRules:
    """Where videos are copied that enough members favour."""

    channel_id: int
    votes: int
    """Distinct members, without the requester."""
    is_weekly: bool = False
    """Whether the best of each week are listed there."""


@dataclass(frozen=True, slots=True)
class Reactor:
    """Who reacts, as Discord told it with the reaction."""

    viewer: Viewer
    asker: Asker
    may_ask: bool
    """Whether they may use commands there."""
    may_write: bool
    """Whether they may send messages there."""
    why_not: str = ""
    """Why the bot can't post a video there; empty when it can."""
    parent_id: int | None = None
    """As in `Origin`."""
    language: str = ENGLISH
    """What is spoken in public there."""


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody put a reaction under a message of ours."""

    message: PostedVideo
    emoji: Emoji
    reactor: Reactor

    @property
    def member_id(self) -> int:
        """Return who it was."""
        return self.reactor.viewer.member_id


@dataclass(frozen=True, slots=True)
class Unreacted:
    """Somebody's reaction is gone, from any message."""

    message: PostedVideo
    emoji: Emoji
    member_id: int


@dataclass(frozen=True, slots=True)
class Wiped:
    """All reactions of a message are gone, or all of one emoji."""

    message: PostedVideo
    emoji: Emoji | None = None


ReactionEvent = Reacted | Unreacted | Wiped
