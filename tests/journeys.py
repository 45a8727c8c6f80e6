"""The list of what people can do with the bot, and which of it a run of the tests really did.

What the bot offers is read from what it registers, opens and listens to, so nothing that is
added later can be forgotten here. A journey counts once the bot has answered.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Self

from bot.client import CONTROLS
from bot.domain import Emoji
from bot.limits.reactions import rules_of
from sandbox.discord_api import Exchange
from sandbox.discord_api.options import OptionKind
from sandbox.discord_api.state import InteractionKind

_COMMANDS: Final = re.compile(r"/applications/[0-9]+(?:/guilds/[0-9]+)?/commands")
_CALLBACK: Final = re.compile(r"/interactions/(?P<id>[0-9]+)/[^/]+/callback")
_MODAL: Final = 9
_BRANCHES: Final = (OptionKind.SUBCOMMAND, OptionKind.GROUP)
_CHOICES: Final = re.compile(r"\(\?P<(?P<name>[a-z_]+)>(?P<deeds>(?:[a-z_]+\|)+[a-z_]+)\)")
"""A part of a button's id that says what it does."""
_WORD: Final = re.compile(r"[a-z]{1,9}|v1")
_MOST_SLOW: Final = 0.99

Json = Mapping[str, Any]


@dataclass(slots=True)
class Logbook:
    """What was offered, what was done, and how fast the first answers were, in seconds."""

    offered: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    crowded: list[float] = field(default_factory=list)
    """Of these the ones beside a thousand jobs."""

    def as_plain(self) -> dict[str, list[Any]]:
        """Write it so that it can be handed to another process."""
        return {
            "offered": sorted(self.offered),
            "done": sorted(self.done),
            "seconds": self.seconds,
            "crowded": self.crowded,
        }

    @classmethod
    def from_plain(cls, plain: Json) -> Self:
        """Read what another process wrote."""
        offered, done = set(plain["offered"]), set(plain["done"])
        return cls(offered, done, plain["seconds"], plain["crowded"])

    def add(self, other: Self) -> None:
        """Take in what another process of the same run has seen."""
        self.offered |= other.offered
        self.done |= other.done
        self.seconds += other.seconds
        self.crowded += other.crowded

    @property
    def known(self) -> set[str]:
        """Whatever people can do."""
        return self.offered | _buttons() | _reactions()

    @property
    def missing(self) -> list[str]:
        """What nobody did."""
        return sorted(self.known - self.done)

    def lines(self) -> Iterator[str]:
        """Say how many journeys there were, and how long people waited."""
        known = self.known
        yield f"Journeys: {len(known & self.done)} of {len(known)} things that people can do."
        for seconds, where in (
            (self.seconds, "in all"),
            (self.crowded, "with 1,000 jobs in flight"),
        ):
            if seconds:
                slow = sorted(seconds)[int(len(seconds) * _MOST_SLOW)]
                yield f"{len(seconds)} first answers {where}: 99 % within {slow * 1000:.0f} ms."


class Journeys:
    """Watches the stand-ins of one process."""

    def __init__(self) -> None:
        self.log = Logbook()
        self.is_crowded = False
        """Whether a thousand jobs are in flight just now."""
        self._asked: dict[str, tuple[str, float]] = {}

    def observe_event(self, event: str, data: Json) -> None:
        """Note what a person asks, when it is sent to the bot."""
        if event == "INTERACTION_CREATE":
            self._asked[data["id"]] = (_title(data), time.monotonic())
        if event == "MESSAGE_REACTION_ADD" and data["user_id"] != data.get("message_author_id"):
            # Nothing answers a reaction at once: what comes of it, each of its tests waits for.
            self.log.done |= {_reaction(data["emoji"]["name"])} & _reactions()

    def observe(self, exchange: Exchange) -> None:
        """Note what the bot registers, opens and answers."""
        if exchange.method == "PUT" and _COMMANDS.fullmatch(exchange.path):
            self.log.offered |= set(_registered(exchange.request))
        answered = _CALLBACK.fullmatch(exchange.path)
        if answered is None or exchange.is_faulted:
            return
        title, sent_at = self._asked.pop(answered["id"], ("", 0.0))
        if not title:
            return
        self.log.done.add(title)
        seconds = time.monotonic() - sent_at
        self.log.seconds.append(seconds)
        if self.is_crowded:
            self.log.crowded.append(seconds)
        body = exchange.request
        if isinstance(body, Mapping) and body.get("type") == _MODAL:
            self.log.offered.add(_form(body["data"]["custom_id"]))


@cache
def session_journeys() -> Journeys:
    """Return the one watcher of this process."""
    return Journeys()


def _registered(commands: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    for command in commands:
        kind = command.get("type", 1)
        if kind == 1:
            yield from _leaves(command, (command["name"],))
        else:
            yield f"menu {command['name']}"


def _leaves(command: Json, way: tuple[str, ...]) -> Iterator[str]:
    branches = [one for one in command.get("options") or () if one["type"] in _BRANCHES]
    for branch in branches:
        yield from _leaves(branch, (*way, branch["name"]))
    if branches:
        return
    path = " ".join(way)
    yield f"command {path}"
    for option in command.get("options") or ():
        if option.get("autocomplete"):
            yield f"suggestions {path} {option['name']}"


def _title(data: Json) -> str:
    asked = data["data"]
    match InteractionKind(data["type"]):
        case InteractionKind.COMMAND if asked.get("type", 1) != 1:
            return f"menu {asked['name']}"
        case InteractionKind.COMMAND:
            return f"command {' '.join(_path(asked))}"
        case InteractionKind.AUTOCOMPLETE:
            return f"suggestions {' '.join(_path(asked))} {_focused(asked)}"
        case InteractionKind.COMPONENT:
            return _button(asked["custom_id"])
        case InteractionKind.MODAL:
            return _form(asked["custom_id"])


def _path(asked: Json) -> Iterator[str]:
    yield asked["name"]
    for option in asked.get("options") or ():
        if option["type"] in _BRANCHES:
            yield from _path(option)


def _focused(asked: Json) -> str:
    for option in asked.get("options") or ():
        if option.get("focused"):
            return str(option["name"])
        found = _focused(option)
        if found:
            return found
    return ""


def _form(custom_id: str) -> str:
    """Name a form by its id without what differs from one time to the next."""
    parts = [part if _WORD.fullmatch(part) else "*" for part in custom_id.split(":")]
    return f"form {':'.join(parts)}"


def _button(custom_id: str) -> str:
    for control in CONTROLS:
        found = control.__discord_ui_compiled_template__.fullmatch(custom_id)
        if found is not None:
            deed = next((found[name] for name in _deeds(found.re)), "")
            return f"button {control.__name__} {deed}".rstrip()
    return f"unknown button {custom_id}"


@cache
def _buttons() -> frozenset[str]:
    """Name every button that the bot listens to."""
    return frozenset(
        f"button {control.__name__} {deed}".rstrip()
        for control in CONTROLS
        for deed in next(iter(_deeds(control.__discord_ui_compiled_template__).values()), [""])
    )


@cache
def _deeds(template: re.Pattern[str]) -> Mapping[str, list[str]]:
    """Return the parts of a template that say what is done, with all that each can say."""
    return {
        match["name"]: match["deeds"].split("|") for match in _CHOICES.finditer(template.pattern)
    }


@cache
def _reactions() -> frozenset[str]:
    """Name every emoji that means something where a server has set nothing."""
    return frozenset(map(_reaction, rules_of(None).acts))


def _reaction(emoji: str) -> str:
    meaning = Emoji(emoji).meaning
    return f"reaction {meaning} {rules_of(None).acts.get(meaning, '')}"
