"""What commands, their options and choices are called in each language that Discord shows."""

from typing import Final

from discord import Locale
from discord.app_commands import (
    TranslationContextLocation,
    TranslationContextTypes,
    Translator,
    locale_str,
)

from bot.domain import ENGLISH
from bot.language import language_of, spoken, translated

_CHOICE: Final = "choice"
_CONTEXTS: Final = {
    TranslationContextLocation.command_name: "command name",
    TranslationContextLocation.group_name: "command name",
    TranslationContextLocation.parameter_name: "option name",
    TranslationContextLocation.choice_name: _CHOICE,
}
"""The contexts of the names; the same word may be a verb here and a noun there."""
_DESCRIPTION: Final = "description"


class CommandTranslator(Translator):
    """Reads the names and descriptions from the files of the languages."""

    async def translate(
        self, string: locale_str, locale: Locale, context: TranslationContextTypes
    ) -> str | None:
        """Return a text for one of Discord's locales; None where English will do."""
        language = language_of(locale.value)
        if language == ENGLISH:
            return None
        return translated(string.message, language, context_of(context))


def context_of(context: TranslationContextTypes) -> str:
    """Return under which context a text of a command stands in the files of the languages."""
    return _CONTEXTS.get(context.location, _DESCRIPTION)


def said_choice(name: str) -> str:
    """Say a choice of an option as a member has seen it."""
    return translated(name, spoken(), _CHOICE) or name
