"""What must hold in every language, also for those that are not written yet."""

import ast
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import discord
import pytest
import regex

import cogs
from bot.client import CONTROLS, GrokBot
from bot.domain import ENGLISH, Ruling, Shelf
from bot.language import FOLDER, languages, speaking
from bot.posting.buttons import Action
from bot.posting.command_texts import CommandTranslator
from bot.posting.moderation.case_buttons import reason_form
from bot.posting.moderation.jobs_panel import Deed
from bot.posting.report_form import report_form
from sandbox.translations.files import entry_of, read, strings_of
from sandbox.translations.texts import Text, all_texts

Json = dict[str, Any]
JOB: Final = "abcdefghjk"
PLACE: Final = "0:-:-:-"
PRESSED: Final = (
    *(f"v1:job:{JOB}:{action}" for action in Action),
    *(f"v1:case:1:{ruling}" for ruling in Ruling),
    "v1:forget:1",
    "v1:record:0:0:0:",
    "v1:top:week:-:0",
    "v1:mine:page:0",
    "v1:mine:pick:0",
    f"v1:jobs:page:{PLACE}",
    f"v1:jobs:pick:0:{Shelf.OPEN}:-:-",
    *(f"v1:jobs:{deed}:{JOB}:{PLACE}" for deed in Deed),
)
"""An id of each control that there is, as Discord hands it back."""
_NAME: Final = regex.compile(r"[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}")
_MENU_NAME: Final = 32
_DESCRIPTION: Final = 100
_WHOLE: Final = 8000
_LABEL: Final = 80
_TITLE: Final = 45
_PLACEHOLDER: Final = 150
_TEXT: Final = 1900
"""All of these from Discord's pages Application Commands, Component Reference; of the 2,000
characters of a message some are left for what is filled in."""
_COMMAND: Final = re.compile(r"/grok(?:-admin)?(?: [a-z-]+)*")
_SLASH: Final = 1


async def tree() -> list[Json]:
    """Return the commands as Discord is told them, with all languages."""
    translator = CommandTranslator()
    async with GrokBot(syncs_by_itself=False) as bot:
        await bot.load_commands()
        return [
            await command.get_translated_payload(bot.tree, translator)
            for command in bot.tree.get_commands()
        ]


def walk(node: Json) -> Iterator[Json]:
    yield node
    for name in ("options", "choices"):
        for child in node.get(name) or ():
            yield from walk(child)


def called(node: Json, language: str, part: str = "name") -> str:
    names: Json = node.get(f"{part}_localizations") or {}
    return str(names.get(language) or node.get(part) or "")


def longest(node: Json, part: str) -> int:
    return max(len(called(node, one, part)) for one in languages())


def paths(node: Json, language: str) -> Iterator[tuple[str, str]]:
    """Say how each command below a root is called in English and in a language."""
    yield node["name"], called(node, language)
    for child in node.get("options") or ():
        if child["type"] in {1, 2}:
            for english, here in paths(child, language):
                yield f"{node['name']} {english}", f"{called(node, language)} {here}"


async def test_every_name_and_description_is_one_that_discord_takes() -> None:
    problems = []
    roots = await tree()

    for root in roots:
        for node in walk(root):
            for language in languages():
                name, told = called(node, language), called(node, language, "description")
                is_choice = "value" in node
                is_menu = node is root and root["type"] != _SLASH
                if is_choice:
                    is_good = 1 <= len(name) <= _DESCRIPTION
                elif is_menu:
                    is_good = 1 <= len(name) <= _MENU_NAME
                else:
                    is_good = bool(_NAME.fullmatch(name)) and name == name.lower()
                    is_good = is_good and 1 <= len(told) <= _DESCRIPTION
                if not is_good:
                    problems.append(f"{language}: {name!r}, {told!r}")

    assert len(roots) >= 4
    assert problems == []


async def test_no_two_names_of_one_level_are_the_same_in_a_language() -> None:
    problems = []

    for root in await tree():
        for node in walk(root):
            for part in ("options", "choices"):
                for language in languages():
                    names = [called(one, language) for one in node.get(part) or ()]
                    problems += [
                        f"{language}: {node['name']}: {name}"
                        for name in {*names}
                        if names.count(name) > 1
                    ]

    assert problems == []


async def test_each_command_with_all_its_languages_fits_into_one() -> None:
    used = {
        root["name"]: sum(
            longest(node, "name") + longest(node, "description") + len(str(node.get("value", "")))
            for node in walk(root)
        )
        for root in await tree()
    }

    assert {name: count for name, count in used.items() if count > _WHOLE} == {}, used


async def test_a_text_calls_a_command_as_it_is_called_there() -> None:
    problems = []
    roots, texts = await tree(), await all_texts()

    for language in languages():
        known = dict(path for root in roots for path in paths(root, language))
        for text, strings in said_in(language, texts):
            for english in commands_in(text.message, known):
                lacking = [one for one in strings if f"/{known[english]}" not in one]
                problems += [f"{language}: /{known[english]} is not in {one!r}" for one in lacking]

    assert problems == []


def said_in(language: str, texts: Sequence[Text]) -> Iterator[tuple[Text, Sequence[str]]]:
    """List texts with what they are in a language, their placeholders as they are."""
    catalogue = None if language == ENGLISH else read(FOLDER / f"{language}.po")
    for text in texts:
        entry = None if catalogue is None else entry_of(catalogue, text)
        yield text, (text.message,) if entry is None else strings_of(entry)


def commands_in(message: str, known: Mapping[str, str]) -> Iterator[str]:
    for found in _COMMAND.findall(message):
        words = found.removeprefix("/").split()
        while words and " ".join(words) not in known:
            words.pop()
        if len(words) > 1:
            yield " ".join(words)


async def controls() -> Sequence[discord.ui.Item[Any]]:
    made = []
    for custom_id in PRESSED:
        for kind in CONTROLS:
            match = kind.__discord_ui_compiled_template__.fullmatch(custom_id)
            if match is not None:
                nothing: Any = None
                made.append((await kind.from_custom_id(nothing, nothing, match)).item)
    return made


@pytest.mark.parametrize("language", languages())
async def test_every_control_has_a_label_that_fits(language: str) -> None:
    problems = []

    with speaking(language):
        for item in await controls():
            if isinstance(item, discord.ui.Button) and not 1 <= len(item.label or "") <= _LABEL:
                problems.append(item.label)
            if isinstance(item, discord.ui.Select) and len(item.placeholder or "") > _PLACEHOLDER:
                problems.append(item.placeholder)

    assert problems == []


def test_no_control_is_forgotten_here() -> None:
    templates = [kind.__discord_ui_compiled_template__ for kind in CONTROLS]

    assert [one.pattern for one in templates if not any(map(one.fullmatch, PRESSED))] == []
    assert [one for one in PRESSED if not any(kind.fullmatch(one) for kind in templates)] == []


@pytest.mark.parametrize("language", languages())
async def test_every_form_has_a_title_and_labels_that_fit(language: str) -> None:
    with speaking(language):
        forms = [
            report_form(1, JOB),
            *(reason_form(10**8, ruling) for ruling in (Ruling.REJECT, Ruling.BLOCK)),
        ]

    told = {form.title for form in forms}
    told |= {
        item.text
        for form in forms
        for item in form.walk_children()
        if isinstance(item, discord.ui.Label)
    }
    assert {text for text in told if not 1 <= len(text) <= _TITLE} == set()


@pytest.mark.parametrize("language", languages())
async def test_every_text_fits_a_message_with_room_for_what_is_filled_in(language: str) -> None:
    texts = await all_texts()

    long = [one for _text, said in said_in(language, texts) for one in said if len(one) > _TEXT]

    assert long == []


def test_every_listener_to_a_press_or_a_form_speaks_to_its_member() -> None:
    folder = Path(cogs.__path__[0])
    functions = [
        (path.name, node)
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("on_")
    ]
    listeners = [
        (name, ast.unparse(node))
        for name, node in functions
        if any("Interaction" in ast.unparse(arg) for arg in node.args.args)
    ]

    assert len(listeners) >= 5
    assert [
        name for name, code in listeners if "async with answering(interaction):" not in code
    ] == []


async def test_a_translation_changes_the_mark_by_which_commands_are_synced() -> None:
    async with GrokBot(syncs_by_itself=False) as bot:
        await bot.load_commands()
        in_english = [command.to_dict(bot.tree) for command in bot.tree.get_commands()]
        digest = await bot.commands_digest()

    text = json.dumps(in_english, sort_keys=True)
    assert digest != hashlib.sha256(text.encode()).hexdigest()
