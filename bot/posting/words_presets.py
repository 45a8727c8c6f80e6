"""What members read about the requests that they keep under a name."""

from typing import Final

from bot.language import Phrase

SAVED: Final = Phrase(
    "Kept as **{name}**. Make a video of it with `/grok presets use`, or choose it as `preset` in "
    "`/grok video`."
)
SHARED: Final = Phrase("Everybody on this server can use **{name}** now.")
UNSHARED: Final = Phrase("**{name}** is yours alone now.")
DELETED: Final = Phrase("**{name}** is forgotten.")
NONE: Final = Phrase("You have no presets here yet. Keep one with `/grok presets save`.")
MORE: Final = Phrase("… and {count} more.")
LINE: Final = Phrase("**{name}** · {facts}")
OWN: Final = Phrase("yours")
OWN_SHARED: Final = Phrase("yours, shared")
BY: Final = Phrase("by {owner}")
OF_OTHERS: Final = Phrase("{name} (shared)")
UNKNOWN: Final = Phrase("You have no such preset here. `/grok presets list` shows what there is.")
TOO_MANY: Final = Phrase(
    "You have {count} presets here, and that is how many fit. Delete one that you no longer need."
)
BAD_NAME: Final = Phrase(
    "A name is up to 32 letters, digits, spaces or . ' - and begins with a letter or a digit."
)
NOTHING_TO_KEEP: Final = Phrase("Say a prompt, or a job whose request is to be kept.")
PROMPT_GONE: Final = Phrase("The prompt of that job is no longer kept. Say a prompt instead.")
