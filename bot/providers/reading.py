"""Lenient reading of what providers answer, for their JSON keeps to no schema."""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote

from bot.domain import JsonObject

DETAIL_CHARACTERS: Final = 300
"""The longest text of a provider that is kept for the log."""

_TEXT_CHARACTERS: Final = 8192
_REDACTIONS: Final = (
    (re.compile(r"(https?://)[^\s/?#\"'<>@]*@", re.IGNORECASE), r"\1"),
    (re.compile(r"(https?://[^\s?#\"'<>]*)[?#][^\s\"'<>]*", re.IGNORECASE), r"\1?…"),
    (re.compile(r"\bbearer[\s:=]+[^\s\"',;]+", re.IGNORECASE), "Bearer …"),
    (re.compile(r"\b(sk|xai)-[\w*.\-]{3,}", re.IGNORECASE), r"\1-…"),
)

_LONGEST_RETRY_AFTER: Final = 3600.0
_NUMBER: Final = re.compile(r"([+-]?[0-9]{1,9}(?:\.[0-9]{0,9})?)\s*[%s]?", re.IGNORECASE)

_FINE_CODES: Final = frozenset({"success", "SUCCESS", "ok", "0", "200"})
_ERROR_TEXT_FIELDS: Final = ("message", "msg", "detail", "fail_reason")

# Codes are compared as words too: sensitive_words_detected reads "sensitive words detected".
# The last line is Chinese for: break the rules, moderation, sensitive, pornography, banned,
# content safety.
_MODERATION_WORDS: Final = (
    *("moderation", "moderated", "content policy", "content filter", "policy violation"),
    *("violates our", "violates usage", "violates content", "content violates"),
    *("usage guidelines", "usage policies", "sensitive content", "sensitive word"),
    *("prohibited content", "prompt blocked", "nsfw", "inappropriate", "unsafe content"),
    *("safety check", "safety system"),
    *("违规", "违反", "审核", "敏感", "色情", "违禁", "内容安全"),
)
# The last line is Chinese for: allowance short or used up, balance short, in arrears, top up.
_CREDIT_WORDS: Final = (
    *("insufficient quota", "insufficient user quota", "insufficient balance"),
    *("insufficient credit", "insufficient fund", "out of credit", "credits", "credit limit"),
    *("quota is not enough", "quota exhausted", "quota is exhausted", "used up"),
    *("exceeded your current quota", "balance is", "account balance", "billing"),
    *("额度不足", "额度已", "余额不足", "欠费", "充值"),
)
# The last two are Chinese for: login verification failed, invalid token.
_KEY_WORDS: Final = (
    *("api key", "apikey", "invalid token", "invalid authentication", "unauthorized"),
    *("登录验证失败", "无效的令牌"),
)
_ABOUT_MODEL: Final = re.compile(
    r"\bmodel\b.{0,80}?\b(not exist|not found|not available|not allowed|not supported|unknown"
    r"|no access|not have access)|\b(unknown|unsupported|no such|no access to) model\b|模型不存在"
)
_UNKNOWN_JOB: Final = re.compile(
    r"\b(task|video|job)\b.{0,80}?\b(not exist|not found|does ?n[o']t exist)"
    r"|no such (task|video|job)|任务不存在"
)


@dataclass(frozen=True, slots=True)
class ForeignError:
    """What a provider says went wrong; either part may be empty, not both."""

    code: str
    text: str

    def __str__(self) -> str:
        """Join the two, for the log."""
        return ": ".join(part for part in (self.code, self.text) if part)

    @property
    def is_moderation(self) -> bool:
        """Whether the provider will not make this content."""
        return _says(self, _MODERATION_WORDS)

    @property
    def is_credit(self) -> bool:
        """Whether the account behind the key has nothing left to spend."""
        return _says(self, _CREDIT_WORDS)

    @property
    def is_about_key(self) -> bool:
        """Whether the key is at fault."""
        return _says(self, _KEY_WORDS)

    @property
    def is_about_model(self) -> bool:
        """Whether this one model can't be had, be it unknown or not for this account."""
        return _ABOUT_MODEL.search(_words(self)) is not None

    @property
    def is_unknown_job(self) -> bool:
        """Whether the provider knows no such job; a wrong path is not meant."""
        return _UNKNOWN_JOB.search(_words(self)) is not None


def _words(error: ForeignError) -> str:
    return re.sub(r"[_-]+", " ", f"{error.code} {error.text}".lower())


def _says(error: ForeignError, phrases: Collection[str]) -> bool:
    words = _words(error)
    return any(phrase in words for phrase in phrases)


def read_error(body: JsonObject) -> ForeignError | None:
    """Find what went wrong: text or object under `error`, or code and message beside it.

    Healthy jobs carry an `error` of empty strings (GeekNow, query page) and healthy wrappers
    the code "success", so only what is filled in counts.
    """
    match body.get("error"):
        case Mapping() as inner if (found := _filled(inner)) is not None:
            return found
        case str(text) if text.strip():
            return ForeignError(_code(body), text.strip())
    says_fine = body.get("success") is True or read_name(body, "code") in _FINE_CODES
    return None if says_fine else _filled(body)


def _filled(fields: JsonObject) -> ForeignError | None:
    code, text = _code(fields), _message(fields)
    return ForeignError(code, text) if code or text else None


def _code(fields: JsonObject) -> str:
    code = read_name(fields, "code")
    return "" if code is None or code in _FINE_CODES else code


def _message(fields: JsonObject) -> str:
    texts = (read_text(fields, name) for name in _ERROR_TEXT_FIELDS)
    return next((text for text in texts if text), "")


def read_text(body: object, *path: str) -> str | None:
    """Walk down `path` to a text that is not empty; None when there is no such text."""
    for name in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(name)
    if not isinstance(body, str):
        return None
    return body.strip() or None


def read_name(body: JsonObject, field: str) -> str | None:
    """Read an identifier, which some write as a number; None unless it is fit to be stored."""
    value = body.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    value = value.strip()
    is_usable = value.isprintable() and len(value) <= DETAIL_CHARACTERS
    return value if value and is_usable and value not in {".", ".."} else None


def read_url(body: JsonObject, *path: str) -> str | None:
    """Read an address or a part of one; None unless it is fit to be stored."""
    value = read_text(body, *path)
    if value is None or not value.isprintable() or len(value) > _TEXT_CHARACTERS:
        return None
    return value


def read_status(body: JsonObject) -> str | None:
    """Read the status word in lower case."""
    status = read_text(body, "status")
    return status.lower() if status else None


def read_progress(body: JsonObject) -> int | None:
    """Read percent as whole number from 0 to 100: 42, "42" and "42%" are all met."""
    value = _read_number(body.get("progress"))
    return None if value is None else int(min(max(value, 0.0), 100.0))


def read_seconds(body: JsonObject, field: str) -> float | None:
    """Read a length in seconds, a number or a text; None unless it is positive."""
    value = _read_number(body.get(field))
    return value if value is not None and value > 0 else None


def _read_number(value: object) -> float | None:
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value.strip())
        return float(match[1]) if match else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def redact(text: str, secrets: Collection[str] = ()) -> str:
    """Make foreign text fit for the log: short, printable, without keys and signed URLs."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    for secret in secrets:
        for written in (secret, quote(secret, safe="")):
            printable = printable.replace(written, "…")
    cleaned = " ".join(printable.split())[:_TEXT_CHARACTERS]
    for pattern, replacement in _REDACTIONS:
        cleaned = pattern.sub(replacement, cleaned)
    if len(cleaned) > DETAIL_CHARACTERS:
        return cleaned[: DETAIL_CHARACTERS - 1] + "…"
    return cleaned


def read_http_date(value: str | None) -> datetime | None:
    """Read a date as HTTP headers write it; None when it is none."""
    if value is None:
        return None
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def retry_after_seconds(value: str | None, now: datetime | None) -> float | None:
    """Read a Retry-After header: seconds, or a date that `now` is held against.

    Never negative and at most an hour, whatever the header says.
    """
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]+", value):
        # int() refuses a run of thousands of digits; float() calls it infinite.
        return min(float(value), _LONGEST_RETRY_AFTER)
    date = read_http_date(value)
    if date is None or now is None:
        return None
    return min(max((date - now).total_seconds(), 0.0), _LONGEST_RETRY_AFTER)
