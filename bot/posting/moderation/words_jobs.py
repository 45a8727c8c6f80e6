"""What the bot says in the moderators' list of jobs."""

from typing import Final

from bot.domain import Hold, Shelf

TITLE: Final = "Jobs of this server"
NOTHING: Final = "There are no such jobs."
PAGE: Final = "Page {page} of {last} · {jobs}"
ONE_JOB: Final = "1 job"
MANY_JOBS: Final = "{count} jobs"

SHELVES: Final = {
    Shelf.OPEN: "Not over yet",
    Shelf.WAITING: "Waiting for their turn",
    Shelf.HELD: "Waiting for a yes",
    Shelf.MAKING: "Being made",
    Shelf.POSTING: "Being posted",
    Shelf.DONE: "Done",
    Shelf.FAILED: "Without a video",
    Shelf.DOUBTFUL: "Nobody knows whether they were started",
}
OF_MEMBER: Final = "of <@{member_id}>"
IN_CHANNEL: Final = "in <#{channel_id}>"
NO_SUCH_STATE: Final = "There is no state “{typed}”. Please choose one of: {states}."

HELD: Final = {
    Hold.CONFIRMATION: "Waiting for a yes to its price",
    Hold.REVIEW: "Waiting for review",
}

PICK: Final = "Choose a job"
PREVIOUS: Final = "Previous"
NEXT: Final = "Next"
REFRESH: Final = "Refresh"
BACK: Final = "Back to the list"
CANCEL: Final = "Cancel the job"
POST_AGAIN: Final = "Post the video again"
REMOVE: Final = "Remove the video"
