"""What the bot says about reviews and appeals, to members and to moderators."""

from typing import Final

from bot.domain import CaseKind, CaseState, Ending, Ruling

ENDING_TITLES: Final = {
    Ending.DECLINED: "A moderator declined this video",
    Ending.UNDECIDED: "No moderator looked at it in time",
    Ending.UNCONFIRMED: "Its price was not agreed to",
}
ENDING_REASONS: Final = {
    Ending.DECLINED: "No reason was given.",
    Ending.UNDECIDED: "A job waits a week for review, and nobody has decided.",
    Ending.UNCONFIRMED: "Nobody pressed **Make it** in time.",
}
REASON: Final = "Reason: {reason}"
CAN_APPEAL: Final = (
    "If you think that this is a mistake, press **Appeal** once: the moderators look at it again."
)

APPEAL: Final = "Appeal"
APPEALED: Final = (
    "The moderators are asked to look at job `{job_id}` again. You are told what they decide."
)
APPEALED_BEFORE: Final = "You have appealed already. There is one appeal for each job."
ANSWER: Final = "the moderators have looked at your appeal."
ANSWER_TITLE: Final = "Your appeal was declined"
ANSWER_STEP: Final = "This is final. You can start another video whenever you like."

CASE_TITLES: Final = {
    CaseKind.REVIEW: "Review",
    CaseKind.REPORT: "Report",
    CaseKind.APPEAL: "Appeal",
}
RULINGS: Final = {
    Ruling.APPROVE: "Approve",
    Ruling.REJECT: "Reject",
    Ruling.BLOCK: "Block member",
}
STATES: Final = {
    CaseState.OPEN: "Open",
    CaseState.APPROVED: "Approved",
    CaseState.REJECTED: "Rejected",
    CaseState.CLOSED: "Closed",
}
CLOSED: Final = (
    "**Closed**: the job ended, or its video was removed, so there is nothing to decide."
)
BLOCKED_UNTIL: Final = "The member is blocked until {until}."

FORM_TITLES: Final = {
    Ruling.REJECT: "Reject case {case_id}",
    Ruling.BLOCK: "Reject case {case_id} and block the member",
}
FORM_LABEL: Final = "Why? The member reads it"

BY_OTHER: Final = "<@{by_id}> was first: {state} {when}. Nothing was changed."
OVER: Final = "There is nothing to decide any more: the job has ended. Nothing was changed."
APPROVED: Final = "Approved: job `{job_id}` goes on."
KEPT: Final = "Approved: nothing is changed."
REJECTED: Final = "Rejected. The member is told, and nothing is charged."
BLOCKED: Final = "Rejected, and the member is blocked until {until}."
DENIED: Final = "It can't be made, so nothing was decided. What the member would read: {text}"

REVIEW_ON: Final = "Each job is reviewed first"
TRUSTED: Final = "Trusted: never reviewed"
UNSET: Final = "Nothing set"
CHANGED: Final = "Review of {where}\nBefore: {before}\nNow: {after}"
NEWCOMERS: Final = "Members who are here for less than {days} days"
NEWCOMERS_CHANGED: Final = "Review of newcomers\nBefore: {before}\nNow: {after}"
CHANNEL_CHANGED: Final = "Channel for cases\nBefore: {before}\nNow: {after}"
NO_CHANNEL: Final = (
    "There is no channel for cases yet. They wait in `/grok-admin review list`, without the "
    "pictures, until you choose one with `/grok-admin review channel`."
)
ONE_SCOPE: Final = "Choose a channel or a role, not both."
NO_CASES: Final = "No case is open."
CASES: Final = "Open cases: {count}. The oldest come first."
