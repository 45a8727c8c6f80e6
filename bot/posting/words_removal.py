"""What is said about videos that are removed or reported, and about members' data."""

from typing import Final

from bot.domain import Removed, Reported
from bot.language import Phrase, Plural

REMOVED_BY: Final = Phrase("Removed by {by}")
HIDDEN: Final = Phrase("Hidden while moderators look at it")
COVER: Final = Phrase(
    "This video is hidden while moderators look at it, because members reported it."
)

REMOVALS: Final = {
    Removed.REMOVED: Phrase(
        "The video of job `{job_id}` is being removed, wherever it was posted. Its card says that "
        "you removed it."
    ),
    Removed.ALREADY: Phrase("The video of job `{job_id}` was removed before. Nothing was changed."),
    Removed.NO_VIDEO: Phrase(
        "Job `{job_id}` has no posted video. `/grok cancel` gives a running job up. Nothing was "
        "changed."
    ),
}

REPORTS: Final = {
    Reported.COUNTED: Phrase("Thank you. The moderators are told, and look at it."),
    Reported.AGAIN: Phrase("You have reported this video before; it counts once. Thank you."),
    Reported.OWN: Phrase("This is your own video. `/grok remove` removes it."),
    Reported.PRIVATE: Phrase("This video is private, so nothing was reported."),
    Reported.REMOVED: Phrase("This video was removed already. Thank you."),
}

REPORT_STAYS: Final = Phrase("Approved: the video stays. If it was hidden it is posted once more.")
REPORT_REMOVED: Final = Phrase("Rejected: the video is being removed. Its card names you.")
REASON: Final = Phrase("Reason: {reason}")

NOT_A_VIDEO: Final = Phrase(
    "That is not a video of mine. Choose the message with the video, or use `/grok remove`."
)
NOT_YOURS: Final = Phrase(
    "Only its requester or a moderator may remove this video. Nothing was changed."
)

REPORT_TITLE: Final = Phrase("Report this video")
REPORT_REASON: Final = Phrase("Why? You need not say.")

HIDE_AT: Final = Phrase("Reported videos: {after}. Before: {before}.")
HIDES_AT: Final = Plural(
    "hidden at {count} report", "hidden at {count} reports by different members"
)
HIDES_NEVER: Final = Phrase("never hidden by reports alone")
REMOVE_FILES: Final = Phrase(
    "The stored files of removed videos are deleted: {after}. Before: {before}."
)
YES_OR_NO: Final = {True: Phrase("yes"), False: Phrase("no")}
