from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.portrait.fonts import FontBook
from sandbox.portrait.line import Pen
from sandbox.portrait.text import BACKGROUND, Typesetter

PEN = Pen(16, (255, 255, 255))
NOW = datetime(2026, 9, 1, 15, 42, tzinfo=UTC)


def typesetter() -> Typesetter:
    return Typesetter(FontBook(), names={123: "Mara"}, now=NOW)


def test_a_word_that_fits_no_line_is_broken_inside() -> None:
    text = typesetter().text(f"a {'long' * 40} b", PEN, 22, 200, back=BACKGROUND)

    said = ["".join(p.text for p in placed.line.pieces) for placed in text.lines]
    assert "".join(said[1:]) == "long" * 40 + " b"
    assert said[0] == "a"
    assert len(said) == 8


def test_letters_of_a_dense_script_may_go_to_the_next_line_alone() -> None:
    text = typesetter().text("中" * 20, PEN, 22, 150, back=BACKGROUND)

    assert [len(placed.line.pieces) for placed in text.lines] == [10, 10]


@settings(max_examples=40)
@given(st.text(), st.integers(60, 500))
def test_no_line_is_wider_than_its_column(text: str, width: int) -> None:
    marked = typesetter().text(text, PEN, 22, width, back=BACKGROUND, end="(edited)")
    plain = typesetter().plain_text(text, PEN, 22, width)
    cut = typesetter().line(text, PEN, width)

    assert max(marked.width, plain.width, cut.width) <= width + 0.01
