"""The models as members see them: pages of an answer, within Discord's limits."""

from collections.abc import Iterator, Mapping
from typing import Final

import discord

from bot.domain import Mode, Span
from bot.language import _, listed
from bot.posting.outlook_text import span_text
from bot.posting.pages import pages
from bot.posting.text import safe
from bot.posting.words import LEFT_OUT, NO_MODELS
from bot.posting.words_outlook import USUALLY
from bot.providers.catalogue import Catalogue
from bot.providers.describe import lengths, price, takes
from bot.providers.entries import ModelEntry

_TITLE: Final = 80
_LOOK: Final = 600


def model_pages(
    catalogue: Catalogue, *, shows_prices: bool, usual: Mapping[str, Span | None] | None = None
) -> list[discord.Embed]:
    """Write down what can be used, split between models; what does not fit is counted.

    `usual` is how long each takes, by its key, as far as that is known.
    """
    spans = usual or {}
    looks = list(_looks(catalogue))
    models = (_model(one, spans.get(one.key), shows_prices=shows_prices) for one in catalogue)
    blocks = [*looks, *models]
    return pages(blocks or [NO_MODELS()], between="\n\n", left_out=LEFT_OUT)


def _looks(catalogue: Catalogue) -> Iterator[str]:
    for look in catalogue.looks:
        titles = [entry.title for entry in catalogue.look(look)]
        text = _("the first that fits and takes it of {titles}", titles=listed(titles))
        yield f"**`{look}`** · {safe(text if len(titles) > 1 else titles[0], _LOOK)}"


def _model(entry: ModelEntry, usual: Span | None, *, shows_prices: bool) -> str:
    lines = [
        f"**{safe(entry.title, _TITLE)}** · `{entry.key}`",
        _("From {sources}", sources=listed(takes(entry), style="or")),
        " · ".join(_facts(entry, usual)),
    ]
    if shows_prices:
        lines.append(_("Price: {price}", price=price(entry.price)))
    return "\n".join(lines)


def _facts(entry: ModelEntry, usual: Span | None) -> Iterator[str]:
    yield _("{lengths} seconds", lengths=lengths(entry.seconds))
    if entry.longest_with_references is not None:
        most = entry.longest_with_references
        yield _("at most {seconds} with reference images", seconds=most)
    if entry.extending is not None:
        yield _("extends by {lengths}", lengths=lengths(entry.extending.seconds))
    yield ", ".join(entry.resolutions)
    if entry.aspect_ratios and entry.modes - {Mode.EDIT, Mode.EXTEND}:
        yield ", ".join(entry.aspect_ratios)
    if usual is not None:
        yield USUALLY(time=span_text(usual))
