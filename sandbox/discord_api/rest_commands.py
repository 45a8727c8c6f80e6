"""REST routes of application commands, global and of one guild."""

from collections import Counter
from typing import Final

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.calls import Call
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.form import Form
from sandbox.discord_api.replies import Refusal, RefusedCallError, Reply
from sandbox.discord_api.routes import Routes
from sandbox.discord_api.state import Command

ROUTES: Final = Routes()
_GLOBAL: Final = "/applications/{application_id}/commands"
_OF_GUILD: Final = "/applications/{application_id}/guilds/{guild_id}/commands"
_SLASH: Final = 1
_SLASH_LIMIT: Final = 100
_OPTION_LIMIT: Final = 25
_NAME_LIMIT: Final = 32
_DESCRIPTION_LIMIT: Final = 100
_CHOICE_NAME_LIMIT: Final = 100
_SIZE_LIMIT: Final = 8000
"""Characters of all names, descriptions and values of one command (docs, Application Commands)."""


def _scope(backend: Backend, call: Call) -> int | None:
    """Return the guild of a path, None for the global commands."""
    if call.id("application_id") != backend.world.application_id:
        raise RefusedCallError(Refusal.MISSING_ACCESS)
    if "guild_id" not in call.places:
        return None
    guild = backend.world.guilds.get(call.id("guild_id"))
    if guild is None or not guild.has_bot:
        raise RefusedCallError(Refusal.MISSING_ACCESS)
    return guild.id


@ROUTES.add("GET", _GLOBAL)
@ROUTES.add("GET", _OF_GUILD)
def list_commands(backend: Backend, call: Call) -> Reply:
    """Get Global, or Guild, Application Commands."""
    commands = backend.world.commands[_scope(backend, call)]
    return Reply(200, [command.body for command in commands])


@ROUTES.add("GET", _GLOBAL + "/{command_id}")
@ROUTES.add("GET", _OF_GUILD + "/{command_id}")
def get_command(backend: Backend, call: Call) -> Reply:
    """Get Global, or Guild, Application Command."""
    for command in backend.world.commands[_scope(backend, call)]:
        if command.id == call.id("command_id"):
            return Reply(200, command.body)
    raise RefusedCallError(Refusal.UNKNOWN_COMMAND)


@ROUTES.add("PUT", _GLOBAL)
@ROUTES.add("PUT", _OF_GUILD)
def replace_commands(backend: Backend, call: Call) -> Reply:
    """Bulk Overwrite Application Commands; one that keeps type and name keeps its id."""
    guild_id = _scope(backend, call)
    wanted: list[Json] = list(call.body or ())
    _check(wanted)
    old = {(one.kind, one.name): one for one in backend.world.commands[guild_id]}
    commands = [
        _register(backend, guild_id, body, old.get((body.get("type", _SLASH), body["name"])))
        for body in wanted
    ]
    backend.world.commands[guild_id] = commands
    backend.world.changes.tell()
    return Reply(200, [command.body for command in commands])


def _register(backend: Backend, guild_id: int | None, body: Json, old: Command | None) -> Command:
    command_id = old.id if old else backend.world.new_id()
    full: Json = {
        "type": _SLASH,
        "description": "",
        "default_member_permissions": None,
        "nsfw": False,
        "contexts": None,
        "dm_permission": True,
    } | {name: value for name, value in body.items() if value is not None}
    full |= {
        "id": str(command_id),
        "application_id": str(backend.world.application_id),
        "version": str(backend.world.new_id()),
        "integration_types": body.get("integration_types") or [0],
    }
    if guild_id is not None:
        full["guild_id"] = str(guild_id)
    if full["default_member_permissions"] is not None:
        full["default_member_permissions"] = str(full["default_member_permissions"])
    return Command(command_id, guild_id, full)


def _check(wanted: list[Json]) -> None:
    """Refuse what breaks a limit (docs, Application Commands)."""
    form = Form()
    kinds = [body.get("type", _SLASH) for body in wanted]
    if kinds.count(_SLASH) > _SLASH_LIMIT:
        raise RefusedCallError(Refusal.TOO_MANY_COMMANDS)
    named = Counter(zip(kinds, (body["name"] for body in wanted), strict=True))
    for number, (body, kind) in enumerate(zip(wanted, kinds, strict=True)):
        form.check(
            named[kind, body["name"]] == 1,
            (number, "name"),
            "APPLICATION_COMMANDS_DUPLICATE_NAME",
        )
        form.text((number, "name"), body["name"], _NAME_LIMIT, minimum=1)
        if kind == _SLASH:
            description = body.get("description") or ""
            form.text((number, "description"), description, _DESCRIPTION_LIMIT, minimum=1)
            _check_options(form, (number,), body.get("options") or [])
        if _size(body) > _SIZE_LIMIT:
            message = f"Command exceeds maximum size ({_SIZE_LIMIT})"
            form.wrong((number,), "APPLICATION_COMMAND_TOO_LARGE", message)
    form.refuse_if_wrong()


def _size(part: Json) -> int:
    """Count a command, option or choice as Discord does: of each text the longest translation."""
    texts = sum(_longest(part, name) for name in ("name", "description"))
    value = part.get("value")
    inner = [*(part.get("options") or ()), *(part.get("choices") or ())]
    return texts + len("" if value is None else str(value)) + sum(_size(one) for one in inner)


def _longest(part: Json, name: str) -> int:
    translations: Json = part.get(f"{name}_localizations") or {}
    return max(len(text) for text in (part.get(name) or "", *translations.values()))


def _check_options(form: Form, path: tuple[str | int, ...], options: list[Json]) -> None:
    form.check(len(options) <= _OPTION_LIMIT, (*path, "options"), "BASE_TYPE_BAD_LENGTH")
    is_after_optional = False
    for number, option in enumerate(options):
        here = (*path, "options", number)
        form.text((*here, "name"), option["name"], _NAME_LIMIT, minimum=1)
        form.text((*here, "description"), option["description"], _DESCRIPTION_LIMIT, minimum=1)
        is_required = bool(option.get("required"))
        form.check(
            not (is_required and is_after_optional),
            here,
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        )
        is_after_optional = is_after_optional or not is_required
        choices = option.get("choices") or []
        form.check(len(choices) <= _OPTION_LIMIT, (*here, "choices"), "BASE_TYPE_BAD_LENGTH")
        for place, choice in enumerate(choices):
            name_place = (*here, "choices", place, "name")
            form.text(name_place, choice["name"], _CHOICE_NAME_LIMIT, minimum=1)
        _check_options(form, here, option.get("options") or [])
