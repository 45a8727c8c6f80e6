"""The filters of a guild: what AutoMod and the filter of links stop before it is a message."""

import json
import re
from typing import Final

from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.replies import Refusal, RefusedCallError
from sandbox.discord_api.state import GuildState

_LINK: Final = re.compile(r"https?://(?!discord\.com/)")


def refuse_blocked(guild: GuildState | None, body: Json) -> None:
    """Refuse a new message whose text or embeds a filter of the guild stops.

    Raises:
        RefusedCallError: A filter stopped it.
    """
    if guild is None:
        return
    shown = [body.get("content"), body.get("embeds"), body.get("components")]
    text = json.dumps(shown, ensure_ascii=False).lower()
    if any(word in text for word in guild.blocked_words):
        raise RefusedCallError(Refusal.BLOCKED_BY_AUTOMOD)
    if guild.blocks_links and _LINK.search(text):
        raise RefusedCallError(Refusal.BLOCKED_LINK)
