import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import AuditRow, PolicyName, Ruling
from bot.posting.record.file import FileFormat, Tail, head_of, line_of
from bot.posting.record.lines import (
    LONGEST_LINE,
    MOST_ROWS,
    known_actions,
    mark_of,
    mirror_embed,
    record_line,
    sentence,
)
from bot.posting.record.pages import OlderButton, RecordQuery
from bot.posting.record.poster import nonce_of
from bot.posting.record.words import POLICIES
from tests.manual_clock import START

ROOT = Path(__file__).parent.parent.parent
ACTION = re.compile(
    r"(?:limit|policy|grant|block|budget|case|report|removal|rule|settings|delivery|privacy|job|refund|cover)"
    r"\.[a-z_]+"
)
DESCRIPTION = 4096


def make_row(
    action: str,
    target: str = "",
    *,
    before: object = None,
    after: object = None,
    actor_id: int | None = 44,
    reason: str = "",
) -> AuditRow:
    return AuditRow(
        id=21,
        at=START,
        guild_id=11,
        actor_id=actor_id,
        action=action,
        target=target,
        reason=reason,
        before=json.dumps(before),
        after=json.dumps(after),
        previous_hash="0" * 64,
        hash="3fa9c1d2e4b5" + "0" * 52,
    )


def actions_in_the_tree() -> set[str]:
    """Find what is put on record: texts in the store, the commands and the steps."""
    found = set()
    for folder in ("bot/store", "bot/pipeline", "bot/ops", "cogs"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found |= {node.value} if ACTION.fullmatch(node.value) else set()
    return found


def test_every_action_in_the_tree_has_words() -> None:
    actions = actions_in_the_tree()

    assert {"limit.set", "budget.alert", "delivery.hand"} <= actions
    assert sorted(actions - set(known_actions())) == []


def test_every_end_of_a_case_and_every_policy_has_words() -> None:
    ends = {f"case.{ruling}" for ruling in Ruling}

    assert ends <= set(known_actions())
    assert set(POLICIES) == set(PolicyName)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            make_row("limit.set", "member:33 day/jobs", before=2, after=5),
            "<@44> set a limit of 5 jobs a day for <@33>; before: 2 jobs a day.",
        ),
        (
            make_row("limit.set", "everywhere month/money", after=5_000_000, actor_id=None),
            (
                "The people who run this bot set a limit of $5.00 a month for everything that this "
                "bot makes; before: nothing."
            ),
        ),
        (
            make_row("limit.remove", "role:55 cooldown/jobs", before=60),
            "<@44> removed the limit of a pause of 60 s after each job for members with <@&55>.",
        ),
        (
            make_row(
                "policy.set", "server:11 channels", after={"mode": "only", "items": [1, 2, 3, 4, 5]}
            ),
            (
                "<@44> set the channels for videos for this server: only <#1>, <#2>, <#3>, <#4>, …"
                "; before: nothing."
            ),
        ),
        (
            make_row("policy.set", "server:11 log_channel", before=7, after=8),
            "<@44> set the log channel for this server: <#8>; before: <#7>.",
        ),
        (
            make_row("policy.set", "server:11 confirm_above", after=0, before=350_000),
            (
                "<@44> set the price above which members confirm for this server: $0.00; "
                "before: $0.35."
            ),
        ),
        (
            make_row("policy.set", "server:11 pause", after={"reason": "*tea*"}),
            "<@44> set the pause for this server: “\\*tea\\*”; before: nothing.",
        ),
        (
            make_row("policy.remove", "channel:22 review", before=True),
            "<@44> took back whether videos are reviewed first for <#22>; before: yes.",
        ),
        (
            make_row(
                "grant.add",
                "member:33",
                after={"unit": "jobs", "amount": 3, "expires_at": "2026-12-01T00:00:00+00:00"},
                reason="contest",
            ),
            "<@44> granted <@33> 3 jobs on top, until <t:1796083200:f>. Reason: contest.",
        ),
        (
            make_row("block.set", "member:33", after="for good", reason="@everyone *x*"),
            "<@44> blocked <@33> for good. Reason: @\u200beveryone \\*x\\*.",
        ),
        (
            make_row("block.remove", "member:33", before="2026-12-01T00:00:00+00:00"),
            "<@44> let <@33> make videos again, who was blocked until <t:1796083200:f>.",
        ),
        (
            make_row(
                "budget.alert",
                "server day/money",
                after={"percent": 80, "used": 1, "amount": 5_000_000},
                actor_id=None,
            ),
            "⚠️ 80 % of this server's day budget of $5.00 is used.",
        ),
        (
            make_row(
                "budget.alert",
                "server 24h/money",
                after={"percent": 100, "used": 1, "amount": 5_000_000},
                actor_id=None,
            ),
            (
                "⛔ 100 % of this server's 24-hour budget of $5.00 is used. What does not fit any "
                "more is refused until the next one begins."
            ),
        ),
        (
            make_row("delivery.hand", "job:job0000001", after={"channel": 22}),
            "<@44> had the video of job `job0000001` posted again in <#22>.",
        ),
        (
            make_row("case.approve", "case:3 job:job0000001", before="open", after={"made": None}),
            "<@44> approved case 3 about job `job0000001`.",
        ),
        (
            make_row("case.block", "case:3 job:job0000001", before="open", reason="spam"),
            ("<@44> rejected case 3 about job `job0000001` and blocked the member. Reason: spam."),
        ),
        (
            make_row(
                "refund.hand",
                "job:job0000001",
                before={"jobs": 1, "seconds": 6, "micros": 350_000},
                actor_id=None,
            ),
            (
                "The people who run this bot gave back what job `job0000001` had taken: "
                "1 job, 6 s of video, $0.35."
            ),
        ),
        (
            make_row("removal.ask", "job:job0000001", after={"file": False}),
            "<@44> had the video of job `job0000001` removed.",
        ),
        (
            make_row("removal.ask", "job:job0000001", after={"file": True}),
            "<@44> had the video of job `job0000001` removed, with its stored file.",
        ),
        (
            make_row("report.hide", "job:job0000001", after={"reports": 3}, actor_id=None),
            "The video of job `job0000001` was hidden: 3 members reported it.",
        ),
        (
            make_row("rule.add", "rule:5", after={"kind": "word", "text": "fox", "action": "hold"}),
            (
                "<@44> made a rule about prompts, rule 5. "
                "(nothing → kind word, text fox, action hold)"
            ),
        ),
        (
            make_row("tea.made", "cup:1 *hot*", before={"a": 1, "b": None}, after=False),
            "<@44>: `tea.made` cup:1 \\*hot\\* (a 1 → no)",
        ),
        (make_row("limit.set", "moon day/jobs", after=1), "<@44>: `limit.set` moon day/jobs"),
    ],
    ids=lambda value: value.action if isinstance(value, AuditRow) else "",
)
def test_each_action_is_told_in_a_sentence(row: AuditRow, told: str) -> None:
    assert sentence(row).startswith(told)


def test_a_row_that_no_version_of_ours_wrote_is_shown_as_it_is() -> None:
    row = replace(make_row("limit.set", "server:11 day/jobs"), after="{broken")

    assert sentence(row) == "<@44>: `limit.set` this server day/jobs (nothing → \\{broken)"


@given(st.text(max_size=600), st.text(max_size=600), st.text(max_size=600))
def test_a_message_of_the_longest_rows_fits(target: str, reason: str, value: str) -> None:
    row = make_row("rule.add", target, after={"text": value}, reason=reason)

    line = record_line(row)
    embed = mirror_embed([row] * MOST_ROWS)

    assert len(line) <= LONGEST_LINE
    assert "\n" not in line
    assert len(str(embed.description)) <= DESCRIPTION


def test_the_longest_line_of_all_still_fits() -> None:
    items = list(range(10**18, 10**18 + 100))
    listing = {"mode": "except", "items": items}
    row = make_row("policy.set", "server:11 roles", before=listing, after=listing, reason="x" * 900)

    assert len(record_line(row)) == LONGEST_LINE


def test_a_message_is_known_by_its_footer_and_by_nothing_else() -> None:
    rows = [make_row("rule.add"), replace(make_row("rule.add"), id=28)]
    embed = mirror_embed(rows)

    assert embed.footer.text == "record 21 to 28 · 3fa9c1d2e4b5"
    assert mark_of([embed]) == (28, "3fa9c1d2e4b5")
    assert mark_of([]) is None
    assert mark_of([discord.Embed(description=embed.footer.text)]) is None


def test_a_plain_message_has_nothing_that_anybody_typed() -> None:
    row = make_row("rule.add", "darn", after="darn", reason="darn")

    assert "darn" not in str(mirror_embed([row], is_plain=True).description)


def test_nonces_are_short_and_differ_by_channel_and_row() -> None:
    row = replace(make_row("rule.add"), id=2**31)
    nonces = {nonce_of(1, row), nonce_of(2, row), nonce_of(1, replace(row, hash="f" * 64))}

    assert len(nonces) == 3
    assert max(map(len, nonces)) <= 25


def test_a_button_fits_and_comes_back_as_it_was() -> None:
    query = RecordQuery(8 * 10**18, "a" * 48, 10**11 - 1, 10**9 - 1)

    custom_id = OlderButton(query).item.custom_id

    assert custom_id is not None
    assert len(custom_id) <= 100
    assert OlderButton.__discord_ui_compiled_template__.fullmatch(custom_id)


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_like_a_formula_begins_with_an_apostrophe(begin: str) -> None:
    row = make_row("rule.add", reason=f"{begin}SUM(A1)")

    assert f"'{begin}SUM(A1)" in line_of(FileFormat.CSV, row)
    assert f"'{begin}" not in line_of(FileFormat.JSON_LINES, row)


def test_a_file_has_the_newest_rows_that_fit() -> None:
    rows = [replace(make_row("rule.add"), id=number) for number in range(9, 0, -1)]
    size = len(line_of(FileFormat.CSV, rows[0]).encode())
    tail = Tail(FileFormat.CSV, len(head_of(FileFormat.CSV)) + 3 * size)

    fits = tail.take(rows[:2]), tail.take(rows[2:])

    assert (fits, tail.rows, tail.is_cut) == ((True, False), 3, True)
    assert [line[0] for line in tail.written().decode().splitlines()] == ["i", "7", "8", "9"]
