from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from bot.language import FOLDER
from bot.posting.buttons import Action, JobButton
from bot.posting.moderation.sheet import chinese_font
from sandbox.portrait.emoji import EMOJI
from sandbox.portrait.fonts import Drawn, FontBook, Letters, Segment
from sandbox.portrait.glyphs import SPELLINGS, SYMBOLS, unknown

BEYOND_ASCII = set(
    "©«°±·»…™“”"
    "\N{LATIN SMALL LIGATURE FI}\N{LATIN SMALL LIGATURE FL}"
    "\N{ACUTE ACCENT}\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
    "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
    "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}\N{FRACTION SLASH}"
)
SANS = "DejaVuSans.ttf"
MONO = "DejaVuSansMono.ttf"


def machine_fonts() -> list[Path]:
    try:
        return [Path(str(ImageFont.truetype(name, 20).path)) for name in (SANS, MONO)]
    except OSError:
        pytest.skip("this machine has no DejaVu fonts")


def letters(segments: Sequence[Segment]) -> str:
    return "".join(text for one in segments if isinstance(one, Letters) for _, text in one.parts)


def drawn(segments: Sequence[Segment]) -> list[Drawn]:
    return [one for one in segments if isinstance(one, Drawn)]


def test_plain_text_stays_in_one_piece() -> None:
    segments = FontBook().segments("a red fox, 6 s · 3:2…", 16)

    assert len(segments) == 1
    assert letters(segments) == "a red fox, 6 s · 3:2…"
    assert 100 < segments[0].width < 200


def test_spaced_letters_take_more_room() -> None:
    (plain,) = FontBook().segments("AVATAR", 16)
    (spaced,) = FontBook().segments("AVATAR", 16, spacing=0.5)

    assert spaced.width == pytest.approx(plain.width + 3)
    assert letters([spaced]) == "AVATAR"


def test_progress_bars_are_drawn() -> None:
    segments = FontBook().segments("▰▰▱ 42%", 14)

    assert [one.sketch for one in drawn(segments)] == [SYMBOLS["▰"], SYMBOLS["▰"], SYMBOLS["▱"]]
    assert letters(segments) == " 42%"


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("\u00e9", "e"),
        ("\u00c4", "A"),
        ("\u0141", "L"),
        ("\u00f8", "o"),
        ("\u0119", "e"),
        ("\u1ebf", "e"),
    ],
)
def test_an_accent_is_drawn_on_its_letter(text: str, base: str) -> None:
    segments = FontBook().segments(text, 16)

    (mark,) = drawn(segments)
    assert letters(segments) == base
    assert mark.width == 0
    assert all(x < 0 for stroke in mark.sketch.strokes for x, _ in stroke.points[:1])


def test_an_i_loses_its_dot_under_an_accent() -> None:
    segments = FontBook().segments("\u00ed", 16)

    assert [one.width > 0 for one in drawn(segments)] == [True, False]


@pytest.mark.parametrize(
    ("text", "spelled"), [("€", "EUR"), ("⑩", "10"), ("\uff21", "A"), ("²", "2"), ("\u00a0", " ")]
)
def test_what_is_missing_is_spelled(text: str, spelled: str) -> None:
    assert letters(FontBook().segments(text, 16)) == spelled


def test_every_spelling_can_be_written() -> None:
    segments = FontBook().segments("".join(SPELLINGS.values()), 16)

    assert not {one.sketch for one in drawn(segments)} - set(SYMBOLS.values())


@pytest.mark.parametrize("text", ["😀", "👍\U0001f3fd", "👩\u200d👩\u200d👧", "✈\ufe0f"])
def test_an_emoji_is_one_disc(text: str) -> None:
    (disc,) = FontBook().segments(text, 16)

    assert isinstance(disc, Drawn)
    assert disc.sketch == unknown("😀")


def test_other_scripts_become_bars_of_their_width() -> None:
    wide, narrow = drawn(FontBook().segments("中ж", 16))

    assert wide.width > narrow.width > 0


def test_a_font_of_the_machine_writes_what_the_built_in_one_lacks() -> None:
    segments = FontBook(machine_fonts()).segments("Привет e\u0301 €", 16, spacing=0.5)

    assert letters(segments) == "Привет e €"
    assert drawn(segments) == []


def test_a_font_of_the_machine_shapes_the_marks_of_its_letters() -> None:
    segments = FontBook(machine_fonts()).segments("ж\u0301", 16)

    assert letters(segments) == "ж\u0301"


def test_code_is_written_in_the_font_that_is_named_mono() -> None:
    book = FontBook(machine_fonts())

    narrow, wide = (book.segments(text, 16, is_code=True)[0].width for text in ("iiii", "mmmm"))

    assert narrow == wide


def test_code_falls_back_letter_by_letter() -> None:
    book = FontBook(machine_fonts())

    assert drawn(book.segments("a😀中", 16, is_code=True))[-1].sketch == unknown("中")


@settings(max_examples=60)
@given(st.text())
def test_no_text_is_printed_as_the_sign_of_a_missing_glyph(text: str) -> None:
    book = FontBook()

    written = letters(book.segments(text, 16))

    assert all(
        letter == " " or 32 < ord(letter) < 127 or letter in BEYOND_ASCII for letter in written
    )


@pytest.mark.parametrize("emoji", EMOJI)
def test_an_emoji_of_a_button_is_drawn_with_and_without_its_variant(emoji: str) -> None:
    (plain,) = drawn(FontBook().segments(emoji, 14))
    (colored,) = drawn(FontBook().segments(f"{emoji}\ufe0f", 14))

    assert plain == colored == Drawn(EMOJI[emoji], 14)


@pytest.mark.parametrize("language", ["pl", "zh-CN"])
def test_no_letter_of_a_language_of_the_bot_is_missing(language: str) -> None:
    text = (FOLDER / f"{language}.po").read_text(encoding="utf-8")
    said = {character for character in text if character.isalpha()}

    book = FontBook((chinese_font(),))
    written = {one: drawn(book.segments(one, 14)) for one in sorted(said)}

    assert [one for one, by_hand in written.items() if Drawn(unknown(one), 14) in by_hand] == []


def test_every_button_of_a_video_has_an_emoji_that_is_drawn() -> None:
    buttons = [JobButton("abcdefghjk", action).item for action in Action]
    marks = {str(button.emoji)[0] for button in buttons if button.emoji is not None}

    assert len(marks) >= 7
    assert marks <= EMOJI.keys()
