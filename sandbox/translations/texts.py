"""Collects every text that a language has to have: those of the code, and those of the commands."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from discord import Locale
from discord.app_commands import Command, Group, TranslationContextTypes, Translator, locale_str

import bot
import cogs
from bot.client import GrokBot
from bot.language import NAME_CONTEXT, OWN_NAME, languages, name_of
from bot.posting.command_texts import context_of

_ROOMS: Final = tuple(Path(package.__path__[0]) for package in (bot, cogs))
_PHRASES: Final = frozenset({"Phrase", "_"})
_PLURAL: Final = "Plural"


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """One text in English."""

    context: str
    """Empty where the words alone say enough."""
    message: str
    many: str | None = None
    """The same for more than one; None where nothing is counted."""
    where: str = ""
    """A file or a command that has it, for whoever translates."""


class NotLiteralError(Exception):
    """A text is put together in the code, so that no file could have it."""


async def all_texts() -> list[Text]:
    """List every text once, in an order that does not change with the code around it.

    Raises:
        NotLiteralError: One is not written out; the text says where it stands.
    """
    own_name = Text(NAME_CONTEXT, OWN_NAME, where="bot/language.py")
    found = {own_name, *texts_of_code(), *await texts_of_commands()}
    once: dict[Text, Text] = {}
    for text in sorted(found):
        once.setdefault(replace(text, where=""), text)
    return list(once.values())


def texts_of_code() -> Iterator[Text]:
    """Read the phrases out of the code.

    Raises:
        NotLiteralError: One is not written out.
    """
    for room in _ROOMS:
        for path in sorted(room.rglob("*.py")):
            where = path.relative_to(room.parent).as_posix()
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield from _texts_of_call(node.func.id, node, where)


def _texts_of_call(name: str, call: ast.Call, where: str) -> Iterator[Text]:
    if name in _PHRASES and call.args:
        match call.args[0]:
            case ast.Constant(value=str(message)):
                yield Text("", message, where=where)
            case ast.JoinedStr() | ast.BinOp():
                raise NotLiteralError(f"{where}, line {call.lineno}")
    elif name == _PLURAL:
        match call.args:
            case [ast.Constant(value=str(one)), ast.Constant(value=str(many))]:
                yield Text("", one, many, where)
            case _:
                raise NotLiteralError(f"{where}, line {call.lineno}")


async def texts_of_commands() -> set[Text]:
    """Ask the command tree for what it would have translated."""
    collector = _Collector()
    async with GrokBot(syncs_by_itself=False) as bot_:
        await bot_.load_commands()
        for command in bot_.tree.get_commands():
            await command.get_translated_payload(bot_.tree, collector)
    own_names = {Text("choice", name_of(one)) for one in languages()}
    return {text for text in collector.found if replace(text, where="") not in own_names}


class _Collector(Translator):
    """Notes what it is asked for, and translates nothing."""

    def __init__(self) -> None:
        self.found: set[Text] = set()

    async def translate(
        self, string: locale_str, locale: Locale, context: TranslationContextTypes
    ) -> str | None:
        """Note a text of the tree."""
        owner: object = getattr(context.data, "command", context.data)
        where = f"/{owner.qualified_name}" if isinstance(owner, Command | Group) else ""
        self.found.add(Text(context_of(context), string.message, where=where))
        return None
