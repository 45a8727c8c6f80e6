"""The body of a message, checked against Discord's limits before anything happens."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sandbox.discord_api.components import ATTACHMENT_SCHEME, check_components, media_of
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.form import Form
from sandbox.discord_api.replies import Refusal, RefusedCallError

_CONTENT_LIMIT: Final = 2000
_EMBED_LIMIT: Final = 10
_EMBED_TOTAL_LIMIT: Final = 6000
_FIELD_LIMIT: Final = 25
_FILE_LIMIT: Final = 10
_NONCE_LIMIT: Final = 25
_INT64: Final = 2**63
_LISTED_LIMIT: Final = 100
_EMBED_TEXTS: Final[Mapping[tuple[str, ...], int]] = {
    ("title",): 256,
    ("description",): 4096,
    ("footer", "text"): 2048,
    ("author", "name"): 256,
}
_FIELD_TEXTS: Final[Mapping[str, int]] = {"name": 256, "value": 1024}
_PARSE: Final = {"users", "roles", "everyone"}


def check_message(body: Json, *, is_v2: bool, filenames: Sequence[str]) -> None:
    """Refuse a body that breaks a limit (docs, Create Message and Embed Limits).

    `filenames` are the files that the message will have.

    Raises:
        RefusedCallError: The form is invalid; the error lists every wrong field.
    """
    form = Form()
    if body.get("content") is not None:
        form.text(("content",), body["content"], _CONTENT_LIMIT)
    _check_embeds(form, body.get("embeds") or [])
    _check_nonce(form, body.get("nonce"))
    _check_allowed_mentions(form, body.get("allowed_mentions") or {})
    form.check(len(filenames) <= _FILE_LIMIT, ("attachments",), "BASE_TYPE_BAD_LENGTH")
    components: list[Json] = body.get("components") or []
    check_components(form, components, is_v2=is_v2)
    for media in media_of(components):
        name = str(media.get("url"))
        is_held = name.removeprefix(ATTACHMENT_SCHEME) in filenames
        form.check(
            is_held or not name.startswith(ATTACHMENT_SCHEME),
            ("components",),
            "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
        )
    if is_v2:
        for name in ("content", "embeds", "poll", "sticker_ids"):
            form.check(
                not body.get(name), (name,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            )
    form.refuse_if_wrong()


def refuse_empty(body: Json, *, has_files: bool) -> None:
    """Refuse a new message with nothing in it.

    Raises:
        RefusedCallError: It is empty.
    """
    if not has_files and not any(
        body.get(name) for name in ("content", "embeds", "components", "sticker_ids", "poll")
    ):
        raise RefusedCallError(Refusal.EMPTY_MESSAGE)


def _check_embeds(form: Form, embeds: list[Json]) -> None:
    form.check(len(embeds) <= _EMBED_LIMIT, ("embeds",), "BASE_TYPE_BAD_LENGTH")
    total = 0
    for number, embed in enumerate(embeds):
        for keys, limit in _EMBED_TEXTS.items():
            value: Any = embed
            for key in keys:
                value = (value or {}).get(key)
            if value is not None:
                form.text(("embeds", number, *keys), value, limit)
                total += len(str(value))
        fields = embed.get("fields") or []
        form.check(
            len(fields) <= _FIELD_LIMIT, ("embeds", number, "fields"), "BASE_TYPE_BAD_LENGTH"
        )
        for place, one in enumerate(fields):
            for key, limit in _FIELD_TEXTS.items():
                path = ("embeds", number, "fields", place, key)
                form.text(path, one.get(key), limit, minimum=1)
                total += len(str(one.get(key)))
    form.check(total <= _EMBED_TOTAL_LIMIT, ("embeds",), "MAX_EMBED_SIZE_EXCEEDED")


def _check_nonce(form: Form, nonce: object) -> None:
    if isinstance(nonce, str):
        form.text(("nonce",), nonce, _NONCE_LIMIT)
    elif nonce is not None:
        is_int64 = isinstance(nonce, int) and -_INT64 <= nonce < _INT64
        form.check(is_int64, ("nonce",), "UNION_TYPE_CHOICES")


def _check_allowed_mentions(form: Form, allowed: Json) -> None:
    parse = set(allowed.get("parse") or ())
    path: tuple[str, ...] = ("allowed_mentions", "parse")
    form.check(parse <= _PARSE, path, "BASE_TYPE_CHOICES")
    for name in ("users", "roles"):
        listed = allowed.get(name) or ()
        form.check(len(listed) <= _LISTED_LIMIT, ("allowed_mentions", name), "BASE_TYPE_BAD_LENGTH")
        # Discord: `parse: ["users"]` and `users: [ids...]` are mutually exclusive.
        form.check(not (name in parse and listed), path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE")
