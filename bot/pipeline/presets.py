"""Requests that members keep under a name: what may be kept, and who may use it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.domain import Preset, Recipe, VideoRequest, Viewer
from bot.errors import InvalidRequestError, NotAllowedError
from bot.pipeline.validate import clean_prompt
from bot.posting import words_presets as words
from bot.posting.text import plain
from bot.store.community.presets import MOST, PresetStore

_NAME: Final = re.compile(r"[^\W_][\w .'-]{0,30}[\w.'!?)-]|[^\W_]")
_HOLE: Final = "{}"
"""Stands in a kept prompt for the words that are typed when it is used."""


class PresetBook:
    """Keeps presets for members and makes requests of them."""

    def __init__(self, presets: PresetStore, *, prompt_max_characters: int) -> None:
        self._presets = presets
        self._prompt_max_characters = prompt_max_characters

    async def save(self, viewer: Viewer, name: str, recipe: Recipe) -> str:
        """Keep a recipe and return its name as it is kept.

        Raises:
            InvalidRequestError: The name or the prompt will not do, or there are too many.
        """
        kept = _named(name)
        prompt = clean_prompt(recipe.prompt, self._prompt_max_characters)
        recipe = replace(recipe, prompt=prompt)
        if not await self._presets.save(viewer.guild_id, viewer.member_id, kept, recipe):
            raise InvalidRequestError(words.TOO_MANY(count=MOST))
        return kept

    async def usable(self, viewer: Viewer) -> Sequence[Preset]:
        """List what a member may use here: their own, then what others share."""
        return await self._presets.usable(viewer.guild_id, viewer.member_id)

    async def own(self, viewer: Viewer) -> Sequence[Preset]:
        """List a member's own."""
        return [one for one in await self.usable(viewer) if one.owner_id == viewer.member_id]

    async def fill(self, viewer: Viewer, name: str, request: VideoRequest) -> VideoRequest:
        """Put a preset under a request: what was said goes before what is kept.

        It is meant by its number, as suggestions have it, or by its name.

        Raises:
            NotAllowedError: There is no such preset for them.
        """
        wanted = _bare(name)
        found = await self.usable(viewer)
        preset = next((one for one in found if wanted in {f"#{one.id}", one.name}), None)
        if preset is None:
            raise NotAllowedError(words.UNKNOWN())
        kept = preset.recipe
        return replace(
            request,
            prompt=_prompt(kept.prompt, request.prompt),
            model=request.model or kept.model,
            seconds=request.seconds or kept.seconds,
            aspect_ratio=request.aspect_ratio or kept.aspect_ratio,
            resolution=request.resolution or kept.resolution,
        )

    async def share(self, viewer: Viewer, name: str, *, is_shared: bool) -> str:
        """Let the server use a preset, or its owner alone; return its name as it is kept.

        Raises:
            NotAllowedError: They have none of that name.
        """
        kept = _bare(name)
        found = await self._presets.share(
            viewer.guild_id, viewer.member_id, kept, is_shared=is_shared
        )
        if not found:
            raise NotAllowedError(words.UNKNOWN())
        return kept

    async def delete(self, viewer: Viewer, name: str) -> str:
        """Forget a preset; return the name that it had.

        Raises:
            NotAllowedError: They have none of that name.
        """
        kept = _bare(name)
        if not await self._presets.delete(viewer.guild_id, viewer.member_id, kept):
            raise NotAllowedError(words.UNKNOWN())
        return kept


def _bare(name: str) -> str:
    """Return a name as it is kept: with one blank where more were typed."""
    return " ".join(name.split())


def _named(name: str) -> str:
    kept = _bare(name)
    # What nobody can see in a list, nobody can choose there.
    if not _NAME.fullmatch(kept) or plain(kept, len(kept)) != kept:
        raise InvalidRequestError(words.BAD_NAME())
    return kept


def _prompt(kept: str, typed: str) -> str:
    if _HOLE in kept:
        return kept.replace(_HOLE, typed.strip())
    return f"{kept}, {typed.strip()}" if typed.strip() else kept
