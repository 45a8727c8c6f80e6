"""A modal filled in: the values of a person become the components of its submission."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sandbox.discord_api.components import SELECTS, ComponentKind
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.options import CannotDoError
from sandbox.discord_api.uploads import Upload

ModalValue = str | bool | Sequence[str] | Sequence[Upload]
_LONGEST_TEXT: Final = 4000
_LISTS: Final = SELECTS | {ComponentKind.CHECKBOX_GROUP}


@dataclass(slots=True)
class ModalAnswers:
    """What a person typed, by the custom id of the field."""

    values: Mapping[str, ModalValue]
    upload: Callable[[Upload], Json]
    """Stores a file and returns how it is shown in the resolved data."""
    attachments: Json = field(default_factory=dict)

    def data(self, custom_id: str, fields: Sequence[Json]) -> Json:
        """Return the data of the submission of a form with these fields.

        Raises:
            CannotDoError: A field is unknown, missing, too short or too long.
        """
        components = [self._row(row) for row in fields]
        known = {one["custom_id"] for one in _fields(fields)}
        for name in self.values:
            if name not in known:
                raise CannotDoError(f"The form has no field {name}.")
        data: Json = {"custom_id": custom_id, "components": components}
        return data | ({"resolved": {"attachments": self.attachments}} if self.attachments else {})

    def _row(self, row: Json) -> Json:
        match row["type"]:
            case ComponentKind.LABEL:
                return {
                    "type": ComponentKind.LABEL.value,
                    "id": row.get("id") or 0,
                    "component": self._field(row["component"]),
                }
            case ComponentKind.ROW:
                fields = [self._field(one) for one in row["components"]]
                return {"type": ComponentKind.ROW.value, "id": 0, "components": fields}
        return {"type": row["type"], "id": row.get("id") or 0}

    def _field(self, field: Json) -> Json:
        name = field["custom_id"]
        value = self.values.get(name)
        is_required = field.get("required", True) and field["type"] != ComponentKind.CHECKBOX
        if not value and is_required:
            raise CannotDoError(f"The field {name} is required.")
        answer: Json = {"type": field["type"], "id": field.get("id") or 0, "custom_id": name}
        if field["type"] == ComponentKind.FILE_UPLOAD:
            return answer | {"values": self._files(field, value)}
        if field["type"] in _LISTS:
            return answer | {"values": list(_sequence(value))}
        if field["type"] == ComponentKind.TEXT_INPUT:
            _check_text(field, str(value or ""))
            return answer | {"value": str(value or "")}
        return answer | {"value": value}

    def _files(self, field: Json, value: ModalValue | None) -> list[str]:
        files = [one for one in _sequence(value) if isinstance(one, Upload)]
        most = field.get("max_values") or 1
        if len(files) > most:
            raise CannotDoError(f"The field {field['custom_id']} takes {most} files.")
        ids = []
        for file in files:
            payload = self.upload(file)
            self.attachments[payload["id"]] = payload
            ids.append(str(payload["id"]))
        return ids


def _sequence(value: ModalValue | None) -> Sequence[str | Upload]:
    return () if value is None or isinstance(value, str | bool) else value


def _check_text(field: Json, text: str) -> None:
    shortest = field.get("min_length") or 0
    longest = field.get("max_length") or _LONGEST_TEXT
    if text and not shortest <= len(text) <= longest:
        name = field["custom_id"]
        raise CannotDoError(f"The field {name} takes {shortest} to {longest} characters.")


def _fields(rows: Sequence[Json]) -> list[Json]:
    fields: list[Json] = []
    for row in rows:
        fields += row.get("components") or ()
        fields += [row["component"]] if "component" in row else []
    return fields


def blank_form(values: Mapping[str, ModalValue]) -> list[Json]:
    """Return a form that asks for just these values, for one that the bot never opened."""
    return [
        {"type": ComponentKind.LABEL.value, "component": _field_for(name, value)}
        for name, value in values.items()
    ]


def _field_for(name: str, value: ModalValue) -> Json:
    field: Json = {"custom_id": name, "required": False}
    match value:
        case bool():
            return field | {"type": ComponentKind.CHECKBOX.value}
        case str():
            kind = ComponentKind.TEXT_INPUT.value
            return field | {"type": kind, "max_length": max(1, len(value))}
    has_files = any(isinstance(one, Upload) for one in value)
    kind = ComponentKind.FILE_UPLOAD if has_files else ComponentKind.STRING_SELECT
    return field | {"type": kind.value, "max_values": max(1, len(value))}
