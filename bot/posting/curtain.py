"""The line in public that stands for what only the requester of a private job may see."""

from typing import Any, Final

import discord

from bot.domain import Job, MessageKind, OwedMessage, Place
from bot.posting import words_private
from bot.posting.marks import counted_mark, footer_mark
from bot.posting.result_buttons import curtain_buttons

_GRAY: Final = 0x4F545C


def is_behind_curtain(job: Job, message: OwedMessage, place: Place) -> bool:
    """Tell whether a message must say nothing of its job: others could read it there."""
    return job.is_private and place is not Place.REQUESTER and message.kind in words_private.LINES


def curtain_parts(job: Job, message: OwedMessage) -> dict[str, Any]:
    """Return content, embed and button; by its title a failure is known again, as elsewhere."""
    title = words_private.NO_VIDEO() if message.kind is MessageKind.FAILURE else None
    embed = discord.Embed(title=title, color=_GRAY)
    embed.set_footer(text=f"{footer_mark(job)}{counted_mark(message)}")
    said = words_private.LINES[message.kind](mention=f"<@{job.origin.requester_id}>")
    return {
        "content": said,
        "embed": embed,
        "view": curtain_buttons(job),
    }
