"""What each policy may be set to, and how its value is read back."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain import LimitKind, Policy, PolicyName, Scope
from bot.errors import InvalidRequestError
from bot.limits.windows import LONGEST_COOLDOWN

LARGEST_AMOUNT: Final = 10**12
"""A million dollars, or more jobs and seconds than anybody can pay."""
LONGEST_SECONDS: Final = 600
MOST_ITEMS: Final = 100
LONGEST_REASON: Final = 300
LARGEST_ID: Final = 2**63 - 1
"""Of a column of 64 bits, which every snowflake fits."""
_HEIGHT: Final = re.compile(r"([0-9]{3,4})p|([1-9])k")
_HEIGHT_OF_A_K: Final = 540
"""4k is 2160 lines, and 2k half of that."""

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
        raise InvalidRequestError(f"“{resolution[:20]}” is no size. Use one such as 720p.")
    return int(found[1]) if found[1] else int(found[2]) * _HEIGHT_OF_A_K


def check_amount(kind: LimitKind, amount: int) -> int:
    """Return the amount of a limit as it is stored.

    Raises:
        InvalidRequestError: It is negative or absurd.
    """
    if not 0 <= amount <= LARGEST_AMOUNT:
        raise InvalidRequestError("A limit is a number from zero up. Please use a smaller one.")
    if kind is LimitKind.COOLDOWN and amount > LONGEST_COOLDOWN.total_seconds():
        raise InvalidRequestError(f"A cooldown is at most {LONGEST_COOLDOWN.days} days.")
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
        raise InvalidRequestError(f"“{name}” can't be set for a {scope}.")
    return check_value(name, value)


def listing_of(policy: Policy) -> Listing:
    """Read a list of channels, roles or models."""
    return Listing(policy.value["mode"] == "only", frozenset(policy.value["items"]))


def step_down_of(policy: Policy) -> StepDown:
    """Read what is made smaller, and when."""
    return StepDown(**policy.value)


def reason_of(policy: Policy) -> str:
    """Read why the bot is paused."""
    return str(policy.value["reason"])


def _listing(value: object, is_item: Callable[[object], bool], what: str) -> object:
    match value:
        case {"mode": "only" | "except" as mode, "items": list(items), **rest} if not rest:
            if not 1 <= len(items) <= MOST_ITEMS or not all(map(is_item, items)):
                raise InvalidRequestError(f"Name 1 to {MOST_ITEMS} {what}.")
            return {"mode": mode, "items": _sorted(items)}
    raise InvalidRequestError(f"Say “only” or “except”, and the {what}.")


def _sorted(items: Iterable[Any]) -> list[Any]:
    return sorted(set(items))


def _is_id(item: object) -> bool:
    return isinstance(item, int) and not isinstance(item, bool) and 0 < item <= LARGEST_ID


def _is_key(item: object) -> bool:
    return isinstance(item, str) and bool(re.fullmatch(r"[a-z0-9_-]+/[\w.:-]{1,64}", item))


def _ids(what: str) -> Callable[[object], object]:
    return lambda value: _listing(value, _is_id, what)


def _keys(value: object) -> object:
    return _listing(value, _is_key, "models")


def _number(fewest: int, most: int, what: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        match value:
            case bool():
                pass  # which is a number to Python
            case int() if fewest <= value <= most:
                return value
        raise InvalidRequestError(f"{what} must be between {fewest:,} and {most:,}.")

    return check


def _yes_or_no(value: object) -> object:
    if not isinstance(value, bool):
        raise InvalidRequestError("Say yes or no.")
    return value


def _size(value: object) -> object:
    if not isinstance(value, str):
        raise InvalidRequestError("Name a size such as 720p.")
    height_of(value)
    return value.strip().lower()


def _id(value: object) -> object:
    if not _is_id(value):
        raise InvalidRequestError("Choose a channel.")
    return value


def _reason(value: object) -> object:
    match value:
        case {"reason": str(reason), **rest} if not rest and len(reason) <= LONGEST_REASON:
            return {"reason": reason.strip()}
    raise InvalidRequestError(f"Say why in at most {LONGEST_REASON} characters.")


def _step_down(value: object) -> object:
    if not isinstance(value, dict) or not value.keys() <= {
        "percent",
        "longest",
        "resolution",
        "review",
    }:
        raise InvalidRequestError("Say at which percent, and what is made smaller then.")
    checked: dict[str, object] = {"percent": _PERCENT(value.get("percent"))}
    if value.get("longest") is not None:
        checked["longest"] = _LENGTH(value["longest"])
    if value.get("resolution") is not None:
        checked["resolution"] = _size(value["resolution"])
    if value.get("review"):
        checked["review"] = _yes_or_no(value["review"])
    if len(checked) == 1:
        raise InvalidRequestError(
            "Say what is made smaller: a length, a size, or a review of each."
        )
    return checked


_PERCENT: Final = _number(1, 100, "The percent")
_LENGTH: Final = _number(1, LONGEST_SECONDS, "The length in seconds")
_VALUES: Final[Mapping[PolicyName, tuple[frozenset[Scope], Callable[[object], object]]]] = {
    PolicyName.CHANNELS: (_SERVER, _ids("channels")),
    PolicyName.ROLES: (frozenset({Scope.SERVER, Scope.CHANNEL}), _ids("roles")),
    PolicyName.MODELS: (_ANYWHERE, _keys),
    PolicyName.LONGEST: (_ANYWHERE, _LENGTH),
    PolicyName.RESOLUTION: (_ANYWHERE, _size),
    PolicyName.REFERENCES: (_ANYWHERE, _yes_or_no),
    PolicyName.AGE_RESTRICTED: (_TOTALS, _yes_or_no),
    PolicyName.PAUSE: (_TOTALS, _reason),
    PolicyName.REVIEW: (frozenset({Scope.SERVER, Scope.CHANNEL, Scope.ROLE}), _yes_or_no),
    PolicyName.NEWCOMERS: (_SERVER, _number(1, 365, "The days")),
    PolicyName.CONFIRM_ABOVE: (_TOTALS, _number(0, 10**12, "The price in millionths of a dollar")),
    PolicyName.STEP_DOWN: (_TOTALS, _step_down),
    PolicyName.LOG_CHANNEL: (_SERVER, _id),
    PolicyName.REVIEW_CHANNEL: (_SERVER, _id),
    PolicyName.HIDE_AT: (_SERVER, _number(0, 100, "The number of reports")),
    PolicyName.REMOVE_FILES: (_SERVER, _yes_or_no),
}
