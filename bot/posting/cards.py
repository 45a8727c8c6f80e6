"""How a job looks: its card, its result and its failure, as embeds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import discord

from bot.domain import (
    Ending,
    Failure,
    FailureKind,
    Hold,
    Job,
    JobState,
    MessageKind,
    Outlook,
    OwedMessage,
    Pause,
    Place,
)
from bot.language import strung
from bot.posting import words, words_details, words_private, words_removal
from bot.posting.buttons import failure_buttons
from bot.posting.facts import covered, extent, facts, price, prompt_of
from bot.posting.forms import VideoForm
from bot.posting.links import message_url
from bot.posting.marks import counted_mark, footer_mark
from bot.posting.moderation import words_desk
from bot.posting.notes import notes
from bot.posting.progress import progress_lines, since
from bot.posting.story_cards import failure_notes
from bot.posting.text import dollars, safe

_BUSY: Final = 0x5865F2
_DONE: Final = 0x3BA55D
_BAD: Final = 0xC0392B
_CARD_PROMPT: Final = 600
_RESULT_PROMPT: Final = 1000
_NOTE: Final = 300
_MINUTES: Final = 15
"""How long a price is asked about: `bot.store.reservations` gives it up then."""


def _none(_: Job) -> bool:
    return False


class Looks:
    """Draws jobs; it knows from when on each provider is late, and whether prices are shown.

    `publishes_images` tells whether the images of a job have to be shown with its card.
    """

    def __init__(
        self,
        titles: Mapping[str, str],
        soft_deadlines: Mapping[str, timedelta],
        *,
        shows_prices: bool = False,
        publishes_images: Callable[[Job], bool] = _none,
    ) -> None:
        self._titles = titles
        self._soft_deadlines = soft_deadlines
        self._shows_prices = shows_prices
        self._publishes_images = publishes_images

    def accepted(self, job: Job) -> str:
        """Say to its requester that a job was taken, what of it is shown, and what it costs."""
        match job.held_for:
            case Hold.CONFIRMATION:
                return words.ASK_PRICE(price=_most(job), minutes=_MINUTES, job_id=job.id)
            case Hold.REVIEW if job.is_private:
                return words_private.IN_REVIEW(job_id=job.id)
            case Hold.REVIEW:
                return words.IN_REVIEW(job_id=job.id)
        made = [job.spec.model, *extent(job)]
        shown = price(job) if self._shows_prices else None
        if shown is not None:
            made.append(shown)
        if job.is_private:
            return words_private.ACCEPTED(job_id=job.id, facts=strung(made))
        text = words.ACCEPTED(job_id=job.id, facts=strung(made))
        is_shown = bool(job.references) and self._publishes_images(job)
        return f"{text} {words.IMAGES_ARE_SHOWN()}" if is_shown else text

    def card(
        self,
        job: Job,
        *,
        now: datetime,
        result: OwedMessage | None,
        pause: Pause | None = None,
        outlook: Outlook | None = None,
        is_plain: bool = False,
    ) -> discord.Embed:
        """Draw the progress card; once the job is over it folds into one line and its mark.

        `pause` is that of the job's provider, if there is one.
        """
        if job.removed_at is not None or job.hidden_at is not None:
            embed = discord.Embed(description=_withdrawn(job), color=_BAD)
            return embed.set_footer(text=footer_mark(job))
        match job.state:
            case JobState.POSTED:
                embed = discord.Embed(
                    description=f"**{words.STATE_WORDS[job.state]()}**{_whereabouts(job, result)}",
                    color=_DONE,
                )
                return embed.set_footer(text=footer_mark(job))
            case JobState.FAILED | JobState.TOLD:
                embed = discord.Embed(description=f"**{_title(job)}**", color=_BAD)
                return embed.set_footer(text=footer_mark(job))
            case _:
                lines = self._progress(job, now, pause, outlook, is_plain=is_plain)
                embed = discord.Embed(description="\n".join(lines), color=_BUSY)
                return embed.set_footer(text=self.facts(job))

    def result(
        self,
        job: Job,
        message: OwedMessage | None = None,
        place: Place = Place.CHANNEL,
        *,
        form: VideoForm | None = None,
        is_plain: bool = False,
    ) -> discord.Embed:
        """Draw what stands under the posted video; plain is without what the member wrote."""
        wanted = None if message is None else message.channel_id
        said = notes(job, place, form, channel_id=wanted)
        lines = [_prompt(job, _RESULT_PROMPT, is_plain=is_plain), *said]
        embed = discord.Embed(description="\n".join(lines), color=_DONE)
        return embed.set_footer(text=f"{self.facts(job)}{counted_mark(message)}")

    def failure(
        self, job: Job, place: Place = Place.CHANNEL, *, is_plain: bool = False
    ) -> discord.Embed:
        """Draw the honest reason: what happened, what it cost, what to do next."""
        failure = job.failure
        assert failure is not None  # noqa: S101 - a check of the table holds it
        lines = [
            _reason(job, failure),
            words.CHARGE_WORDS[failure.charge](),
            _step(job, failure, place),
            *failure_notes(job),
            *notes(job, place),
        ]
        if job.is_private and failure_buttons(job) is not None:
            lines.append(words_private.BUTTONS_ELSEWHERE())
        if failure.kind is not FailureKind.CANCELLED:
            # What was given up may have waited for a moderator, and is shown to nobody.
            lines += ["", _prompt(job, _CARD_PROMPT, is_plain=is_plain)]
        embed = discord.Embed(title=_title(job), description="\n".join(lines), color=_BAD)
        embed.set_footer(text=self.facts(job))
        return embed

    def details(
        self,
        job: Job,
        *,
        result: OwedMessage | None,
        pause: Pause | None = None,
        is_moderator: bool = False,
        hides_prompt: bool = False,
        prompt_room: int = _RESULT_PROMPT,
        more: Sequence[str] = (),
    ) -> discord.Embed:
        """Draw one job for whoever asks about it; only a moderator reads why it has to wait."""
        prompt = _prompt(job, prompt_room, is_plain=False)
        lines = [
            words_details.PROMPT_HIDDEN() if hides_prompt else prompt,
            "",
            _withdrawn(job) or f"**{words.STATE_WORDS[job.state]()}**{_whereabouts(job, result)}",
            words.BY(
                who=f"<@{job.origin.requester_id}>",
                when=discord.utils.format_dt(job.created_at, "R"),
            ),
        ]
        if job.failure is not None:
            lines.append(_reason(job, job.failure))
            lines.append(words.CHARGE_WORDS[job.failure.charge]())
        if pause is not None and _waits(job):
            lines.append(_why_paused(pause) if is_moderator else words.PAUSED())
        color = _BAD if job.failure else _BUSY if job.is_open else _DONE
        embed = discord.Embed(description="\n".join([*lines, *more]), color=color)
        embed.set_footer(text=self.facts(job))
        return embed

    def _progress(
        self,
        job: Job,
        now: datetime,
        pause: Pause | None,
        outlook: Outlook | None,
        *,
        is_plain: bool,
    ) -> list[str]:
        if job.held_for is not None:
            # What nobody has looked at yet is not shown to everybody.
            return [f"**{words.WAITING_FOR_REVIEW()}**", since(job)]
        lines = progress_lines(job, outlook, pause, is_late=self._is_late(job, now))
        return [_prompt(job, _CARD_PROMPT, is_plain=is_plain), "", *lines]

    def _is_late(self, job: Job, now: datetime) -> bool:
        if job.state is not JobState.RENDERING or job.submitted_at is None:
            return False
        deadline = self._soft_deadlines.get(job.spec.provider)
        return deadline is not None and now - job.submitted_at > deadline

    def facts(self, job: Job) -> str:
        """Write the small line under a job, which ends with its mark."""
        return facts(job, title=self.service(job), shows_price=self._shows_prices)

    def service(self, job: Job) -> str:
        """Name who makes a job, as people read it."""
        return self._titles.get(job.spec.provider, job.spec.provider)


def _most(job: Job) -> str:
    # It may turn to another model on its way: the yes is to the dearest of them.
    offered = [job.estimate_micros, *(one.estimate_micros for one in job.alternatives)]
    prices = [price for price in offered if price is not None]
    if len(prices) < len(offered):
        return words.NO_PRICE()
    return words.AT_MOST(price=dollars(max(prices)))


def video_message(sent: Mapping[MessageKind, OwedMessage]) -> OwedMessage | None:
    """Choose the message that has the video: the last delivery, else the result."""
    return sent.get(MessageKind.DELIVERY) or sent.get(MessageKind.RESULT)


def job_url(job: Job, message: OwedMessage | None) -> str | None:
    """Link to a message of `job` in its server; None when there is none to link to."""
    if message is None or message.message_id is None or _is_direct(job, message):
        return None
    return message_url(message.channel_id, message.message_id, guild_id=job.origin.guild_id)


def _withdrawn(job: Job) -> str:
    """Say that a video was removed, by whom, or that it is hidden; nothing of one to be seen."""
    if job.removed_at is not None:
        by = words.SOMEBODY() if job.removed_by_id is None else f"<@{job.removed_by_id}>"
        when = discord.utils.format_dt(job.removed_at, "R")
        told = f"**{words_removal.REMOVED_BY(by=by)}** {when}"
        reason = words_removal.REASON(reason=safe(job.note, _NOTE))
        return f"{told}\n{reason}" if job.note else told
    return f"**{words_removal.HIDDEN()}**" if job.hidden_at is not None else ""


def _waits(job: Job) -> bool:
    return job.state is JobState.RESERVED


def _why_paused(pause: Pause) -> str:
    since = discord.utils.format_dt(pause.paused_at, "f")
    return words.PAUSED_TO_MODERATORS(reason=words.PAUSE_REASONS[pause.reason](), since=since)


def _is_direct(job: Job, message: OwedMessage) -> bool:
    if message.place is None:  # written before the place was
        return message.channel_id != job.origin.channel_id
    return message.place is Place.REQUESTER


def _whereabouts(job: Job, result: OwedMessage | None) -> str:
    if result is not None and _is_direct(job, result):
        return f" · {words_private.SENT() if job.is_private else words.SENT_DIRECTLY()}"
    link = job_url(job, result)
    return f" · {words.SEE(link=link)}" if link else ""


def _prompt(job: Job, limit: int, *, is_plain: bool) -> str:
    return words.WITHOUT_PROMPT() if is_plain else f"> {covered(job, safe(prompt_of(job), limit))}"


def _title(job: Job) -> str:
    if job.ending is not None:
        return words_desk.ENDING_TITLES[job.ending]()
    failure = job.failure
    return (
        words.STATE_WORDS[job.state]() if failure is None else words.FAILURE_TITLES[failure.kind]()
    )


def _reason(job: Job, failure: Failure) -> str:
    if job.ending is None:
        return words.FAILURE_REASONS[failure.kind]()
    if job.note:
        return words_desk.REASON(reason=safe(job.note, _NOTE))
    return words_desk.ENDING_REASONS[job.ending]()


def _step(job: Job, failure: Failure, place: Place) -> str:
    # The button to appeal is left out of direct messages: nobody can be asked from there.
    if job.ending is Ending.DECLINED and (place is not Place.REQUESTER or job.is_private):
        return words_desk.CAN_APPEAL()
    return words.FAILURE_STEPS[failure.kind]()
