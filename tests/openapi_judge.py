"""The judge: Discord's own OpenAPI document against what the bot asks and the stand-in answers."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError

from sandbox.discord_api import Exchange

_ROOT = Path(__file__).resolve().parent.parent
_ADDRESS = "urn:discord"
_JSON = "application/json"
_EVENT_PARTS: Mapping[str, Mapping[str, str]] = {
    "READY": {"user": "UserPIIResponse"},
    "GUILD_CREATE": {"": "GuildResponse"},
    "MESSAGE_CREATE": {"": "MessageResponse"},
    "MESSAGE_UPDATE": {"": "MessageResponse"},
    "MESSAGE_REACTION_ADD": {"member": "GuildMemberResponse"},
    "CHANNEL_CREATE": {"": "GuildChannelResponse"},
    "CHANNEL_UPDATE": {"": "GuildChannelResponse"},
    "THREAD_CREATE": {"": "ThreadResponse"},
    "THREAD_UPDATE": {"": "ThreadResponse"},
    "GUILD_MEMBER_UPDATE": {"": "GuildMemberResponse"},
    "GUILD_ROLE_CREATE": {"role": "GuildRoleResponse"},
    "INTERACTION_CREATE": {
        "user": "UserResponse",
        "member": "PrivateGuildMemberResponse",
        "message": "MessageResponse",
    },
}
"""Which parts of a gateway event the document has a schema for; "" is the whole event."""
_LISTED_PARTS: Mapping[str, str] = {
    "channels": "GuildChannelResponse",
    "threads": "ThreadResponse",
    "members": "GuildMemberResponse",
}
_RESOLVED_PARTS: Mapping[str, str] = {
    "attachments": "AttachmentResponse",
    "users": "UserResponse",
    "roles": "GuildRoleResponse",
}
_CHANNELS: Mapping[int, str] = {
    0: "GuildChannelResponse",
    1: "PrivateChannelResponse",
    4: "GuildChannelResponse",
    11: "ThreadResponse",
}


@dataclass(frozen=True, slots=True)
class _Operation:
    template: str
    method: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one process of a test run judged; those of all of them add up."""

    requests: int = 0
    replies: int = 0
    events: int = 0
    problems: tuple[str, ...] = ()

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(
            self.requests + other.requests,
            self.replies + other.replies,
            self.events + other.events,
            self.problems + other.problems,
        )

    def __str__(self) -> str:
        return (
            f"Discord's OpenAPI document judged {self.requests} requests, {self.replies} replies "
            f"and {self.events} events: {len(self.problems)} problems."
        )


class OpenApiJudge:
    """Collects everything that the document objects to; faulted replies are not judged."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.requests_checked = 0
        self.replies_checked = 0
        self.events_checked = 0
        self.problems: list[str] = []
        self.document = document
        self._registry = Registry([(_ADDRESS, document)], draft=Draft202012)
        # Literal segments are tried before placeholders: /users/@me is no {user_id}.
        templates = sorted(
            document["paths"], key=lambda path: [part[:1] == "{" for part in path.split("/")]
        )
        self._paths = [(_pattern(template), template) for template in templates]
        self._validators: dict[str, Draft202012Validator] = {}

    def observe(self, exchange: Exchange) -> None:
        """Judge one exchange over REST."""
        operation = self._operation(exchange)
        if operation is None:
            self._object(exchange, "the document has no such endpoint")
            return
        self._judge_request(exchange, operation)
        if exchange.status is not None and not exchange.is_faulted:
            self._judge_reply(exchange, operation)

    def observe_event(self, event: str, data: Mapping[str, Any]) -> None:
        """Judge the parts of a gateway event that the document knows."""
        self.events_checked += 1
        for part, schema in _event_parts(event, data):
            for error in self._errors(f"/components/schemas/{schema}", part):
                self.problems.append(f"event {event}: {error}")

    def objections(self, schema: str, value: object) -> list[str]:
        """Return what the document has against a value, which counts for no verdict."""
        return [*self._errors(f"/components/schemas/{schema}", _mended_request(value))]

    def verdict(self) -> "Verdict":
        """Return what was judged so far."""
        return Verdict(
            self.requests_checked, self.replies_checked, self.events_checked, tuple(self.problems)
        )

    def _operation(self, exchange: Exchange) -> _Operation | None:
        for pattern, template in self._paths:
            if pattern.fullmatch(exchange.path):
                methods = self.document["paths"][template]
                method = exchange.method.lower()
                if method in methods:
                    return _Operation(template, method, methods[method])
        return None

    def _judge_request(self, exchange: Exchange, operation: _Operation) -> None:
        self.requests_checked += 1
        content = operation.body.get("requestBody", {}).get("content", {})
        if _JSON not in content:
            if exchange.request is not None:
                self._object(exchange, "the document knows no request body here")
        elif exchange.request is None:
            self._object(exchange, "the request has no body")
        else:
            pointer = _pointer(operation, "requestBody", "content", _JSON, "schema")
            for error in self._errors(pointer, _mended_request(exchange.request)):
                self._object(exchange, f"request {error}")
        known = {
            one["name"]: number
            for number, one in enumerate(operation.body.get("parameters", ()))
            if one["in"] == "query"
        }
        for name, value in exchange.query.items():
            if name not in known:
                self._object(exchange, f"the document knows no query parameter {name}")
                continue
            pointer = _pointer(operation, "parameters", str(known[name]), "schema")
            texts = [value, *_readings(value)]
            if all(list(self._errors(pointer, reading)) for reading in texts):
                self._object(exchange, f"query parameter {name} can't be {value!r}")

    def _judge_reply(self, exchange: Exchange, operation: _Operation) -> None:
        self.replies_checked += 1
        status = str(exchange.status)
        if exchange.status == 404 and _code(exchange.response) == 0:
            self._object(exchange, "the stand-in does not have this endpoint")
            return
        responses = operation.body["responses"]
        key = status if status in responses else f"{status[0]}XX"
        if key not in responses:
            self._object(exchange, f"the document knows no status {status} here")
            return
        pointer = _pointer(operation, "responses", key)
        if "$ref" in responses[key]:
            pointer = responses[key]["$ref"].removeprefix("#")
            name = pointer.rsplit("/", 1)[1]
            content = self.document["components"]["responses"][name].get("content", {})
        else:
            content = responses[key].get("content", {})
        if _JSON not in content:
            if exchange.response is not None:
                self._object(exchange, f"status {status} has no body in the document")
            return
        pointer += f"/content/{_escaped(_JSON)}/schema"
        for error in self._errors(pointer, _mended_reply(exchange.response)):
            self._object(exchange, f"reply {status} {error}")

    def _errors(self, pointer: str, value: object) -> Iterator[str]:
        url = f"{_ADDRESS}#{pointer}"
        if url not in self._validators:
            self._validators[url] = Draft202012Validator({"$ref": url}, registry=self._registry)
        for error in self._validators[url].iter_errors(value):
            deepest = _deepest(error)
            place = "/".join(map(str, deepest.instance_path)) or "as a whole"
            yield f"{place}: {deepest.message[:300]}"

    def _object(self, exchange: Exchange, text: str) -> None:
        self.problems.append(f"{exchange.method} {exchange.path}: {text}")


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", template)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _pointer(operation: _Operation, *parts: str) -> str:
    return "/".join(["", *map(_escaped, ("paths", operation.template, operation.method, *parts))])


def _readings(value: str) -> Iterator[object]:
    """Yield what a text of a query may stand for."""
    if value.isdecimal():
        yield int(value)
    if value.lower() in {"true", "1", "false", "0"}:
        yield value.lower() in {"true", "1"}


def _deepest(error: ValidationError) -> ValidationError:
    """Return the error farthest inside: that of the branch which was meant."""
    branches = getattr(error.kind, "context", ())
    found = [error, *(_deepest(child) for branch in branches for child in branch)]
    return max(found, key=lambda one: len(one.instance_path))


def _mended_request(body: object) -> object:
    """Make the placeholder ids of attachments texts.

    discord.py writes them as numbers, which Discord's docs allow (Uploading Files) and the
    document does not: the one known false alarm.
    """
    if not isinstance(body, dict):
        return body
    mended = {
        name: _mended_request(value) if name == "data" else value for name, value in body.items()
    }
    if isinstance(body.get("attachments"), list):
        mended["attachments"] = [
            one | {"id": str(one["id"])} if "id" in one else one for one in body["attachments"]
        ]
    return mended


def _mended_reply(body: object) -> object:
    """Make the codes of wrong fields numbers.

    Discord sends names such as BASE_TYPE_REQUIRED (docs, Reference, Error Messages), the
    document says integer: a false alarm.
    """
    if isinstance(body, dict):
        if "_errors" in body:
            return {"_errors": [one | {"code": 0} for one in body["_errors"]]}
        return {name: _mended_reply(value) for name, value in body.items()}
    return body


def _code(body: object) -> object:
    return body.get("code") if isinstance(body, dict) else None


def _event_parts(event: str, data: Mapping[str, Any]) -> Iterator[tuple[object, str]]:
    for name, schema in _EVENT_PARTS.get(event, {}).items():
        if not name:
            yield data, schema
        elif name in data:
            yield data[name], schema
    if event == "GUILD_CREATE":
        for name, schema in _LISTED_PARTS.items():
            yield from ((one, schema) for one in data[name])
    if event == "INTERACTION_CREATE":
        yield data["channel"], _CHANNELS[data["channel"]["type"]]
        yield from _resolved_parts(data["data"].get("resolved", {}))


def _resolved_parts(resolved: Mapping[str, Any]) -> Iterator[tuple[object, str]]:
    for name, schema in _RESOLVED_PARTS.items():
        yield from ((one, schema) for one in resolved.get(name, {}).values())
    for one in resolved.get("channels", {}).values():
        yield one, _CHANNELS[one["type"]]


def find_document() -> Path | None:
    """Return where Discord's document lies: `$DISCORD_OPENAPI`, or beside the repository."""
    named = os.environ.get("DISCORD_OPENAPI")
    path = Path(named) if named else _ROOT.parent / "shared" / "discord-openapi.json"
    return path if path.is_file() else None


@cache
def session_judge() -> OpenApiJudge | None:
    """Return the one judge of this test run; None, and no check, without the document."""
    path = find_document()
    return None if path is None else OpenApiJudge(json.loads(path.read_text(encoding="utf-8")))
