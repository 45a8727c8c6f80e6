"""A short mark of what a message shows, so that it is edited only when that changes."""

import hashlib
import json

import discord


def digest(embed: discord.Embed) -> str:
    """Return a short mark that changes when the picture does."""
    text = json.dumps(embed.to_dict(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
