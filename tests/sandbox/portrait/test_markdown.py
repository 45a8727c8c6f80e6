from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.portrait.markdown import (
    LineKind,
    Look,
    MarkedLine,
    Run,
    read_markdown,
    visible,
)

NOW = datetime(2026, 9, 1, 15, 42, tzinfo=UTC)
NAMES = {123: "Mara", 77: "videos", 9: "Moderators"}


def read(text: str) -> list[MarkedLine]:
    return read_markdown(text, names=NAMES, now=NOW)


def runs(text: str) -> tuple[Run, ...]:
    (line,) = read(text)
    return line.runs


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("**bold**", Run("bold", is_bold=True)),
        ("*leaning*", Run("leaning", is_italic=True)),
        ("_leaning_", Run("leaning", is_italic=True)),
        ("***both***", Run("both", is_bold=True, is_italic=True)),
        ("__under__", Run("under", is_underlined=True)),
        ("~~gone~~", Run("gone", is_struck=True)),
        ("||a [link](https://example.com/v), a \\|||", Run("a link, a |", Look.COVERED)),
        ("`a * b`", Run("a * b", Look.CODE)),
        ("``a ` b``", Run("a ` b", Look.CODE)),
        ("` `", Run(" ", Look.CODE)),
        ("[the *video*](https://example.com/v)", Run("the ", Look.LINK)),
        ("<@123>", Run("@Mara", Look.MENTION)),
        ("<@!123>", Run("@Mara", Look.MENTION)),
        ("<@5>", Run("@unknown-user", Look.MENTION)),
        ("<@&9>", Run("@Moderators", Look.MENTION)),
        ("<@&5>", Run("@unknown-role", Look.MENTION)),
        ("<#77>", Run("#videos", Look.MENTION)),
        ("<#5>", Run("#unknown", Look.MENTION)),
        ("</grok video:55>", Run("/grok video", Look.MENTION)),
        ("<a:dance:55>", Run(":dance:")),
    ],
)
def test_a_mark_becomes_a_look(text: str, run: Run) -> None:
    assert runs(text)[0] == run


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4",
        "snake_case_name",
        "**",
        "[label](ftp://example.com)",
        "[label] (https:)",
        "<@name>",
        "<t:soon>",
        "a ` b",
    ],
)
def test_what_is_no_mark_stays_as_it_was_written(text: str) -> None:
    assert runs(text) == (Run(text),)


def test_marks_may_stand_inside_marks() -> None:
    assert runs("**a *b* `c*`** d") == (
        Run("a ", is_bold=True),
        Run("b", is_bold=True, is_italic=True),
        Run(" ", is_bold=True),
        Run("c*", Look.CODE, is_bold=True),
        Run(" d"),
    )


def test_bold_words_may_stand_inside_leaning_ones() -> None:
    assert runs("*a **b** c*") == (
        Run("a ", is_italic=True),
        Run("b", is_italic=True, is_bold=True),
        Run(" c", is_italic=True),
    )


@pytest.mark.parametrize("mark", ["*", "**", "_ ", "`", "[", "__*~~", "<", "\\", "[a](", "~~"])
def test_marks_without_an_end_do_not_hold_the_reader_up(mark: str) -> None:
    text = "a" + mark * 1000

    assert "".join(run.text for run in runs(text)).startswith("a")


def test_a_backslash_makes_a_mark_a_letter() -> None:
    assert runs(r"\*\*no\*\* \`code\` \[x\]\(y\) \_z\_ \\ a\b") == (
        Run(r"**no** `code` [x](y) _z_ \ a\b"),
    )


def test_an_escaped_mark_does_not_close_what_is_open() -> None:
    assert runs(r"**a \*\* b**") == (Run("a ** b", is_bold=True),)


def test_an_address_is_a_link_without_the_mark_that_ends_the_sentence() -> None:
    assert runs("See https://example.com/a?b=c.") == (
        Run("See "),
        Run("https://example.com/a?b=c", Look.LINK),
        Run("."),
    )


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        ("> said", LineKind.QUOTE, "said"),
        ("-# small", LineKind.SUBTEXT, "small"),
        ("- one", LineKind.BULLET, "one"),
        ("* one", LineKind.BULLET, "one"),
        (">said", LineKind.TEXT, ">said"),
        (r"\> said", LineKind.TEXT, "> said"),
        ("\u200b> said", LineKind.TEXT, "> said"),
        ("said > said", LineKind.TEXT, "said > said"),
    ],
)
def test_the_start_of_a_line_says_what_it_is(text: str, kind: LineKind, rest: str) -> None:
    (line,) = read(text)

    assert (line.kind, line.text) == (kind, rest)


def test_lines_and_empty_lines_are_kept_and_the_edges_are_not() -> None:
    assert [line.text for line in read("\n one\n\ntwo \n\n")] == ["one", "", "two"]


def test_nothing_has_no_lines() -> None:
    assert read(" \n") == []


def test_what_nobody_can_see_is_dropped() -> None:
    assert visible("@\u200beveryone\ta\x00\u202eb\ud800 e\u0301 👩\u200d👩") == (
        "@everyone ab \u00e9 👩\u200d👩"
    )


def test_a_hidden_character_keeps_marks_apart() -> None:
    assert runs("*\u200b*no*\u200b*")[0].is_bold is False


@pytest.mark.parametrize(
    ("style", "words"),
    [
        (":t", "10:13 PM"),
        (":T", "10:13:20 PM"),
        (":d", "11/14/2023"),
        (":D", "November 14, 2023"),
        (":f", "November 14, 2023 at 10:13 PM"),
        ("", "November 14, 2023 at 10:13 PM"),
        (":F", "Tuesday, November 14, 2023 at 10:13 PM"),
        (":R", "3 years ago"),
    ],
)
def test_a_timestamp_is_written_in_its_style(style: str, words: str) -> None:
    assert runs(f"<t:1700000000{style}>") == (Run(words, Look.TIME),)


def test_a_moment_that_no_calendar_has_stays_as_it_was_written() -> None:
    assert runs("<t:99999999999999999:R>") == (Run("<t:99999999999999999:R>"),)


@settings(max_examples=60)
@given(st.text(alphabet="*_~`[](){}<>@#:/t0 \\\n>-#ab\u200b") | st.text())
def test_any_text_can_be_read(text: str) -> None:
    lines = read(text)

    assert all("\u200b" not in line.text and "\n" not in line.text for line in lines)
