"""Tells what a message of the bot is, by what everybody sees of it: of which job, and what kind.

The bot's rows have no say in that: they are what is held against it.
"""

import re
from collections.abc import Sequence
from typing import Final

from bot.domain import Job, MessageKind
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message, Version

_OF_DESK: Final = re.compile(r" · (?:case|appeal) [0-9]+$|^record [0-9]+ to ")
_COUNTED: Final = re.compile(r" · (delivery|joined|gallery|week) ([0-9]+)$")
_KINDS: Final = {
    "delivery": MessageKind.DELIVERY,
    "joined": MessageKind.JOINED,
    "gallery": MessageKind.GALLERY,
    "week": MessageKind.WEEKLY,
}
"""By the word before the number of what a job may owe more than once."""
COUNTED: Final = frozenset(_KINDS.values())


def posted_by_us(chat: DiscordStandIn) -> list[Message]:
    """List what the bot posted about jobs, also what was deleted since.

    Cases, answers to appeals, and the record are no part of that: they are neither card nor end.
    """
    return [message for message in own_messages(chat) if not _is_of_desk(message)]


def own_messages(chat: DiscordStandIn) -> list[Message]:
    """List all that the bot ever said to everybody."""
    return [
        message
        for channel in chat.backend.world.channels.values()
        for message in channel.messages.values()
        if message.author_id == chat.application_id and not message.is_ephemeral
    ]


def footers_of(message: Message | Version) -> list[str]:
    """List what stands small under the embeds of a message."""
    return [str((one.get("footer") or {}).get("text", "")) for one in message.embeds]


def is_about(message: Message, job: Job) -> bool:
    """Whether a message shows a job, or did once: a card that is folded no longer names it."""
    shown: Sequence[object] = [message.embeds, message.components, message.attachments]
    earlier = [part for one in message.edits for part in (one.embeds, one.components)]
    return job.id in str([*shown, *earlier, message.nonce])


def kind_of(message: Message) -> tuple[MessageKind, int]:
    """Tell kind and number of a message about a job, as it was when it was posted.

    A card says nothing outside of its embed, and a failure has a title. Whether somebody was
    mentioned tells nothing: members may not want that.
    """
    first = message.edits[0] if message.edits else message
    for footer in footers_of(first):
        if found := _COUNTED.search(footer):
            return _KINDS[found[1]], int(found[2])
    if not first.content:
        return MessageKind.CARD, 0
    has_title = any(embed.get("title") for embed in first.embeds)
    return (MessageKind.FAILURE if has_title else MessageKind.RESULT), 0


def _is_of_desk(message: Message) -> bool:
    return any(_OF_DESK.search(footer) for footer in footers_of(message))
