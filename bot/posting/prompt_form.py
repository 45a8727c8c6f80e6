"""The forms that ask for a prompt: all they need is in their id, so that they outlive a restart."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import discord

from bot.posting import words_forms as words
from bot.posting.sent_fields import sent_fields

LONGEST: Final = 4000
"""Characters that a field takes (Discord, Text Input Structure)."""
_PROMPT: Final = "prompt"
_MODEL: Final = "model"
_MODEL_LENGTH: Final = 100


class Subject(StrEnum):
    """What the video is to be made of; all but the last two are jobs."""

    REMIX = "remix"
    CONTINUE = "continue"
    EXTEND = "extend"
    EDIT = "edit"
    IMAGES = "images"
    """Images of a message, kept as a draft."""
    AVATAR = "avatar"
    """The picture of a person."""


_OF_JOBS: Final = (Subject.REMIX, Subject.CONTINUE, Subject.EXTEND, Subject.EDIT)
_ID: Final = re.compile(
    rf"v1:prompt:(?:(?P<of_job>{'|'.join(_OF_JOBS)}):(?P<job>[0-9a-z]{{10}})"
    r"|(?P<images>images):(?P<draft>[1-9][0-9]{0,8})"
    r"|(?P<avatar>avatar):(?P<user>[1-9][0-9]{0,18}))"
)


@dataclass(frozen=True, slots=True)
class FilledPrompt:
    """What a member sent."""

    subject: Subject
    of: str
    """The id of the job, the draft or the person."""
    prompt: str
    model: str | None = None


def prompt_form(subject: Subject, of: str, *, most: int, filled: str = "") -> discord.ui.Modal:
    """Make the form; `most` is how long a prompt may be, `filled` what stands in it at first."""
    title = words.TITLES[subject]()
    form = discord.ui.Modal(title=title, custom_id=f"v1:prompt:{subject}:{of}")
    longest = min(most, LONGEST)
    prompt = discord.ui.TextInput[Any](
        custom_id=_PROMPT,
        style=discord.TextStyle.paragraph,
        default=filled[:longest] or None,
        max_length=longest,
    )
    form.add_item(discord.ui.Label(text=words.PROMPTS[subject](), component=prompt))
    if subject not in _OF_JOBS:
        model = discord.ui.TextInput[Any](
            custom_id=_MODEL, required=False, max_length=_MODEL_LENGTH
        )
        described = words.MODEL_HINT()
        form.add_item(discord.ui.Label(text=words.MODEL(), description=described, component=model))
    # A finished form is sent but not remembered: what comes back is read from its id alone.
    form.stop()
    return form


def filled_prompt(interaction: discord.Interaction[Any]) -> FilledPrompt | None:
    """Read a form that was sent; None when it is another one."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    data: Any = interaction.data
    found = _ID.fullmatch(data["custom_id"])
    if found is None:
        return None
    subject = Subject(found["of_job"] or found["images"] or found["avatar"])
    of = found["job"] or found["draft"] or found["user"]
    fields = sent_fields(data)
    model = fields.text(_MODEL).strip()
    return FilledPrompt(subject, of, fields.text(_PROMPT), model or None)
