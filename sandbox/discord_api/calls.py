"""One call of the bot to the REST API, read from the wire."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import BodyPartReader, web

from sandbox.discord_api.exchanges import FilePart, Json
from sandbox.discord_api.form import Form
from sandbox.discord_api.replies import Refusal, RefusedCallError

_FILE_FIELD: Final = re.compile(r"files\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Call:
    """A request with its body parsed; `places` are the values in its path."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: Any = None
    files: tuple[FilePart, ...] = ()
    is_unreadable: bool = False
    """Whether the body is no JSON."""
    places: Mapping[str, str] = field(default_factory=dict)

    def id(self, name: str) -> int:
        """Return a snowflake of the path.

        Raises:
            RefusedCallError: It is no number.
        """
        value = self.places[name]
        if not value.isdecimal():
            form = Form()
            form.wrong((name,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
            form.refuse_if_wrong()
        return int(value)

    def json(self) -> Json:
        """Return the body as an object; none at all counts as empty.

        Raises:
            RefusedCallError: The body is another kind of JSON.
        """
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise RefusedCallError(Refusal.INVALID_FORM, {"_errors": []})
        return self.body

    def number(self, name: str) -> int | None:
        """Return a number of the query, None when it is not there.

        Raises:
            RefusedCallError: It is no number.
        """
        value = self.query.get(name)
        if value is None:
            return None
        if not value.isdecimal():
            form = Form()
            form.wrong((name,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            form.refuse_if_wrong()
        return int(value)


def file_index(part: FilePart) -> str | None:
    """Return the n of a `files[n]` part."""
    found = _FILE_FIELD.fullmatch(part.name)
    return found and found[1]


async def read_call(request: web.Request, path: str) -> Call:
    """Read a whole request; `path` starts after `/api/v10`."""
    text, files = "", []
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "payload_json":
                text = await part.text()
            else:
                files.append(await _read_file(part))
    else:
        text = await request.text()
    body, is_unreadable = None, False
    if text:
        try:
            body = json.loads(text)
        except ValueError:
            is_unreadable = True
    return Call(
        method=request.method,
        path=path,
        query=dict(request.query),
        headers=dict(request.headers),
        body=body,
        files=tuple(files),
        is_unreadable=is_unreadable,
    )


async def _read_file(part: BodyPartReader) -> FilePart:
    return FilePart(
        name=part.name or "",
        filename=part.filename or "",
        content_type=part.headers.get("Content-Type", ""),
        data=bytes(await part.read()),
    )
