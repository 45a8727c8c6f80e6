"""What a message with a video says and has, in a channel or in direct messages."""

from collections.abc import Iterable
from typing import Any

import discord

from bot.domain import Job, MessageKind, OwedMessage, Place
from bot.language import Phrase
from bot.posting import words, words_private, words_story
from bot.posting.cards import Looks
from bot.posting.forms import VideoForm
from bot.posting.result_buttons import private_buttons, result_buttons
from bot.posting.story_cards import not_joined
from bot.providers.entries import ModelEntry


def video_parts(
    looks: Looks,
    offered: Iterable[ModelEntry],
    job: Job,
    message: OwedMessage,
    place: Place,
    *,
    form: VideoForm | None,
    is_plain: bool,
) -> dict[str, Any]:
    """Return content, embed and buttons; `offered` are the models that could go on from it."""
    mention = f"<@{job.origin.requester_id}>"
    if message.kind is MessageKind.JOINED and job.video is None:
        said = words_story.NOT_JOINED(mention=mention)
        return {"content": said, "embed": not_joined(job, message)}
    return {
        "content": _said(job, message)(mention=mention),
        "embed": looks.result(job, message, place, form=form, is_plain=is_plain),
        "view": _buttons(offered, job, message, place),
    }


def _said(job: Job, message: OwedMessage) -> Phrase:
    match message.kind:
        case MessageKind.JOINED:
            return words_story.JOINED
        case MessageKind.DELIVERY:
            return words.DELIVERY
        case _:
            return words_private.READY if job.is_private else words.RESULT


def _buttons(
    offered: Iterable[ModelEntry], job: Job, message: OwedMessage, place: Place
) -> discord.ui.View | None:
    """Return the buttons under a video; in direct messages nothing can be made.

    What is joined is no job of its own, so that nothing can be done with it but with its scenes.
    """
    if message.kind is MessageKind.JOINED:
        return None
    if place is not Place.REQUESTER:
        return result_buttons(job, offered)
    return private_buttons(job) if job.is_private else None
