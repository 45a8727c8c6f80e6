"""Buttons that outlive every restart: all they need is in their own id.

A press becomes the client event `job_button`; `cogs/controls.py` and its neighbours answer it.
"""

import re
from enum import StrEnum
from typing import Any, Final, Self

import discord

from bot.domain import Ending, FailureKind, Job, JobState
from bot.language import Phrase
from bot.posting import words, words_controls
from bot.posting.moderation import words_desk


class Action(StrEnum):
    """What a button asks for."""

    CANCEL = "cancel"
    SUBMIT_AGAIN = "again"
    CONFIRM = "confirm"
    DECLINE = "decline"
    APPEAL = "appeal"
    REPEAT = "repeat"
    REMIX = "remix"
    CONTINUE = "continue"
    EXTEND = "extend"
    EDIT = "edit"
    DETAILS = "details"
    REMOVE = "remove"
    PUBLISH = "publish"
    REVEAL = "reveal"


_TEMPLATE: Final = re.compile(rf"v1:job:(?P<job_id>[0-9a-z]{{10}}):(?P<action>{'|'.join(Action)})")
_LOOKS: Final = {
    Action.CANCEL: (words.CANCEL, discord.ButtonStyle.secondary),
    Action.SUBMIT_AGAIN: (words.SUBMIT_AGAIN, discord.ButtonStyle.danger),
    Action.CONFIRM: (words.CONFIRM, discord.ButtonStyle.success),
    Action.DECLINE: (words.DECLINE, discord.ButtonStyle.secondary),
    Action.APPEAL: (words_desk.APPEAL, discord.ButtonStyle.secondary),
}
_MARKS: Final = {
    Action.REPEAT: "\N{CLOCKWISE RIGHTWARDS AND LEFTWARDS OPEN CIRCLE ARROWS}",
    Action.REMIX: "\N{PENCIL}\N{VARIATION SELECTOR-16}",
    Action.CONTINUE: "\N{BLACK RIGHT-POINTING DOUBLE TRIANGLE}",
    Action.EXTEND: "\N{HEAVY PLUS SIGN}",
    Action.EDIT: "\N{CLAPPER BOARD}",
    Action.DETAILS: "\N{INFORMATION SOURCE}\N{VARIATION SELECTOR-16}",
    Action.REMOVE: "\N{WASTEBASKET}\N{VARIATION SELECTOR-16}",
}
"""What a member knows a button under a video by, in whichever language."""


class JobButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=_TEMPLATE,
):
    """One action on one job."""

    def __init__(self, job_id: str, action: Action) -> None:
        self.job_id = job_id
        self.action = action
        label, style = _look(action)
        super().__init__(
            discord.ui.Button(
                label=label(),
                style=style,
                emoji=_MARKS.get(action),
                custom_id=f"v1:job:{job_id}:{action}",
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
        return cls(match["job_id"], Action(match["action"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to whoever listens."""
        interaction.client.dispatch("job_button", interaction, self.action, self.job_id)


def card_buttons(job: Job) -> discord.ui.View | None:
    """Return the buttons of a progress card: none once nothing can be cancelled."""
    cancellable = (JobState.RESERVED, JobState.SUBMITTING, JobState.RENDERING, JobState.RENDERED)
    return buttons_of(job, Action.CANCEL) if job.state in cancellable else None


def failure_buttons(job: Job) -> discord.ui.View | None:
    """Return the buttons under a failure: only a person may repeat a call that may be paid.

    What a moderator declined can be appealed.
    """
    if job.ending is Ending.DECLINED:
        return buttons_of(job, Action.APPEAL)
    is_unknown = job.failure is not None and job.failure.kind is FailureKind.OUTCOME_UNKNOWN
    return buttons_of(job, Action.SUBMIT_AGAIN) if is_unknown else None


def price_buttons(job: Job) -> discord.ui.View:
    """Return the buttons by which a requester says yes or no to a price."""
    return buttons_of(job, Action.CONFIRM, Action.DECLINE)


def buttons_of(job: Job, *actions: Action) -> discord.ui.View:
    """Return buttons for a job, five a row."""
    view = discord.ui.View(timeout=None)
    for action in actions:
        view.add_item(JobButton(job.id, action))
    # A finished view is sent but not remembered: the dynamic item alone answers, for ever, and
    # a view kept for each message of months would be a leak.
    view.stop()
    return view


def _look(action: Action) -> tuple[Phrase, discord.ButtonStyle]:
    if action in words_controls.LABELS:
        return words_controls.LABELS[action], discord.ButtonStyle.secondary
    return _LOOKS[action]
