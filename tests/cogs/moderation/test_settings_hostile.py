import json
import logging
from typing import Any, Final

import pytest

from sandbox.discord_api import Upload
from tests.cogs.moderation.asking import told
from tests.digest import changes, digest_of, settled
from tests.world import World

SERVER: Final = {"scope": "server"}
LIMIT: Final = {**SERVER, "kind": "day", "unit": "jobs", "amount": 5}
LONGEST: Final = {**SERVER, "name": "longest", "value": 5}
NO_FILE: Final = "This is no file of settings that this bot has written"
NEWER: Final = "written by a newer version"
LARGEST: Final = 256_000
"""Bytes that are read of a file."""


def limit(**other: object) -> str:
    return json.dumps({"version": 1, "limits": [{**LIMIT, **other}]})


def policy(name: str, value: object, **other: object) -> str:
    return json.dumps(
        {"version": 1, "policies": [{**SERVER, "name": name, "value": value, **other}]}
    )


def nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


FILES: Final[dict[str, tuple[str | bytes, str]]] = {
    "empty": (b"", NO_FILE),
    "cut off": (limit()[:-3], NO_FILE),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00", NO_FILE),
    "another encoding": (limit().encode("utf-16"), NO_FILE),
    "zeros": (b"\0" * 1000, NO_FILE),
    "a list": ("[]", NO_FILE),
    "no version": ("{}", NO_FILE),
    "yes as a version": ('{"version": true}', NO_FILE),
    "a version of texts": ('{"version": "1"}', NO_FILE),
    "an endless version": ('{"version": 1e999}', NO_FILE),
    "newer": ('{"version": 2}', NEWER),
    "much newer": (f'{{"version": {10**3000}}}', NEWER),
    "a number of too many digits": (f'{{"version": {"9" * 9000}}}', NO_FILE),
    "newer parts": ('{"version": 1, "badges": []}', NEWER),
    "brackets only": ("[" * 200_000, NO_FILE),
    "names only": ('{"version":' * 20_000, NO_FILE),
    "deep inside": (policy("longest", nested(500)), "must be between"),
    "deep in a list": (policy("channels", {"mode": "only", "items": nested(500)}), NO_FILE),
    "a version twice": ('{"version": 9, "version": 1}', NO_FILE),
    "an amount twice": (limit().replace('"amount": 5', '"amount": 5, "amount": 9'), NO_FILE),
    "a limit twice": (json.dumps({"version": 1, "limits": [LIMIT, LIMIT]}), NO_FILE),
    "too many": (json.dumps({"version": 1, "limits": [LIMIT] * 501}), NO_FILE),
    "infinite": (limit().replace("5}", "1e999}"), NO_FILE),
    "not a number": (limit().replace("5}", "NaN}"), NO_FILE),
    "half a job": (limit(amount=0.5), NO_FILE),
    "yes as an amount": (limit(amount=True), NO_FILE),
    "negative": (limit(amount=-1), "from zero up"),
    "absurd": (limit(amount=10**40), "from zero up"),
    "of all servers": (limit(scope="everywhere"), NO_FILE),
    "another server by name": (limit(guild_id="1"), NO_FILE),
    "a target of a server": (limit(target="1"), NO_FILE),
    "an id of words": (limit(scope="member", target="1; DROP TABLE limits"), NO_FILE),
    "an id of other digits": (limit(scope="member", target="١٢٣"), NO_FILE),
    "an id of too many bits": (limit(scope="member", target=str(2**63)), NO_FILE),
    "a pause": (policy("pause", {"reason": "x"}), NO_FILE),
    "an infinite policy": (policy("longest", 5).replace("5}", "1e999}"), "must be between"),
    "an infinite price": (policy("confirm_above", 5).replace("5}", "1e999}"), "must be between"),
    "half of a letter": (policy("resolution", "\ud800"), NO_FILE),
    "markdown and mentions": (policy("resolution", "@everyone `x`"), "no size"),
    "a model of nobody": (policy("models", {"mode": "only", "items": ["../../etc"]}), "models"),
    "a channel of elsewhere": (policy("log_channel", "123"), "no such channel `123`"),
    "a role of elsewhere": (
        policy("roles", {"mode": "only", "items": ["456"]}),
        "role `456`",
    ),
    "huge": (b" " * (LARGEST + 1), "at most"),
    "as large as may be": (b"[" + b" " * (LARGEST - 2) + b"]", NO_FILE),
}


async def test_a_hostile_file_gets_one_sentence_and_changes_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await told(world, "allow longest", seconds=9)
    before, problems = await settled(world), []

    for name, (content, words) in FILES.items():
        data = content.encode() if isinstance(content, str) else content
        caplog.clear()
        answer = await told(world, "settings import", file=Upload("settings.json", data))
        after = await digest_of(world)
        lines = [one for one in caplog.messages if one.startswith("Interaction ")]
        is_short = "\n" not in answer and len(answer) <= 300
        if words not in answer or not is_short or len(lines) != 1 or after != before:
            problems.append(f"{name}: {answer}, {lines}, changed {changes(before, after)}")

    assert problems == []


async def test_channels_and_roles_of_another_server_are_not_taken(world: World) -> None:
    abroad = world.chat.add_guild("abroad")
    channel, role = abroad.channel("videos").id, abroad.role("moderators").id
    before = await settled(world)

    answers = [
        await told(world, "settings import", file=Upload("settings.json", text.encode()))
        for text in (
            limit(scope="channel", target=str(channel)),
            limit(scope="role", target=str(role)),
            policy("review_channel", str(channel)),
            policy("channels", {"mode": "only", "items": [str(channel)]}),
        )
    ]

    wanted = [channel, role, channel, channel]
    assert [f"`{id_}`" in answer for id_, answer in zip(wanted, answers, strict=True)] == [True] * 4
    assert changes(before, await digest_of(world)) == []


async def test_the_same_file_without_its_fault_is_taken(world: World) -> None:
    answers = [
        await told(world, "settings import", file=Upload("settings.json", text.encode()))
        for text in (limit(), policy("longest", 5))
    ]

    assert all("on record" in answer for answer in answers)
