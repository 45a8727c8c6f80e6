"""How a storyboard looks: the answer to its command, and what is said about its end."""

from collections.abc import Iterator, Sequence
from typing import Final

import discord

from bot.domain import Hold, Job, OwedMessage
from bot.posting import words, words_story
from bot.posting.facts import extent
from bot.posting.marks import counted_mark, footer_mark
from bot.posting.text import dollars

_BAD: Final = 0xC0392B
_MINUTES: Final = 15
"""How long a price is asked about: `bot.store.reservations` gives it up then."""


def accepted_story(scenes: Sequence[Job], *, shows_price: bool) -> str:
    """Say to its requester that a storyboard was taken, or what it waits for."""
    first = scenes[0]
    said = {"count": len(scenes), "job_id": first.id}
    match first.held_for:
        case Hold.CONFIRMATION:
            return words_story.ASK_PRICE(price=_price(scenes), minutes=_MINUTES, **said)
        case Hold.REVIEW:
            in_review = words_story.PRIVATE_IN_REVIEW if first.is_private else words_story.IN_REVIEW
            return in_review(**said)
    made = [first.spec.model, *extent(first)]
    if shows_price:
        made.append(_price(scenes))
    accepted = words_story.PRIVATE_ACCEPTED if first.is_private else words_story.ACCEPTED
    return accepted(facts=", ".join(made), **said)


def not_joined(job: Job, message: OwedMessage) -> discord.Embed:
    """Draw why there is no joined video."""
    embed = discord.Embed(description=words_story.NOT_JOINED_WHY(), color=_BAD)
    return embed.set_footer(text=f"{footer_mark(job)}{counted_mark(message)}")


def failure_notes(job: Job) -> Iterator[str]:
    """Say under the failure of a scene what becomes of the others."""
    # A scene that has a video was gone on from, whatever became of its message.
    if job.storyboard is not None and job.video is None:
        yield words_story.BROKEN_OFF()


def _price(scenes: Sequence[Job]) -> str:
    known = [one.estimate_micros for one in scenes if one.estimate_micros is not None]
    if len(known) < len(scenes):
        return words.NO_PRICE()
    return words.AT_MOST(price=dollars(sum(known)))
