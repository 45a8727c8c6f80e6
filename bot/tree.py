"""The command tree, and the one place where an error becomes a reply."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import aiohttp
import discord
from discord import app_commands

from bot.domain import Denial, Hold, Job
from bot.errors import (
    AnsweredError,
    NotAllowedError,
    StorageError,
    StoreUnavailableError,
    UnableError,
    UserError,
)
from bot.interactions import (
    ALREADY_ACKNOWLEDGED,
    check_moderator,
    is_for_moderators,
    speak_to,
)
from bot.language import Phrase
from bot.posting import words_continuing
from bot.posting.buttons import price_buttons
from bot.posting.cards import Looks
from bot.posting.denials import denial_text
from bot.posting.outlook_text import span_text
from bot.posting.words import STOPPING
from bot.posting.words_outlook import IT_USUALLY

log = logging.getLogger(__name__)

STORE_AWAY: Final = Phrase(
    "The bot can't reach its records at the moment, so nothing was started. Please try again."
)
STORAGE_AWAY: Final = Phrase(
    "The pictures can't be kept at the moment, so nothing was started. "
    "Please try again later, or without pictures."
)
CHANGED: Final = Phrase("This command has changed. Please reload Discord and try again.")
BROKEN: Final = Phrase(
    "Something went wrong on the bot's side. Please tell a moderator this number: {number}."
)


async def answer(
    interaction: discord.Interaction[Any],
    text: str,
    view: discord.ui.View = discord.utils.MISSING,
    *,
    embeds: Sequence[discord.Embed] = discord.utils.MISSING,
    files: Sequence[discord.File] = discord.utils.MISSING,
) -> None:
    """Tell only the person who asked, whether or not the interaction was answered before."""
    try:
        if not interaction.response.is_done():
            try:
                await interaction.response.send_message(
                    text, ephemeral=True, view=view, embeds=embeds, files=files
                )
            except discord.HTTPException as error:
                if error.code != ALREADY_ACKNOWLEDGED:
                    raise
            else:
                return
        await interaction.followup.send(text, ephemeral=True, view=view, embeds=embeds, files=files)
    except (discord.HTTPException, aiohttp.ClientError, OSError, RuntimeError) as error:
        # The token is dead or the session closed (a RuntimeError): nobody is left to tell.
        log.info("Interaction %s could not be answered: %s", interaction.id, error)


async def answer_pages(
    interaction: discord.Interaction[Any], pages: Sequence[discord.Embed]
) -> None:
    """Show an answer that takes several messages, after it was acknowledged."""
    for page in pages:
        await interaction.followup.send(embed=page, ephemeral=True)


async def answer_made(
    interaction: discord.Interaction[Any], looks: Looks, made: Job | Denial
) -> None:
    """Tell what came of a wish: a job, a question about its price, or a polite no."""
    match made:
        case Denial():
            await answer(interaction, denial_text(made))
        case Job(held_for=Hold.CONFIRMATION):
            await answer(interaction, looks.accepted(made), price_buttons(made))
        case Job():
            usual = await _usual(interaction, made)
            await answer(interaction, " ".join(filter(None, (looks.accepted(made), usual))))


async def _usual(interaction: discord.Interaction[Any], job: Job) -> str:
    """Say how long it usually takes; nothing where that is not known, which its card says."""
    try:
        outlook = await interaction.client.services.foresight.of(job)
    except StoreUnavailableError as error:
        # The job runs: an answer that gets lost must not look like a failure.
        log.info("How long job %s will take can't be said: %s", job.id, error)
        return ""
    if outlook is None or outlook.usual is None:
        return ""
    return IT_USUALLY(time=span_text(outlook.usual))


async def answer_error(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Turn an error into one kind sentence, and a surprise into a line in the log."""
    match error:
        case discord.NotFound(code=10062):
            # Discord gave up on us after three seconds; nothing was begun before that answer.
            log.warning("Interaction %s came too late to be acknowledged", interaction.id)
        case UnableError():
            log.info("Interaction %s refused: %s", interaction.id, error)
            await answer(interaction, f"{error} {words_continuing.OFFER()}")
        case UserError():
            log.info("Interaction %s refused: %s", interaction.id, error)
            await answer(interaction, str(error))
        case StoreUnavailableError():
            log.error("Interaction %s found no database: %s", interaction.id, error)
            await answer(interaction, STORE_AWAY())
        case StorageError():
            log.error("Interaction %s found no place for its pictures: %s", interaction.id, error)
            await answer(interaction, STORAGE_AWAY())
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            log.info("Interaction %s refused: its command has changed", interaction.id)
            await answer(interaction, CHANGED())
        case app_commands.CheckFailure():
            pass  # the check has answered
        case _:
            log.error("Interaction %s failed", interaction.id, exc_info=error)
            await answer(interaction, BROKEN(number=interaction.id))


@asynccontextmanager
async def answering(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """Answer a press or a form in the language of its member; nothing goes wrong without a word.

    It is to controls what the tree is to commands, so each listener begins with it.

    Raises:
        AnsweredError: Nothing may be begun now, and that was said. The client passes over it.
    """
    try:
        await speak_to(interaction)
        if not interaction.client.tree.is_open:
            raise NotAllowedError(STOPPING())  # noqa: TRY301 - said where all else is said
    except Exception as error:
        await answer_error(interaction, error)
        # A context that goes no further can say so by an exception only.
        raise AnsweredError from error
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the last place before Discord says "failed"
        await answer_error(interaction, error)


def _check_right(interaction: discord.Interaction[Any]) -> None:
    if is_for_moderators(interaction):
        check_moderator(interaction)


class GrokTree(app_commands.CommandTree[Any]):
    """The commands of the bot."""

    is_open: bool = True
    """False while the bot stops: nothing new is taken that could not be finished."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - any kind of discord.py client
        super().__init__(client)
        self._in_hand: set[int] = set()
        self._changed = asyncio.Event()

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let nothing in while the bot stops, nor anybody where only moderators may go.

        No command of /grok-admin can forget to ask for the right to it.
        """
        await speak_to(interaction)
        if interaction.type is discord.InteractionType.autocomplete:
            return await self._may_see(interaction)
        if not self.is_open:
            await answer(interaction, STOPPING())
            return False
        try:
            _check_right(interaction)
        except UserError as error:
            await answer_error(interaction, error)
            return False
        self._in_hand.add(interaction.id)
        return True

    async def _may_see(self, interaction: discord.Interaction[Any]) -> bool:
        """Suggest nothing to whoever could not send the command."""
        try:
            _check_right(interaction)
        except UserError as error:
            log.info("Interaction %s refused: %s", interaction.id, error)
        else:
            if self.is_open:
                return True
        # Whoever types on is not waiting for suggestions that came too late.
        with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
            await interaction.response.autocomplete([])
        return False

    def finish(self, interaction: discord.Interaction[Any]) -> None:
        """Note that a command came to its end, well or not."""
        self._in_hand.discard(interaction.id)
        self._changed.set()

    async def close(self, grace: timedelta) -> None:
        """Take no command any more, and let those in hand answer for `grace`."""
        self.is_open = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace.total_seconds()):
                while self._in_hand:
                    self._changed.clear()
                    await self._changed.wait()

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer for a command that raised."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        try:
            await answer_error(interaction, cause)
        finally:
            self.finish(interaction)
