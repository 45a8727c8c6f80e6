"""What a moderator reads about a member in a place: the verdict, the rule, and all that applies."""

from collections.abc import Iterator

import discord

from bot.domain import Admission, Denial, Gauge, Hold, Policy, PolicyName, Scope
from bot.limits.explanation import Explanation, Misfit
from bot.limits.reasons import said
from bot.posting.denials import denial_text, setter_text
from bot.posting.moderation import words_policies as words
from bot.posting.moderation.policy_text import gauge_line, policy_line
from bot.posting.pages import pages
from bot.posting.text import dollars


def explanation_pages(told: Explanation) -> list[discord.Embed]:
    """Write down what would come of a request and why, then every limit and policy."""
    asker = told.facts.asker
    blocks = [
        f"**<@{asker.member_id}> · <#{asker.channel_id}>**",
        *_verdict(told),
        f"\n**{words.LIMITS()}**",
        *(_gauges(told) or [words.NO_LIMITS()]),
        f"\n**{words.OTHERS()}**",
        *(_policies(told) or [words.NO_POLICIES()]),
    ]
    return pages(blocks, between="\n", left_out=words.LEFT_OUT)


def _verdict(told: Explanation) -> Iterator[str]:
    what = _what(told)
    match told.verdict:
        case Misfit(reason=reason):
            yield words.WOULD_NOT_FIT(why=reason)
        case Denial() as denial:
            yield words.WOULD_BE_REFUSED(what=what)
            yield words.DECIDED_BY(rule=_denying(told, denial))
            yield words.MEMBER_READS(text=denial_text(denial))
        case Admission(hold=None):
            yield words.WOULD_BE_MADE(what=what)
        case Admission(hold=hold, hold_reason=why):
            if hold is Hold.CONFIRMATION:
                yield words.WOULD_BE_ASKED(what=what)
                if why:
                    yield words.THEN_REVIEWED(why=said(why))
            else:
                yield words.WOULD_BE_REVIEWED(what=what, why=said(why))
            if told.deciding is not None:
                yield words.DECIDED_BY(rule=policy_line(told.deciding))


def _what(told: Explanation) -> str:
    spec, micros = told.spec, told.estimate_micros
    if spec is None:
        return words.A_VIDEO()
    return words.THIS_VIDEO(
        seconds=spec.seconds,
        model=f"{spec.provider}/{spec.model}",
        resolution=spec.resolution,
        price=words.NO_PRICE() if micros is None else dollars(micros),
    )


def _denying(told: Explanation, denial: Denial) -> str:
    if denial.gauge is not None:
        return gauge_line(denial.gauge)
    if told.deciding is not None:
        return policy_line(told.deciding)
    return words.BLOCK(who=setter_text(denial.set_by_id))


def _gauges(told: Explanation) -> list[str]:
    verdict = told.verdict
    deciding = verdict.gauge if isinstance(verdict, Denial) else None

    def line(gauge: Gauge) -> str:
        return _marked(gauge_line(gauge), is_deciding=gauge == deciding)

    found = [line(gauge) for gauge in told.facts.gauges]
    set_for_roles = any(gauge.limit.scope is Scope.ROLE for gauge in told.facts.gauges)
    return [*found, *([words.OF_ROLES()] if set_for_roles else [])]


def _policies(told: Explanation) -> list[str]:
    def line(policy: Policy) -> str:
        return _marked(policy_line(policy), is_deciding=policy == told.deciding)

    book, asker = told.facts.book, told.facts.asker
    return [line(one) for name in PolicyName for one in book.policies_for(asker, name)]


def _marked(line: str, *, is_deciding: bool) -> str:
    return f"➜ **{line}**" if is_deciding else f"• {line}"
