"""The log: one line a record, with every secret taken out on its way to the handler."""

import json
import logging
import re
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final, TextIO
from urllib.parse import quote

from bot.errors import ConfigurationError

MASK: Final = "***"
"""What stands where a secret was."""

_SHORTEST_SECRET: Final = 6
"""Characters; hiding every occurrence of a shorter value would leave nothing to read."""

_HANDLER_NAME: Final = "grok-bot"

_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_NEVER_DEBUG: Final = ("PIL", "aiohttp", "aiosqlite", "asyncio", "discord")
"""Libraries whose DEBUG records hold whole gateway events, signed addresses or prompts."""

_PATTERNS: Final = (
    # RFC 6750 names the characters of a bearer token; Discord's own scheme is `Bot`.
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {MASK}"),
    (re.compile(r"\bBot\s+[\w.~+/=-]{20,}"), f"Bot {MASK}"),
    # A Discord token begins with its application's snowflake in base64: M, N or O.
    (re.compile(r"\b[MNO][\w-]{17,30}\.[\w-]{5,8}\.[\w-]{25,}"), MASK),
    (re.compile(r"\bsk-[\w-]{6,}"), f"sk-{MASK}"),
    (re.compile(r"\bxai-\w{20,}"), f"xai-{MASK}"),
    (
        re.compile(
            r"(authorization|api[-_]?key|password)(['\"]?\s*[:=]\s*['\"]?)[^\s'\",;}]{8,}",
            re.IGNORECASE,
        ),
        rf"\1\2{MASK}",
    ),
    # Whoever has an interaction's token may answer in our name for 15 minutes.
    (re.compile(r"/(webhooks|interactions)/(\d+)/[^\s/?#'\"<>)]+"), rf"/\1/\2/{MASK}"),
    (re.compile(r"://[^\s/@'\"]+@"), f"://{MASK}@"),
    # Signed links: Discord's `?ex=…&is=…&hm=…` and every object store's signature.
    (re.compile(r"(://[^\s?#'\"<>]{1,2000}+)[?#][^\s'\"<>)]+"), rf"\1?{MASK}"),
    (re.compile(r"\?[^\s=?'\"<>]*+=[^\s'\"<>)]*"), f"?{MASK}"),
)


class Redactor(logging.Filter):
    """Takes secrets out of records, and of any other text that is shown to people.

    It belongs on handlers: a filter on a logger does not see what its children log.
    """

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__()
        spellings = {
            spelling
            for secret in secrets
            if len(secret) >= _SHORTEST_SECRET
            for spelling in (
                secret,
                quote(secret, safe=""),
                repr(secret)[1:-1],
                json.dumps(secret)[1:-1],
            )
        }
        longest_first = sorted(spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def redact(self, text: str) -> str:
        """Return `text` without known secrets, tokens by shape, and queries of addresses."""
        text = self.hide_known(text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return self.hide_known(text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place, so that no later handler sees more than this one."""
        record.msg = self.redact(_message(record))
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.redact(record.exc_text)
        if record.stack_info:
            record.stack_info = self.redact(record.stack_info)
        return True

    def hide_known(self, text: str) -> str:
        """Return `text` without the known secrets; nothing else in it changes."""
        # What stood around a hidden secret may spell it again; each round is shorter.
        while self._known.search(text):
            text = self._known.sub(MASK, text)
        return text


class JsonFormatter(logging.Formatter):
    """One JSON object a line; everything outside ASCII is escaped, line breaks too."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if trace := _trace(record):
            line["exception"] = trace
        return json.dumps(line)


class PlainFormatter(logging.Formatter):
    """A line for people; a trace follows indented, so that no text can pass for a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line, and its trace as lines that begin with a bar."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%S")
        head = f"{at} {record.levelname:<8} {record.name}: {record.getMessage()}"
        trace = [f"    | {line}" for line in _trace(record).splitlines()]
        return "\n".join(map(_printable, [head, *trace]))


def set_up_logging(
    *, level: str, secrets: Collection[str], stream: TextIO | None = None, as_json: bool
) -> None:
    """Send every record of the process to `stream`, or to standard error without one.

    Calling it again replaces what the last call set up.

    Raises:
        ConfigurationError: There is no such level.
    """
    if level.upper() not in _LEVELS:
        raise ConfigurationError(f"LOG_LEVEL must be one of {', '.join(_LEVELS)}.")
    number = logging.getLevelNamesMapping()[level.upper()]

    handler = logging.StreamHandler(stream or sys.stderr)
    handler.set_name(_HANDLER_NAME)
    handler.addFilter(Redactor(secrets))
    handler.setFormatter(JsonFormatter() if as_json else PlainFormatter())

    root = logging.getLogger()
    for old in [each for each in root.handlers if each.get_name() == _HANDLER_NAME]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(number)
    for name in _NEVER_DEBUG:
        logging.getLogger(name).setLevel(max(number, logging.INFO))
    logging.getLogger("aiohttp.access").setLevel(max(number, logging.WARNING))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # noqa: BLE001 - text of an argument is anybody's code, and a log call must not end its caller
        text = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        return f"{text} (can't be shown in full: {type(error).__name__})"


def _trace(record: logging.LogRecord) -> str:
    # The redactor has already written the trace into `exc_text`; nothing else is shown.
    return "\n".join(part for part in (record.exc_text, record.stack_info) if part)


def _printable(line: str) -> str:
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in line
    )
