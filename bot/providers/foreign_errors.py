"""What a provider says went wrong, wherever it says it, and what its words are about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from bot.domain import JsonObject
from bot.providers import phrases
from bot.providers.echoes import without_echoes
from bot.providers.reading import read_name, read_text

_FINE_CODES: Final = frozenset({"success", "SUCCESS", "ok", "0", "200"})
_TEXT_FIELDS: Final = ("message", "msg", "detail", "fail_reason")
_CLOSED_FIELDS: Final = frozenset({"code", "msg", "message", "error", "success", "type", "param"})


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
        return self._says(phrases.MODERATION)

    @property
    def is_credit(self) -> bool:
        """Whether the account behind the key has nothing left to spend."""
        return phrases.plain(self.code) in phrases.CREDIT_CODES or self._says(phrases.CREDIT)

    @property
    def is_about_key(self) -> bool:
        """Whether the key, or the account behind it, is at fault."""
        return phrases.plain(self.code) in phrases.KEY_CODES or any(
            phrases.KEY.search(phrases.plain(part)) for part in (self.code, self.text)
        )

    @property
    def is_about_model(self) -> bool:
        """Whether this one model can't be had, be it unknown or not for this account."""
        return self._says(phrases.ABOUT_MODEL)

    @property
    def is_about_input(self) -> bool:
        """Whether an image or a video of the request could not be fetched."""
        return self._says(phrases.ABOUT_INPUT)

    @property
    def is_wrong_path(self) -> bool:
        """Whether there is nothing at the path that was called."""
        return phrases.WRONG_PATH.search(phrases.plain(self.text)) is not None

    @property
    def is_unknown_job(self) -> bool:
        """Whether the provider knows no such job; a wrong path is not meant."""
        return self._says(phrases.UNKNOWN_JOB)

    @property
    def is_bad_value(self) -> bool:
        """Whether it clearly finds fault with a value of the request."""
        return self._says(phrases.BAD_VALUE)

    @property
    def is_refused_key(self) -> bool:
        """Whether this is, to the letter, how a provider was seen to refuse a key."""
        if phrases.plain(self.code) == "204" and phrases.REFUSED_LOGIN.fullmatch(self._bare):
            return True
        return phrases.REFUSED_KEY.fullmatch(self._bare) is not None

    @property
    def is_refused_credit(self) -> bool:
        """Whether this is, to the letter, how a provider was seen to want money."""
        if phrases.plain(self.code) in phrases.CREDIT_CODES:
            return True
        return phrases.NO_CREDIT.fullmatch(self._bare) is not None

    @property
    def _bare(self) -> str:
        return phrases.APPENDIX.sub("", phrases.plain(self.text))

    def without(self, prompt: str) -> Self:
        """Leave out what a member wrote; the rest is fit for matching, not for the log."""
        return replace(
            self, code=without_echoes(self.code, prompt), text=without_echoes(self.text, prompt)
        )

    def _says(self, phrase: re.Pattern[str]) -> bool:
        # A code is read as words too: sensitive_words_detected has "sensitive words" in it.
        return phrase.search(phrases.plain(f"{self.code} {self.text}")) is not None


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


def read_closed_error(body: JsonObject) -> ForeignError | None:
    """Read an error from an answer that holds nothing else; None when a job may be behind it."""
    outside = {name: body[name] for name in body if name != "data" or not _is_empty(body[name])}
    match outside.get("error"):
        case Mapping() as inside:
            del outside["error"]
        case _:
            inside = {}
    texts = (value for fields in (outside, inside) for value in fields.values())
    says_started = any(
        phrases.STARTED.search(phrases.plain(text)) for text in texts if isinstance(text, str)
    )
    is_closed = _is_closed(outside) and _is_closed(inside)
    return read_error(body) if is_closed and not says_started else None


def _is_closed(fields: JsonObject) -> bool:
    return fields.keys() <= _CLOSED_FIELDS and all(
        _is_empty(value) or isinstance(value, str | int | float) for value in fields.values()
    )


def _is_empty(value: object) -> bool:
    return value is None or value in ("", {}, [])


def _filled(fields: JsonObject) -> ForeignError | None:
    code, text = _code(fields), _message(fields)
    return ForeignError(code, text) if code or text else None


def _code(fields: JsonObject) -> str:
    code = read_name(fields, "code")
    return "" if code is None or code in _FINE_CODES else code


def _message(fields: JsonObject) -> str:
    texts = (read_text(fields, name) for name in _TEXT_FIELDS)
    return next((text for text in texts if text), "")
