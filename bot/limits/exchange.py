"""The settings of a server as a file: written, read back, and refused when it is not one."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.domain import LimitKind, PolicyName, PromptRule, Scope, Unit
from bot.errors import InvalidRequestError
from bot.language import Phrase, _
from bot.limits.prompt_rules import MOST_RULES, RuleSetting, rule_from_values, rule_values
from bot.limits.rulebook import Rulebook
from bot.limits.values import LARGEST_ID, check_amount, check_policy

VERSION: Final = 1
MOST_SETTINGS: Final = 500
"""In one file: all of them are written, and put on record, in one transaction."""
_SCOPES: Final = frozenset({Scope.SERVER, Scope.CHANNEL, Scope.ROLE, Scope.MEMBER})
_STATES: Final = frozenset({PolicyName.PAUSE})
"""What is done for the moment: a file that is read in neither pauses nor resumes."""
_OF_CHANNELS: Final = frozenset(
    {
        PolicyName.CHANNELS,
        PolicyName.LOG_CHANNEL,
        PolicyName.REVIEW_CHANNEL,
        PolicyName.GALLERY,
    }
)
_OF_IDS: Final = _OF_CHANNELS | {PolicyName.ROLES}
_PARTS: Final = frozenset({"version", "limits", "policies", "rules"})
_LARGEST_ID: Final = 2**63 - 1
_BROKEN: Final = Phrase(
    "This is no file of settings that this bot has written: {what}. Nothing was changed."
)
_NEWER: Final = Phrase(
    "This file was written by a newer version of the bot, which knows more than this one. "
    "Nothing was changed."
)


@dataclass(frozen=True, slots=True)
class LimitSetting:
    """A limit without the server that it is of."""

    scope: Scope
    target_id: int
    """The channel, role or member; 0 for the server itself."""
    kind: LimitKind
    unit: Unit
    amount: int

    @property
    def key(self) -> tuple[str, ...]:
        """Return what there is only one of."""
        return "limit", self.scope, str(self.target_id), self.kind, self.unit


@dataclass(frozen=True, slots=True)
class PolicySetting:
    """A policy without the server that it is of."""

    scope: Scope
    target_id: int
    name: PolicyName
    value: Any

    @property
    def key(self) -> tuple[str, ...]:
        """Return what there is only one of."""
        return "policy", self.scope, str(self.target_id), self.name


Setting = LimitSetting | PolicySetting | RuleSetting


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """All that can be carried from one server to another, or back to the same."""

    limits: tuple[LimitSetting, ...] = ()
    policies: tuple[PolicySetting, ...] = ()
    rules: tuple[RuleSetting, ...] = ()

    @property
    def everything(self) -> tuple[Setting, ...]:
        """Return the limits, then the policies, then the rules about prompts."""
        return (*self.limits, *self.policies, *self.rules)

    @property
    def by_key(self) -> dict[tuple[str, ...], Setting]:
        """Return everything by what there is only one of."""
        return {one.key: one for one in self.everything}

    @property
    def channel_ids(self) -> frozenset[int]:
        """Return the channels and categories that are named anywhere."""
        return self._ids(Scope.CHANNEL, _OF_CHANNELS)

    @property
    def role_ids(self) -> frozenset[int]:
        """Return the roles that are named anywhere."""
        return self._ids(Scope.ROLE, {PolicyName.ROLES})

    def _ids(self, scope: Scope, names: Iterable[PolicyName]) -> frozenset[int]:
        placed: tuple[LimitSetting | PolicySetting, ...] = (*self.limits, *self.policies)
        targets = {one.target_id for one in placed if one.scope is scope}
        listed = {
            found for one in self.policies if one.name in names for found in _ids_in(one.value)
        }
        return frozenset(targets | listed)


def settings_of(book: Rulebook, rules: Sequence[PromptRule], guild_id: int) -> ServerSettings:
    """Pick what is set for one server, without what is done for the moment only."""

    def target(scope: Scope, target_id: int) -> int:
        return 0 if scope is Scope.SERVER else target_id

    limits = [
        LimitSetting(one.scope, target(one.scope, one.target_id), one.kind, one.unit, one.amount)
        for one in book.limits
        if one.guild_id == guild_id
    ]
    policies = [
        PolicySetting(one.scope, target(one.scope, one.target_id), one.name, one.value)
        for one in book.policies
        if one.guild_id == guild_id and one.name not in _STATES
    ]
    return ServerSettings(
        tuple(sorted(limits, key=lambda one: one.key)),
        tuple(sorted(policies, key=lambda one: one.key)),
        tuple(
            RuleSetting(one.kind, one.text, one.action) for one in rules if one.guild_id == guild_id
        ),
    )


def write_settings(settings: ServerSettings) -> str:
    """Write a file; ids are texts in it, since many programs round numbers of that size."""
    limits = [
        {**_scope(one), "kind": one.kind, "unit": one.unit, "amount": one.amount}
        for one in settings.limits
    ]
    policies = [
        {**_scope(one), "name": one.name, "value": _with_ids(one.name, one.value, str)}
        for one in settings.policies
    ]
    rules = [rule_values(one) for one in settings.rules]
    whole = {"version": VERSION, "limits": limits, "policies": policies, "rules": rules}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def read_settings(data: bytes) -> ServerSettings:
    """Read a file that `write_settings` wrote, or that somebody has changed since.

    Its patterns are tried out, which can take seconds: call it in a thread.

    Raises:
        InvalidRequestError: It is broken, newer, or asks for what can't be set; the text says so.
    """
    try:
        whole = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unambiguous)
        # Half a surrogate pair is JSON, but can be neither stored, logged nor sent.
        json.dumps(whole, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise _broken(_("it is not JSON")) from None
    if not isinstance(whole, dict):
        raise _broken(_("it is not an object"))
    version = whole.get("version")
    if isinstance(version, int) and version > VERSION:
        raise InvalidRequestError(_NEWER())
    if type(version) is not int or version != VERSION:
        raise _broken(_("it does not say its version"))
    if not whole.keys() <= _PARTS:
        raise InvalidRequestError(_NEWER())
    limits, policies, rules = (_list(whole, name) for name in ("limits", "policies", "rules"))
    if len(limits) + len(policies) + len(rules) > MOST_SETTINGS:
        raise _broken(_("it has more than {count} settings", count=MOST_SETTINGS))
    if len(rules) > MOST_RULES:
        raise _broken(_("it has more than {count} rules", count=MOST_RULES))
    settings = ServerSettings(
        tuple(map(_limit, limits)),
        tuple(map(_policy, policies)),
        tuple(map(rule_from_values, rules)),
    )
    if len(settings.by_key) < len(settings.everything):
        raise _broken(_("it sets something twice"))
    return settings


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # JSON leaves open which of two counts, so that a reader may see another file than the bot.
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _broken(_("it has a name twice in one place"))
    return made


def _scope(one: LimitSetting | PolicySetting) -> dict[str, str]:
    named = {"target": str(one.target_id)} if one.target_id else {}
    return {"scope": one.scope, **named}


def _list(whole: Mapping[str, Any], name: str) -> list[Any]:
    found = whole.get(name, [])
    if not isinstance(found, list):
        raise _broken(_("“{name}” is not a list", name=name))
    return found


def _limit(raw: object) -> LimitSetting:
    match raw:
        case {"kind": str(kind), "unit": str(unit), "amount": int(amount), **rest}:
            if kind not in set(LimitKind) or unit not in set(Unit) or isinstance(amount, bool):
                raise _broken(_("it has a limit that there is none of"))
            scope, target_id = _place(rest)
            checked = check_amount(LimitKind(kind), amount)
            return LimitSetting(scope, target_id, LimitKind(kind), Unit(unit), checked)
    raise _broken(_("it has a limit without kind, unit or amount"))


def _policy(raw: object) -> PolicySetting:
    match raw:
        case {"name": str(named), "value": value, **rest}:
            if named not in set(PolicyName) - _STATES:
                raise _broken(_("it has a policy that there is none of"))
            name, (scope, target_id) = PolicyName(named), _place(rest)
            checked = check_policy(scope, name, _with_ids(name, value, _id))
            return PolicySetting(scope, target_id, name, checked)
    raise _broken(_("it has a policy without name or value"))


def _place(raw: Mapping[Any, object]) -> tuple[Scope, int]:
    match raw:
        case {"scope": str(scope), **rest} if scope in _SCOPES:
            if scope == Scope.SERVER and not rest:
                return Scope.SERVER, 0
            if scope != Scope.SERVER and rest.keys() == {"target"}:
                return Scope(scope), _id(rest["target"])
    raise _broken(_("it has a setting whose scope is not clear"))


def _id(raw: object) -> int:
    if isinstance(raw, str) and raw.isascii() and raw.isdecimal() and len(raw) < 20:  # noqa: PLR2004 - digits of a snowflake
        number = int(raw)
        if 0 < number <= LARGEST_ID:
            return number
    raise _broken(_("it has an id that is none"))


def _with_ids(name: PolicyName, value: Any, turn: Callable[[Any], object]) -> object:  # noqa: ANN401 - as JSON has it
    if name not in _OF_IDS:
        return value
    match value:
        case {"items": list(items), **rest}:
            return {**rest, "items": [turn(item) for item in items]}
        case {"channel": channel, **rest}:
            return {**rest, "channel": turn(channel)}
        case {}:
            return value  # which is no value of these, as its check will say
    return turn(value)


def _ids_in(value: Any) -> list[int]:  # noqa: ANN401 - as JSON has it
    match value:
        case {"items": list(items)}:
            return list(items)
        case {"channel": int(channel)}:
            return [channel]
    return [value]


def _broken(what: str) -> InvalidRequestError:
    return InvalidRequestError(_BROKEN(what=what))
