"""The form of a report: all it needs is in its id, so that it outlives a restart."""

import re
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.posting.words_removal import REPORT_REASON, REPORT_TITLE

_ID: Final = re.compile(r"v1:report:(?P<message_id>[0-9]{1,19}):(?P<marked>[0-9a-z]{10})?")
_FIELD: Final = "reason"
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class FilledReport:
    """What a member sent: about which message, and why."""

    message_id: int
    marked: str | None
    reason: str


def report_form(message_id: int, marked: str | None) -> discord.ui.Modal:
    """Make the form for a message, and the job that our own mark on it names."""
    form = discord.ui.Modal(
        title=REPORT_TITLE(), custom_id=f"v1:report:{message_id}:{marked or ''}"
    )
    field = discord.ui.TextInput[Any](
        custom_id=_FIELD,
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=_LONGEST,
    )
    form.add_item(discord.ui.Label(text=REPORT_REASON(), component=field))
    # A finished form is sent but not remembered: what comes back is read from its id alone.
    form.stop()
    return form


def filled_report(interaction: discord.Interaction[Any]) -> FilledReport | None:
    """Read a form that was sent; None when it is another one."""
    data: Any = interaction.data
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    found = _ID.fullmatch(data["custom_id"])
    if found is None:
        return None
    reason = _value(data.get("components") or ())
    return FilledReport(int(found["message_id"]), found["marked"], reason[:_LONGEST].strip())


def _value(rows: Any) -> str:  # noqa: ANN401 - as Discord sends it
    for row in rows:
        field = row.get("component") or {}
        if field.get("custom_id") == _FIELD:
            return str(field.get("value") or "")
    return ""
