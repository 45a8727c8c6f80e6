"""What members read in the list of their own jobs."""

from typing import Final

from bot.language import Phrase

TITLE: Final = Phrase("Your jobs here")
NO_JOBS: Final = Phrase(
    "You have no jobs here yet. `/grok video` makes a video from a prompt, `/grok models` lists "
    "what can make it."
)
NOT_HERE: Final = Phrase("That list is for somebody else. `/grok jobs` shows yours.")
NO_MORE: Final = Phrase("There are no more jobs on this page.")
PAGE: Final = Phrase("Page {page} · what is on its way comes first, then the newest")
PICK: Final = Phrase("Choose a job to see it, or to cancel it")
PREVIOUS: Final = Phrase("Previous")
REFRESH: Final = Phrase("Refresh")
NEXT: Final = Phrase("Next")
BACK: Final = Phrase("Back to the list")
WAITS_FOR_PRICE: Final = Phrase("Waiting for your yes to its price")
WAITS_FOR_SCENE: Final = Phrase("Waiting for the scene before it")
