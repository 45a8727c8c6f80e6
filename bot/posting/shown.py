"""A short mark of what a message shows, so that it is edited only when that changes."""

import hashlib
import json

import discord

from bot.posting.outlook_text import OutlookText

_BETWEEN = "."


def digest(embed: discord.Embed) -> str:
    """Return a short mark that changes when the picture does."""
    text = json.dumps(embed.to_dict(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def card_mark(embed: discord.Embed, expected: OutlookText) -> str:
    """Return the mark of a card: what it shows without what is expected, and that."""
    if expected == OutlookText():
        return digest(embed)
    text = f"{expected.place}\n{expected.usual}"
    return f"{digest(embed)}{_BETWEEN}{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def is_same_but_for_outlook(shown: str, other: str) -> bool:
    """Tell whether two marks of cards differ in what is expected at most."""
    return shown.partition(_BETWEEN)[0] == other.partition(_BETWEEN)[0]
