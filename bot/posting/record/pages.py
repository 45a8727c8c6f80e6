"""Pages of the record that a moderator leafs through: an embed, and the button to older rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Self

import discord

from bot.domain import AuditRow
from bot.posting.record import words
from bot.posting.record.lines import MOST_ROWS, record_line

_ACTION: Final = r"[a-z_.]{0,48}"
_TEMPLATE: Final = re.compile(
    # No number is larger than the columns and the calendar can hold, whoever made up the id.
    r"v1:record:(?P<before>[0-9]{1,9}):(?P<member>[0-9]{1,18}|[1-8][0-9]{18}):"
    rf"(?P<since>[0-9]{{1,11}}):(?P<action>{_ACTION})"
)
_IS_ACTION: Final = re.compile(_ACTION)


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """What a moderator looks for in the record of a server; 0 and nothing are any."""

    member_id: int = 0
    action: str = ""
    since_seconds: int = 0
    """Since 1970, as in the button."""
    before_id: int = 0
    """Goes on with the rows older than this one; 0 begins with the newest."""

    @classmethod
    def of(cls, member_id: int | None, action: str | None, since: datetime | None) -> Self:
        """Make the query of a command; what can't be an action finds nothing."""
        typed = (action or "").strip().lower()
        wanted = typed if _IS_ACTION.fullmatch(typed) else "-"
        seconds = 0 if since is None else max(0, int(since.timestamp()))
        return cls(member_id or 0, wanted, seconds)

    @property
    def since(self) -> datetime | None:
        """Return the moment from which on rows are looked for."""
        return datetime.fromtimestamp(self.since_seconds, UTC) if self.since_seconds else None


class OlderButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=_TEMPLATE):
    """The way to older rows; all it needs is in its own id, and who presses is asked again.

    A press becomes the client event `older_rows`; `cogs/moderation/audit.py` answers it.
    """

    def __init__(self, query: RecordQuery) -> None:
        self.query = query
        custom_id = (
            f"v1:record:{query.before_id}:{query.member_id}:{query.since_seconds}:{query.action}"
        )
        super().__init__(
            discord.ui.Button(
                label=words.OLDER(), style=discord.ButtonStyle.secondary, custom_id=custom_id
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
        query = RecordQuery(
            member_id=int(match["member"]),
            action=match["action"],
            since_seconds=int(match["since"]),
            before_id=int(match["before"]),
        )
        return cls(query)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to whoever listens."""
        interaction.client.dispatch("older_rows", interaction, self.query)


def page_of(
    query: RecordQuery, rows: Sequence[AuditRow]
) -> tuple[discord.Embed, discord.ui.View | None]:
    """Show up to a page of `rows`, the newest first; one more than that is a next page."""
    shown = rows[:MOST_ROWS]
    lines = [record_line(row) for row in shown]
    embed = discord.Embed(
        title=words.SEARCH_TITLE(), description="\n".join(lines) or words.NO_ROWS()
    )
    if len(rows) <= MOST_ROWS:
        return embed, None
    view = discord.ui.View(timeout=None)
    view.add_item(OlderButton(replace(query, before_id=shown[-1].id)))
    # A finished view is sent but not remembered: the dynamic item alone answers, for ever.
    view.stop()
    return embed, view
