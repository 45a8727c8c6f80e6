"""The controls of the moderators' list of jobs, which outlive every restart.

All that a control needs is in its id, but for the server: that is where it is pressed. A press
becomes the client event `jobs_panel`; `cogs/moderation/jobs_desk.py` answers it.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self

import discord

from bot.domain import Job, JobFilter, JobState, Shelf
from bot.language import Phrase
from bot.posting.facts import prompt_of
from bot.posting.moderation import words_jobs as words
from bot.posting.text import plain
from bot.posting.words import FAILURE_TITLES, STATE_WORDS
from bot.posting.words_details import PROMPT_HIDDEN

_ID: Final = r"(?:-|[0-8]?[0-9]{1,18})"
"""A snowflake, which fits a column of 64 bits, or none."""
_PLACE: Final = (
    rf"(?P<number>[0-9]{{1,5}}):(?P<shelf>-|{'|'.join(Shelf)}):(?P<member>{_ID}):(?P<channel>{_ID})"
)
_CANCELLABLE: Final = frozenset(
    {JobState.RESERVED, JobState.SUBMITTING, JobState.RENDERING, JobState.RENDERED}
)
_OPTION: Final = 100
"""Characters of a label or a description in a select menu (Discord, Select Option Structure)."""


class Deed(StrEnum):
    """What a moderator wants of one job."""

    SHOW = "show"
    CANCEL = "cancel"
    POST_AGAIN = "again"
    REMOVE = "remove"


_LOOKS: Final = {
    Deed.SHOW: (words.REFRESH, discord.ButtonStyle.secondary),
    Deed.CANCEL: (words.CANCEL, discord.ButtonStyle.danger),
    Deed.POST_AGAIN: (words.POST_AGAIN, discord.ButtonStyle.primary),
    Deed.REMOVE: (words.REMOVE, discord.ButtonStyle.danger),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which list somebody is."""

    number: int = 0
    """Of the page, from 0."""
    shelf: Shelf | None = None
    member_id: int | None = None
    channel_id: int | None = None

    def __str__(self) -> str:
        """Write it for a control's id."""
        shown = (self.number, self.shelf or "-", self.member_id or "-", self.channel_id or "-")
        return ":".join(map(str, shown))

    def filter(self, guild_id: int) -> JobFilter:
        """Say which jobs of a server are listed."""
        return JobFilter(guild_id, self.shelf, self.member_id, self.channel_id)


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed; without a job it is a page that is wanted."""

    place: Place
    job_id: str | None = None
    deed: Deed = Deed.SHOW


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=re.compile(rf"v1:jobs:page:{_PLACE}"),
):
    """A page of the list."""

    def __init__(self, place: Place, label: Phrase = words.REFRESH) -> None:
        self.place = place
        super().__init__(discord.ui.Button(label=label(), custom_id=f"v1:jobs:page:{place}"))

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Make the button again from the id that was pressed."""
        return cls(_place(match))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to whoever listens."""
        interaction.client.dispatch("jobs_panel", interaction, Press(self.place))


class JobSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=re.compile(rf"v1:jobs:pick:{_PLACE}"),
):
    """One of the jobs of a page."""

    def __init__(self, place: Place, options: Sequence[discord.SelectOption] = ()) -> None:
        self.place = place
        custom_id = f"v1:jobs:pick:{place}"
        super().__init__(
            discord.ui.Select(custom_id=custom_id, placeholder=words.PICK(), options=[*options])
        )

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Make the menu again from the id that was used."""
        return cls(_place(match))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the choice to whoever listens."""
        chosen = "".join(self.item.values[:1])
        interaction.client.dispatch("jobs_panel", interaction, Press(self.place, chosen))


class DeedButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=re.compile(rf"v1:jobs:(?P<deed>{'|'.join(Deed)}):(?P<job>[0-9a-z]{{10}}):{_PLACE}"),
):
    """Something to do with one job."""

    def __init__(self, deed: Deed, job_id: str, place: Place) -> None:
        self.press = Press(place, job_id, deed)
        label, style = _LOOKS[deed]
        custom_id = f"v1:jobs:{deed}:{job_id}:{place}"
        super().__init__(discord.ui.Button(label=label(), style=style, custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Make the button again from the id that was pressed."""
        return cls(Deed(match["deed"]), match["job"], _place(match))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to whoever listens."""
        interaction.client.dispatch("jobs_panel", interaction, self.press)


PANEL: Final = (PageButton, JobSelect, DeedButton)
"""What the bot registers at its start."""


def list_controls(
    jobs: Sequence[Job], place: Place, last: int, *, hidden: Collection[str] = ()
) -> discord.ui.View:
    """Return the controls under a page whose number may go up to `last`.

    `hidden` are the ids of the jobs whose prompt is not for whoever reads it.
    """
    view = discord.ui.View(timeout=None)
    if jobs:
        view.add_item(JobSelect(place, [_option(job, is_hidden=job.id in hidden) for job in jobs]))
    if place.number > 0:
        view.add_item(PageButton(replace(place, number=place.number - 1), words.PREVIOUS))
    view.add_item(PageButton(place))
    if place.number < last:
        view.add_item(PageButton(replace(place, number=place.number + 1), words.NEXT))
    return _kept_nowhere(view)


def job_controls(job: Job, place: Place) -> discord.ui.View:
    """Return what can be done with one job, and the way back."""
    view = discord.ui.View(timeout=None)
    if job.state in _CANCELLABLE:
        view.add_item(DeedButton(Deed.CANCEL, job.id, place))
    if job.video is not None and job.removed_at is None:
        view.add_item(DeedButton(Deed.POST_AGAIN, job.id, place))
        if not job.is_open:
            view.add_item(DeedButton(Deed.REMOVE, job.id, place))
    view.add_item(DeedButton(Deed.SHOW, job.id, place))
    view.add_item(PageButton(place, words.BACK))
    return _kept_nowhere(view)


def state_of(job: Job) -> str:
    """Say where a job stands, as moderators read it."""
    if job.held_for is not None:
        return words.HELD[job.held_for]()
    if job.failure is not None:
        return FAILURE_TITLES[job.failure.kind]()
    return STATE_WORDS[job.state]()


def _option(job: Job, *, is_hidden: bool) -> discord.SelectOption:
    said = PROMPT_HIDDEN() if is_hidden else prompt_of(job)
    return discord.SelectOption(
        label=plain(f"{job.id} · {state_of(job)}", _OPTION),
        value=job.id,
        # What is all invisible leaves nothing, and Discord takes no empty description.
        description=plain(said, _OPTION) or None,
    )


def _place(match: re.Match[str]) -> Place:
    shelf, member, channel = match["shelf"], match["member"], match["channel"]
    return Place(
        int(match["number"]),
        None if shelf == "-" else Shelf(shelf),
        None if member == "-" else int(member),
        None if channel == "-" else int(channel),
    )


def _kept_nowhere(view: discord.ui.View) -> discord.ui.View:
    # As with the buttons of jobs: the dynamic items answer, for ever.
    view.stop()
    return view
