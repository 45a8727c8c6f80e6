from pathlib import Path

import pytest

from bot.domain import ENGLISH
from bot.language import FOLDER, languages
from sandbox.translations.command import Standing, bring_up_to_date
from sandbox.translations.files import read, written
from sandbox.translations.judging import problems
from sandbox.translations.texts import Text, all_texts

HEAD = r"""
msgid ""
msgstr ""
"Language: pl\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=n == 1 ? 0 : n == 2 ? 1 : 2;\n"
"""
GREETING = Text("", "Hello {name}", where="bot/greeting.py")
DAYS = Text("", "{count} day of {name}", "{count} days of {name}")
SHOW = Text("command name", "show")
TEXTS = (GREETING, DAYS, SHOW)
GOOD = r"""
msgid "Hello {name}"
msgstr "Cześć, {name}"

msgid "{count} day of {name}"
msgid_plural "{count} days of {name}"
msgstr[0] "dzień {name}"
msgstr[1] "{count} dni {name}"
msgstr[2] "{count} dni {name}"

msgctxt "command name"
msgid "show"
msgstr "pokaż"
"""


def made(folder: Path, entries: str) -> Path:
    path = folder / "pl.po"
    path.write_text(HEAD + entries, encoding="utf-8")
    return path


def test_a_file_that_has_everything_has_no_problem(tmp_path: Path) -> None:
    path = made(tmp_path, GOOD)

    assert list(problems(read(path), TEXTS)) == []


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("Cześć, {name}", "", "not translated: 'Hello {name}'"),
        ('msgid "Hello', '#, fuzzy\nmsgid "Hello', "not translated: 'Hello {name}'"),
        ("Cześć, {name}", "Cześć", "other placeholders than ['name']: 'Cześć'"),
        ("Cześć, {name}", "Cześć, {nazwa}", "other placeholders than ['name']"),
        ("Cześć, {name}", "Cześć, {name:>9}", "other placeholders than ['name']"),
        ("Cześć, {name}", "Cześć, {name", "braces that do not match"),
        ("{count} dni {name}", "{count} dni", "other placeholders than ['count', 'name']"),
        ('msgstr[2] "{count} dni {name}"', 'msgstr[2] ""', "not translated: '{count} day of"),
        ('msgid "show"', 'msgid "shows"', "not translated: 'show'"),
        ('msgid "show"', 'msgid "shows"', "no text of the code any more: 'shows'"),
        ('msgctxt "command name"', "", "not translated: 'show'"),
    ],
)
def test_what_would_break_is_found(tmp_path: Path, good: str, bad: str, problem: str) -> None:
    assert good in GOOD
    path = made(tmp_path, GOOD.replace(good, bad))

    found = list(problems(read(path), TEXTS))

    assert any(one.startswith(problem) for one in found), found


def test_a_file_is_brought_up_to_date_and_keeps_what_is_translated(tmp_path: Path) -> None:
    path = made(tmp_path, GOOD.replace("Hello {name}", "Hello, you"))

    (first,) = bring_up_to_date(tmp_path, TEXTS)
    once = path.read_text(encoding="utf-8")
    (again,) = bring_up_to_date(tmp_path, TEXTS)

    assert first == again == Standing("pl", 66, ("not translated: 'Hello {name}'",))
    assert path.read_text(encoding="utf-8") == once
    assert "Hello, you" not in once
    assert '#. bot/greeting.py\nmsgid "Hello {name}"\nmsgstr ""\n' in once
    assert 'msgctxt "command name"\nmsgid "show"\nmsgstr "pokaż"\n' in once


def test_what_is_in_doubt_stays_in_doubt(tmp_path: Path) -> None:
    path = made(tmp_path, GOOD.replace('msgid "Hello', '#, fuzzy\nmsgid "Hello'))

    (standing,) = bring_up_to_date(tmp_path, TEXTS)

    assert standing.percent == 66
    assert '#, fuzzy\nmsgid "Hello {name}"\nmsgstr "Cześć, {name}"' in path.read_text()


async def test_every_language_is_complete_and_its_file_up_to_date() -> None:
    texts = await all_texts()
    found = {}

    for language in languages():
        if language != ENGLISH:
            path = FOLDER / f"{language}.po"
            catalogue = read(path)
            found[language] = [
                *problems(catalogue, texts),
                *(
                    []
                    if written(catalogue, texts, language) == path.read_text(encoding="utf-8")
                    else ["`make translations` would change the file"]
                ),
            ]

    assert found.keys() >= {"pl", "zh-CN"}
    assert not any(found.values()), found


async def test_each_text_is_there_once_with_the_commands_among_them() -> None:
    texts = await all_texts()

    assert len({(text.context, text.message) for text in texts}) == len(texts)
    assert Text("command name", "video", where="/grok video") in texts
    assert any(text.context == "choice" and text.message == "only in" for text in texts)
    assert not any(text.context == "choice" and text.message == "polski" for text in texts)
