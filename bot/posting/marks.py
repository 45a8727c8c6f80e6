"""The marks by which a message of ours is known again, and the nonce that it is sent under."""

import re
from typing import Final

import discord

from bot.domain import Job, MessageKind, OwedMessage, Place

_NONCE_MARKS: Final = {Place.CHANNEL: "", Place.PARENT: "p", Place.REQUESTER: "d"}
_COVER: Final = "SPOILER_"
_NAMED: Final = re.compile(r"(?:^| )job (?P<job_id>[0-9a-z]{10})(?: · [a-z]+ [0-9]+)?$")
_MARKED: Final = re.compile(
    r"(?:^| )job (?P<job_id>[0-9a-z]{10})(?: · (?:delivery|joined|gallery) [0-9]+)?$"
)
_COUNTED: Final = {
    MessageKind.DELIVERY: "delivery",
    MessageKind.CASE: "case",
    MessageKind.ANSWER: "appeal",
    MessageKind.JOINED: "joined",
    MessageKind.GALLERY: "gallery",
    MessageKind.WEEKLY: "week",
}
_JOB_BUTTON: Final = "v1:job:{job_id}:"


def nonce_of(message: OwedMessage, place: Place) -> str:
    """Return the nonce of a message at a place.

    One for each place: Discord would answer a second place with the first one's message.
    """
    return message.nonce + _NONCE_MARKS[place]


def video_name(job: Job) -> str:
    """Name the file of a job's video, without the mark that Discord covers it by."""
    return f"grok-{job.id}{'-joined' if job.is_joined else ''}.mp4"


def counted_mark(message: OwedMessage | None) -> str:
    """Return what the small line ends with under what a job may owe several times."""
    if message is None or message.kind not in _COUNTED:
        return ""
    return f" · {_COUNTED[message.kind]} {message.sequence}"


def case_mark(case_id: int) -> str:
    """Return what the small line under a case ends with, wherever it is shown."""
    return f" · {_COUNTED[MessageKind.CASE]} {case_id}"


def footer_mark(job: Job) -> str:
    """Return the end of the small line under a job's messages, which no member can write."""
    return f"job {job.id}"


def is_the_one(found: discord.Message, job: Job, message: OwedMessage) -> bool:
    """Tell whether a message of the bot is the owed one: by button, file name or footer.

    Cards have no text of their own and failures have a title, which tells the kinds apart.
    """
    footer = next((embed.footer.text or "" for embed in found.embeds), "")
    if message.kind in _COUNTED:
        return footer.endswith(f"{footer_mark(job)}{counted_mark(message)}")
    is_of_job = (
        footer.endswith(footer_mark(job))
        or any(_bare(file.filename) == video_name(job) for file in found.attachments)
        or any(id_.startswith(_JOB_BUTTON.format(job_id=job.id)) for id_ in _buttons(found))
    )
    return is_of_job and not _is_counted(footer) and _kind(found) is message.kind


def _bare(filename: str) -> str:
    """Take the cover off: a video may have been covered or shown since it was posted."""
    return filename.removeprefix(_COVER)


def _kind(found: discord.Message) -> MessageKind:
    if not found.content:
        return MessageKind.CARD
    is_failure = any(embed.title for embed in found.embeds)
    return MessageKind.FAILURE if is_failure else MessageKind.RESULT


def _is_counted(footer: str) -> bool:
    return any(f" · {counted} " in footer for counted in _COUNTED.values())


def _buttons(found: discord.Message) -> list[str]:
    return [
        child.custom_id
        for row in found.components
        if isinstance(row, discord.ActionRow)
        for child in row.children
        if child.custom_id is not None
    ]


def marked_job(found: discord.Message) -> str | None:
    """Return the id of the job whose video a message of ours says it has; None of another."""
    footer = next((embed.footer.text or "" for embed in found.embeds), "")
    named = _MARKED.search(footer)
    has_video = _kind(found) is MessageKind.RESULT or " · gallery " in footer
    return named["job_id"] if named is not None and has_video else None


def named_job(found: discord.Message) -> str | None:
    """Return the id of the job that any message of ours is about; None of another."""
    footers = [embed.footer.text or "" for embed in found.embeds]
    named = next((match for match in map(_NAMED.search, footers) if match is not None), None)
    return None if named is None else named["job_id"]
