"""What the bot says about reviews and appeals, to members and to moderators."""

from typing import Final

from bot.domain import CaseKind, CaseState, Ending, Ruling
from bot.language import Phrase, Plural

ENDING_TITLES: Final = {
    Ending.DECLINED: Phrase("A moderator declined this video"),
    Ending.UNDECIDED: Phrase("No moderator looked at it in time"),
    Ending.UNCONFIRMED: Phrase("Its price was not agreed to"),
    Ending.BROKEN: Phrase("This scene was not begun"),
}
ENDING_REASONS: Final = {
    Ending.DECLINED: Phrase("No reason was given."),
    Ending.UNDECIDED: Phrase("A job waits a week for review, and nobody has decided."),
    Ending.UNCONFIRMED: Phrase("Nobody pressed **Make it** in time."),
    Ending.BROKEN: Phrase("The scene before it has no video that this one could go on from."),
}
REASON: Final = Phrase("Reason: {reason}")
CAN_APPEAL: Final = Phrase(
    "If you think that this is a mistake, press **Appeal** once: the moderators look at it again."
)

APPEAL: Final = Phrase("Appeal")
APPEALED: Final = Phrase(
    "The moderators are asked to look at job `{job_id}` again. You are told what they decide."
)
APPEALED_BEFORE: Final = Phrase("You have appealed already. There is one appeal for each job.")
ANSWER: Final = Phrase("{mention}, the moderators have looked at your appeal.")
ANSWER_TITLE: Final = Phrase("Your appeal was declined")
ANSWER_STEP: Final = Phrase("This is final. You can start another video whenever you like.")

CASE_TITLES: Final = {
    CaseKind.REVIEW: Phrase("Review"),
    CaseKind.REPORT: Phrase("Report"),
    CaseKind.APPEAL: Phrase("Appeal"),
}
RULINGS: Final = {
    Ruling.APPROVE: Phrase("Approve"),
    Ruling.REJECT: Phrase("Reject"),
    Ruling.BLOCK: Phrase("Block member"),
}
STATES: Final = {
    CaseState.OPEN: Phrase("Open"),
    CaseState.APPROVED: Phrase("Approved"),
    CaseState.REJECTED: Phrase("Rejected"),
    CaseState.CLOSED: Phrase("Closed"),
}
CLOSED: Final = Phrase(
    "**Closed**: the job ended, or its video was removed, so there is nothing to decide."
)
BLOCKED_UNTIL: Final = Phrase("The member is blocked until {until}.")

FORM_TITLES: Final = {
    Ruling.REJECT: Phrase("Reject case {case_id}"),
    Ruling.BLOCK: Phrase("Reject case {case_id} and block the member"),
}
FORM_LABEL: Final = Phrase("Why? The member reads it")

BY_OTHER: Final = Phrase("<@{by_id}> was first: {state} {when}. Nothing was changed.")
OVER: Final = Phrase("There is nothing to decide any more: the job has ended. Nothing was changed.")
APPROVED: Final = Phrase("Approved: job `{job_id}` goes on.")
KEPT: Final = Phrase("Approved: nothing is changed.")
REJECTED: Final = Phrase("Rejected. The member is told, and nothing is charged.")
BLOCKED: Final = Phrase("Rejected, and the member is blocked until {until}.")
DENIED: Final = Phrase(
    "It can't be made, so nothing was decided. What the member would read: {text}"
)

REVIEW_ON: Final = Phrase("Each job is reviewed first")
TRUSTED: Final = Phrase("Trusted: never reviewed")
UNSET: Final = Phrase("Nothing set")
CHANGED: Final = Phrase("Review of {where}\nBefore: {before}\nNow: {after}")
NEWCOMERS: Final = Plural(
    "Members who are here for less than {count} day",
    "Members who are here for less than {count} days",
)
NEWCOMERS_CHANGED: Final = Phrase("Review of newcomers\nBefore: {before}\nNow: {after}")
CHANNEL_CHANGED: Final = Phrase("Channel for cases\nBefore: {before}\nNow: {after}")
NO_CHANNEL: Final = Phrase(
    "There is no channel for cases yet. They wait in `/grok-admin review list`, without the "
    "pictures, until you choose one with `/grok-admin review channel`."
)
ONE_SCOPE: Final = Phrase("Choose a channel or a role, not both.")
NO_CASES: Final = Phrase("No case is open.")
CASE_TITLE: Final = Phrase("{kind} · case {case_id}")
ASKED: Final = Phrase("By {who} in {channel} {when}")
PRICE: Final = Phrase("Price: {price}")
WHY: Final = Phrase("Why: {why}")
FIRST: Final = Phrase("First decision: {decision}")
HISTORY: Final = Phrase("Videos made: {made} · declined: {declined} · reported: {reported}")
HERE_SINCE: Final = Phrase("here since {when}")
DECIDED: Final = Phrase("**{state}** by {who} {when}")
THIS_SERVER: Final = Phrase("this server")
CASES: Final = Phrase("Open cases: {count}. The oldest come first.")
