"""Finding the job in an answer, also where a server wraps one around another's."""

from collections.abc import Mapping, Sequence

from bot.domain import JsonObject
from bot.providers.foreign_errors import read_error
from bot.providers.reading import read_name, read_status


def read_ref(body: JsonObject, fields: Sequence[str]) -> str | None:
    """Read the job's identifier: from the body, or else one level down from `data`."""
    places = (body, inner_object(body))
    names = (read_name(place, field) for place in places for field in fields)
    return next((name for name in names if name), None)


def find_job(body: JsonObject, refs: Sequence[str]) -> JsonObject:
    """Find the job that an answer is about: the body itself, or what it wraps in `data`.

    A body that names a job is one. The status of one that doesn't is that of the wrapper.
    """
    inner = inner_object(body)
    if not inner or any(read_name(body, field) for field in refs):
        return body
    is_job = read_status(inner) is not None or any(read_name(inner, field) for field in refs)
    return inner if is_job or (read_status(body) is None and read_error(body) is None) else body


def inner_object(body: JsonObject) -> JsonObject:
    """Take what stands under `data`, an object or a list of one; empty when it is neither."""
    match body.get("data"):
        case Mapping() as inner:
            return inner
        case [Mapping() as inner]:
            return inner
    return {}
