"""Making and changing messages, for channels and for the answers to interactions alike."""

from dataclasses import dataclass, replace
from typing import Final

from sandbox.discord_api.backend import Backend
from sandbox.discord_api.calls import Call, file_index
from sandbox.discord_api.components import ATTACHMENT_SCHEME, full_shape, text_of
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.form import Form
from sandbox.discord_api.mentions import Mentions, find_mentions
from sandbox.discord_api.message_form import check_message, refuse_empty
from sandbox.discord_api.replies import Refusal, RefusedCallError
from sandbox.discord_api.state import (
    Attachment,
    ChannelState,
    Message,
    MessageFlag,
    MessageKind,
    Version,
)

KEPT_FLAGS: Final = (
    MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2
)
"""What a bot may set itself on a message."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes, who writes it, and how large its files may be."""

    channel: ChannelState
    author_id: int
    upload_limit: int
    replied: Message | None = None
    visible_to: int | None = None
    interaction_token: str | None = None
    kind: MessageKind = MessageKind.DEFAULT
    body: Json | None = None
    """The part of the call that describes the message, when that is not all of it."""


def create_message(backend: Backend, call: Call, place: Place) -> Message:
    """Check what the call describes and put it into the channel.

    Raises:
        RefusedCallError: A limit is broken, a file is too large, or there is nothing to post.
    """
    body = call.json() if place.body is None else place.body
    flags = int(body.get("flags") or 0) & KEPT_FLAGS
    is_v2 = bool(flags & MessageFlag.COMPONENTS_V2)
    refuse_empty(body, has_files=bool(call.files))
    names = _filenames(body, call)
    check_message(body, is_v2=is_v2, filenames=list(names.values()))
    _refuse_large_files(call, place.upload_limit)
    world = backend.world
    message = Message(
        id=world.new_id(),
        channel_id=place.channel.id,
        author_id=place.author_id,
        created_at=world.clock.now(),
        kind=place.kind,
        flags=flags | (MessageFlag.EPHEMERAL if place.visible_to is not None else 0),
        nonce=body.get("nonce"),
        reference_id=place.replied.id if place.replied else None,
        interaction_token=place.interaction_token,
        visible_to=place.visible_to,
    )
    message.attachments = _upload(backend, body, call, message, names)
    _write(message, body)
    replied_to = place.replied.author_id if place.replied else None
    _mention(backend, message, place.channel, body, replied_to)
    place.channel.messages[message.id] = message
    backend.tell_message("MESSAGE_CREATE", message)
    return message


def edit_message(backend: Backend, call: Call, message: Message, place: Place) -> None:
    """Change a message; the V2 flag stays for ever, and a mere edit pings nobody.

    Raises:
        RefusedCallError: A limit is broken or a file is too large.
    """
    body = call.json() if place.body is None else place.body
    is_v2 = bool((message.flags | int(body.get("flags") or 0)) & MessageFlag.COMPONENTS_V2)
    kept = _kept_attachments(body, message)
    names = _filenames(body, call)
    held = [*(one.filename for one in kept), *names.values()]
    check_message(body, is_v2=is_v2, filenames=held)
    if is_v2 and not message.is_v2:
        _refuse_leftovers(message, body)
    _refuse_large_files(call, place.upload_limit)
    now = backend.world.clock.now()
    was_loading = message.is_loading
    if not was_loading:
        message.edits.append(_version(backend, message))
        message.edited_at = now
    for dropped in message.attachments:
        if all(dropped.id != one.id for one in kept):
            backend.cdn.remove(dropped)
    message.flags &= ~MessageFlag.LOADING
    message.flags |= MessageFlag.COMPONENTS_V2 if is_v2 else 0
    message.attachments = kept + _upload(backend, body, call, message, names)
    _write(message, body)
    pinged = message.pinged
    _mention(backend, message, place.channel, body, None)
    if not was_loading:
        message.pinged = pinged
    backend.tell_message("MESSAGE_UPDATE", message)


def delete_message(backend: Backend, message: Message) -> None:
    """Take a message and its files away for everybody."""
    message.deleted = True
    for attachment in message.attachments:
        backend.cdn.remove(attachment)
    backend.tell_deleted(message)


def _write(message: Message, body: Json) -> None:
    if "content" in body:
        message.content = str(body["content"] or "").strip()
    if "embeds" in body:
        message.embeds = list(body["embeds"] or ())
    if "components" in body:
        message.components = full_shape(body["components"] or ())
    shown = {
        str((embed.get(name) or {}).get("url"))
        for embed in message.embeds
        for name in ("image", "thumbnail")
    }
    message.attachments = [
        replace(one, is_in_embed=f"{ATTACHMENT_SCHEME}{one.filename}" in shown)
        for one in message.attachments
    ]


def _mention(
    backend: Backend, message: Message, channel: ChannelState, body: Json, replied_to: int | None
) -> None:
    found: Mentions = find_mentions(
        backend.world,
        channel,
        message.author_id,
        f"{message.content}\n{text_of(message.components)}",
        allowed=body.get("allowed_mentions"),
        replied_to=replied_to,
    )
    message.mentioned = found.users
    message.mentioned_roles = found.roles
    message.mentions_everyone = found.everyone
    message.pinged = found.pinged
    if message.visible_to is not None:
        message.pinged &= {message.visible_to}


def _version(backend: Backend, message: Message) -> Version:
    return Version(
        content=message.content,
        embeds=tuple(message.embeds),
        components=tuple(message.components),
        attachments=tuple(message.attachments),
        replaced_at=backend.world.clock.now(),
    )


def _filenames(body: Json, call: Call) -> dict[str, str]:
    """Return the name of each uploaded file by the n of its `files[n]`."""
    listed = {str(one["id"]): one.get("filename") for one in body.get("attachments") or ()}
    names: dict[str, str] = {}
    for part in call.files:
        index = file_index(part)
        if index is not None:
            names[index] = listed.get(index) or part.filename
    return names


def _upload(
    backend: Backend, body: Json, call: Call, message: Message, names: dict[str, str]
) -> list[Attachment]:
    texts = {str(one["id"]): one.get("description") for one in body.get("attachments") or ()}
    stored = []
    for part in call.files:
        index = file_index(part) or ""
        if index in names:
            attachment = backend.cdn.store(
                message.channel_id, names[index], part.data, is_ephemeral=message.is_ephemeral
            )
            stored.append(replace(attachment, description=texts.get(index)))
    return stored


def _kept_attachments(body: Json, message: Message) -> list[Attachment]:
    if "attachments" not in body:
        return list(message.attachments)
    listed = {str(one["id"]) for one in body["attachments"] or ()}
    return [one for one in message.attachments if str(one.id) in listed]


def _refuse_large_files(call: Call, limit: int) -> None:
    if any(len(part.data) > limit for part in call.files):
        raise RefusedCallError(Refusal.TOO_LARGE)


def _refuse_leftovers(message: Message, body: Json) -> None:
    form = Form()
    for name, old in (("content", message.content), ("embeds", message.embeds)):
        form.check(
            not old or name in body,
            (name,),
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        )
    form.refuse_if_wrong()
