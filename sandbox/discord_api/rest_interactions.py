"""REST routes of interactions: the first answer, then the webhook with its 15 minutes."""

import time
from typing import Final

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.calls import Call
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.form import Form
from sandbox.discord_api.posting import Place, create_message, delete_message, edit_message
from sandbox.discord_api.replies import NO_CONTENT, Refusal, RefusedCallError, Reply
from sandbox.discord_api.routes import Routes
from sandbox.discord_api.state import (
    Interaction,
    InteractionKind,
    Message,
    MessageFlag,
    MessageKind,
)

ROUTES: Final = Routes()
_WEBHOOK: Final = "/webhooks/{application_id}/{token}"
_MESSAGE: Final = 4
_DEFERRED: Final = 5
_DEFERRED_UPDATE: Final = 6
_UPDATE: Final = 7
_CHOICES: Final = 8
_MODAL: Final = 9
_CHOICE_LIMIT: Final = 25
_FIELD_LIMIT: Final = 5
_TITLE_LIMIT: Final = 45
_CUSTOM_ID_LIMIT: Final = 100
_MENU_TYPES: Final = (2, 3)
_ALLOWED: Final = {
    InteractionKind.COMMAND: {_MESSAGE, _DEFERRED, _MODAL},
    InteractionKind.COMPONENT: {_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE, _MODAL},
    InteractionKind.AUTOCOMPLETE: {_CHOICES},
    InteractionKind.MODAL: {_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE},
}


@ROUTES.add("POST", "/interactions/{interaction_id}/{token}/callback", is_open=True)
def answer_first(backend: Backend, call: Call) -> Reply:
    """Create Interaction Response: once, and within three seconds."""
    world, body = backend.world, call.json()
    interaction = world.interactions.get(call.places["token"])
    if interaction is None or interaction.id != call.id("interaction_id"):
        raise RefusedCallError(Refusal.UNKNOWN_INTERACTION)
    if interaction.acknowledged is not None:
        raise RefusedCallError(Refusal.ALREADY_ACKNOWLEDGED)
    if world.clock.now() - interaction.created_at > world.rules.first_answer:
        raise RefusedCallError(Refusal.UNKNOWN_INTERACTION)
    kind, data = body.get("type"), body.get("data") or {}
    _check_answer(interaction, kind, data)
    if kind in {_MESSAGE, _DEFERRED}:
        interaction.original = _first_message(backend, call, interaction, data, kind)
        interaction.messages.append(interaction.original)
    elif kind in {_UPDATE, _DEFERRED_UPDATE}:
        interaction.original = interaction.source
        if kind == _UPDATE and interaction.source is not None:
            edit_message(backend, call, interaction.source, _place(backend, interaction, body=data))
    interaction.acknowledged = time.monotonic()
    interaction.callback_type, interaction.callback = kind, data
    world.changes.tell()
    if call.query.get("with_response") not in {"1", "true"}:
        return NO_CONTENT
    return Reply(200, _callback_payload(backend, interaction))


def _check_answer(interaction: Interaction, kind: object, data: Json) -> None:
    form = Form()
    has_source = interaction.source is not None
    is_fitting = kind in _ALLOWED[interaction.kind] and (
        has_source or kind not in {_UPDATE, _DEFERRED_UPDATE}
    )
    form.check(is_fitting, ("type",), "INTERACTION_RESPONSE_TYPE_INVALID")
    # A placeholder can't be a layout yet, only the edit that fills it in (docs, Components).
    is_early = kind == _DEFERRED and data.get("flags", 0) & MessageFlag.COMPONENTS_V2
    form.check(not is_early, ("data", "flags"), "MESSAGE_FLAGS_INVALID")
    choices = data.get("choices") or ()
    form.check(len(choices) <= _CHOICE_LIMIT, ("data", "choices"), "BASE_TYPE_BAD_LENGTH")
    if kind == _MODAL:
        form.text(("data", "custom_id"), data.get("custom_id"), _CUSTOM_ID_LIMIT, minimum=1)
        form.text(("data", "title"), data.get("title"), _TITLE_LIMIT, minimum=1)
        count = len(data.get("components") or ())
        form.check(1 <= count <= _FIELD_LIMIT, ("data", "components"), "BASE_TYPE_BAD_LENGTH")
    form.refuse_if_wrong()


def _first_message(
    backend: Backend, call: Call, interaction: Interaction, data: Json, kind: object
) -> Message:
    visible_to = interaction.user_id if data.get("flags", 0) & MessageFlag.EPHEMERAL else None
    place = _place(backend, interaction, body=data, visible_to=visible_to)
    if kind == _MESSAGE:
        return create_message(backend, call, place)
    message = Message(
        id=backend.world.new_id(),
        channel_id=interaction.channel_id,
        author_id=backend.world.bot.id,
        created_at=backend.world.clock.now(),
        kind=place.kind,
        flags=MessageFlag.LOADING | (MessageFlag.EPHEMERAL if visible_to is not None else 0),
        interaction_token=interaction.token,
        visible_to=visible_to,
    )
    place.channel.messages[message.id] = message
    backend.tell_message("MESSAGE_CREATE", message)
    return message


def _place(
    backend: Backend,
    interaction: Interaction,
    *,
    body: Json | None = None,
    visible_to: int | None = None,
) -> Place:
    kind = MessageKind.DEFAULT
    if interaction.kind is InteractionKind.COMMAND:
        is_menu = interaction.data["type"] in _MENU_TYPES
        kind = MessageKind.MENU if is_menu else MessageKind.SLASH
    return Place(
        channel=backend.world.channels[interaction.channel_id],
        author_id=backend.world.bot.id,
        upload_limit=backend.world.upload_limit(interaction.guild_id, interaction.user_id),
        visible_to=visible_to,
        interaction_token=interaction.token,
        kind=kind,
        body=body,
    )


def _callback_payload(backend: Backend, interaction: Interaction) -> Json:
    told: Json = {
        "id": str(interaction.id),
        "type": int(interaction.kind),
        "channel_id": str(interaction.channel_id),
    }
    if interaction.guild_id is not None:
        told["guild_id"] = str(interaction.guild_id)
    payload: Json = {"interaction": told}
    message = interaction.original
    if message is None:
        return payload
    told["response_message_id"] = str(message.id)
    told["response_message_loading"] = message.is_loading
    told["response_message_ephemeral"] = message.is_ephemeral
    if interaction.callback_type in {_MESSAGE, _UPDATE}:
        payload["resource"] = {
            "type": interaction.callback_type,
            "message": backend.payloads.message(message),
        }
    return payload


def _open_interaction(backend: Backend, call: Call) -> Interaction:
    """Find the interaction of a webhook path.

    Raises:
        RefusedCallError: Its token is unknown, not yet usable, or older than 15 minutes.
    """
    world = backend.world
    interaction = world.interactions.get(call.places["token"])
    if interaction is None or call.id("application_id") != world.application_id:
        raise RefusedCallError(Refusal.UNKNOWN_WEBHOOK)
    if world.clock.now() - interaction.created_at > world.rules.token_life:
        raise RefusedCallError(Refusal.INVALID_WEBHOOK_TOKEN)
    if interaction.acknowledged is None:
        raise RefusedCallError(Refusal.UNKNOWN_WEBHOOK)
    return interaction


def _answer_message(call: Call, interaction: Interaction) -> Message:
    name = call.places["message"]
    message = interaction.original
    if name != "@original":
        known = (one for one in interaction.messages if str(one.id) == name)
        message = next(known, None)
    if message is None or message.deleted:
        raise RefusedCallError(Refusal.UNKNOWN_MESSAGE)
    return message


@ROUTES.add("POST", _WEBHOOK, is_open=True)
def follow_up(backend: Backend, call: Call) -> Reply:
    """Create Followup Message; nonces do nothing here.

    After a deferral the first one fills in the placeholder, and its own ephemeral flag is
    ignored (docs, Receiving and Responding to Interactions).
    """
    interaction = _open_interaction(backend, call)
    message = interaction.original
    if message is not None and message.is_loading and not message.deleted:
        edit_message(backend, call, message, _place(backend, interaction))
    else:
        is_ephemeral = int(call.json().get("flags") or 0) & MessageFlag.EPHEMERAL
        place = _place(
            backend, interaction, visible_to=interaction.user_id if is_ephemeral else None
        )
        message = create_message(backend, call, place)
        interaction.messages.append(message)
    backend.world.changes.tell()
    return Reply(200, backend.payloads.message(message))


@ROUTES.add("GET", _WEBHOOK + "/messages/{message}", is_open=True)
def get_answer(backend: Backend, call: Call) -> Reply:
    """Get Original Interaction Response, or a follow-up."""
    message = _answer_message(call, _open_interaction(backend, call))
    return Reply(200, backend.payloads.message(message))


@ROUTES.add("PATCH", _WEBHOOK + "/messages/{message}", is_open=True)
def edit_answer(backend: Backend, call: Call) -> Reply:
    """Edit Original Interaction Response, or a follow-up."""
    interaction = _open_interaction(backend, call)
    message = _answer_message(call, interaction)
    edit_message(backend, call, message, _place(backend, interaction))
    if message not in interaction.messages:
        interaction.messages.append(message)
        backend.world.changes.tell()
    return Reply(200, backend.payloads.message(message))


@ROUTES.add("DELETE", _WEBHOOK + "/messages/{message}", is_open=True)
def delete_answer(backend: Backend, call: Call) -> Reply:
    """Delete Original Interaction Response, or a follow-up."""
    delete_message(backend, _answer_message(call, _open_interaction(backend, call)))
    return NO_CONTENT
