"""Ids as texts on the wire, as Discord's OpenAPI document has them; discord.py writes numbers."""

from typing import Any, NamedTuple, cast

import discord


class _User(NamedTuple):
    id: str


def user(user_id: int) -> discord.abc.Snowflake:
    """Name a user in a request; `discord.Object` would be written as a number."""
    return cast("discord.abc.Snowflake", _User(str(user_id)))


def only(user_id: int) -> discord.AllowedMentions:
    """Let a message ping this user and nobody else, not even by being a reply."""
    return discord.AllowedMentions(
        everyone=False, roles=False, users=[user(user_id)], replied_user=False
    )


class ReplyTo(discord.MessageReference):
    """A reply to a message of the same channel; without it, when that was removed."""

    def __init__(self, channel_id: int, message_id: int) -> None:
        super().__init__(channel_id=channel_id, message_id=message_id, fail_if_not_exists=False)

    def to_message_reference_dict(self) -> Any:  # noqa: ANN401 - discord.py's payload types import each other in a circle
        """Write the reference as Create Message takes it."""
        return {
            "channel_id": str(self.channel_id),
            "message_id": str(self.message_id),
            "fail_if_not_exists": False,
        }
