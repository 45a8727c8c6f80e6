"""The buttons of a case, and the form for a reason: both work after any restart.

A press becomes the client event `case_button`; `cogs/moderation/desk.py` answers it, and forms.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

import discord

from bot.domain import Case, CaseState, Ruling
from bot.posting.moderation import words_desk

LONGEST_REASON: Final = 300
_ID: Final = rf"v1:case:(?P<case_id>[1-9][0-9]{{0,8}}):(?P<ruling>{'|'.join(Ruling)})"
_TEMPLATE: Final = re.compile(_ID)
_REASON: Final = "reason"
_STYLES: Final = {
    Ruling.APPROVE: discord.ButtonStyle.success,
    Ruling.REJECT: discord.ButtonStyle.danger,
    Ruling.BLOCK: discord.ButtonStyle.secondary,
}


class CaseButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=_TEMPLATE,
):
    """One answer to one case."""

    def __init__(self, case_id: int, ruling: Ruling, *, row: int | None = None) -> None:
        self.case_id = case_id
        self.ruling = ruling
        super().__init__(
            discord.ui.Button(
                label=words_desk.RULINGS[ruling](),
                style=_STYLES[ruling],
                custom_id=_custom_id(case_id, ruling),
                row=row,
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
        return cls(int(match["case_id"]), Ruling(match["ruling"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to whoever listens."""
        interaction.client.dispatch("case_button", interaction, self.case_id, self.ruling)


@dataclass(frozen=True, slots=True)
class SentForm:
    """A reason that a moderator has typed."""

    case_id: int
    ruling: Ruling
    reason: str


def case_buttons(case: Case) -> discord.ui.View | None:
    """Return the buttons of a case; none once it is decided."""
    return buttons_of([case]) if case.state is CaseState.OPEN else None


def buttons_of(cases: Iterable[Case]) -> discord.ui.View:
    """Return the buttons of several cases, a row for each; Discord takes five rows."""
    view = discord.ui.View(timeout=None)
    for row, case in enumerate(cases):
        for ruling in Ruling:
            view.add_item(CaseButton(case.id, ruling, row=row))
    view.stop()  # as in `bot.posting.buttons`: sent, not remembered
    return view


def reason_form(case_id: int, ruling: Ruling) -> discord.ui.Modal:
    """Return the form that asks for a reason."""
    title = words_desk.FORM_TITLES[ruling](case_id=case_id)
    form = discord.ui.Modal(title=title, custom_id=_custom_id(case_id, ruling))
    text = discord.ui.TextInput[discord.ui.Modal](
        custom_id=_REASON, style=discord.TextStyle.paragraph, max_length=LONGEST_REASON
    )
    form.add_item(discord.ui.Label(text=words_desk.FORM_LABEL(), component=text))
    # discord.py would remember it in memory only; `sent_form` reads it after a restart as well.
    form.stop()
    return form


def sent_form(interaction: discord.Interaction[Any]) -> SentForm | None:
    """Read a form of ours from what was sent; None when it is another one."""
    data: Any = interaction.data
    found = _TEMPLATE.fullmatch(data["custom_id"])
    if found is None:
        return None
    fields = [
        field
        for row in data.get("components", ())
        for field in (row.get("component"), *row.get("components", ()))
    ]
    typed = [str(one.get("value")) for one in fields if one and one.get("custom_id") == _REASON]
    reason = typed[0].strip() if typed else ""
    return SentForm(int(found["case_id"]), Ruling(found["ruling"]), reason)


def _custom_id(case_id: int, ruling: Ruling) -> str:
    return f"v1:case:{case_id}:{ruling}"
