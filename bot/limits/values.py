"""What each policy may be set to, and how its value is read back."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from bot.domain import GalleryRules, LimitKind, Policy, PolicyName, Scope
from bot.errors import InvalidRequestError
from bot.language import Phrase, _, grouped, languages, listed, name_of
from bot.limits.reactions import check_reactions
from bot.limits.windows import LONGEST_COOLDOWN

LARGEST_AMOUNT: Final = 10**12
"""A million dollars, or more jobs and seconds than anybody can pay."""
LONGEST_SECONDS: Final = 600
MOST_VOTES: Final = 1000
"""That a gallery may ask for."""
MOST_ITEMS: Final = 100
LONGEST_REASON: Final = 300
LARGEST_ID: Final = 2**63 - 1
"""Of a column of 64 bits, which every snowflake fits."""
_HEIGHT: Final = re.compile(r"([0-9]{3,4})p|([1-9])k")
_HEIGHT_OF_A_K: Final = 540
"""4k is 2160 lines, and 2k half of that."""


class _Named(NamedTuple):
    """What is said about a list of names that will not do."""

    how_many: Phrase
    form: Phrase


_CHANNELS: Final = _Named(
    Phrase("Name 1 to {most} channels."), Phrase("Say “only” or “except”, and the channels.")
)
_ROLES: Final = _Named(
    Phrase("Name 1 to {most} roles."), Phrase("Say “only” or “except”, and the roles.")
)
_MODELS: Final = _Named(
    Phrase("Name 1 to {most} models."), Phrase("Say “only” or “except”, and the models.")
)

_ANYWHERE: Final = frozenset(Scope)
_TOTALS: Final = frozenset({Scope.EVERYWHERE, Scope.SERVER})
_SERVER: Final = frozenset({Scope.SERVER})


@dataclass(frozen=True, slots=True)
class Listing:
    """Only these, or everything but these."""

    is_only: bool
    items: frozenset[int | str]

    def allows(self, *found: int | str) -> bool:
        """Tell whether something that has all these names is allowed."""
        return bool(self.items.intersection(found)) is self.is_only


@dataclass(frozen=True, slots=True)
class StepDown:
    """What is made smaller once a share of a budget is used, instead of nothing being made."""

    percent: int
    longest: int | None = None
    resolution: str | None = None
    review: bool = False


def height_of(resolution: str) -> int:
    """Return the lines of a size such as 720p or 4k, to compare sizes.

    Raises:
        InvalidRequestError: It is no size.
    """
    found = _HEIGHT.fullmatch(resolution.strip().lower())
    if found is None:
        raise InvalidRequestError(
            _("“{typed}” is no size. Use one such as 720p.", typed=resolution[:20])
        )
    return int(found[1]) if found[1] else int(found[2]) * _HEIGHT_OF_A_K


def check_amount(kind: LimitKind, amount: int) -> int:
    """Return the amount of a limit as it is stored.

    Raises:
        InvalidRequestError: It is negative or absurd.
    """
    if not 0 <= amount <= LARGEST_AMOUNT:
        raise InvalidRequestError(_("A limit is a number from zero up. Please use a smaller one."))
    if kind is LimitKind.COOLDOWN and amount > LONGEST_COOLDOWN.total_seconds():
        raise InvalidRequestError(
            _("A cooldown is at most {days} days.", days=LONGEST_COOLDOWN.days)
        )
    return amount


def scopes_of(name: PolicyName) -> frozenset[Scope]:
    """Return the scopes in which a policy can be set."""
    return _VALUES[name][0]


def check_value(name: PolicyName, value: object) -> object:
    """Return `value` as it is stored.

    Raises:
        InvalidRequestError: The policy takes no such value; the text says what it takes.
    """
    return _VALUES[name][1](value)


def check_policy(scope: Scope, name: PolicyName, value: object) -> object:
    """Return `value` as it is stored for that scope.

    Raises:
        InvalidRequestError: The policy takes no such value, or can't be set there.
    """
    if scope not in scopes_of(name):
        raise InvalidRequestError(_("“{name}” can't be set for a {scope}.", name=name, scope=scope))
    return check_value(name, value)


def listing_of(policy: Policy) -> Listing:
    """Read a list of channels, roles or models."""
    return Listing(policy.value["mode"] == "only", frozenset(policy.value["items"]))


def step_down_of(policy: Policy) -> StepDown:
    """Read what is made smaller, and when."""
    return StepDown(**policy.value)


def gallery_of(value: Any) -> GalleryRules:  # noqa: ANN401 - as JSON has it
    """Read where videos are copied that enough members favour."""
    return GalleryRules(value["channel"], value["votes"], value["weekly"])


def reason_of(policy: Policy) -> str:
    """Read why the bot is paused."""
    return str(policy.value["reason"])


def _listing(value: object, is_item: Callable[[object], bool], words: _Named) -> object:
    match value:
        case {"mode": "only" | "except" as mode, "items": list(items), **rest} if not rest:
            if not 1 <= len(items) <= MOST_ITEMS or not all(map(is_item, items)):
                raise InvalidRequestError(words.how_many(most=MOST_ITEMS))
            return {"mode": mode, "items": _sorted(items)}
    raise InvalidRequestError(words.form())


def _sorted(items: Iterable[Any]) -> list[Any]:
    return sorted(set(items))


def _is_id(item: object) -> bool:
    return isinstance(item, int) and not isinstance(item, bool) and 0 < item <= LARGEST_ID


def _is_key(item: object) -> bool:
    return isinstance(item, str) and bool(re.fullmatch(r"[a-z0-9_-]+/[\w.:-]{1,64}", item))


def _ids(words: _Named) -> Callable[[object], object]:
    return lambda value: _listing(value, _is_id, words)


def _keys(value: object) -> object:
    return _listing(value, _is_key, _MODELS)


def _number(fewest: int, most: int, words: Phrase) -> Callable[[object], object]:
    def check(value: object) -> object:
        match value:
            case bool():
                pass  # which is a number to Python
            case int() if fewest <= value <= most:
                return value
        raise InvalidRequestError(words(fewest=grouped(fewest), most=grouped(most)))

    return check


def _yes_or_no(value: object) -> object:
    if not isinstance(value, bool):
        raise InvalidRequestError(_("Say yes or no."))
    return value


def _size(value: object) -> object:
    if not isinstance(value, str):
        raise InvalidRequestError(_("Name a size such as 720p."))
    height_of(value)
    return value.strip().lower()


def _id(value: object) -> object:
    if not _is_id(value):
        raise InvalidRequestError(_("Choose a channel."))
    return value


def _language(value: object) -> object:
    if value not in languages():
        known = listed([name_of(one) for one in languages()], style="or")
        raise InvalidRequestError(_("Choose a language: {known}.", known=known))
    return value


def _reason(value: object) -> object:
    match value:
        case {"reason": str(reason), **rest} if not rest and len(reason) <= LONGEST_REASON:
            return {"reason": reason.strip()}
    raise InvalidRequestError(_("Say why in at most {count} characters.", count=LONGEST_REASON))


def _step_down(value: object) -> object:
    if not isinstance(value, dict) or not value.keys() <= {
        "percent",
        "longest",
        "resolution",
        "review",
    }:
        raise InvalidRequestError(_("Say at which percent, and what is made smaller then."))
    checked: dict[str, object] = {"percent": _PERCENT(value.get("percent"))}
    if value.get("longest") is not None:
        checked["longest"] = _LENGTH(value["longest"])
    if value.get("resolution") is not None:
        checked["resolution"] = _size(value["resolution"])
    if value.get("review"):
        checked["review"] = _yes_or_no(value["review"])
    if len(checked) == 1:
        raise InvalidRequestError(
            _("Say what is made smaller: a length, a size, or a review of each.")
        )
    return checked


def _gallery(value: object) -> object:
    match value:
        case {"channel": channel, "votes": votes, "weekly": bool(weekly), **rest} if not rest:
            return {"channel": _id(channel), "votes": _VOTES(votes), "weekly": weekly}
    raise InvalidRequestError(
        _("Say the channel, the number of votes, and whether there is a list.")
    )


_VOTES: Final = _number(
    1, MOST_VOTES, Phrase("The number of votes must be between {fewest} and {most}.")
)
_PERCENT: Final = _number(1, 100, Phrase("The percent must be between {fewest} and {most}."))
_LENGTH: Final = _number(
    1, LONGEST_SECONDS, Phrase("The length in seconds must be between {fewest} and {most}.")
)
_VALUES: Final[Mapping[PolicyName, tuple[frozenset[Scope], Callable[[object], object]]]] = {
    PolicyName.CHANNELS: (_SERVER, _ids(_CHANNELS)),
    PolicyName.ROLES: (frozenset({Scope.SERVER, Scope.CHANNEL}), _ids(_ROLES)),
    PolicyName.MODELS: (_ANYWHERE, _keys),
    PolicyName.LONGEST: (_ANYWHERE, _LENGTH),
    PolicyName.RESOLUTION: (_ANYWHERE, _size),
    PolicyName.REFERENCES: (_ANYWHERE, _yes_or_no),
    PolicyName.AGE_RESTRICTED: (_TOTALS, _yes_or_no),
    PolicyName.PAUSE: (_TOTALS, _reason),
    PolicyName.REVIEW: (frozenset({Scope.SERVER, Scope.CHANNEL, Scope.ROLE}), _yes_or_no),
    PolicyName.NEWCOMERS: (
        _SERVER,
        _number(1, 365, Phrase("The days must be between {fewest} and {most}.")),
    ),
    PolicyName.CONFIRM_ABOVE: (
        _TOTALS,
        _number(
            0,
            10**12,
            Phrase("The price in millionths of a dollar must be between {fewest} and {most}."),
        ),
    ),
    PolicyName.STEP_DOWN: (_TOTALS, _step_down),
    PolicyName.LOG_CHANNEL: (_SERVER, _id),
    PolicyName.REVIEW_CHANNEL: (_SERVER, _id),
    PolicyName.HIDE_AT: (
        _SERVER,
        _number(0, 100, Phrase("The number of reports must be between {fewest} and {most}.")),
    ),
    PolicyName.REMOVE_FILES: (_SERVER, _yes_or_no),
    PolicyName.OWN_CONTROLS: (_SERVER, _yes_or_no),
    PolicyName.LANGUAGE: (_SERVER, _language),
    PolicyName.REACTIONS: (_SERVER, check_reactions),
    PolicyName.GALLERY: (_SERVER, _gallery),
}
