# ruff: noqa: RUF001 - signs that are taken for others are the matter of this file
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits.look_alikes import FAMILIES, LOOK_ALIKES
from bot.limits.wording import can_be_found, find_words, make_plain, skeleton

ANY_TEXT = st.text(st.characters()) | st.text("aаáßﬁ0o \u200b\u0301かが각", max_size=30)


def found(words: str, text: str) -> str | None:
    span = find_words(words, make_plain(text))
    return None if span is None else text[slice(*span)]


@pytest.mark.parametrize(
    ("words", "text", "part"),
    [
        ("bomb", "a bomb here", "bomb"),
        ("bomb", "A BoMb!", "BoMb"),
        ("BOMB", "a bomb", "bomb"),
        ("bomb", "a _bomb_ and", "bomb"),
        ("bomb", "a ｂｏｍｂ here", "ｂｏｍｂ"),
        ("bomb", "a 𝓫𝓸𝓶𝓫 here", "𝓫𝓸𝓶𝓫"),
        ("bomb", "a ⓑⓞⓜⓑ here", "ⓑⓞⓜⓑ"),
        ("bomb", "a 🅱🅾🅼🅱 here", "🅱🅾🅼🅱"),
        ("bomb", "a 🇧🇴🇲🇧 here", "🇧🇴🇲🇧"),
        ("bomb", "a ʙᴏᴍʙ here", "ʙᴏᴍʙ"),
        ("bomb", "a bömb here", "bömb"),
        ("bomb", "a bo\u0308mb here", "bo\u0308mb"),
        ("bömb", "a bomb here", "bomb"),
        ("bomb", "a bøṃb here", "bøṃb"),
        ("bomb", "a bo\u200bm\u00adb here", "bo\u200bm\u00adb"),
        ("bomb", "a b\u2060o\ufe0fm\u3164b here", "b\u2060o\ufe0fm\u3164b"),
        ("bomb", "a bоmb here", "bоmb"),
        ("bomb", "a ВОМВ here", "ВОМВ"),
        ("bomb", "a ΒΟΜΒ here", "ΒΟΜΒ"),
        ("naked", "NAKED ΝΑΚΕD", "NAKED"),
        ("naked", "is ΝΑΚΕD", "ΝΑΚΕD"),
        ("kill", "kiӏӏ it", "kiӏӏ"),
        ("хуй", "xyй there", "xyй"),
        ("νερό", "ΝΕΡΟ here", "ΝΕΡΟ"),
        ("straße", "STRASSE 5", "STRASSE"),
        ("strasse", "die Straße", "Straße"),
        ("porn", "p0rn", "p0rn"),
        ("bomb", "8omb", "8omb"),
        ("kill", "k1ll, k!ll", "k1ll"),
        ("kill", "ki1l", "ki1l"),
        ("bail", "ba1l", "ba1l"),
        ("ball", "ba1l", "ba1l"),
        ("ass", "a$$", "a$$"),
        ("ass", "@ss", "@ss"),
        ("nazi", "n4z1", "n4z1"),
        ("boob", "b00b", "b00b"),
        ("420", "at 420!", "420"),
        ("4chan", "on 4chan", "4chan"),
        ("bad", "is b a d now", "b a d"),
        ("bad", "is b.a.d now", "b.a.d"),
        ("bad", "is B-Á-D now", "B-Á-D"),
        ("porn", "p.0.r.n", "p.0.r.n"),
        ("kill you", "I kill  \n you", "kill  \n you"),
        ("kill you", "I k-i-l-l\u00a0y o u", "k-i-l-l\u00a0y o u"),
        ("🔞", "so🔞so", "🔞"),
    ],
)
def test_a_word_is_found_in_every_disguise(words: str, text: str, part: str) -> None:
    assert found(words, text) == part


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("ass", "the class of an assassin in a glass, grass, bass, embarrass, Cl@ss"),
        ("cunt", "Scunthorpe"),
        ("rape", "a grape, a drape, scraped, rapeseed, therapeutic"),
        ("cum", "a cucumber, a document, circumstances, a cumulus"),
        ("tit", "Titanic, a title, a constitution"),
        ("sex", "Essex, Sussex, a sextant"),
        ("cock", "a peacock with a cocktail"),
        ("hell", "hello, a shell, Michelle"),
        ("kill", "skill, kills, killer"),
        ("bail", "a red ball"),
        ("ass", "a phone A55 and 455"),
        ("ss", "5s later, 5$"),
        ("ok", "0k, o k"),
        ("lol", "1 0 1 and 101"),
        ("bad", "a bed, bade, b ad, ba d"),
        ("bad", "b a-d and b.a d"),
        ("kill you", "kill, you; kill them and you"),
        ("rot", "ротор"),
        ("4chan", "achan"),
        ("420", "1420 or 4200"),
    ],
)
def test_an_innocent_text_is_left_alone(words: str, text: str) -> None:
    assert found(words, text) is None


@pytest.mark.parametrize(
    ("words", "text", "part"),
    [
        ("炸弹", "他做了一个炸弹然后", "炸弹"),
        ("爆弾", "これは爆弾です", "爆弾"),
        ("バカ", "お前はﾊﾞｶだ", "ﾊﾞｶ"),
        ("はか", "これははがです", None),
        ("エロー", "エローです", "エロー"),
        ("ระเบิด", "เขาทำระเบิดแล้ว", "ระเบิด"),
        ("폭탄", "그는 폭탄을 만든다", "폭탄"),
        ("가", "각", None),
        ("탄", "폭탄", None),
        ("бомба", "это БОМБА!", "БОМБА"),
        ("бомба", "бомбардир", None),
        ("قنبلة", "هذه قُنْبُلَة هنا", "قُنْبُلَة"),
        ("बम", "यह बम है", "बम"),
        ("बम", "बमा", None),
    ],
)
def test_each_script_has_its_own_borders_of_words(words: str, text: str, part: str | None) -> None:
    assert found(words, text) == part


def test_a_word_without_anything_to_see_is_nowhere() -> None:
    assert not can_be_found("\u200b.")
    assert found("\u200b", "any text") is None


def test_a_look_alike_is_listed_in_the_form_in_which_texts_are_compared() -> None:
    listed = [sign for others in LOOK_ALIKES.values() for sign in others]

    assert [sign for sign in listed if make_plain(sign).text != sign] == []
    assert all(letter in FAMILIES[sign] for letter, signs in LOOK_ALIKES.items() for sign in signs)


def test_letters_of_a_flag_do_not_shift_what_comes_after() -> None:
    plain = make_plain("🇧ﬁ\u0301x")

    assert plain.text == "bfix"
    assert plain.original_span(1, 3) == (1, 2)
    assert plain.original_span(3, 4) == (3, 4)


@given(ANY_TEXT)
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    plain = make_plain(text)

    assert make_plain(plain.text).text == plain.text
    assert len(plain.places) == len(plain.text)


@given(ANY_TEXT, ANY_TEXT)
def test_a_span_is_inside_the_text(words: str, text: str) -> None:
    span = find_words(words, make_plain(text))

    assert span is None or 0 <= span[0] < span[1] <= len(text)


@given(st.text(st.characters(categories=["Ll", "Lu"], max_codepoint=0x24F), min_size=1), ANY_TEXT)
def test_a_word_is_found_between_blanks_wherever_it_stands(word: str, before: str) -> None:
    assert find_words(word, make_plain(f"{before} {word} after")) is not None


@given(st.text(st.characters(categories=["Ll", "Lu"], max_codepoint=0x17F), min_size=1))
def test_a_word_is_found_without_its_accents_and_case(word: str) -> None:
    bare = unicodedata.normalize("NFD", word.swapcase())

    assert find_words(word, make_plain(bare)) is not None


def test_a_skeleton_has_nothing_but_words_in_latin_letters() -> None:
    assert skeleton("  A nаked, WОМAN — (in) the r4in!! ") == "a naked woman in the rain"
    assert skeleton("?! …") == ""
