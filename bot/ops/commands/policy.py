"""The commands `grok-bot policy`: what is allowed or done on all servers."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Final

import typer

from bot.domain import PolicyName, Scope
from bot.errors import InvalidRequestError
from bot.limits.amounts import read_dollars, read_percent
from bot.ops.commands.limits import (
    NUMBERS,
    OperatorScope,
    operator,
    plain,
    run_with_policies,
    show_limits,
)
from bot.posting.moderation.policy_text import policy_change_text

_YES: Final = frozenset({"yes", "true", "on"})
_NO: Final = frozenset({"no", "false", "off"})


class OperatorPolicy(StrEnum):
    """The policies that have a scope of the operator."""

    MODELS = PolicyName.MODELS.value
    LONGEST = PolicyName.LONGEST.value
    RESOLUTION = PolicyName.RESOLUTION.value
    REFERENCES = PolicyName.REFERENCES.value
    AGE_RESTRICTED = PolicyName.AGE_RESTRICTED.value
    PAUSE = PolicyName.PAUSE.value
    CONFIRM_ABOVE = PolicyName.CONFIRM_ABOVE.value
    STEP_DOWN = PolicyName.STEP_DOWN.value


Name = Annotated[OperatorPolicy, typer.Argument(help="What is set.")]
ForWhom = Annotated[
    OperatorScope,
    typer.Option("--for", help="All servers together, or each person over all of them."),
]
Words = Annotated[
    list[str],
    typer.Argument(
        help="8 · 720p · no · 0.50 · only geeknow/grok-video-3 · 80 longest=4 resolution=480p "
        "review · for a pause its reason"
    ),
]

policy: Final = typer.Typer(help="Say what is allowed, on all servers.", no_args_is_help=True)


@policy.command("set", context_settings=NUMBERS)
def set_policy(name: Name, value: Words, scope: ForWhom = OperatorScope.EVERYWHERE) -> None:
    """Set what is allowed or done, beside a bot that may be running."""
    wanted, read = PolicyName(name), _read(PolicyName(name), value)
    change = run_with_policies(lambda store: store.set_policy(operator(scope), wanted, read, None))
    typer.echo(plain(policy_change_text(Scope(scope), 0, wanted, change)))


@policy.command("remove")
def remove_policy(name: Name, scope: ForWhom = OperatorScope.EVERYWHERE) -> None:
    """Go back to how it is when nothing is set, beside a bot that may be running."""
    wanted = PolicyName(name)
    change = run_with_policies(lambda store: store.remove_policy(operator(scope), wanted, None))
    typer.echo(plain(policy_change_text(Scope(scope), 0, wanted, change)))


policy.command("show")(show_limits)


def _read(name: PolicyName, words: list[str]) -> object:
    """Turn words of the command line into the value of a policy, which is checked as it is set."""
    return _READERS[name](words)


def _number(words: list[str]) -> object:
    text = " ".join(words)
    return int(text) if text.isdecimal() else text


def _step_down(words: list[str]) -> object:
    value: dict[str, object] = {"percent": read_percent(words[0])}
    for word in words[1:]:
        match word.partition("="):
            case ("longest", "=", seconds) if seconds.isdecimal():
                value["longest"] = int(seconds)
            case ("resolution", "=", size):
                value["resolution"] = size
            case ("review", "", ""):
                value["review"] = True
            case _:
                raise InvalidRequestError(
                    f"“{word[:20]}” is not understood. Write longest=4, resolution=480p or review."
                )
    return value


def _yes_or_no(words: list[str]) -> object:
    match words:
        case [word] if word.lower() in _YES:
            return True
        case [word] if word.lower() in _NO:
            return False
    raise InvalidRequestError("Say yes or no. Nothing was changed.")


_READERS: Final[dict[PolicyName, Callable[[list[str]], object]]] = {
    PolicyName.MODELS: lambda words: {"mode": words[0], "items": words[1:]},
    PolicyName.LONGEST: _number,
    PolicyName.RESOLUTION: " ".join,
    PolicyName.REFERENCES: _yes_or_no,
    PolicyName.AGE_RESTRICTED: _yes_or_no,
    PolicyName.PAUSE: lambda words: {"reason": " ".join(words)},
    PolicyName.CONFIRM_ABOVE: lambda words: read_dollars(" ".join(words)),
    PolicyName.STEP_DOWN: _step_down,
}
