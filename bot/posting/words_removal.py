"""What is said about videos that are removed or reported, and about members' data."""

from typing import Final

from bot.domain import Removed, Reported

REMOVED_BY: Final = "Removed by {by}"
HIDDEN: Final = "Hidden while moderators look at it"
COVER: Final = "This video is hidden while moderators look at it, because members reported it."

REMOVALS: Final = {
    Removed.REMOVED: (
        "The video of job `{job_id}` is being removed, wherever it was posted. Its card says that "
        "you removed it."
    ),
    Removed.ALREADY: "The video of job `{job_id}` was removed before. Nothing was changed.",
    Removed.NO_VIDEO: (
        "Job `{job_id}` has no posted video. `/grok cancel` gives a running job up. Nothing was "
        "changed."
    ),
}

REPORTS: Final = {
    Reported.COUNTED: "Thank you. The moderators are told, and look at it.",
    Reported.AGAIN: "You have reported this video before; it counts once. Thank you.",
    Reported.OWN: "This is your own video. `/grok remove` removes it.",
    Reported.REMOVED: "This video was removed already. Thank you.",
}

REPORT_STAYS: Final = "Approved: the video stays. If it was hidden it is posted once more."
REPORT_REMOVED: Final = "Rejected: the video is being removed. Its card names you."
REASON: Final = "Reason: {reason}"

NOT_A_VIDEO: Final = (
    "That is not a video of mine. Choose the message with the video, or use `/grok remove`."
)
NOT_YOURS: Final = "Only its requester or a moderator may remove this video. Nothing was changed."

REPORT_TITLE: Final = "Report this video"
REPORT_REASON: Final = "Why? You need not say."

HIDE_AT: Final = "Reported videos: {after}. Before: {before}."
HIDES_AT: Final = "hidden at {count} reports by different members"
HIDES_NEVER: Final = "never hidden by reports alone"
REMOVE_FILES: Final = "The stored files of removed videos are deleted: {after}. Before: {before}."
YES_OR_NO: Final = {True: "yes", False: "no"}
