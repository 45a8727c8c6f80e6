"""Whom a message pings: its text against its `allowed_mentions`, as Discord decides it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.permissions import Permission
from sandbox.discord_api.state import ChannelState
from sandbox.discord_api.world import World

_CODE: Final = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_USER: Final = re.compile(r"<@!?(\d+)>")
_ROLE: Final = re.compile(r"<@&(\d+)>")
_EVERYONE: Final = re.compile(r"@(everyone|here)\b")
_ALL: Final = ("users", "roles", "everyone")


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a message mentions, and everybody who is notified by that."""

    users: tuple[int, ...]
    roles: tuple[int, ...]
    everyone: bool
    pinged: frozenset[int]


def find_mentions(
    world: World,
    channel: ChannelState,
    author_id: int,
    text: str,
    *,
    allowed: Json | None,
    replied_to: int | None,
) -> Mentions:
    """Decide who is pinged; without `allowed` everything in the text is (docs, Allowed Mentions).

    `replied_to` is the author of the message that this one replies to.
    """
    plain = _CODE.sub("", text)
    parse = _ALL if allowed is None else tuple(allowed.get("parse") or ())
    chosen = allowed or {}
    users = _named_ids(_USER, plain)
    users = _allowed_ids(users, None if "users" in parse else chosen.get("users") or ())
    users = [user_id for user_id in users if user_id in world.users]
    if replied_to is not None and (allowed is None or chosen.get("replied_user")):
        users = list(dict.fromkeys([*users, replied_to]))
    may_all = world.may(author_id, Permission.MENTION_EVERYONE, channel)
    guild = world.guild_of(channel)
    named = _named_ids(_ROLE, plain)
    named = _allowed_ids(named, None if "roles" in parse else chosen.get("roles") or ())
    roles = [
        guild.roles[role_id]
        for role_id in (named if guild else [])
        if guild and role_id in guild.roles
    ]
    everyone = may_all and "everyone" in parse and _EVERYONE.search(plain) is not None
    pinging = {role.id for role in roles if role.is_mentionable or may_all}
    pinged = set(users)
    for user_id, member in guild.members.items() if guild else ():
        if everyone or pinging & set(member.role_ids):
            pinged.add(user_id)
    seeing = {one for one in pinged if world.may(one, Permission.VIEW_CHANNEL, channel)}
    return Mentions(
        users=tuple(users),
        roles=tuple(role.id for role in roles),
        everyone=everyone,
        pinged=frozenset(seeing - {author_id}),
    )


def _named_ids(pattern: re.Pattern[str], text: str) -> list[int]:
    return list(dict.fromkeys(int(found) for found in pattern.findall(text)))


def _allowed_ids(named: list[int], listed: Iterable[str] | None) -> list[int]:
    """Return the ids that are listed, or all when None stands for everything."""
    if listed is None:
        return named
    chosen = {int(one) for one in listed}
    return [one for one in named if one in chosen]
