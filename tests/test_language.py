import asyncio
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ENGLISH
from bot.language import (
    Phrase,
    Plural,
    _,
    dated,
    grouped,
    language_of,
    languages,
    listed,
    name_of,
    speak,
    speaking,
    spoken,
    strung,
    translated,
)
from sandbox.translations.judging import placeholders
from sandbox.translations.texts import Text, texts_of_code

DONE = Phrase("Done")
JOBS = Plural("{count} job", "{count} jobs")
TEXTS = sorted(texts_of_code())


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        (None, "en"),
        ("en-US", "en"),
        ("en-GB", "en"),
        ("pl", "pl"),
        ("zh-CN", "zh-CN"),
        ("zh-TW", "en"),
        ("", "en"),
        ("no such thing", "en"),
        ("../../etc/passwd", "en"),
    ],
)
def test_each_locale_of_discord_has_the_nearest_language(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_a_text_is_said_in_the_language_that_is_spoken() -> None:
    said = {}
    for language in ("en", "pl", "zh-CN"):
        with speaking(language):
            said[language] = (DONE(), _("Done"), JOBS(1), JOBS(3), JOBS(5))

    assert said == {
        "en": ("Done", "Done", "1 job", "3 jobs", "5 jobs"),
        "pl": ("Gotowe", "Gotowe", "1 zadanie", "3 zadania", "5 zadań"),
        "zh-CN": ("已完成", "已完成", "1 个任务", "3 个任务", "5 个任务"),
    }


def test_a_language_is_spoken_for_a_while_and_one_that_there_is_not_is_english() -> None:
    with speaking("pl"):
        with speaking("tlh"):
            inner = spoken()
        outer = spoken()

    assert (inner, outer, spoken()) == (ENGLISH, "pl", ENGLISH)


async def test_each_task_speaks_its_own_language() -> None:
    async def say(language: str) -> str:
        speak(language)
        await asyncio.sleep(0)
        return DONE()

    said = await asyncio.gather(*(say(one) for one in ("pl", "zh-CN", "en", "pl")))

    assert said == ["Gotowe", "已完成", "Done", "Gotowe"]


@pytest.mark.parametrize("text", [DONE, JOBS])
def test_what_was_not_said_can_not_be_shown(text: Phrase | Plural) -> None:
    with pytest.raises(TypeError, match="was not said"):
        f"{text}"


@pytest.mark.parametrize(
    ("words", "text"),
    [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")],
)
def test_words_are_joined_as_people_write_them(words: tuple[str, ...], text: str) -> None:
    assert listed(words) == text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("a, b or c", "a, b, c", "12,345", "5 Sep")),
        ("pl", ("a, b lub c", "a, b, c", "12\N{NO-BREAK SPACE}345", "5 wrz")),
        ("zh-CN", ("a、b或c", "a、b、c", "12,345", "9月5日")),
    ],
)
def test_lists_numbers_and_days_are_written_as_in_the_language(
    language: str, told: tuple[str, ...]
) -> None:
    with speaking(language):
        written = (
            listed("abc", style="or"),
            strung("abc"),
            grouped(12_345),
            dated(date(2026, 9, 5), Phrase("d MMM")),
        )

    assert written == told


def test_a_word_may_mean_something_else_as_the_name_of_a_command() -> None:
    assert translated("all", "pl", "choice") == "wszystkie"
    assert translated("cancel", "pl", "command name") == "anuluj"
    assert translated("cancel", "pl", "no such context") is None
    assert translated("cancel", ENGLISH, "command name") is None


def test_each_language_calls_itself_by_its_name() -> None:
    assert [name_of(one) for one in ("en", "pl", "zh-CN")] == ["English", "polski", "简体中文"]


@given(
    text=st.sampled_from(TEXTS),
    language=st.sampled_from(languages()),
    count=st.integers(0, 10**9),
    word=st.text(max_size=40),
)
def test_every_text_can_be_said_of_anything_in_every_language(
    text: Text, language: str, count: int, word: str
) -> None:
    names = placeholders(text.message) | placeholders(text.many or "")
    values = dict.fromkeys(names - {"count"}, word)

    with speaking(language):
        if text.many is None:
            said = Phrase(text.message)(**dict.fromkeys(names, word))
        else:
            said = Plural(text.message, text.many)(count, **values)

    assert said
    assert all(word in said for _name in names - {"count"})
