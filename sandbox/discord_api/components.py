"""Components of a message: walking them, checking them, and giving them their full shape."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import count
from typing import Any, Final

from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.form import Form

ATTACHMENT_SCHEME: Final = "attachment://"
_ROW_LIMIT: Final = 5
_BUTTON_LIMIT: Final = 5
_V2_LIMIT: Final = 40
_V2_TEXT_LIMIT: Final = 4000
_CUSTOM_ID_LIMIT: Final = 100
_LABEL_LIMIT: Final = 80
_OPTION_LIMIT: Final = 25
_LINK_STYLES: Final = (5, 6)


class ComponentKind(IntEnum):
    """Discord's component types that the stand-in knows."""

    ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT = 10
    THUMBNAIL = 11
    GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS: Final = frozenset(
    {
        ComponentKind.STRING_SELECT,
        ComponentKind.USER_SELECT,
        ComponentKind.ROLE_SELECT,
        ComponentKind.MENTIONABLE_SELECT,
        ComponentKind.CHANNEL_SELECT,
    }
)
_V2_ONLY: Final = frozenset(
    {
        ComponentKind.SECTION,
        ComponentKind.TEXT,
        ComponentKind.THUMBNAIL,
        ComponentKind.GALLERY,
        ComponentKind.FILE,
        ComponentKind.SEPARATOR,
        ComponentKind.CONTAINER,
    }
)
_DEFAULTS: Final[Mapping[int, Json]] = {
    ComponentKind.CONTAINER: {"accent_color": None, "spoiler": False},
    ComponentKind.SEPARATOR: {"spacing": 1, "divider": True},
    ComponentKind.THUMBNAIL: {"description": None, "spoiler": False},
    ComponentKind.FILE: {"name": None, "size": None, "spoiler": False},
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
}


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """Yield every component, the nested ones after the one that holds them."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        for name in ("accessory", "component"):
            if isinstance(component.get(name), dict):
                yield from walk([component[name]])


def text_of(components: Iterable[Json]) -> str:
    """Return what the text displays say."""
    return "\n".join(
        str(one["content"]) for one in walk(components) if one["type"] == ComponentKind.TEXT
    )


def media_of(components: Iterable[Json]) -> list[Json]:
    """Return every `{"url": …}` that a component shows."""
    found: list[Json] = []
    for one in walk(components):
        found += [item["media"] for item in one.get("items") or ()]
        found += [one[name] for name in ("media", "file") if name in one]
    return found


def check_components(form: Form, components: Sequence[Json], *, is_v2: bool) -> None:
    """Note what Discord would find wrong (docs, Component Reference)."""
    everything = list(walk(components))
    if is_v2:
        form.check(
            len(everything) <= _V2_LIMIT, ("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"
        )
        form.check(
            len(text_of(components)) <= _V2_TEXT_LIMIT,
            ("components",),
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        )
    else:
        form.check(len(components) <= _ROW_LIMIT, ("components",), "BASE_TYPE_BAD_LENGTH")
        form.check(
            all(one["type"] == ComponentKind.ROW for one in components)
            and not any(one["type"] in _V2_ONLY for one in everything),
            ("components",),
            "UNION_TYPE_CHOICES",
        )
    custom_ids = [one["custom_id"] for one in everything if one.get("custom_id") is not None]
    form.check(
        len(custom_ids) == len(set(custom_ids)),
        ("components",),
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    )
    for number, one in enumerate(everything):
        _check_one(form, number, one)


def _check_one(form: Form, number: int, one: Json) -> None:
    path = ("components", number)
    if one["type"] == ComponentKind.ROW:
        width = len(one.get("components") or ())
        form.check(1 <= width <= _BUTTON_LIMIT, (*path, "components"), "BASE_TYPE_BAD_LENGTH")
    if one.get("custom_id") is not None:
        form.text((*path, "custom_id"), one["custom_id"], _CUSTOM_ID_LIMIT, minimum=1)
    if one["type"] == ComponentKind.BUTTON:
        form.text((*path, "label"), one.get("label") or "", _LABEL_LIMIT)
        is_link = one.get("style") in _LINK_STYLES
        form.check(
            is_link != (one.get("custom_id") is not None), path, "BUTTON_COMPONENT_CUSTOM_ID"
        )
    if one["type"] == ComponentKind.STRING_SELECT:
        choices = len(one.get("options") or ())
        form.check(1 <= choices <= _OPTION_LIMIT, (*path, "options"), "BASE_TYPE_BAD_LENGTH")


def full_shape(components: Sequence[Json]) -> list[Json]:
    """Return the components with the ids and defaults that Discord fills in."""
    shaped = [_shape(one) for one in components]
    used = {one["id"] for one in walk(shaped)}
    free = (number for number in count(1) if number not in used)
    for one in walk(shaped):
        one["id"] = one["id"] or next(free)
    return shaped


def _shape(one: Json) -> Json:
    shaped = _DEFAULTS.get(one["type"], {}) | {
        name: value for name, value in one.items() if value is not None
    }
    shaped.setdefault("id", 0)
    if "components" in shaped:
        shaped["components"] = [_shape(child) for child in shaped["components"]]
    if "accessory" in shaped:
        shaped["accessory"] = _shape(shaped["accessory"])
    if "emoji" in shaped:
        # One of Unicode has no id (OpenAPI document, ComponentEmojiResponse).
        shaped["emoji"] = {name: part for name, part in one["emoji"].items() if part is not None}
    if "items" in shaped:
        shaped["items"] = [{"description": None, "spoiler": False} | item for item in one["items"]]
    return shaped


def find_component(components: Iterable[Json], which: str) -> dict[str, Any] | None:
    """Find the control with this custom id, or else this label."""
    controls = [one for one in walk(components) if "custom_id" in one or "label" in one]
    for name in ("custom_id", "label"):
        for one in controls:
            if one.get(name) == which:
                return one
    return None
