"""What the bot says in the moderators' list of jobs."""

from typing import Final

from bot.domain import Hold, Shelf
from bot.language import Phrase, Plural

TITLE: Final = Phrase("Jobs of this server")
NOTHING: Final = Phrase("There are no such jobs.")
PAGE: Final = Phrase("Page {page} of {last} · {jobs}")
JOBS: Final = Plural("{count} job", "{count} jobs")

SHELVES: Final = {
    Shelf.OPEN: Phrase("Not over yet"),
    Shelf.WAITING: Phrase("Waiting for their turn"),
    Shelf.HELD: Phrase("Waiting for a yes"),
    Shelf.MAKING: Phrase("Being made"),
    Shelf.POSTING: Phrase("Being posted"),
    Shelf.DONE: Phrase("Done"),
    Shelf.FAILED: Phrase("Without a video"),
    Shelf.DOUBTFUL: Phrase("Nobody knows whether they were started"),
}
OF_MEMBER: Final = Phrase("of <@{member_id}>")
IN_CHANNEL: Final = Phrase("in <#{channel_id}>")
NO_SUCH_STATE: Final = Phrase("There is no state “{typed}”. Please choose one of: {states}.")

HELD: Final = {
    Hold.CONFIRMATION: Phrase("Waiting for a yes to its price"),
    Hold.REVIEW: Phrase("Waiting for review"),
    Hold.SCENE: Phrase("Waiting for the scene before it"),
}

PICK: Final = Phrase("Choose a job")
PREVIOUS: Final = Phrase("Previous")
NEXT: Final = Phrase("Next")
REFRESH: Final = Phrase("Refresh")
BACK: Final = Phrase("Back to the list")
CANCEL: Final = Phrase("Cancel the job")
POST_AGAIN: Final = Phrase("Post the video again")
REMOVE: Final = Phrase("Remove the video")
