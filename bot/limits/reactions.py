"""What the emojis under videos do in a server: what is usual, what is set, and how that changes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import regex

from bot.domain import Act, Emoji, ReactionRules
from bot.errors import InvalidRequestError
from bot.language import Phrase

MOST_EMOJIS: Final = 30
"""With a meaning, in one server."""
MOST_OWN: Final = 5
"""Put up by the bot; Discord takes twenty kinds under a message (code 30010)."""
_PICTURE: Final = r"(?:\p{Extended_Pictographic}|\p{Emoji_Presentation})"
_DRESSED: Final = rf"{_PICTURE}[\uFE0E\uFE0F]?\p{{Emoji_Modifier}}?"
_UNICODE: Final = (
    r"(?:\p{RI}{2}"
    r"|[0-9#*]\uFE0F?\u20E3"
    rf"|{_DRESSED}[\U000E0020-\U000E007F]{{0,8}}(?:\u200D{_DRESSED}){{0,8}})"
)
"""Flags, keys, and pictures that may be joined to one (Unicode Technical Standard 51)."""
_MADE: Final = r"<a?:(?P<name>\w{1,32}):(?P<id>[0-9]{17,19})>"
_TYPED: Final = regex.compile(rf"{_MADE}|(?P<sign>{_UNICODE})")
_STORED: Final = regex.compile(rf"(?P<name>\w{{1,32}}):(?P<id>[0-9]{{17,19}})|(?P<sign>{_UNICODE})")
_USUAL: Final[Mapping[Act, str]] = {
    Act.SEND: "✉️",
    Act.FAVOUR: "⭐❤️👍",
    Act.DISFAVOUR: "👎",
    Act.AGAIN: "🔁",
    Act.COVER: "🙈",
    Act.REMOVE: "❌🗑️",
    Act.REPORT: "🚩",
}

NO_EMOJI: Final = Phrase("That is no emoji. Choose one from Discord's list of emojis.")
NO_EMOJIS: Final = Phrase("“{text}” is no list of emojis. Choose them from Discord's list.")
TOO_MANY: Final = Phrase("At most {most} emojis can have a meaning here.")
TOO_MANY_OWN: Final = Phrase("The bot puts up at most {most} emojis.")
ONE_MEANING: Final = Phrase("{emoji} can have one meaning only.")
WITHOUT_MEANING: Final = Phrase("{emoji} has no meaning here, so the bot does not put it up.")
NOT_REACTIONS: Final = Phrase("Say what the emojis do, and which of them the bot puts up.")
_SHOWN: Final = 20


def read_emoji(typed: str) -> Emoji:
    """Read one emoji as Discord's client types it.

    Raises:
        InvalidRequestError: It is none, or several.
    """
    found = _TYPED.fullmatch(typed.strip())
    if found is None:
        raise InvalidRequestError(NO_EMOJI())
    return _emoji(found)


def read_emojis(typed: str) -> tuple[Emoji, ...]:
    """Read emojis that are typed one after another; each counts once.

    Raises:
        InvalidRequestError: There is something else among them, or nothing.
    """
    rest = _TYPED.sub("", typed).replace(",", "").strip()
    found = {one.meaning: one for one in map(_emoji, _TYPED.finditer(typed))}
    if rest or not found:
        raise InvalidRequestError(NO_EMOJIS(text=typed[:_SHOWN]))
    return tuple(found.values())


def rules_of(value: Any) -> ReactionRules:  # noqa: ANN401 - as JSON has it
    """Read what is set; None is what is usual."""
    acts = {emoji.meaning: act for act, emojis in acts_of(value).items() for emoji in emojis}
    own = () if value is None else value["own"]
    return ReactionRules(acts, tuple(map(_stored, own)))


def acts_of(value: Any) -> dict[Act, tuple[Emoji, ...]]:  # noqa: ANN401 - as JSON has it
    """Return the emojis of each act, in the order in which they are shown."""
    if value is None:
        return {act: read_emojis(emojis) for act, emojis in _USUAL.items()}
    return {Act(act): tuple(map(_stored, emojis)) for act, emojis in value["acts"].items()}


def with_act(value: Any, emoji: Emoji, act: Act | None) -> object:  # noqa: ANN401 - as JSON has it
    """Give an emoji a meaning, or with None take it; None when all is as usual after that."""
    acts = {
        one: [other for other in emojis if other.meaning != emoji.meaning]
        for one, emojis in acts_of(value).items()
    }
    if act is not None:
        acts.setdefault(act, []).append(emoji)
    own = [one for one in rules_of(value).own if act is not None or one.meaning != emoji.meaning]
    return _value(acts, own)


def with_own(value: Any, own: Sequence[Emoji]) -> object:  # noqa: ANN401 - as JSON has it
    """Say which emojis the bot puts up; None when all is as usual after that."""
    return _value(acts_of(value), own)


def check_reactions(value: object) -> object:
    """Return the value of the policy as it is stored.

    Raises:
        InvalidRequestError: It is none.
    """
    match value:
        case {"acts": dict(acts), "own": list(own), **rest} if not rest:
            read = {_act(act): _checked(emojis) for act, emojis in acts.items()}
            checked = _value(read, _checked(own), drops_usual=False)
            _check_meanings([one for emojis in read.values() for one in emojis], _checked(own))
            return checked
    raise InvalidRequestError(NOT_REACTIONS())


def _check_meanings(emojis: Sequence[Emoji], own: Sequence[Emoji]) -> None:
    if len(emojis) > MOST_EMOJIS:
        raise InvalidRequestError(TOO_MANY(most=MOST_EMOJIS))
    if len(own) > MOST_OWN:
        raise InvalidRequestError(TOO_MANY_OWN(most=MOST_OWN))
    meanings = [one.meaning for one in emojis]
    for one in emojis:
        if meanings.count(one.meaning) > 1:
            raise InvalidRequestError(ONE_MEANING(emoji=one.shown))
    for one in own:
        if one.meaning not in meanings:
            raise InvalidRequestError(WITHOUT_MEANING(emoji=one.shown))


def _value(
    acts: Mapping[Act, Sequence[Emoji]], own: Iterable[Emoji], *, drops_usual: bool = True
) -> object:
    value = {
        "acts": {act: [one.address for one in acts[act]] for act in Act if acts.get(act)},
        "own": [one.address for one in own],
    }
    is_usual = drops_usual and value == _value(acts_of(None), (), drops_usual=False)
    return None if is_usual else value


def _act(name: object) -> Act:
    if not isinstance(name, str) or name not in set(Act):
        raise InvalidRequestError(NOT_REACTIONS())
    return Act(name)


def _checked(emojis: object) -> list[Emoji]:
    if not isinstance(emojis, list) or not all(isinstance(one, str) for one in emojis):
        raise InvalidRequestError(NOT_REACTIONS())
    return [_stored(one) for one in emojis]


def _stored(written: str) -> Emoji:
    found = _STORED.fullmatch(written)
    if found is None:
        raise InvalidRequestError(NO_EMOJI())
    return _emoji(found)


def _emoji(found: "regex.Match[str]") -> Emoji:
    sign = found["sign"]
    return Emoji(sign) if sign else Emoji(found["name"], int(found["id"]))
