"""The form of a storyboard: its options are in its id, so that it outlives a restart."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.posting.words_story import SCENES, SCENES_HELP, TITLE

_ID: Final = re.compile(
    r"v1:story:(?P<seconds>[0-9]{0,3}):(?P<model>[0-9a-f]{16})?(?::(?P<private>private|open))?"
)
_FIELD: Final = "scenes"
_LONGEST: Final = 4000
"""Characters that Discord takes in one field (Text Input)."""


@dataclass(frozen=True, slots=True)
class FilledStory:
    """What a member sent: the scenes, and the options of the command that opened the form."""

    prompts: tuple[str, ...]
    seconds: int | None
    model_mark: str | None
    """A short mark of the model or look that was named."""
    is_private: bool | None
    """None is left to what the member has chosen for all of theirs."""

    def model_among(self, names: Iterable[str]) -> str | None:
        """Find what was named among what there is; None when nothing was, or it is gone."""
        return next((name for name in names if model_mark(name) == self.model_mark), None)


def model_mark(name: str) -> str:
    """Mark a model or a look: its name may be longer than an id has room for."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def story_form(
    *, model: str | None, seconds: int | None, is_private: bool | None, fewest: int, most: int
) -> discord.ui.Modal:
    """Make the form for storyboards of that model and length; None is what was not said."""
    marked = "" if model is None else model_mark(model)
    private = {True: ":private", False: ":open", None: ""}[is_private]
    custom_id = f"v1:story:{seconds or ''}:{marked}{private}"
    form = discord.ui.Modal(title=TITLE(), custom_id=custom_id)
    field = discord.ui.TextInput[Any](
        custom_id=_FIELD,
        style=discord.TextStyle.paragraph,
        required=True,
        max_length=_LONGEST,
    )
    help_ = SCENES_HELP(fewest=fewest, most=most)
    form.add_item(discord.ui.Label(text=SCENES(), description=help_, component=field))
    # A finished form is sent but not remembered: what comes back is read from its id alone.
    form.stop()
    return form


def filled_story(interaction: discord.Interaction[Any]) -> FilledStory | None:
    """Read a form that was sent; None when it is another one."""
    data: Any = interaction.data
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    found = _ID.fullmatch(data["custom_id"])
    if found is None:
        return None
    lines = _value(data.get("components") or ()).splitlines()
    return FilledStory(
        prompts=tuple(line.strip() for line in lines if line.strip()),
        seconds=int(found["seconds"]) if found["seconds"] else None,
        model_mark=found["model"],
        is_private=found["private"] == "private" if found["private"] else None,
    )


def _value(rows: Any) -> str:  # noqa: ANN401 - as Discord sends it
    for row in rows:
        field = row.get("component") or {}
        if field.get("custom_id") == _FIELD:
            return str(field.get("value") or "")
    return ""
