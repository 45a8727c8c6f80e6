"""How a case looks to moderators, and the answer to an appeal to its requester."""

from collections.abc import Iterator
from typing import Final, Protocol

import discord

from bot.domain import Case, CaseState, CaseView
from bot.language import grouped
from bot.limits.reasons import said
from bot.posting import words
from bot.posting.facts import prompt_of
from bot.posting.marks import case_mark
from bot.posting.moderation import words_desk
from bot.posting.text import dollars, safe

_PROMPT: Final = 700
_STORY: Final = 2400
"""All scenes of a storyboard together; an embed takes 4,096 characters of description."""
_REASON: Final = 300
_COLORS: Final = {
    CaseState.OPEN: 0xF0B232,
    CaseState.APPROVED: 0x3BA55D,
    CaseState.REJECTED: 0xC0392B,
    CaseState.CLOSED: 0x4E5058,
}


class CaseReader(Protocol):
    """Where cases are read."""

    async def view(self, case_id: int) -> CaseView | None:
        """Find a case with what belongs to it."""
        ...


def case_card(view: CaseView, small: str, *, is_plain: bool = False) -> discord.Embed:
    """Draw a case; `small` is the line under its job. Plain is without what the member wrote."""
    case = view.case
    embed = discord.Embed(
        title=words_desk.CASE_TITLE(kind=words_desk.CASE_TITLES[case.kind](), case_id=case.id),
        description="\n".join(_lines(view, is_plain=is_plain)),
        color=_COLORS[case.state],
    )
    return embed.set_footer(text=f"{small}{case_mark(case.id)}")


def appeal_answer(view: CaseView, small: str, *, is_plain: bool = False) -> discord.Embed:
    """Draw what the requester is told of an appeal that was in vain."""
    lines = [
        words_desk.REASON(reason=safe(view.case.reason, _REASON)),
        words_desk.ANSWER_STEP(),
        "",
        _prompt(view, is_plain=is_plain),
    ]
    color = _COLORS[CaseState.REJECTED]
    title = words_desk.ANSWER_TITLE()
    embed = discord.Embed(title=title, description="\n".join(lines), color=color)
    return embed.set_footer(text=small)


def _lines(view: CaseView, *, is_plain: bool) -> Iterator[str]:
    case, job = view.case, view.job
    asked = discord.utils.format_dt(job.created_at, "R")
    yield _prompt(view, is_plain=is_plain)
    yield ""
    yield words_desk.ASKED(
        who=f"<@{job.origin.requester_id}>", channel=f"<#{job.origin.channel_id}>", when=asked
    )
    yield _member(view)
    yield words_desk.PRICE(price=_price(view))
    yield words_desk.WHY(why=safe(said(case.why), _REASON))
    if view.first is not None:
        yield words_desk.FIRST(decision=_decision(view.first))
    if case.state is not CaseState.OPEN:
        yield ""
        yield _decision(case)
    if case.blocked_until_at is not None:
        until = discord.utils.format_dt(case.blocked_until_at, "f")
        yield words_desk.BLOCKED_UNTIL(until=until)


def _price(view: CaseView) -> str:
    prices = [one.estimate_micros for one in view.scenes or (view.job,)]
    known = [price for price in prices if price is not None]
    if len(known) < len(prices):
        return words.UNKNOWN_PRICE()
    return words.ESTIMATE(price=dollars(sum(known)))


def _member(view: CaseView) -> str:
    history = view.history
    told = words_desk.HISTORY(
        made=grouped(history.made),
        declined=grouped(history.declined),
        reported=grouped(history.reported),
    )
    asker = view.case.asker
    if asker is None or asker.joined_at is None:
        return told
    since = words_desk.HERE_SINCE(when=discord.utils.format_dt(asker.joined_at, "R"))
    return f"{told} · {since}"


def _decision(case: Case) -> str:
    if case.decided_by_id is None or case.decided_at is None:
        return words_desk.CLOSED()
    when = discord.utils.format_dt(case.decided_at, "R")
    state, who = words_desk.STATES[case.state](), f"<@{case.decided_by_id}>"
    told = words_desk.DECIDED(state=state, who=who, when=when)
    return f"{told}: {safe(case.reason, _REASON)}" if case.reason else told


def _prompt(view: CaseView, *, is_plain: bool) -> str:
    if is_plain:
        return words.WITHOUT_PROMPT()
    if not view.scenes:
        return f"> {safe(prompt_of(view.job), _PROMPT)}"
    room = _STORY // len(view.scenes)
    shown = (safe(prompt_of(scene), room) for scene in view.scenes)
    return "\n".join(f"> {number}. {text}" for number, text in enumerate(shown, start=1))
