import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sandbox.clips import make_clip
from sandbox.discord_api.state import Attachment, Message
from sandbox.portrait import draw_message
from sandbox.portrait.text import BACKGROUND, BLURPLE

NOW = datetime(2026, 9, 1, 15, 42, tzinfo=UTC)
NAMES = {123: "Mara"}
GREEN = (59, 165, 93)
SPINE = (78, 80, 88)
FOOTER = "GeekNow · grok-video-3 · 6 s · 720p · 3:2 · 1.2 MB · job k3f9w2m8qa"

Pixel = tuple[int, int, int]


def message(content: str = "", **rest: Any) -> Message:  # noqa: ANN401 - any field of a message
    created_at = NOW - timedelta(minutes=1)
    return Message(id=1, channel_id=2, author_id=3, created_at=created_at, content=content, **rest)


def drawn(one: Message, **how: Any) -> Image.Image:  # noqa: ANN401 - whatever a drawing takes
    png = draw_message(one, names=NAMES, now=NOW, **how)
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        return image.convert("RGB")


def counted(image: Image.Image) -> dict[Pixel, int]:
    colors = image.getcolors(image.width * image.height) or []
    return {
        (color[0], color[1], color[2]): count for count, color in colors if isinstance(color, tuple)
    }


def buttons(*rows: Sequence[dict[str, object]]) -> list[dict[str, Any]]:
    return [
        {"type": 1, "components": [{"type": 2, "custom_id": "x", **one} for one in row]}
        for row in rows
    ]


def result() -> Message:
    clip = make_clip(label="a red fox", seconds=6, width=180, height=120)
    embed = {
        "description": "> a red fox runs through fresh snow",
        "color": 0x3BA55D,
        "footer": {"text": FOOTER},
    }
    video = Attachment(1, "grok-k3f9w2m8qa.mp4", "video/mp4", clip, "/1/clip.mp4")
    return message(
        "<@123>, your video is ready.", embeds=[embed], attachments=[video], reference_id=9
    )


def card() -> Message:
    started = int((NOW - timedelta(seconds=125)).timestamp())
    embed = {
        "description": f"> a red fox\n\n**Rendering**\n▰▰▰▰▰▱▱▱▱▱▱▱ 42%\nStarted <t:{started}:R>",
        "color": 0x5865F2,
        "footer": {"text": FOOTER},
    }
    return message(embeds=[embed], components=buttons([{"style": 2, "label": "Cancel"}]))


def test_a_result_shows_its_video_above_its_embed() -> None:
    image = drawn(result(), replies_to="")

    strip = [y for y in range(image.height) if image.getpixel((147, y)) == GREEN]
    assert image.width == 1360
    assert strip
    assert image.getpixel((144 + 400, strip[0] - 20)) != BACKGROUND
    assert counted(image)[BLURPLE] > 100


def test_the_picture_is_twice_as_wide_as_asked_and_nothing_reaches_its_edges() -> None:
    image = drawn(result(), replies_to="**Rendering** " * 20, width=500)

    edges = [(0, 0, 20, image.height), (920, 0, 1000, image.height)]
    assert image.width == 1000
    for edge in (*edges, (0, 0, 1000, 24), (0, image.height - 24, 1000, image.height)):
        assert set(counted(image.crop(edge))) == {BACKGROUND}


def test_a_width_that_has_no_room_for_a_message_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 360"):
        drawn(message("hello"), width=359)


def test_a_card_shows_its_button_and_its_progress() -> None:
    with_button = card()
    without_bar = card()
    without_bar.embeds[0]["description"] = "> a red fox\n\n**Rendering**\n42%\nStarted"
    without_button = card()
    without_button.components = []

    image = drawn(with_button)

    assert counted(image) != counted(drawn(without_bar))
    assert image.height == drawn(without_button).height + 2 * 40
    assert image.getpixel((160, image.height - 60)) == SPINE


def test_a_reply_stands_above_and_is_joined_to_the_avatar() -> None:
    plain = drawn(message("hello"))
    reply = drawn(message("hello"), replies_to="> **Rendering**\nsoon")

    assert reply.height == plain.height + 2 * 24
    assert SPINE in counted(reply.crop((60, 24, 136, 80)))
    assert SPINE not in counted(plain)


def test_a_reply_to_a_card_says_that_there_is_more_than_text() -> None:
    empty = drawn(message("hello"), replies_to="")

    assert empty == drawn(message("hello"), replies_to="*Click to see attachment*")


def test_an_edited_message_says_so() -> None:
    plain, edited = message("hello"), message("hello", edited_at=NOW)

    assert drawn(plain) != drawn(edited)
    assert drawn(plain).size == drawn(edited).size


def test_an_ephemeral_message_says_who_sees_it() -> None:
    plain = drawn(message("hello", attachments=[], embeds=[{"title": "x"}]))
    ephemeral = drawn(message("hello", embeds=[{"title": "x"}], visible_to=123))

    assert ephemeral.height == plain.height + 2 * 24


def test_a_long_name_leaves_room_for_the_time() -> None:
    png = draw_message(
        message("hello"), names={}, now=NOW, replies_to="soon", bot_name="Grok " * 60, width=400
    )

    with Image.open(io.BytesIO(png)) as image:
        assert set(counted(image.crop((720, 0, 800, image.height)))) == {BACKGROUND}


@pytest.mark.parametrize(
    ("style", "color"),
    [
        (1, (88, 101, 242)),
        (2, (78, 80, 88)),
        (3, (36, 128, 70)),
        (4, (218, 55, 60)),
        (5, (78, 80, 88)),
        (99, (78, 80, 88)),
    ],
)
def test_a_button_has_the_color_of_its_style(style: int, color: Pixel) -> None:
    one = message(components=buttons([{"style": style, "label": "Go"}]))

    image = drawn(one)

    assert image.getpixel((152, image.height - 60)) == color


def test_a_disabled_button_is_dimmed() -> None:
    one = message(components=buttons([{"style": 4, "label": "Go", "disabled": True}]))

    image = drawn(one)

    assert image.getpixel((152, image.height - 60)) == (134, 53, 58)


def test_a_button_may_have_an_emoji_only() -> None:
    one = message(components=buttons([{"style": 2, "emoji": {"name": "🔁"}}]))

    assert (59, 136, 195) in counted(drawn(one))


def test_buttons_without_room_go_to_the_next_line() -> None:
    label = {"style": 2, "label": "Submit again (may be charged twice)"}

    side_by_side = drawn(message(components=buttons([label, label])))
    below = drawn(message(components=buttons([label, label, label])))

    assert below.height == side_by_side.height + 2 * 40


def test_what_is_no_button_is_left_out() -> None:
    menus = [
        {"type": 1, "components": [{"type": 3, "custom_id": "menu", "options": []}]},
        {"type": 10, "content": "text"},
    ]

    assert drawn(message("hello", components=menus)).height < 200


def test_an_embed_is_as_wide_as_its_text_and_no_wider_than_discords() -> None:
    short = drawn(message(embeds=[{"title": "Done", "color": 0x3BA55D}]))
    long = drawn(message(embeds=[{"description": "many words " * 40}]), width=900)

    back = (43, 45, 49)
    columns = [x for x in range(short.width) if short.getpixel((x, 100)) == back]
    assert max(columns) < 144 + 2 * 100
    rows = [x for x in range(long.width) if long.getpixel((x, 100)) == back]
    assert 144 + 2 * 480 < max(rows) <= 144 + 2 * 516


def test_an_embed_of_nothing_is_a_box_of_nothing() -> None:
    assert drawn(message(embeds=[{}, {"footer": None, "title": None}])).height > 100


def test_bold_words_have_more_ink() -> None:
    plain = counted(drawn(message("a red fox")))
    bold = counted(drawn(message("**a red fox**")))

    assert bold[BACKGROUND] < plain[BACKGROUND]


def test_quoted_lines_share_one_bar() -> None:
    together, apart = drawn(message("> a\n> b")), drawn(message("> a\nb\n> b"))

    def bars(image: Image.Image) -> int:
        column = [image.getpixel((147, y)) == SPINE for y in range(70, image.height)]
        return sum(here > above for above, here in pairwise(column))

    assert (bars(together), bars(apart)) == (1, 2)


def test_marked_text_is_told_apart() -> None:
    texts = [
        "a fox",
        "*a fox*",
        "`a fox`",
        "__a fox__",
        "~~a fox~~",
        "> a fox",
        "- a fox",
        "[a fox](https://x.com)",
    ]

    pictures = [drawn(message(text)).tobytes() for text in [*texts, "-# a fox", "<@123>"]]

    assert len(set(pictures)) == len(pictures)


@settings(max_examples=20)
@given(st.text(max_size=200))
def test_any_text_can_be_drawn(text: str) -> None:
    one = message(
        f"{text} <@123> `{text}`",
        embeds=[{"title": text, "description": f"> {text}", "footer": {"text": text}}],
        components=buttons([{"style": 2, "label": text}]),
        attachments=[Attachment(1, text, "text/plain", b"", "/1/x")],
    )

    image = drawn(one, replies_to=text, width=400)

    assert set(counted(image.crop((760, 0, 800, image.height)))) == {BACKGROUND}


def test_reactions_are_shown_with_their_number() -> None:
    star = "\N{WHITE MEDIUM STAR}"
    none, one, two = (message("hello", reactions={star: people}) for people in ([], [1], [1, 2]))

    assert drawn(none) == drawn(message("hello"))
    assert drawn(one).size == drawn(two).size
    assert drawn(one).height > drawn(none).height
    assert drawn(one) != drawn(two)


@pytest.mark.parametrize("language", ["pl", "zh-CN", "de"])
def test_the_client_speaks_the_language_of_whoever_looks(language: str) -> None:
    one = message("<t:1788277000:F> <t:1788277000:R>", edited_at=NOW, visible_to=123)

    assert drawn(one, language=language) != drawn(one)
