"""The form of /grok compose: all it needs is in its id, so that it outlives a restart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord.app_commands import Choice

from bot.domain import SentFile
from bot.errors import InvalidRequestError
from bot.posting import words_forms as words
from bot.posting.prompt_form import LONGEST
from bot.posting.sent_fields import sent_fields
from bot.posting.suggestions import suggest_models, suggest_words
from bot.posting.text import safe
from bot.providers.catalogue import Catalogue

MOST_FILES: Final = 10
"""That one field takes (Discord, File Upload Structure)."""
_ID: Final = re.compile(r"v1:compose:(?P<private>private|open)")
_PROMPT: Final = "prompt"
_IMAGES: Final = "images"
_MODEL: Final = "model"
_SHAPE: Final = "shape"
_LENGTH: Final = "length"
_SECONDS: Final = re.compile(r"(?P<seconds>[1-9][0-9]{0,2}) ?s?", re.ASCII)
_SECONDS_LENGTH: Final = 5
_TYPED: Final = 20


@dataclass(frozen=True, slots=True)
class Composed:
    """What a member sent; None is not said."""

    prompt: str
    images: tuple[SentFile, ...]
    model: str | None
    shape: str | None
    length: str
    is_private: bool

    @property
    def seconds(self) -> int | None:
        """Return the length that was typed.

        Raises:
            InvalidRequestError: It is no number of seconds.
        """
        typed = self.length.strip()
        if not typed:
            return None
        found = _SECONDS.fullmatch(typed)
        if found is None:
            raise InvalidRequestError(words.NO_LENGTH(typed=safe(typed, _TYPED)))
        return int(found["seconds"])


def compose_form(catalogue: Catalogue, *, most: int, is_private: bool) -> discord.ui.Modal:
    """Make the form for what is offered; `most` is how long a prompt may be."""
    custom_id = f"v1:compose:{'private' if is_private else 'open'}"
    form = discord.ui.Modal(title=words.COMPOSE_TITLE(), custom_id=custom_id)
    prompt = discord.ui.TextInput[Any](
        custom_id=_PROMPT, style=discord.TextStyle.paragraph, max_length=min(most, LONGEST)
    )
    form.add_item(discord.ui.Label(text=words.COMPOSE_PROMPT(), component=prompt))
    form.add_item(
        discord.ui.Label(
            text=words.IMAGES(),
            description=words.IMAGES_HINT(),
            component=discord.ui.FileUpload[Any](
                custom_id=_IMAGES, required=False, min_values=0, max_values=MOST_FILES
            ),
        )
    )
    _add_choice(form, words.MODEL(), _MODEL, suggest_models(catalogue, ""))
    shapes = suggest_words("", [one for entry in catalogue for one in entry.aspect_ratios])
    _add_choice(form, words.SHAPE(), _SHAPE, shapes)
    length = discord.ui.TextInput[Any](
        custom_id=_LENGTH, required=False, max_length=_SECONDS_LENGTH
    )
    form.add_item(discord.ui.Label(text=words.LENGTH(), component=length))
    # A finished form is sent but not remembered: what comes back is read from its id alone.
    form.stop()
    return form


def _add_choice(
    form: discord.ui.Modal, label: str, custom_id: str, choices: Sequence[Choice[str]]
) -> None:
    """Add a menu, where there is something to choose from."""
    if choices:
        options = [discord.SelectOption(label=one.name, value=one.value) for one in choices]
        menu = discord.ui.Select[Any](
            custom_id=custom_id, options=options, required=False, min_values=0
        )
        form.add_item(discord.ui.Label(text=label, description=words.USUAL(), component=menu))


def composed(interaction: discord.Interaction[Any]) -> Composed | None:
    """Read a form that was sent; None when it is another one."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    data: Any = interaction.data
    found = _ID.fullmatch(data["custom_id"])
    if found is None:
        return None
    fields = sent_fields(data)
    return Composed(
        prompt=fields.text(_PROMPT),
        images=fields.files(_IMAGES),
        model=fields.choice(_MODEL),
        shape=fields.choice(_SHAPE),
        length=fields.text(_LENGTH),
        is_private=found["private"] == "private",
    )
