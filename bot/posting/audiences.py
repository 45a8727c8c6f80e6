"""Whether everybody who sees one channel sees another: told from overwrites, without any member.

The bot keeps no list of members, so whoever could exist counts: any roles together, and everybody
whom an overwrite names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations_with_replacement

import discord


@dataclass(frozen=True, slots=True)
class _Given:
    """What a role does for two channels; None leaves it to others."""

    is_base: bool
    """Whether it sees channels that say nothing else."""
    there: bool | None
    home: bool | None


@dataclass(frozen=True, slots=True)
class _Says:
    """What a channel says about who sees it: True lets in, False keeps out."""

    everyone: bool | None
    roles: dict[int, bool]
    members: dict[int, bool]


def sees_both(
    there: discord.abc.GuildChannel, home: discord.abc.GuildChannel, own_id: int | None
) -> bool:
    """Tell whether all who can see `there` can see `home`; `own_id` is the bot, who may see all.

    A combination of more than two roles shows nothing new: one lets somebody in there, and one
    keeps them out of home.
    """
    guild = there.guild
    at_there, at_home = _says(there), _says(home)
    given = {
        _Given(
            role.permissions.view_channel, at_there.roles.get(role.id), at_home.roles.get(role.id)
        )
        for role in guild.roles
        if not (role.is_default() or role.is_bot_managed() or role.permissions.administrator)
    }
    nobody = _Given(is_base=guild.default_role.permissions.view_channel, there=None, home=None)
    for pair in combinations_with_replacement({*given, nobody}, 2):
        base = nobody.is_base or any(one.is_base for one in pair)
        is_there = _sees((one.there for one in pair), of_everyone=at_there.everyone, is_base=base)
        if is_there and not _sees(
            (one.home for one in pair), of_everyone=at_home.everyone, is_base=base
        ):
            return False
    is_open = False not in at_home.roles.values() and _sees(
        (), of_everyone=at_home.everyone, is_base=nobody.is_base
    )
    named = {*at_there.members, *at_home.members} - {own_id, guild.owner_id}
    return all(_is_safe(one, at_there, at_home, is_open=is_open) for one in named)


def _says(channel: discord.abc.GuildChannel) -> _Says:
    everyone: bool | None = None
    roles: dict[int, bool] = {}
    members: dict[int, bool] = {}
    for target, overwrite in channel.overwrites.items():
        view = overwrite.view_channel
        if view is None:
            continue
        if target.id == channel.guild.id:
            everyone = view
        elif isinstance(target, discord.Role):
            roles[target.id] = view
        else:
            members[target.id] = view
    return _Says(everyone, roles, members)


def _sees(of_roles: Iterable[bool | None], *, of_everyone: bool | None, is_base: bool) -> bool:
    """Put together what Discord does in this order (docs, Permission Overwrites)."""
    said = [one for one in of_roles if one is not None]
    if said:
        return any(said)
    return is_base if of_everyone is None else of_everyone


def _is_safe(member_id: int, there: _Says, home: _Says, *, is_open: bool) -> bool:
    """Tell it of somebody whom an overwrite names, and whose roles are not known.

    `is_open` is whether home lets everybody in whom it does not name.
    """
    if there.members.get(member_id) is False:
        return True
    return home.members.get(member_id, is_open)
