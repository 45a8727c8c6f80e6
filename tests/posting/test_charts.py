import asyncio
import io
import subprocess
import sys
from dataclasses import replace
from typing import TypeGuard

import pytest
from PIL import Image, ImageChops, ImageColor

from bot.domain import Usage, UsageLine
from bot.language import Phrase, speaking
from bot.posting.moderation import charts, sheet, words_usage
from bot.posting.moderation.charts import (
    JOBS_COLOR,
    MONEY_COLOR,
    OTHERS_COLOR,
    VIDEO_COLOR,
    draw_usage,
    usage_chart,
)
from bot.posting.moderation.sheet import BACKGROUND, QUIET, STAND_IN, TEXT, TRACK, Box, Sheet
from tests.posting.usage import make_line, make_usage

LANGUAGES = ("en", "pl", "zh-CN")
NAMES = ("mira", "Jonas W.", "fennec_fox")
BIGGEST = UsageLine("Total", jobs=2**63, seconds=2**63, micros=2**63, unpriced=1)


def drawn(usage: Usage, title: str = "Usage") -> Image.Image:
    picture = Image.open(io.BytesIO(draw_usage(usage, title=title)), formats=["PNG"])
    return picture.convert("RGB")


def pixels(picture: Image.Image, color: str) -> int:
    wanted = ImageColor.getrgb(color)
    counted = picture.getcolors(picture.width * picture.height) or []
    return sum(count for count, found in counted if found == wanted)


def columns(picture: Image.Image, color: str, row: int = 264) -> int:
    wanted = ImageColor.getrgb(color)
    line = [picture.getpixel((x, row)) == wanted for x in range(picture.width)]
    return sum(now and not before for before, now in zip([False, *line], line, strict=False))


def luminance(color: str) -> float:
    """Follow WCAG 2.2, relative luminance."""
    shares = [channel / 255 for channel in ImageColor.getrgb(color)[:3]]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def in_a_fresh_process(program: str) -> str:
    return subprocess.run(  # noqa: S603 - a fixed program of this test
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.mark.parametrize("color", [TEXT, QUIET, JOBS_COLOR, VIDEO_COLOR, MONEY_COLOR])
def test_all_that_is_written_stands_out_from_the_background(color: str) -> None:
    assert contrast(color, BACKGROUND) >= 4.5


@pytest.mark.parametrize("color", [JOBS_COLOR, OTHERS_COLOR])
def test_bars_stand_out_from_the_background_and_their_track(color: str) -> None:
    assert contrast(color, BACKGROUND) >= 3
    assert contrast(color, TRACK) >= 3


def test_a_month_has_a_bar_for_each_day_on_a_dark_ground() -> None:
    lines = tuple(make_line(name, jobs=100) for name in NAMES)
    picture = drawn(make_usage(days=30, models=lines, members=lines))

    assert picture.size == (1100, 514)
    assert picture.getpixel((0, 0)) == ImageColor.getrgb(BACKGROUND)
    assert pixels(picture, BACKGROUND) > picture.width * picture.height / 2
    assert [columns(picture, color) for color in (JOBS_COLOR, VIDEO_COLOR, MONEY_COLOR)] == [30] * 3


def test_the_bars_of_a_list_are_as_long_as_their_share() -> None:
    lines = (make_line("all", jobs=100), make_line("half", jobs=50), make_line("one", jobs=0))
    picture = drawn(make_usage(days=2, models=lines))

    lengths = [
        sum(
            picture.getpixel((x, 387 + 42 * row)) == ImageColor.getrgb(JOBS_COLOR)
            for x in range(550)
        )
        for row in range(3)
    ]
    assert lengths == [492, pytest.approx(246, abs=1), 0]


def test_a_single_day_is_a_bar_and_not_a_wall() -> None:
    picture = drawn(make_usage(days=1, models=(make_line("m", jobs=10),)))

    assert columns(picture, JOBS_COLOR) == 1
    assert pixels(picture, JOBS_COLOR) < 10_000


@pytest.mark.parametrize(("days", "bars"), [(6, 6), (62, 62), (63, 9), (366, 53)])
def test_more_than_two_months_are_drawn_by_week(days: int, bars: int) -> None:
    picture = drawn(make_usage(days=days))

    assert columns(picture, JOBS_COLOR) == bars


def test_a_day_without_jobs_has_no_bar() -> None:
    usage = make_usage(days=9)
    idle = replace(usage.days[4], jobs=0, seconds=0, micros=0)

    picture = drawn(replace(usage, days=(*usage.days[:4], idle, *usage.days[5:])))
    assert columns(picture, JOBS_COLOR) == 8


def test_money_that_nobody_knows_draws_no_bars() -> None:
    usage = make_usage(days=9, total=UsageLine("Total", jobs=9, seconds=8, micros=0, unpriced=9))

    picture = drawn(replace(usage, days=tuple(replace(day, micros=0) for day in usage.days)))
    assert columns(picture, MONEY_COLOR) == 0
    assert columns(picture, JOBS_COLOR) == 9


def test_the_rest_of_a_long_list_is_one_bar_of_its_own_color() -> None:
    many = tuple(make_line(f"m{number}", jobs=3) for number in range(40))

    nine, forty = drawn(make_usage(models=many[:9])), drawn(make_usage(models=many))
    assert pixels(nine, OTHERS_COLOR) == 0
    assert pixels(forty, OTHERS_COLOR) > 1000
    assert nine.size == forty.size


def test_a_time_without_jobs_has_words_and_no_bars() -> None:
    picture = drawn(make_usage(days=30, jobs=0))

    assert picture.size == (1100, 250)
    assert pixels(picture, QUIET) > 100
    assert pixels(picture, JOBS_COLOR) == 0


@pytest.mark.parametrize(
    "label",
    [
        "$x^2$ and \\frac{$",
        "田中 🦊\ufe0f \U0001f468\u200d\U0001f469",
        "\u202eevil\u2066",
        "مرحبا שלום",
        "e" + "\u0301" * 500,
        "\ufdfa" * 5000,
        "W" * 5000,
        "\x00\r\n\t",
        "\ud800",
        "",
    ],
)
def test_no_label_and_no_title_breaks_the_picture_or_leaves_its_place(label: str) -> None:
    line = replace(BIGGEST, label=label)
    picture = drawn(make_usage(days=30, models=(line,), members=(line,), total=line), label)

    margins = [(0, 0, 34, 430), (1066, 0, 1100, 430), (530, 345, 570, 430)]
    for margin in margins:
        assert pixels(picture.crop(margin), BACKGROUND) == (
            (margin[2] - margin[0]) * (margin[3] - margin[1])
        )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$x^2$", "$x^2$"),
        ("\U0001d571\U0001d586\U0001d593\U0001d588\U0001d59e", "Fancy"),
        ("田 🦊\ufe0f", f"田 {STAND_IN}"),
        ("Łódź", "Łódź"),
        ("田中的視頻と動画", "田中的視頻と動画"),
        ("ł 田中", f"{STAND_IN} 田中"),
        ("a\u202eb\x00c\n d", "abc d"),
        ("e\u0301\u0301\u0301", "é"),
        ("\u200b\u202e", ""),
        ("Grok Imagine Video 1.5 (CometAPI)", "Grok I…(CometAPI)"),
    ],
)
def test_foreign_text_is_drawn_as_far_as_the_font_can(text: str, shown: str) -> None:
    assert Sheet(300, 100).fitted(text, 24, 250) == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_can_be_written_in_every_language(language: str) -> None:
    with speaking(language):
        said = [text() for text in vars(words_usage).values() if _is_plain(text)]

    assert len(said) > 10
    assert [text for text in said if not sheet.draws(text)] == []


def _is_plain(text: object) -> TypeGuard[Phrase]:
    return isinstance(text, Phrase) and "{" not in text.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_a_chart_of_its_own(language: str) -> None:
    usage = make_usage(days=9)
    with speaking(language):
        picture = draw_usage(usage, title="x")

    assert [one for one in LANGUAGES if one != language and _chart(usage, one) == picture] == []


def _chart(usage: Usage, language: str) -> bytes:
    with speaking(language):
        return draw_usage(usage, title="x")


def test_where_nothing_fits_only_the_cut_is_shown() -> None:
    assert Sheet(300, 100).fitted("a fox", 24, 1) == "…"


def test_a_line_is_as_wide_as_it_was_measured() -> None:
    paper = Sheet(600, 100)
    paper.write("Wide, $x^2$ and fox", 100, 60, size=24)

    picture = Image.open(io.BytesIO(paper.png()), formats=["PNG"]).convert("RGB")
    left, _, right, _ = _inked(picture)
    assert right - left == pytest.approx(paper.width_of("Wide, $x^2$ and fox", 24), abs=3)
    assert left == pytest.approx(100, abs=3)


def test_a_tiny_share_is_still_seen() -> None:
    paper = Sheet(600, 100)
    paper.bar(0.0001, Box(100, 40, 400, 10), color=JOBS_COLOR)

    picture = Image.open(io.BytesIO(paper.png()), formats=["PNG"]).convert("RGB")
    assert pixels(picture, JOBS_COLOR) == 80


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (99_999, "99,999"),
        (100_000, "100k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (1_234_567, "1.23M"),
        (70_600_000_000, "70.6B"),
        (2**63, "9,223,372T"),
    ],
)
def test_long_numbers_are_rounded_to_three_figures(number: int, shown: str) -> None:
    assert charts.rounded(number) == shown


async def test_charts_that_are_wanted_at_once_are_all_drawn() -> None:
    usages = [make_usage(days=days, models=(make_line("m", jobs=1),)) for days in (1, 30, 200)]

    together = await asyncio.gather(*(usage_chart(usage, title="Usage") for usage in usages))
    assert together == [draw_usage(usage, title="Usage") for usage in usages]


def test_matplotlib_is_loaded_by_the_first_chart_and_pyplot_never() -> None:
    program = """
import sys
from bot.posting.moderation import charts
from tests.posting.usage import make_usage
before = "matplotlib" in sys.modules
charts.draw_usage(make_usage(), title="Usage")
print(before, "matplotlib" in sys.modules, "matplotlib.pyplot" in sys.modules)
"""

    assert in_a_fresh_process(program) == "False True False"


def _inked(picture: Image.Image) -> tuple[int, int, int, int]:
    ground = Image.new("RGB", picture.size, sheet.BACKGROUND)
    box = ImageChops.difference(picture, ground).getbbox()
    assert box is not None
    return box
