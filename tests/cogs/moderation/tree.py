"""The whole tree of a root command as Discord was told it, and what somebody would type there."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot.interactions import ADMIN
from sandbox.discord_api import CommandValue, DiscordStandIn, Upload
from sandbox.discord_api.guilds import Guild
from sandbox.discord_api.options import OptionKind

Json = dict[str, Any]
_BRANCHES: Final = (OptionKind.SUBCOMMAND, OptionKind.GROUP)
_TARGETS: Final = (OptionKind.USER, OptionKind.CHANNEL, OptionKind.ROLE)

FILE: Final = {
    "version": 1,
    "limits": [{"scope": "server", "kind": "month", "unit": "jobs", "amount": 7}],
}
BY_NAME: Final[Mapping[str, CommandValue]] = {
    "action": "hold",
    "amount": "5",
    "days": 7,
    "duration": 3,
    "emoji": "⭐",
    "emojis": "👍 ❤️",
    "id": 1,
    "file": Upload("settings.json", json.dumps(FILE).encode()),
    "kind": "word",
    "limit": "server day jobs",
    "longest": 5,
    "model": "geeknow/grok-video-3",
    "model2": "geeknow/grok-video-3-pro",
    "model3": "geeknow/grok-video-3-max",
    "month": f"{datetime.now(UTC):%Y-%m}",
    "percent": "80",
    "reason": "a calm day",
    "reports": "9",
    "resolution": "720p",
    "seconds": 5,
    "since": "3d",
    "size": "720p",
    "state": "open",
    "text": "wolf",
    "until": "3d",
    "votes": 3,
}
"""A value for each name of an option that is neither a choice nor a member, role or channel."""
OWN: Final[Mapping[str, Mapping[str, CommandValue]]] = {
    "limits set": {"scope": "channel"},
    "models add": {"model": "geeknow/grok-video-3-max"},
    "models set": {"model2": "geeknow/grok-video-3-pro", "model3": "geeknow/grok-video-3"},
}
"""Where those of the names would change nothing."""
NOT_WITH: Final[Mapping[str, str]] = {"usage": "month"}
"""An option that can't be given with the others."""


OTHERS: Final = frozenset({"channels add", "roles add"})
"""They put on a list what is not on it yet."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A command that can be called."""

    path: str
    """Below the root, such as `limits set`."""
    options: tuple[Json, ...]
    root: str = ADMIN

    @property
    def command(self) -> str:
        """Return the whole of what is typed."""
        return f"{self.root} {self.path}"


def leaves(root: Json, node: Json | None = None, way: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Walk to the commands of a root that Discord was told, in the order of the tree."""
    here = root if node is None else node
    branches = [one for one in here.get("options") or () if one["type"] in _BRANCHES]
    if not branches:
        yield Leaf(" ".join(way), tuple(here.get("options") or ()), root["name"])
    for branch in branches:
        yield from leaves(root, branch, (*way, branch["name"]))


def root_of(chat: DiscordStandIn, name: str = ADMIN) -> Json:
    """Return a root as it was registered."""
    return next(one.body for one in chat.commands if one.name == name)


def values_of(guild: Guild, leaf: Leaf) -> dict[str, CommandValue]:
    """Fill in all that can be given together: of several targets the first."""
    values: dict[str, CommandValue] = {}
    has_target = any(_is_target(one) and one.get("required") for one in leaf.options)
    for option in leaf.options:
        name = option["name"]
        if name == NOT_WITH.get(leaf.path) or (
            has_target and _is_target(option) and not option.get("required")
        ):
            continue
        has_target |= _is_target(option)
        values[name] = _value(guild, leaf, option)
    return values


def _is_target(option: Json) -> bool:
    return option["type"] in _TARGETS


def _value(guild: Guild, leaf: Leaf, option: Json) -> CommandValue:
    name, kind = option["name"], OptionKind(option["type"])
    offered = [choice["value"] for choice in option.get("choices") or ()]
    is_other = leaf.path in OTHERS
    by_kind: dict[OptionKind, Callable[[], CommandValue]] = {
        OptionKind.BOOLEAN: lambda: True,
        OptionKind.USER: lambda: guild.member("requester"),
        OptionKind.CHANNEL: lambda: guild.channel("spare" if is_other else "videos"),
        OptionKind.ROLE: lambda: guild.role("members" if is_other else "moderators"),
    }
    own = OWN.get(leaf.path, {})
    if name in own:
        return own[name]
    if kind in by_kind:
        return by_kind[kind]()
    if offered and BY_NAME.get(name) not in offered:
        return str(offered[0])
    assert name in BY_NAME, f"say in BY_NAME what a moderator types into {leaf.path}: {name}"
    return BY_NAME[name]
