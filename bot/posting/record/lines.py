"""How rows of the record look to people: a line each, in an embed that is known again."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import discord

from bot.domain import AuditRow, Cost, LimitKind, PolicyName, Scope, Unit
from bot.language import name_of, strung
from bot.posting.denials import amount_text, rate_text, scope_text
from bot.posting.moderation.reactions_text import gallery_text, reactions_text
from bot.posting.record import words
from bot.posting.text import dollars, ended, safe

MOST_ROWS: Final = 8
"""In one message: so many of the longest lines fit into an embed's description of 4,096."""
LONGEST_LINE: Final = 500
_REASON: Final = 200
_VALUE: Final = 60
_EMOJIS: Final = 140
_TARGET: Final = 80
_LISTED: Final = 4
_HASH: Final = 12
_MARK: Final = re.compile(rf"record [0-9]+ to ([0-9]+) · ([0-9a-f]{{{_HASH}}})")
_MENTIONS: Final[Mapping[str, Callable[[str], str]]] = {
    "member": "<@{}>".format,
    "role": "<@&{}>".format,
    "channel": "<#{}>".format,
    "job": lambda name: words.JOB(name=name),
    "case": lambda name: words.CASE(name=name),
    "rule": lambda name: words.RULE(name=name),
    "server": lambda _: words.THIS_SERVER(),
}
_BY_ID: Final = {
    PolicyName.CHANNELS: "<#{}>",
    PolicyName.LOG_CHANNEL: "<#{}>",
    PolicyName.REVIEW_CHANNEL: "<#{}>",
    PolicyName.ROLES: "<@&{}>",
}
_WRITTEN: Final[Mapping[PolicyName, Callable[[Any], str]]] = {
    PolicyName.REACTIONS: partial(reactions_text, room=_EMOJIS),
    PolicyName.GALLERY: gallery_text,
}


def known_actions() -> list[str]:
    """List the actions that have words of their own."""
    return sorted({*words.ACTIONS, *_WRITERS})


def record_line(row: AuditRow, *, is_plain: bool = False) -> str:
    """Write a row as a line with its number and time; plain is without what anybody typed."""
    text = _plain(row) if is_plain else sentence(row)
    line = f"`#{row.id}` {discord.utils.format_dt(row.at, 'f')} {text}"
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def sentence(row: AuditRow) -> str:
    """Say who did what, why, and what was there before."""
    try:
        told = _WRITERS.get(row.action, _simple)(row)
    except (AttributeError, KeyError, TypeError, ValueError):
        # A row of another version, or one that somebody changed, is shown as it is.
        told = _simple(row)
    return told + _reason(row)


def mirror_embed(rows: Sequence[AuditRow], *, is_plain: bool = False) -> discord.Embed:
    """Make the message that mirrors rows; its footer is the mark by which it is found again."""
    lines = [record_line(row, is_plain=is_plain) for row in rows]
    embed = discord.Embed(description="\n".join(lines))
    last = rows[-1]
    return embed.set_footer(text=f"record {rows[0].id} to {last.id} · {last.hash[:_HASH]}")


def mark_of(embeds: Sequence[discord.Embed]) -> tuple[int, str] | None:
    """Read from a message of ours up to which row it mirrors, and how the hash of that begins."""
    footer = next((embed.footer.text or "" for embed in embeds), "")
    found = _MARK.fullmatch(footer)
    return None if found is None else (int(found[1]), found[2])


def _simple(row: AuditRow) -> str:
    template = words.ACTIONS.get(row.action, words.UNKNOWN_ACTION)
    told = template(actor=_actor(row), action=row.action, target=_target(row.target))
    before, after = _shown(row.before), _shown(row.after)
    if before == after:
        return told
    return told + words.BEFORE_AND_AFTER(before=before, after=after)


def _plain(row: AuditRow) -> str:
    return words.PLAIN(actor=_actor(row), action=row.action)


def _limit(row: AuditRow) -> str:
    whose, what = _scope(row.target)
    kind, unit = what.split("/")
    before, after = (_rate(value, kind, unit) for value in (row.before, row.after))
    template = words.LIMIT_SET if row.action == "limit.set" else words.LIMIT_REMOVED
    return template(actor=_actor(row), whose=whose, before=before, after=after)


def _rate(value: str, kind: str, unit: str) -> str:
    amount = json.loads(value)
    if amount is None:
        return words.NOBODY()
    return rate_text(amount, LimitKind(kind), Unit(unit))


def _policy(row: AuditRow) -> str:
    whose, what = _scope(row.target)
    name = PolicyName(what)
    template = words.POLICY_SET if row.action == "policy.set" else words.POLICY_REMOVED
    return template(
        actor=_actor(row),
        name=words.POLICIES[name](),
        whose=whose,
        before=_policy_value(name, json.loads(row.before)),
        after=_policy_value(name, json.loads(row.after)),
    )


def _policy_value(name: PolicyName, value: Any) -> str:  # noqa: ANN401 - as JSON has it
    mention = _BY_ID.get(name, "{}")
    match value:
        case {"mode": mode, "items": list(items)}:
            shown = [mention.format(safe(str(item), _VALUE)) for item in items[:_LISTED]]
            more = ["…"] if len(items) > _LISTED else []
            say = words.ONLY if mode == "only" else words.ALL_BUT
            return say(items=strung([*shown, *more]))
        case int() if name is PolicyName.CONFIRM_ABOVE:
            return dollars(value) if value else "$0.00"
        case str() if name is PolicyName.LANGUAGE:
            return name_of(value)
        case int() if name in _BY_ID:
            return mention.format(value)
        case dict() if name in _WRITTEN:
            return _WRITTEN[name](value)
    return _shown(json.dumps(value, ensure_ascii=False))


def _grant(row: AuditRow) -> str:
    after = json.loads(row.after)
    return words.GRANTED(
        actor=_actor(row),
        target=_target(row.target),
        amount=amount_text(after["amount"], Unit(after["unit"])),
        until=_until(after["expires_at"]),
    )


def _block(row: AuditRow) -> str:
    is_set = row.action == "block.set"
    until = json.loads(row.after if is_set else row.before)
    template = words.BLOCKED if is_set else words.UNBLOCKED
    is_for_good = until == words.FOR_GOOD.message
    told = words.FOR_GOOD() if is_for_good else words.UNTIL(until=_until(until))
    return template(actor=_actor(row), target=_target(row.target), until=told)


def _delivery(row: AuditRow) -> str:
    channel_id = int(json.loads(row.after)["channel"])
    return words.DELIVERED(actor=_actor(row), target=_target(row.target), channel=channel_id)


def _case(row: AuditRow) -> str:
    match [_mention(word) for word in safe(row.target, _TARGET).split()]:
        case [case, job]:
            target = words.ABOUT(case=case, job=job)
        case others:
            target = " ".join(others)
    return words.CASES[row.action](actor=_actor(row), target=target)


def _refund(row: AuditRow) -> str:
    taken = Cost(**json.loads(row.before))
    parts = [amount_text(taken.of(unit), unit) for unit in Unit]
    return words.REFUNDED(actor=_actor(row), target=_target(row.target), taken=strung(parts))


def _removal(row: AuditRow) -> str:
    with_file = json.loads(row.after)["file"]
    template = words.REMOVED_WITH_FILE if with_file else words.REMOVED
    return template(actor=_actor(row), target=_target(row.target))


def _hidden(row: AuditRow) -> str:
    reports = int(json.loads(row.after)["reports"])
    return words.HIDDEN(reports, target=_target(row.target))


def _budget(row: AuditRow) -> str:
    scope, _, what = row.target.partition(" ")
    after = json.loads(row.after)
    percent = int(after["percent"])
    whose = words.WHOLE_BOTS if scope == Scope.EVERYWHERE else words.THIS_SERVERS
    is_spent = percent >= 100  # noqa: PLR2004 - all of it
    template = words.BUDGET_SPENT if is_spent else words.BUDGET_SHARE
    return template(
        percent=percent,
        whose=whose(),
        window=words.BUDGET_WINDOWS[what.partition("/")[0]](),
        amount=dollars(after["amount"]),
    )


def _scope(target: str) -> tuple[str, str]:
    """Read `member:33 day/jobs`: whose it is, in words, and what it is about."""
    where, _, what = target.partition(" ")
    scope, _, number = where.partition(":")
    if scope == Scope.MEMBER:
        return words.FOR_MEMBER(member=f"<@{int(number)}>"), what
    return scope_text(Scope(scope), int(number or 0)), what


def _actor(row: AuditRow) -> str:
    return words.OPERATOR() if row.actor_id is None else f"<@{row.actor_id}>"


def _target(target: str) -> str:
    return " ".join(map(_mention, safe(target, _TARGET).split()))


def _mention(word: str) -> str:
    kind, _, name = word.partition(":")
    template = _MENTIONS.get(kind)
    return word if template is None or not name.isalnum() else template(name)


def _until(moment: str) -> str:
    return discord.utils.format_dt(datetime.fromisoformat(moment), "f")


def _reason(row: AuditRow) -> str:
    return words.REASON(reason=ended(row.reason, _REASON)) if row.reason else ""


def _shown(value: str) -> str:
    """Show a JSON value of any shape in few words."""
    try:
        read = json.loads(value)
    except ValueError:
        read = value
    match read:
        case None:
            return words.NOBODY()
        case bool():
            return words.YES_OR_NO[read]()
        case {"reason": str(reason)} if len(read) == 1:
            return f"“{safe(reason, _VALUE)}”"
        case dict():
            told = ", ".join(f"{key} {one}" for key, one in read.items() if one is not None)
            return safe(told, _VALUE)
    return safe(str(read), _VALUE)


_WRITERS: Final[Mapping[str, Callable[[AuditRow], str]]] = {
    "limit.set": _limit,
    "limit.remove": _limit,
    "policy.set": _policy,
    "policy.remove": _policy,
    "grant.add": _grant,
    "block.set": _block,
    "block.remove": _block,
    "budget.alert": _budget,
    "delivery.hand": _delivery,
    "case.approve": _case,
    "case.reject": _case,
    "case.block": _case,
    "refund.hand": _refund,
    "removal.ask": _removal,
    "report.hide": _hidden,
}
