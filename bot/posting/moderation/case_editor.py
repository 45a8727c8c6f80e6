"""Edits the cards of cases in the moderators' channels."""

import discord

from bot.domain import CaseView, OwedMessage
from bot.errors import PostFilteredError
from bot.language import speaking
from bot.posting.cards import Looks
from bot.posting.doors import ClosedPlaces, Doors
from bot.posting.moderation.case_buttons import case_buttons
from bot.posting.moderation.case_cards import case_card
from bot.posting.shown import digest
from bot.posting.undisturbed import UndisturbedCalls


class CaseEditor:
    """Makes the card of a case show it as it is; see `bot.pipeline.case_refresh.Editor`."""

    def __init__(self, client: discord.Client, looks: Looks, places: ClosedPlaces) -> None:
        self._client = client
        self._looks = looks
        self._doors = Doors(places)
        self._calls = UndisturbedCalls()

    def digest(self, view: CaseView) -> str:
        """Return a short digest of what the card should show now."""
        with speaking(view.job.origin.language):
            return digest(case_card(view, self._looks.facts(view.job)))

    async def edit(self, card: OwedMessage, view: CaseView) -> None:
        """Edit the card; without the prompt where a filter stops that."""
        try:
            await self._edit(card, view, is_plain=False)
        except PostFilteredError:
            await self._edit(card, view, is_plain=True)

    async def _edit(self, card: OwedMessage, view: CaseView, *, is_plain: bool) -> None:
        assert card.message_id is not None  # noqa: S101 - a check of the table holds it
        channel = self._client.get_partial_messageable(card.channel_id)
        message = channel.get_partial_message(card.message_id)
        with speaking(view.job.origin.language):
            embed = case_card(view, self._looks.facts(view.job), is_plain=is_plain)
            buttons = case_buttons(view.case)

        async def edit() -> object:
            return await self._calls.make(message.edit(embed=embed, view=buttons))

        await self._doors.pass_through(card.channel_id, edit)
