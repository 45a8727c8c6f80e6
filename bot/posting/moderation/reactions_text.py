"""What a server has set about reactions and its gallery, in words for its moderators."""

from collections.abc import Iterator
from typing import Any

from bot.limits.reactions import acts_of, rules_of
from bot.limits.values import gallery_of
from bot.posting import words_reactions as words


def reactions_text(value: Any, *, room: int) -> str:  # noqa: ANN401 - as JSON has it
    """Write what the emojis do; None is what is usual."""
    text = "; ".join(_reactions(value))
    return text if len(text) <= room else f"{text[: room - 1]}…"


def reactions_list(value: Any) -> str:  # noqa: ANN401 - as JSON has it
    """Write what the emojis do, a line each, for a message."""
    lines = [
        f"{' '.join(one.shown for one in emojis)} {words.ACTS[act]()}"
        for act, emojis in acts_of(value).items()
        if emojis
    ]
    return "\n".join([words.HERE(), *(lines or [words.NO_ACTS()]), _own(value)])


def gallery_text(value: Any) -> str:  # noqa: ANN401 - as JSON has it
    """Write where videos are copied that enough members favour."""
    rules = gallery_of(value)
    said = words.GALLERY_WEEKLY if rules.is_weekly else words.GALLERY
    return said(rules.votes, channel=f"<#{rules.channel_id}>")


def _reactions(value: Any) -> Iterator[str]:  # noqa: ANN401 - as JSON has it
    acts = {act: emojis for act, emojis in acts_of(value).items() if emojis}
    for act, emojis in acts.items():
        shown = " ".join(one.shown for one in emojis)
        yield f"{shown} {words.SHORT[act]()}"
    if not acts:
        yield words.NO_ACTS()
    yield _own(value)


def _own(value: Any) -> str:  # noqa: ANN401 - as JSON has it
    own = rules_of(value).own
    return words.OWN(emojis=" ".join(one.shown for one in own)) if own else words.OWN_NONE()
