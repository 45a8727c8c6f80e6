"""How a job looks: its card, its result and its failure, as embeds."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import discord

from bot.domain import Failure, Job, JobState, OwedMessage, Pause
from bot.posting import words
from bot.posting.facts import extent, facts, price, prompt_of
from bot.posting.text import bar, safe

_BUSY: Final = 0x5865F2
_DONE: Final = 0x3BA55D
_BAD: Final = 0xC0392B
_CARD_PROMPT: Final = 600
_RESULT_PROMPT: Final = 1000


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
        made = [job.spec.model, *extent(job)]
        shown = price(job) if self._shows_prices else None
        if shown is not None:
            made.append(shown)
        text = words.ACCEPTED.format(job_id=job.id, facts=", ".join(made))
        is_shown = bool(job.references) and self._publishes_images(job)
        return f"{text} {words.IMAGES_ARE_SHOWN}" if is_shown else text

    def card(
        self, job: Job, *, now: datetime, result: OwedMessage | None, pause: Pause | None = None
    ) -> discord.Embed:
        """Draw the progress card; once the job is over it folds into one line.

        `pause` is that of the job's provider, if there is one.
        """
        match job.state:
            case JobState.POSTED:
                return discord.Embed(
                    description=f"**Done**{_whereabouts(job, result)}", color=_DONE
                )
            case JobState.FAILED | JobState.TOLD:
                return discord.Embed(description=f"**{_title(job.failure)}**", color=_BAD)
            case _:
                embed = discord.Embed(description=self._progress(job, now, pause), color=_BUSY)
                embed.set_footer(text=self._facts(job))
                return embed

    def result(self, job: Job) -> discord.Embed:
        """Draw what stands under the posted video."""
        embed = discord.Embed(description=_quoted(job, _RESULT_PROMPT), color=_DONE)
        embed.set_footer(text=self._facts(job))
        return embed

    def failure(self, job: Job) -> discord.Embed:
        """Draw the honest reason: what happened, what it cost, what to do next."""
        failure = job.failure
        assert failure is not None  # noqa: S101 - a check of the table holds it
        lines = [
            words.FAILURE_REASONS[failure.kind],
            words.CHARGE_WORDS[failure.charge],
            words.FAILURE_STEPS[failure.kind],
            "",
            _quoted(job, _CARD_PROMPT),
        ]
        embed = discord.Embed(title=_title(failure), description="\n".join(lines), color=_BAD)
        embed.set_footer(text=self._facts(job))
        return embed

    def details(
        self,
        job: Job,
        *,
        result: OwedMessage | None,
        pause: Pause | None = None,
        is_moderator: bool = False,
    ) -> discord.Embed:
        """Draw one job for whoever asks about it; only a moderator reads why it has to wait."""
        lines = [
            _quoted(job, _RESULT_PROMPT),
            "",
            f"**{words.STATE_WORDS[job.state]}**{_whereabouts(job, result)}",
            f"By <@{job.origin.requester_id}> {discord.utils.format_dt(job.created_at, 'R')}",
        ]
        if job.failure is not None:
            lines.append(words.FAILURE_REASONS[job.failure.kind])
            lines.append(words.CHARGE_WORDS[job.failure.charge])
        if pause is not None and _waits(job):
            lines.append(_why_paused(pause) if is_moderator else words.PAUSED)
        color = _BAD if job.failure else _BUSY if job.is_open else _DONE
        embed = discord.Embed(description="\n".join(lines), color=color)
        embed.set_footer(text=self._facts(job))
        return embed

    def _progress(self, job: Job, now: datetime, pause: Pause | None) -> str:
        state = f"**{words.STATE_WORDS[job.state]}**"
        if job.state is JobState.RENDERING:
            shown = "" if job.progress is None else f" {job.progress}%"
            state = f"{state}\n{bar(job.progress or 0)}{shown}"
        # Discord counts this up by itself, so that a card is edited only when something changed.
        elapsed = f"Started {discord.utils.format_dt(job.created_at, 'R')}"
        lines = [_quoted(job, _CARD_PROMPT), "", state, elapsed]
        if self._is_late(job, now):
            lines.append(words.LATE)
        if pause is not None and _waits(job):
            lines.append(words.PAUSED)
        return "\n".join(lines)

    def _is_late(self, job: Job, now: datetime) -> bool:
        if job.state is not JobState.RENDERING or job.submitted_at is None:
            return False
        deadline = self._soft_deadlines.get(job.spec.provider)
        return deadline is not None and now - job.submitted_at > deadline

    def _facts(self, job: Job) -> str:
        title = self._titles.get(job.spec.provider, job.spec.provider)
        return facts(job, title=title, shows_price=self._shows_prices)


def digest(embed: discord.Embed) -> str:
    """Return a short mark that changes when the picture does."""
    text = json.dumps(embed.to_dict(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def job_url(job: Job, message: OwedMessage | None) -> str | None:
    """Link to a message of `job` in its channel; None when there is none to link to."""
    if message is None or message.message_id is None or _is_direct(job, message):
        return None
    origin = job.origin
    return (
        f"https://discord.com/channels/{origin.guild_id}/{origin.channel_id}/{message.message_id}"
    )


def _waits(job: Job) -> bool:
    return job.state is JobState.RESERVED


def _why_paused(pause: Pause) -> str:
    since = discord.utils.format_dt(pause.paused_at, "f")
    return words.PAUSED_TO_MODERATORS.format(reason=words.PAUSE_REASONS[pause.reason], since=since)


def _is_direct(job: Job, message: OwedMessage) -> bool:
    return message.channel_id != job.origin.channel_id


def _whereabouts(job: Job, result: OwedMessage | None) -> str:
    if result is not None and _is_direct(job, result):
        return f" · {words.SENT_DIRECTLY}"
    link = job_url(job, result)
    return f" · [see the video]({link})" if link else ""


def _quoted(job: Job, limit: int) -> str:
    return f"> {safe(prompt_of(job), limit)}"


def _title(failure: Failure | None) -> str:
    return "No video" if failure is None else words.FAILURE_TITLES[failure.kind]
