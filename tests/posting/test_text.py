import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.posting.text import bar, dollars, megabytes, safe

HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


@given(st.text(), st.integers(2, 200))
def test_shown_text_keeps_its_limit_and_its_single_line(text: str, limit: int) -> None:
    shown = safe(text, limit)

    assert len(shown) <= limit
    assert "\n" not in shown
    assert HIDDEN.search(shown) is None


@given(st.text(alphabet="@<>&#!*_`~|[]()\\ abc123\n"))
def test_no_mention_and_no_markup_survives(text: str) -> None:
    shown = safe(text, 1000)

    unescaped = re.sub(r"\\.", "", shown)
    assert re.search(r"[*_`~|\[\]()<>#]", unescaped) is None
    assert re.search("@(?!\u200b)", shown) is None


@given(st.text(), st.integers(2, 60))
def test_a_cut_never_leaves_half_an_escape(text: str, limit: int) -> None:
    shown = safe(text, limit).removesuffix("…")

    backslashes = len(shown) - len(shown.rstrip("\\"))
    assert backslashes % 2 == 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a fox", "a fox"),
        ("  a \n\t fox  ", "a fox"),
        ("*bold*", "\\*bold\\*"),
        ("@everyone", "@\u200beveryone"),
        ("- one", "\\- one"),
        ("a - b", "a - b"),
        ("evil\u202etxt", "eviltxt"),
        ("x" * 50, "x" * 19 + "…"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
    ],
)
def test_text_is_shown_as_it_was_typed(text: str, shown: str) -> None:
    assert safe(text, 20) == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [(1, "1 kB"), (99_000, "99 kB"), (100_000, "0.1 MB"), (31_400_000, "31.4 MB")],
)
def test_sizes_are_written_as_people_read_them(size: int, shown: str) -> None:
    assert megabytes(size) == shown


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (500, "$0.0005"),
        (5_000, "$0.005"),
        (12_345, "$0.013"),
        (50_000, "$0.05"),
        (99_999, "$0.10"),
        (420_000, "$0.42"),
        (420_001, "$0.43"),
        (1_300_000, "$1.30"),
        (9_999_999, "$10.00"),
        (1_234_560_000, "$1,234.56"),
    ],
)
def test_money_is_written_as_people_read_it(micros: int, shown: str) -> None:
    assert dollars(micros) == shown


@given(st.integers(0, 10**12))
def test_money_is_never_rounded_down_and_hardly_up(micros: int) -> None:
    written = round(float(dollars(micros).removeprefix("$").replace(",", "")) * 1_000_000)

    assert micros <= written <= micros * 1.1


@given(st.integers())
def test_a_bar_has_always_its_width(percent: int) -> None:
    assert len(bar(percent, 12)) == 12
    assert bar(percent, 12).strip("▰").strip("▱") == ""
