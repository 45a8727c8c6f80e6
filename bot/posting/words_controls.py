"""What members read on and about the buttons under a video, and their forms."""

from collections.abc import Mapping
from typing import Final

from bot.language import Phrase

LABELS: Final[Mapping[str, Phrase]] = {
    "repeat": Phrase("Again"),
    "remix": Phrase("Remix"),
    "continue": Phrase("Continue"),
    "extend": Phrase("Extend"),
    "edit": Phrase("Edit"),
    "details": Phrase("Details"),
    "remove": Phrase("Remove"),
    "publish": Phrase("Publish"),
    "reveal": Phrase("Show it to me"),
}
"""By the action of the button; Discord takes 80 characters, and a phone shows about a dozen."""

NOT_LOOKED_AT: Final = Phrase(
    "A moderator looks at that job first, so nothing of it is shown before."
)
NOT_TO_USE: Final = Phrase(
    "That job was given up, so its prompt stays with its requester. "
    "`/grok video` makes one of your own."
)
OTHERS_CONTROLS: Final = Phrase(
    "Only its requester uses the buttons under a video in this server. "
    "`/grok video` makes one of your own."
)
NOT_FINISHED: Final = Phrase("That video is not finished yet. Try again once it is posted.")
OUTCOME_UNKNOWN: Final = Phrase(
    "Nobody knows whether that video was started, so it is not made again by this button. "
    "`/grok show` has the one that submits it again."
)
IMAGES_GONE: Final = Phrase(
    "The reference images of that job are no longer kept. Please start a new one with /grok video."
)
NOT_MINE: Final = Phrase(
    "That message is not about a video of mine. Choose one with a card or a video, or use "
    "`/grok show`."
)
