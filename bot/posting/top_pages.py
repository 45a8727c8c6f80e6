"""The list of the best videos, a page at a time, with buttons that outlive every restart.

A press becomes the client event `top_page`; `cogs/top.py` answers it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

import discord

from bot.domain import Ranked
from bot.posting import words_gallery as words
from bot.posting.facts import covered, prompt_of
from bot.posting.showcase import ranked_line
from bot.posting.text import safe

A_PAGE: Final = 10
_COLOR: Final = 0xF1C40F
_PROMPT: Final = 100


class Span(StrEnum):
    """Since when the videos were asked for."""

    WEEK = "week"
    MONTH = "month"
    ALL = "all"


_DAYS: Final = {Span.WEEK: timedelta(days=7), Span.MONTH: timedelta(days=30)}
_TEMPLATE: Final = re.compile(
    rf"v1:top:(?P<span>{'|'.join(Span)}):(?P<member>-|[1-9][0-9]{{0,18}}):(?P<page>[0-9]{{1,5}})"
)


@dataclass(frozen=True, slots=True)
class TopPage:
    """Which page of which list."""

    span: Span
    member_id: int | None = None
    number: int = 0

    def since(self, now: datetime) -> datetime | None:
        """Return from when on videos are listed; None is from the beginning."""
        return now - _DAYS[self.span] if self.span in _DAYS else None


class TopButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=_TEMPLATE):
    """A page of the list."""

    def __init__(self, page: TopPage, label: str = "…") -> None:
        self.page = page
        custom_id = f"v1:top:{page.span}:{page.member_id or '-'}:{page.number}"
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Make the button again from the id that was pressed."""
        member = match["member"]
        member_id = None if member == "-" else int(member)
        return cls(TopPage(Span(match["span"]), member_id, int(match["page"])))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to whoever listens."""
        interaction.client.dispatch("top_page", interaction, self.page)


def top_embed(page: TopPage, found: Sequence[Ranked], total: int) -> discord.Embed:
    """Draw one page of a list that has so many videos."""
    lines = list(_lines(page, found)) or [words.NOTHING()]
    if page.member_id is not None:
        lines = [words.OF_MEMBER(member=f"<@{page.member_id}>"), "", *lines]
    embed = discord.Embed(
        title=words.TITLES[page.span](), description="\n".join(lines), color=_COLOR
    )
    counted = words.PAGE(page=page.number + 1, last=last_page(total) + 1)
    return embed.set_footer(text=f"{counted} · {words.VIDEOS(total)}")


def top_buttons(page: TopPage, total: int) -> discord.ui.View:
    """Return the ways to the pages before and after."""
    view = discord.ui.View(timeout=None)
    if page.number > 0:
        view.add_item(TopButton(replace(page, number=page.number - 1), words.PREVIOUS()))
    if page.number < last_page(total):
        view.add_item(TopButton(replace(page, number=page.number + 1), words.NEXT()))
    # A finished view is sent but not remembered; the dynamic items alone answer.
    view.stop()
    return view


def last_page(total: int) -> int:
    """Return the number of the last page of so many videos, from 0."""
    return max(0, total - 1) // A_PAGE


def _lines(page: TopPage, found: Sequence[Ranked]) -> Iterator[str]:
    for rank, one in enumerate(found, start=1 + page.number * A_PAGE):
        said = " ".join(prompt_of(one.job).split())
        yield f"{ranked_line(rank, one)}\n{covered(one.job, safe(said, _PROMPT))}"
