"""What docs/extending.md promises about a language: one file, and nothing else."""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Message as Entry

from bot.language import NAME_CONTEXT, OWN_NAME
from bot.posting import words
from sandbox.bot_process import BotProcess, settings_for
from sandbox.discord_api import DiscordStandIn
from sandbox.discord_api.exchanges import Json
from sandbox.translations.files import ids_of, read, strings_of, write
from sandbox.translations.texts import Text, all_texts
from sandbox.xai import XaiStandIn

ROOT = Path(__file__).parent.parent.parent
GERMAN = "de"
UMLAUTS = str.maketrans("aou", "äöü")
"""As long as before, in lower case, and different where it differed: what commands need too."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the bot and of what brings its languages up to date."""
    for package in ("bot", "cogs", "sandbox"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    return tmp_path


def german_file(checkout: Path) -> Path:
    return checkout / "bot" / "languages" / f"{GERMAN}.po"


async def make_translations(checkout: Path) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "translations"),
        cwd=checkout,
        env={"PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


def in_german(english: str) -> str:
    """Mark a text, but for the names of its placeholders."""
    parts = []
    for said, name, spec, how in Formatter().parse(english):
        parts.append(said.translate(UMLAUTS).replace("{", "{{").replace("}", "}}"))
        if name is not None:
            parts.append(f"{{{name}{f'!{how}' if how else ''}{f':{spec}' if spec else ''}}}")
    return "".join(parts)


def translate(path: Path, texts: list[Text]) -> None:
    catalogue = read(path)
    for entry in entries(path):
        own_name = (entry.context, entry.id) == (NAME_CONTEXT, OWN_NAME)
        said = ["Deutsch"] if own_name else [in_german(one) for one in ids_of(entry)]
        found = catalogue.get(entry.id, entry.context)
        assert found is not None
        found.string = said[0] if isinstance(entry.id, str) else tuple(said)
    write(path, catalogue, texts)


def entries(path: Path) -> Iterator[Entry]:
    return (entry for entry in read(path) if entry.id)


def german_names(node: Json) -> Iterator[tuple[str, str]]:
    localized = node.get("name_localizations") or {}
    yield str(node["name"]), str(localized.get(GERMAN, node["name"]))
    for child in [*(node.get("options") or ()), *(node.get("choices") or ())]:
        yield from german_names(child)


async def test_a_fourth_language_takes_one_file(checkout: Path) -> None:
    path = german_file(checkout)
    path.touch()

    begun = await make_translations(checkout)
    asked = list(entries(path))
    translate(path, await all_texts())
    done = await make_translations(checkout)

    assert begun[0] == 1
    assert f"{GERMAN} 0 %" in begun[1]
    assert "not translated: 'Done'" in begun[1]
    assert '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"' in path.read_text(encoding="utf-8")
    assert len(asked) > 500
    assert not any(any(strings_of(entry)) for entry in asked)
    assert (done[0], f"{GERMAN} 100 %" in done[1]) == (0, True), done[1]


async def test_a_fourth_language_is_spoken_in_public_and_to_its_members(checkout: Path) -> None:
    path = german_file(checkout)
    write(path, read(path), texts := await all_texts())
    translate(path, texts)
    chat = DiscordStandIn()
    chat.set_locale(GERMAN)
    provider = XaiStandIn(clip_scale=0.1)
    async with chat, provider:
        bot = BotProcess(checkout, settings_for(chat, provider, poll_seconds=0.1))
        await bot.start()
        try:
            await chat.wait_until_connected(30)
            await chat.wait_for_command("grok", "video", seconds=30)
            requester, channel = chat.guild.member("requester"), chat.guild.channel("videos")
            run = await requester.slash(channel, "grok video", prompt="a tin fox")
            accepted = (await run.answer()).content
            final = await channel.wait_for(lambda message: bool(message.pinged))
        finally:
            exit_code = await bot.stop()

    registered = [one for command in chat.commands for one in german_names(command.body)]
    assert {("video", "videö"), ("cancel", "cäncel"), ("Deutsch", "Deutsch")} <= {*registered}
    assert accepted.startswith("Accepted äs jöb `")
    assert final.content == in_german(words.RESULT.message).format(mention=f"<@{requester.id}>")
    assert exit_code == 0


async def test_a_file_that_is_called_like_no_locale_is_told_so(checkout: Path) -> None:
    german_file(checkout).with_name("german.po").touch()

    assert await make_translations(checkout) == (
        1,
        "No locale of Discord is called so: german.po\n",
    )
