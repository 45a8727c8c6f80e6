"""A long answer cut into embeds, between its blocks and within Discord's limits."""

from collections.abc import Sequence
from typing import Final

import discord

from bot.language import Phrase, Plural

COLOR: Final = 0x5865F2
_PAGE: Final = 4000
"""Characters of one embed; Discord takes 4096 in its description (Embed Limits)."""
_PAGES: Final = 4
"""Messages of one answer, so that it stays one that is read."""


def pages(blocks: Sequence[str], *, between: str, left_out: Phrase | Plural) -> list[discord.Embed]:
    """Put blocks of at most a page together; of what does not fit `left_out` tells the `count`."""
    texts: list[list[str]] = [[]]
    for number, block in enumerate(blocks):
        if len(between.join([*texts[-1], block])) <= _PAGE:
            texts[-1].append(block)
        elif len(texts) < _PAGES:
            texts.append([block])
        else:
            texts[-1].append(_left(left_out, len(blocks) - number))
            break
    return [discord.Embed(description=between.join(page), color=COLOR) for page in texts]


def _left(words: Phrase | Plural, count: int) -> str:
    return words(count) if isinstance(words, Plural) else words(count=count)
