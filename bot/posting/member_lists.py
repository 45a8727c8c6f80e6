"""What members read of many things, a line each: their presets, what was found."""

from typing import Final

import discord

from bot.domain import Job, Preset
from bot.posting import words_account, words_presets
from bot.posting.facts import prompt_of
from bot.posting.text import safe

_FOUND_PROMPT: Final = 80
_PRESET_PROMPT: Final = 120
_NAME: Final = 60
_FACT: Final = 60


def found_line(job: Job, link: str | None) -> str:
    """Write a job that was looked for."""
    return words_account.FOUND_LINE(
        link=f"[`{job.id}`]({link})" if link else f"`{job.id}`",
        prompt=safe(prompt_of(job), _FOUND_PROMPT),
        who=f"<@{job.origin.requester_id}>",
        when=discord.utils.format_dt(job.created_at, "R"),
    )


def preset_lines(preset: Preset, member_id: int) -> str:
    """Write a preset and its prompt for a member, who may be another one than its owner."""
    recipe = preset.recipe
    whose = words_presets.OWN_SHARED() if preset.is_shared else words_presets.OWN()
    if preset.owner_id != member_id:
        whose = words_presets.BY(owner=f"<@{preset.owner_id}>")
    length = None if recipe.seconds is None else f"{recipe.seconds} s"
    # These are kept as they were typed: what they are good for is seen when they are used.
    typed = [recipe.model, length, recipe.aspect_ratio, recipe.resolution]
    facts = [whose, *(safe(one, _FACT) for one in typed if one is not None)]
    line = words_presets.LINE(name=safe(preset.name, _NAME), facts=" · ".join(facts))
    return f"• {line}\n> {safe(recipe.prompt, _PRESET_PROMPT)}"
