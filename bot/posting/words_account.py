"""What members read about their own settings, what they have left, and what they find."""

from typing import Final

from bot.language import Phrase, Plural

SETTINGS: Final = Phrase("**Your settings, on all servers**")
RESET: Final = Phrase("Everything is as usual again.")
MODEL: Final = Phrase("Model: {value}")
SHAPE: Final = Phrase("Shape: {value}")
MENTION: Final = Phrase("You are mentioned when a video of yours is posted.")
NO_MENTION: Final = Phrase("You are not mentioned when a video of yours is posted.")
LANGUAGE: Final = Phrase("Language: {value}")
PRIVATE: Final = Phrase("Your videos are for you alone unless you say otherwise.")
PUBLIC: Final = Phrase("Your videos are posted in the channel unless you say otherwise.")
AS_USUAL: Final = Phrase("as usual")
AS_DISCORD: Final = Phrase("the one that you use Discord in")
NO_SHAPE: Final = Phrase("“{shape}” is no shape. Use one such as 16:9.")

LEFT: Final = Phrase("**What you have left here**")
UNLIMITED: Final = Phrase("Nothing is limited for you here.")
BLOCKED: Final = Phrase("You may not make videos here at the moment.")
GRANTED: Final = Phrase("Granted on top: {amount} until {until}")
RUNNING: Final = Plural(
    "{count} job of yours is on its way.", "{count} jobs of yours are on their way."
)

NOTHING_FOUND: Final = Phrase(
    "Nothing was found. Searched are your own videos and those that were posted in this channel."
)
FOUND_LINE: Final = Phrase("{link} · {prompt} · by {who} {when}")
MORE: Final = Phrase("… and {count} more.")
LATER: Final = Phrase("… and more. Say a part of the prompt, a member or a day to find less.")
