from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.domain import Denial, LimitKind, Refusal, Scope, Unit
from bot.posting.denials import amount_text, denial_text, scope_text
from tests.limits.asking import MODERATOR, gauge, limit
from tests.manual_clock import START

LIMIT = 2000
"""What Discord takes as a message's content."""
FULL = gauge(limit(1_000_000, Scope.SERVER, LimitKind.DAY, Unit.MONEY), used=700_000)


def denial(refusal: Refusal, scope: Scope = Scope.SERVER) -> Denial:
    return Denial(
        refusal,
        scope,
        target_id=11,
        set_by_id=MODERATOR,
        gauge=FULL if refusal in {Refusal.LIMIT, Refusal.UNPRICED} else None,
        wanted=350_000,
        allowed=("6",) if refusal is Refusal.LONGEST else ("720p",),
    )


@pytest.mark.parametrize(("refusal", "scope"), list(product(Refusal, Scope)))
def test_every_no_is_a_sentence_without_a_gap(refusal: Refusal, scope: Scope) -> None:
    full = denial(refusal, scope)
    needs_list = {Refusal.LONGEST, Refusal.RESOLUTION}

    texts = [
        denial_text(one)
        for one in (
            full,
            replace(full, until=START),
            replace(full, set_by_id=None, is_stepped_down=refusal in needs_list),
            full if refusal in needs_list else replace(full, allowed=()),
        )
    ]

    for text in texts:
        assert text[0].isupper()
        assert text.endswith((".", ">"))
        assert not set("{}") & set(text)
        assert "None" not in text
        assert "  " not in text


@pytest.mark.parametrize("refusal", Refusal)
def test_a_no_fits_into_a_message_however_much_is_listed(refusal: Refusal) -> None:
    long = replace(
        denial(refusal),
        allowed=tuple("x" * 70 + str(number) for number in range(100)),
        reason="`*_~|>@everyone" * 20,
        target_id=2**63 - 1,
        set_by_id=2**63 - 1,
        until=START,
        is_stepped_down=True,
    )

    assert len(denial_text(long)) <= LIMIT


@pytest.mark.parametrize(("kind", "unit", "scope"), list(product(LimitKind, Unit, Scope)))
def test_a_full_limit_is_named_with_what_is_used_and_who_has_set_it(
    kind: LimitKind, unit: Unit, scope: Scope
) -> None:
    full = gauge(limit(5_000_000, scope, kind, unit, 55), used=4_000_000)
    no = Denial(Refusal.LIMIT, scope, 55, MODERATOR, gauge=full, wanted=2_000_000, until=START)

    text = denial_text(no)

    assert scope_text(scope, full.limit.target_id) in text
    assert f"Set by <@{MODERATOR}>." in text
    assert f"<t:{round(START.timestamp())}:R>" in text
    if kind is LimitKind.COOLDOWN:
        assert "5,000,000 s after each" in text
    else:
        for amount in (5_000_000, 4_000_000, 2_000_000):
            assert amount_text(amount, unit) in text


@pytest.mark.parametrize(
    ("no", "step"),
    [
        (denial(Refusal.LIMIT), "A smaller job may fit; a moderator can also grant more."),
        (
            replace(
                denial(Refusal.LIMIT),
                gauge=gauge(limit(1, kind=LimitKind.AT_ONCE), used=1),
            ),
            "Try again once one that is under way is finished.",
        ),
        (
            replace(denial(Refusal.LIMIT), gauge=gauge(limit(0))),
            "A moderator can tell you more.",
        ),
        (
            replace(denial(Refusal.BLOCKED), until=START + timedelta(days=1)),
            "It goes again <t:1795262400:R>.",
        ),
        (denial(Refusal.BLOCKED), "A moderator can tell you more."),
        (denial(Refusal.LONGEST), "Please ask for less."),
        (denial(Refusal.MODELS), "`/grok models` lists them all."),
    ],
)
def test_a_no_says_what_to_do_next(no: Denial, step: str) -> None:
    assert denial_text(no).endswith(step)


def test_a_budget_that_runs_low_is_said_to_be_the_reason() -> None:
    no = replace(denial(Refusal.LONGEST), wanted=8, is_stepped_down=True, set_by_id=None)

    assert denial_text(no) == (
        "Videos here have at most 6 s; this one has 8 s. Most of the budget is used, so smaller "
        "ones are made. Set by the people who run this bot. Please ask for less."
    )


def test_what_a_moderator_wrote_pings_nobody() -> None:
    no = replace(denial(Refusal.PAUSED), allowed=(), reason="@everyone **go**")

    assert "@everyone" not in denial_text(no)
    assert "**go**" not in denial_text(no)


@pytest.mark.parametrize(
    ("refusal", "allowed", "told"),
    [
        (Refusal.CHANNELS, ("5", "6"), "Videos are made in <#5>, <#6> only."),
        (Refusal.CHANNELS, (), "No videos are made here."),
        (Refusal.ROLES, ("5",), "Videos are for <@&5> only."),
        (Refusal.ROLES, (), "One of your roles may not make videos."),
        (Refusal.MODELS, ("xai/a",), "That model is not allowed here. These are: xai/a."),
    ],
)
def test_what_is_allowed_is_listed_where_something_is(
    refusal: Refusal, allowed: tuple[str, ...], told: str
) -> None:
    assert denial_text(replace(denial(refusal), allowed=allowed)).startswith(told)
