"""What a moderator is told about a decision, and about what was set for reviews."""

import discord

from bot.domain import AlreadyDecided, Case, CaseKind, CaseState, Decided, Denial, Job
from bot.posting import words_removal
from bot.posting.denials import denial_text
from bot.posting.moderation import words_desk


def decision_text(outcome: Decided | AlreadyDecided | Denial) -> str:
    """Say what a decision did, or who was first."""
    match outcome:
        case Denial():
            return words_desk.DENIED(text=denial_text(outcome))
        case AlreadyDecided(case):
            if case.decided_by_id is None or case.decided_at is None:
                return words_desk.OVER()
            return words_desk.BY_OTHER(
                by_id=case.decided_by_id,
                state=words_desk.STATES[case.state]().lower(),
                when=discord.utils.format_dt(case.decided_at, "R"),
            )
        case Decided(case, _) if case.kind is CaseKind.REPORT:
            return _reported(case)
        case Decided(case, made):
            return _asked(case, made)


def _asked(case: Case, made: Job | None) -> str:
    if case.state is CaseState.APPROVED:
        return words_desk.KEPT() if made is None else words_desk.APPROVED(job_id=made.id)
    if case.blocked_until_at is None:
        return words_desk.REJECTED()
    until = discord.utils.format_dt(case.blocked_until_at, "f")
    return words_desk.BLOCKED(until=until)


def _reported(case: Case) -> str:
    if case.state is CaseState.APPROVED:
        return words_removal.REPORT_STAYS()
    if case.blocked_until_at is None:
        return words_removal.REPORT_REMOVED()
    until = discord.utils.format_dt(case.blocked_until_at, "f")
    blocked = words_desk.BLOCKED_UNTIL(until=until)
    return f"{words_removal.REPORT_REMOVED()} {blocked}"


def review_text(*, is_on: bool | None) -> str:
    """Say what is set about reviews of a server, a channel or a role."""
    match is_on:
        case None:
            return words_desk.UNSET()
        case True:
            return words_desk.REVIEW_ON()
        case False:
            return words_desk.TRUSTED()
