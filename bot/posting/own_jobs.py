"""The list of a member's own jobs, and its controls, which outlive every restart.

All that a control needs is in its id, but for the member and the server: those are whose press
it is. A press becomes the client event `own_jobs`; `cogs/own_jobs.py` answers it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import discord

from bot.domain import Hold, Job, Outlook, OwedMessage, Pause
from bot.language import Phrase
from bot.posting import words_own_jobs as words
from bot.posting.cards import job_url
from bot.posting.facts import prompt_of
from bot.posting.links import message_url
from bot.posting.outlook_text import outlook_text
from bot.posting.pages import COLOR
from bot.posting.progress import since
from bot.posting.text import plain, safe
from bot.posting.words import FAILURE_TITLES, STATE_WORDS, WAITING_FOR_REVIEW
from bot.posting.words_details import REMOVED
from bot.posting.words_removal import HIDDEN

PAGE: Final = 8
"""Jobs of one page."""
_LAST: Final = 999
_PROMPT: Final = 60
_OPTION: Final = 100
"""Characters of a label or a description in a select menu (Discord, Select Option Structure)."""
_HELD: Final[Mapping[Hold, Phrase]] = {
    Hold.CONFIRMATION: words.WAITS_FOR_PRICE,
    Hold.REVIEW: WAITING_FOR_REVIEW,
    Hold.SCENE: words.WAITS_FOR_SCENE,
}


@dataclass(frozen=True, slots=True)
class OwnPress:
    """What was pressed; without a job it is a page that is wanted."""

    page: int
    """From 0."""
    job_id: str | None = None


class OwnPageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=re.compile(r"v1:mine:page:(?P<page>[0-9]{1,3})"),
):
    """A page of the list."""

    def __init__(self, page: int, label: Phrase = words.REFRESH) -> None:
        self.page = page
        super().__init__(discord.ui.Button(label=label(), custom_id=f"v1:mine:page:{page}"))

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Make the button again from the id that was pressed."""
        return cls(int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to whoever listens."""
        interaction.client.dispatch("own_jobs", interaction, OwnPress(self.page))


class OwnJobSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=re.compile(r"v1:mine:pick:(?P<page>[0-9]{1,3})"),
):
    """One of the jobs of a page."""

    def __init__(self, page: int, options: Sequence[discord.SelectOption] = ()) -> None:
        self.page = page
        custom_id = f"v1:mine:pick:{page}"
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
        return cls(int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the choice to whoever listens."""
        chosen = "".join(self.item.values[:1])
        interaction.client.dispatch("own_jobs", interaction, OwnPress(self.page, chosen))


OWN_JOBS: Final = (OwnPageButton, OwnJobSelect)
"""What the bot registers at its start."""


def own_jobs_embed(
    jobs: Sequence[Job],
    links: Mapping[str, str | None],
    outlooks: Mapping[str, Outlook],
    pauses: Mapping[str, Pause],
    *,
    page: int,
) -> discord.Embed:
    """Draw one page; `links` lead from a job's id to its video or its card."""
    lines = [
        _line(job, links.get(job.id), outlooks.get(job.id), pauses.get(job.spec.provider))
        for job in jobs
    ]
    text = "\n".join(lines) or words.NO_MORE()
    embed = discord.Embed(title=words.TITLE(), description=text, color=COLOR)
    return embed.set_footer(text=words.PAGE(page=page + 1))


def own_link(job: Job, message: OwedMessage | None) -> str | None:
    """Link to a message of a job for its requester, who can also open their direct messages."""
    link = job_url(job, message)
    if link is not None or message is None or message.message_id is None:
        return link
    return message_url(message.channel_id, message.message_id, guild_id=None)


def own_jobs_controls(jobs: Sequence[Job], *, page: int, has_more: bool) -> discord.ui.View:
    """Return the controls under a page."""
    view = discord.ui.View(timeout=None)
    if jobs:
        view.add_item(OwnJobSelect(page, list(map(_option, jobs))))
    if page > 0:
        view.add_item(OwnPageButton(page - 1, words.PREVIOUS))
    view.add_item(OwnPageButton(page))
    if has_more and page < _LAST:
        view.add_item(OwnPageButton(page + 1, words.NEXT))
    # As with the buttons of jobs: the dynamic items answer, for ever.
    view.stop()
    return view


def with_way_back(buttons: discord.ui.View | None, page: int) -> discord.ui.View:
    """Put a way back to the list below what can be done with one job."""
    view = discord.ui.View(timeout=None) if buttons is None else buttons
    view.add_item(OwnPageButton(page, words.BACK))
    view.stop()
    return view


def _line(job: Job, link: str | None, outlook: Outlook | None, pause: Pause | None) -> str:
    state = _state(job)
    said = [f"[{state}]({link})" if link else state, *_going(job, outlook, pause)]
    return f"`{job.id}` {' · '.join(said)} · {safe(prompt_of(job), _PROMPT)}"


def _going(job: Job, outlook: Outlook | None, pause: Pause | None) -> Iterator[str]:
    if not job.is_open or job.failure is not None:
        yield discord.utils.format_dt(job.created_at, "R")
        return
    expected = outlook_text(job, outlook, pause)
    if expected.place:
        yield expected.place
    if job.progress is not None and job.video is None:
        yield f"{job.progress}%"
    yield since(job)
    if expected.usual:
        yield expected.usual


def _state(job: Job) -> str:
    if job.held_for is not None:
        return _HELD[job.held_for]()
    if job.removed_at is not None:
        return REMOVED()
    if job.hidden_at is not None:
        return HIDDEN()
    if job.failure is not None:
        return FAILURE_TITLES[job.failure.kind]()
    return STATE_WORDS[job.state]()


def _option(job: Job) -> discord.SelectOption:
    return discord.SelectOption(
        label=plain(f"{job.id} · {_state(job)}", _OPTION),
        value=job.id,
        # What is all invisible leaves nothing, and Discord takes no empty description.
        description=plain(prompt_of(job), _OPTION) or None,
    )
