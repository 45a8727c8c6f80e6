"""The button by which a member says that they want to be forgotten; it outlives every restart.

A press becomes the client event `forget_button`; `cogs/account.py` answers it.
"""

import re
from typing import Any, Final, Self

import discord

from bot.posting.words_privacy import FORGET

_TEMPLATE: Final = re.compile(r"v1:forget:(?P<member_id>[0-9]{1,19})")


class ForgetButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=_TEMPLATE,
):
    """Says yes for one member, whoever presses it."""

    def __init__(self, member_id: int) -> None:
        self.member_id = member_id
        super().__init__(
            discord.ui.Button(
                label=FORGET(),
                style=discord.ButtonStyle.danger,
                custom_id=f"v1:forget:{member_id}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Make the button again from the id that was pressed."""
        return cls(int(match["member_id"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to whoever listens."""
        interaction.client.dispatch("forget_button", interaction, self.member_id)


def forget_view(member_id: int) -> discord.ui.View:
    """Return the one button that asks for a last yes."""
    view = discord.ui.View(timeout=None)
    view.add_item(ForgetButton(member_id))
    # A finished view is sent but not remembered; the dynamic item alone answers.
    view.stop()
    return view
