"""Addresses of messages, as Discord's own client opens them."""


def message_url(channel_id: int | None, message_id: int, *, guild_id: int | None) -> str:
    """Return the address of a message; without a server it is one in direct messages."""
    place = "@me" if guild_id is None else guild_id
    return f"https://discord.com/channels/{place}/{channel_id}/{message_id}"
