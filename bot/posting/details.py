"""Everything about one job: how it was asked for, when what happened, and its family as a tree."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import discord

from bot.domain import Job, JobState, Mode, Relation
from bot.language import Phrase, listed
from bot.posting import words_details as words
from bot.posting.facts import extent, price
from bot.posting.text import megabytes, safe

PROMPT_ROOM: Final = 1500
"""Characters of a prompt in the message; a longer one comes as a file, too."""
_EVENTS: Final[Mapping[str, Phrase]] = {
    "reserved": words.ASKED,
    "submitting": words.SUBMITTED,
    "stored": words.STORED,
    "posted": words.POSTED,
    "told": words.TOLD,
    "published": words.PUBLISHED,
}
_SNIPPET: Final = 40
_STEP: Final = "\N{EM SPACE}"
_DOT: Final = "•"
_MARKS: Final[Mapping[Relation, str]] = {
    Relation.AGAIN: "\N{CLOCKWISE RIGHTWARDS AND LEFTWARDS OPEN CIRCLE ARROWS}",
    Relation.REMIX: "\N{PENCIL}",
    Relation.CONTINUE: "\N{BLACK RIGHT-POINTING DOUBLE TRIANGLE}",
    Relation.EXTEND: "\N{HEAVY PLUS SIGN}",
    Relation.EDIT: "\N{CLAPPER BOARD}",
    Relation.SCENE: "\N{BLACK RIGHT-POINTING DOUBLE TRIANGLE}",
}
_COLOR: Final = 0x5865F2


@dataclass(frozen=True, slots=True)
class Branch:
    """One job of a family, where it stands in the tree."""

    depth: int
    relation: Relation | None
    """How it comes of the one above it."""
    is_self: bool = False
    job: Job | None = None
    """None where it was forgotten, or is not for whoever asks."""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """A family in the order in which it is read."""

    branches: tuple[Branch, ...]
    has_more_above: bool = False
    has_more_below: bool = False


def detail_lines(
    job: Job,
    service: str,
    history: Sequence[tuple[datetime, str, str | None]],
    *,
    shows_price: bool,
) -> list[str]:
    """Write all options and times of a job, a line each; `service` is who makes it."""
    return [*_options(job, service, shows_price=shows_price), "", *_times(history)]


def whole_prompt(job: Job) -> discord.File | None:
    """Return the prompt as a file where the message has no room for all of it."""
    if safe(job.spec.prompt, PROMPT_ROOM) == safe(job.spec.prompt, 2 * len(job.spec.prompt) + 1):
        return None
    data = io.BytesIO(job.spec.prompt.encode("utf-8", "replace"))
    return discord.File(data, filename=f"prompt-{job.id}.txt")


def tree_embed(tree: Tree) -> discord.Embed | None:
    """Draw a family; None where a job stands alone."""
    if len(tree.branches) == 1 and not tree.has_more_above:
        return None
    lines = [words.MORE_ABOVE()] if tree.has_more_above else []
    lines += [_branch(one) for one in tree.branches]
    lines += [words.MORE_BELOW()] if tree.has_more_below else []
    return discord.Embed(title=words.LINEAGE(), description="\n".join(lines), color=_COLOR)


def _options(job: Job, service: str, *, shows_price: bool) -> Iterator[str]:
    spec, video = job.spec, job.video
    yield words.MODEL(model=spec.model, service=service)
    if job.look is not None:
        yield words.LOOK(look=job.look)
    yield words.MADE_FROM(what=_made_from(job))
    yield words.LENGTH(length=listed(extent(job)))
    yield words.SIZE(size=spec.resolution)
    yield words.SHAPE(shape=spec.aspect_ratio) if spec.aspect_ratio else words.FREE_SHAPE()
    if video is not None:
        size = megabytes(video.size_bytes)
        yield words.FILE(size=size, width=video.width, height=video.height)
    shown = price(job) if shows_price else None
    if shown is not None:
        yield words.PRICE(price=shown)
    if job.is_private:
        yield words.PRIVATE()
    if job.is_spoiler:
        yield words.SPOILER()


def _made_from(job: Job) -> str:
    if job.spec.mode is Mode.REFERENCES:
        return words.IMAGES(len(job.references))
    return words.MODES[job.spec.mode]()


def _times(history: Sequence[tuple[datetime, str, str | None]]) -> Iterator[str]:
    """Say when each step was last taken, in their order."""
    last = {event: at for at, event, _ in history if event in _EVENTS}
    for event, at in sorted(last.items(), key=lambda one: one[1]):
        yield _EVENTS[event](at=discord.utils.format_dt(at, "f"))


def _branch(one: Branch) -> str:
    indent = _STEP * one.depth
    if one.job is None:
        return f"{indent}{_DOT}"
    name = f"`{one.job.id}`"
    parts = [f"[{name}]({one.url})" if one.url else name]
    if one.relation is not None:
        parts.insert(0, f"{_MARKS[one.relation]} {words.RELATIONS[one.relation]()}")
    if one.is_self:
        parts.append(f"**{words.THIS()}**")
    elif one.job.removed_at is not None or one.job.hidden_at is not None:
        parts.append(words.REMOVED())
    elif one.job.state is JobState.POSTED and not one.job.is_spoiler:
        parts.append(safe(one.job.spec.prompt, _SNIPPET))
    return indent + " · ".join(parts)
