"""The options of the commands about limits: what is offered, and what was meant."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

import discord
from discord.app_commands import Choice

from bot.domain import EVERYWHERE, Limit, LimitKind, Scope, Unit
from bot.errors import InvalidRequestError
from bot.language import Phrase, _, strung
from bot.limits.values import LARGEST_ID
from bot.posting.denials import rate_text
from bot.posting.moderation import words_policies as words
from bot.posting.suggestions import MOST

OFF: Final = "off"
_NAME: Final = 100
"""Characters of a suggestion's name (Application Command Option Choice)."""
_SCOPES: Final = (Scope.SERVER, Scope.CHANNEL, Scope.ROLE, Scope.MEMBER)

Key = tuple[Scope, int, LimitKind, Unit]
"""Scope, target, kind and unit: what is one limit of a server."""
Member = TypeVar("Member", bound=StrEnum)


def _choices(names: Mapping[Member, Phrase], offered: Iterable[Member]) -> list[Choice[str]]:
    # In English, as Discord is told first; the translator says it in the other languages.
    return [Choice(name=names[one].message, value=str(one)) for one in offered]


SCOPE_CHOICES: Final = _choices(words.SCOPES, _SCOPES)
KIND_CHOICES: Final = _choices(words.KINDS, LimitKind)
UNIT_CHOICES: Final = _choices(words.UNITS, Unit)
PERIOD_CHOICES: Final = _choices(words.KINDS, (LimitKind.DAY, LimitKind.MONTH))


def read_choice(offered: list[Choice[str]], kind: type[Member], typed: str) -> Member:
    """Return what was chosen; Discord asks no server whether a raw interaction has an offered one.

    Raises:
        InvalidRequestError: It is not among those that are offered.
    """
    if typed in {choice.value for choice in offered}:
        return kind(typed)
    names = strung(f"“{Phrase(choice.name)()}”" for choice in offered)
    raise InvalidRequestError(_("Choose one of {names}. Nothing was changed.", names=names))


def check_target(scope: Scope, guild_id: int, chosen: Mapping[Scope, int | None]) -> int:
    """Return the id of what is limited, of the one option that goes with the scope.

    Raises:
        InvalidRequestError: It was not chosen, or another one was too.
    """
    given = {one: target_id for one, target_id in chosen.items() if target_id is not None}
    if scope is Scope.SERVER and not given:
        return guild_id
    if set(given) == {scope}:
        return given[scope]
    if scope is Scope.SERVER:
        raise InvalidRequestError(
            _(
                "A limit for this server takes no channel, role or member. Leave them out, or "
                "choose another scope. Nothing was changed."
            )
        )
    raise InvalidRequestError(
        _(
            "Choose the {scope} that this limit is for, and nothing else. Nothing was changed.",
            scope=words.SCOPES[scope](),
        )
    )


def limit_key(limit: Limit) -> str:
    """Write which limit it is, as the value of a suggestion."""
    where = limit.scope if limit.scope is Scope.SERVER else f"{limit.scope}:{limit.target_id}"
    return f"{where} {limit.kind} {limit.unit}"


def read_limit_key(typed: str, guild_id: int) -> Key:
    """Return which limit of this server is meant.

    Raises:
        InvalidRequestError: It is none that could be suggested.
    """
    try:
        where, kind, unit = typed.split()
        name, _, target = where.partition(":")
        scope = Scope(name)
        target_id = guild_id if scope is Scope.SERVER else int(target)
        key = scope, target_id, LimitKind(kind), Unit(unit)
    except ValueError:
        raise InvalidRequestError(words.NO_SUCH_LIMIT()) from None
    if target_id > LARGEST_ID:
        raise InvalidRequestError(words.NO_SUCH_LIMIT())
    return key


def suggest_limits(
    typed: str, limits: Iterable[Limit], guild: discord.Guild | None
) -> list[Choice[str]]:
    """Suggest the limits of a server; those of the operator can't be chosen."""
    named = {
        limit_key(one): f"{rate_text(one.amount, one.kind, one.unit)} · {_target(one, guild)}"
        for one in limits
        if one.guild_id != EVERYWHERE
    }
    wanted = typed.strip().lower()
    return [
        Choice(name=name[:_NAME], value=value)
        for value, name in named.items()
        if wanted in f"{value} {name}".lower()
    ][:MOST]


def _target(limit: Limit, guild: discord.Guild | None) -> str:
    """Name a target as plain text: a suggestion shows no mentions."""
    match limit.scope:
        case Scope.CHANNEL:
            channel = None if guild is None else guild.get_channel_or_thread(limit.target_id)
            return f"#{channel.name}" if channel else _("channel {id}", id=limit.target_id)
        case Scope.ROLE:
            role = None if guild is None else guild.get_role(limit.target_id)
            return f"@{role.name}" if role else _("role {id}", id=limit.target_id)
        case Scope.MEMBER:
            return _("member {id}", id=limit.target_id)
        case _:
            return words.SCOPES[limit.scope]()
