from typing import Any

import aiohttp
import pytest

from sandbox.discord_api import DiscordStandIn
from tests.sandbox.rest_client import RestClient

EMBED = {"title": "t"}
BUTTON = {"type": 2, "style": 1, "label": "Again", "custom_id": "again"}
ROW = {"type": 1, "components": [BUTTON]}


def messages(chat: DiscordStandIn) -> str:
    return f"/channels/{chat.guild.channel('videos').id}/messages"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"content": "x" * 2001}, ["content"]),
        ({"content": 5}, ["content"]),
        ({"embeds": [EMBED] * 11}, ["embeds"]),
        ({"embeds": [{"title": "x" * 257}]}, ["embeds", "0", "title"]),
        ({"embeds": [{"description": "x" * 4097}]}, ["embeds", "0", "description"]),
        ({"embeds": [{"footer": {"text": "x" * 2049}}]}, ["embeds", "0", "footer", "text"]),
        ({"embeds": [{"author": {"name": "x" * 257}}]}, ["embeds", "0", "author", "name"]),
        ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, ["embeds", "0", "fields"]),
        (
            {"embeds": [{"fields": [{"name": "n", "value": ""}]}]},
            ["embeds", "0", "fields", "0", "value"],
        ),
        ({"embeds": [{"description": "x" * 3001}] * 2}, ["embeds"]),
        ({"content": "x", "nonce": "n" * 26}, ["nonce"]),
        ({"content": "x", "nonce": 2**63}, ["nonce"]),
        ({"content": "x", "components": [ROW] * 6}, ["components"]),
        (
            {"components": [{"type": 1, "components": [BUTTON | {"label": "x" * 81}]}]},
            ["components", "1", "label"],
        ),
        (
            {"components": [{"type": 1, "components": [BUTTON | {"custom_id": "x" * 101}]}]},
            ["components", "1", "custom_id"],
        ),
        ({"components": [{"type": 1, "components": []}]}, ["components", "0", "components"]),
        ({"components": [ROW, ROW]}, ["components"]),
        ({"components": [BUTTON]}, ["components"]),
        (
            {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x"}]}]},
            ["components", "1"],
        ),
        (
            {"components": [{"type": 1, "components": [{"type": 3, "custom_id": "s"}]}]},
            ["components", "1", "options"],
        ),
    ],
)
async def test_a_message_over_a_limit_is_refused_at_the_wrong_field(
    lax_chat: DiscordStandIn, lax_rest: RestClient, body: dict[str, Any], place: list[str]
) -> None:
    found = await lax_rest.wrong_fields(messages(lax_chat), body)

    for name in place:
        found = found[name]
    assert found["_errors"]
    assert lax_chat.guild.channel("videos").messages == []


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"embeds": []}, {"content": None}])
async def test_an_empty_message_is_refused(
    lax_chat: DiscordStandIn, lax_rest: RestClient, body: dict[str, Any]
) -> None:
    assert await lax_rest.code("POST", messages(lax_chat), body) == 50006


async def test_a_call_without_a_body_is_an_empty_message(
    lax_chat: DiscordStandIn, lax_rest: RestClient
) -> None:
    assert await lax_rest.code("POST", messages(lax_chat)) == 50006


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/channels/general", None),
        ("GET", "{messages}?limit=101", None),
        ("GET", "{messages}?limit=many", None),
        ("POST", "{messages}", ["content"]),
        ("POST", "{messages}", {"embeds": "none"}),
        ("POST", "/users/@me/channels", {}),
    ],
)
async def test_a_call_of_another_shape_is_an_invalid_form(
    lax_chat: DiscordStandIn, lax_rest: RestClient, method: str, path: str, body: object
) -> None:
    status, answer = await lax_rest.call(method, path.format(messages=messages(lax_chat)), body)

    assert (status, answer["code"]) == (400, 50035)


async def test_a_body_that_is_no_json_is_refused(
    lax_chat: DiscordStandIn, lax_rest: RestClient
) -> None:
    url = lax_chat.api_url + messages(lax_chat)

    status, answer = await lax_rest.send(url, data=b"{content")

    assert (status, answer["code"]) == (400, 50109)


async def test_only_the_parts_named_files_are_files(
    lax_chat: DiscordStandIn, lax_rest: RestClient
) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", '{"content": "x"}')
    form.add_field("files[0]", b"one", filename="one.txt")
    form.add_field("picture", b"two", filename="two.txt")
    with aiohttp.MultipartWriter("mixed") as nested:
        nested.append("a part of parts")
    form.add_field("more", nested, content_type="multipart/mixed")

    url = lax_chat.api_url + messages(lax_chat)
    status, answer = await lax_rest.send(url, data=form)

    assert status == 200
    assert [one["filename"] for one in answer["attachments"]] == ["one.txt"]


async def test_more_than_ten_files_are_refused(
    lax_chat: DiscordStandIn, lax_rest: RestClient
) -> None:
    form = aiohttp.FormData(quote_fields=False)
    for number in range(11):
        form.add_field(f"files[{number}]", b"x", filename="x.txt")

    status, answer = await lax_rest.send(lax_chat.api_url + messages(lax_chat), data=form)

    assert (status, list(answer["errors"])) == (400, ["attachments"])


def slash(**more: object) -> dict[str, object]:
    return {"name": "ping", "description": "Ping", "type": 1} | more


OPTION = {"type": 3, "name": "a", "description": "A"}


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        ([slash(name=f"c{number}") for number in range(101)], 30032),
        ([slash(), slash()], 50035),
        ([slash(name="x" * 33)], 50035),
        ([slash(description="")], 50035),
        ([slash(options=[OPTION] * 26)], 50035),
        ([slash(options=[OPTION, OPTION | {"required": True}])], 50035),
        ([slash(options=[OPTION | {"choices": [{"name": "n", "value": "v"}] * 26}])], 50035),
        ([slash(options=[{"type": 1, "name": "", "description": "D"}])], 50035),
        ([slash(options=[OPTION | {"choices": [{"name": "n" * 101, "value": "v"}]}])], 50035),
    ],
)
async def test_commands_over_a_limit_are_refused(
    lax_chat: DiscordStandIn, lax_rest: RestClient, commands: list[object], code: int
) -> None:
    path = f"/applications/{lax_chat.application_id}/commands"

    assert await lax_rest.code("PUT", path, commands) == code
    assert lax_chat.commands == []


def group(subcommands: int, description: str) -> dict[str, object]:
    """Make a command with 25 groups of some subcommands, each with a choice of two characters."""
    inner = [
        {
            "type": 1,
            "name": f"{number:02}",
            "description": description,
            "options": [OPTION | {"choices": [{"name": "n", "value": 5}]}],
        }
        for number in range(subcommands)
    ]
    groups = [
        {"type": 2, "name": f"g{number:02}", "description": "G", "options": inner}
        for number in range(25)
    ]
    return slash(options=groups)


async def test_twenty_five_groups_of_twenty_five_subcommands_fit_if_they_are_short(
    lax_chat: DiscordStandIn, lax_rest: RestClient
) -> None:
    path = f"/applications/{lax_chat.application_id}/commands"

    status, _ = await lax_rest.call("PUT", path, [group(25, "ABC")])

    assert status == 200
    assert await lax_rest.code("PUT", path, [group(26, "A")]) == 50035


# "ping" and "Ping" are 8 characters, a group 4, a subcommand with its option and choice 6 more:
# 8 + 25 * (4 + 10 * (6 + 25)) = 7858 with a description of 25 characters. 142 are left.
@pytest.mark.parametrize(
    ("last", "status"),
    [
        ({"name": "x", "value": "v" * 141}, 200),
        ({"name": "x", "value": "v" * 142}, 400),
        ({"name": "x", "value": "v", "name_localizations": {"de": "n" * 141}}, 200),
        ({"name": "x", "value": "v", "name_localizations": {"de": "n" * 142, "fr": "n"}}, 400),
    ],
)
async def test_a_command_of_more_than_eight_thousand_characters_is_too_large(
    lax_chat: DiscordStandIn, lax_rest: RestClient, last: dict[str, object], status: int
) -> None:
    path = f"/applications/{lax_chat.application_id}/commands"
    command: Any = group(10, "D" * 25)
    first_choices = command["options"][0]["options"][0]["options"][0]["choices"]
    assert first_choices == [{"name": "n", "value": 5}]

    choices = [*first_choices, last]
    option = OPTION | {"choices": choices}
    subcommand = command["options"][0]["options"][0] | {"options": [option]}
    rest_of_group = command["options"][0]["options"][1:]
    command["options"][0] = command["options"][0] | {"options": [subcommand, *rest_of_group]}
    found, answer = await lax_rest.call("PUT", path, [slash(name="other"), command])

    assert found == status
    if status == 400:
        (error,) = answer["errors"]["1"]["_errors"]
        assert error["code"] == "APPLICATION_COMMAND_TOO_LARGE"
        assert error["message"] == "Command exceeds maximum size (8000)"


async def test_a_form_needs_a_title_and_fields(
    lax_chat: DiscordStandIn, lax_rest: RestClient
) -> None:
    path = f"/applications/{lax_chat.application_id}/commands"
    await lax_rest.call("PUT", path, [slash(default_member_permissions=32)])
    run = await lax_chat.guild.member("moderator").slash(lax_chat.guild.channel("videos"), "ping")
    callback = f"/interactions/{run.interaction.id}/{run.interaction.token}/callback"

    wrong = await lax_rest.wrong_fields(callback, {"type": 9, "data": {"custom_id": "ask"}})

    assert set(wrong["data"]) == {"title", "components"}
    assert lax_chat.commands[0].body["default_member_permissions"] == "32"
