"""What moderators and the operator read about limits and policies."""

from typing import Final

from bot.domain import LimitKind, PolicyName, Scope, Unit
from bot.language import Phrase, Plural

SCOPES: Final = {
    Scope.EVERYWHERE: Phrase("everywhere"),
    Scope.PERSON: Phrase("each person"),
    Scope.SERVER: Phrase("this server"),
    Scope.CHANNEL: Phrase("channel or category"),
    Scope.ROLE: Phrase("role"),
    Scope.MEMBER: Phrase("member"),
}
KINDS: Final = {
    LimitKind.AT_ONCE: Phrase("at once"),
    LimitKind.COOLDOWN: Phrase("pause after each"),
    LimitKind.ROLLING_DAY: Phrase("in 24 hours"),
    LimitKind.DAY: Phrase("a day"),
    LimitKind.MONTH: Phrase("a month"),
}
UNITS: Final = {
    Unit.JOBS: Phrase("jobs"),
    Unit.SECONDS: Phrase("seconds of video"),
    Unit.MONEY: Phrase("dollars"),
}
POLICIES: Final = {
    PolicyName.CHANNELS: Phrase("channels"),
    PolicyName.ROLES: Phrase("roles"),
    PolicyName.MODELS: Phrase("models"),
    PolicyName.LONGEST: Phrase("longest video"),
    PolicyName.RESOLUTION: Phrase("highest resolution"),
    PolicyName.REFERENCES: Phrase("reference images"),
    PolicyName.AGE_RESTRICTED: Phrase("age restriction"),
    PolicyName.PAUSE: Phrase("pause"),
    PolicyName.REVIEW: Phrase("review"),
    PolicyName.NEWCOMERS: Phrase("new members"),
    PolicyName.CONFIRM_ABOVE: Phrase("price to confirm"),
    PolicyName.STEP_DOWN: Phrase("step-down"),
    PolicyName.LOG_CHANNEL: Phrase("log channel"),
    PolicyName.REVIEW_CHANNEL: Phrase("review channel"),
    PolicyName.HIDE_AT: Phrase("hiding of reported videos"),
    PolicyName.REMOVE_FILES: Phrase("files of removed videos"),
    PolicyName.OWN_CONTROLS: Phrase("buttons under a video"),
    PolicyName.LANGUAGE: Phrase("language"),
    PolicyName.REACTIONS: Phrase("reactions"),
    PolicyName.GALLERY: Phrase("gallery"),
}
UNSET: Final = {
    PolicyName.CHANNELS: Phrase("everywhere"),
    PolicyName.ROLES: Phrase("everyone"),
    PolicyName.MODELS: Phrase("all of them"),
    PolicyName.LONGEST: Phrase("any length"),
    PolicyName.RESOLUTION: Phrase("any size"),
    PolicyName.AGE_RESTRICTED: Phrase("all channels"),
    PolicyName.PAUSE: Phrase("not paused"),
    PolicyName.NEWCOMERS: Phrase("like everybody"),
    PolicyName.LANGUAGE: Phrase("the one that the server has in Discord"),
    PolicyName.REACTIONS: Phrase("as usual"),
    PolicyName.GALLERY: Phrase("none"),
}
"""How it is as long as nobody has set anything."""
BEFORE: Final = Phrase("Before: {before}")
AFTER: Final = Phrase("Now: {after}")
SAME: Final = Phrase("It was so before: {after}")
TITLE: Final = Phrase("**{what}** {whose}")

A_LINE: Final = Phrase("{what}; {set_by}")
A_POLICY: Final = Phrase("{what} {whose}: {value}; {set_by}")
FOR_MEMBER: Final = Phrase("for {member}")
USED: Final = Phrase("{amount} used")
GRANTED: Final = Phrase("{amount} granted on top")
LEFT: Final = Phrase("{amount} left")
FREES: Final = Phrase("enough is free {when}")
ANEW: Final = Phrase("begins anew {when}")
COOLED: Final = Phrase("over")
COOLS: Final = Phrase("over {when}")
FROM_SHARE: Final = Phrase("from {percent} % of a budget on: {smaller}")
AT_MOST_SECONDS: Final = Phrase("at most {seconds} s")
AT_MOST: Final = Phrase("at most {size}")
EACH_REVIEWED: Final = Phrase("each job is reviewed")
AND_MORE: Final = Phrase("{items} and {count} more")
ONLY_IN: Final = Phrase("only in {items}")
EVERYWHERE_BUT: Final = Phrase("everywhere but in {items}")
ONLY_FOR: Final = Phrase("only for {items}")
EVERYONE_BUT: Final = Phrase("everyone but {items}")
ONLY: Final = Phrase("only {items}")
ALL_BUT: Final = Phrase("all but {items}")
PAUSED: Final = Phrase("paused")
PAUSED_BECAUSE: Final = Phrase("paused: {reason}")
ALLOWED: Final = {True: Phrase("allowed"), False: Phrase("not allowed")}
RESTRICTED_ONLY: Final = Phrase("age-restricted channels only")
EACH_JOB: Final = {True: Phrase("each job"), False: Phrase("none")}
WHO_PRESSES: Final = {True: Phrase("its requester only"), False: Phrase("everybody")}
DELETED: Final = {True: Phrase("deleted too"), False: Phrase("kept")}
FIRST_DAYS: Final = Plural(
    "reviewed in their first {count} day", "reviewed in their first {count} days"
)
NEVER: Final = Phrase("never")
HIDDEN_FROM_FIRST: Final = Phrase("from the first report on")
HIDDEN_FROM: Final = Plural("from {count} report on", "from {count} reports on")
COSTS_MORE: Final = Phrase("what costs more than {price}")

NOT_SET: Final = Phrase("not set")
LIMIT_CHANGED: Final = Phrase("**Limit {whose}:** {before} → {after}")
LIMIT_UNCHANGED: Final = Phrase("Nothing changed. **Limit {whose}:** {after}")
UNLIMITED: Final = Phrase("not limited")
NO_SUCH_LIMIT: Final = Phrase(
    "There is no such limit, so nothing was changed. `limits show` lists all."
)
DAYS_ARE_UTC: Final = Phrase("Days and months are those of UTC.")
ZERO_DENIES: Final = Phrase("Zero lets nothing through.")

NOTHING_SET: Final = Phrase("Nothing is limited here. `/grok-admin limits set` sets a limit.")
OPERATORS: Final = Phrase("set by the people who run this bot; only they can change it")
SET_BY: Final = Phrase("set by {who} {when}")

WOULD_BE_MADE: Final = Phrase("✅ {what} would be made.")
WOULD_BE_REVIEWED: Final = Phrase("⏳ {what} would wait for a moderator: {why}.")
WOULD_BE_ASKED: Final = Phrase("💬 {what} would be made once the member has said yes to its price.")
THEN_REVIEWED: Final = Phrase("After that a moderator would have to agree: {why}.")
WOULD_BE_REFUSED: Final = Phrase("⛔ {what} would be refused.")
WOULD_NOT_FIT: Final = Phrase("⛔ No limit was asked, because no model can make that: {why}")
BLOCK: Final = Phrase("a block of this member, set by {who}")
LIMITS: Final = Phrase("Limits that apply")
OTHERS: Final = Phrase("What else applies")
LEFT_OUT: Final = Plural("… and {count} more line.", "… and {count} more lines.")
A_VIDEO: Final = Phrase("A video")
THIS_VIDEO: Final = Phrase("A video of {seconds} s with `{model}` at {resolution} ({price})")
NO_PRICE: Final = Phrase("price unknown")
DECIDED_BY: Final = Phrase("**Decided by:** {rule}")
MEMBER_READS: Final = Phrase("**The member reads:**\n> {text}")
NO_LIMITS: Final = Phrase("No limit applies here.")
NO_POLICIES: Final = Phrase("Nothing else is set that applies here.")
OF_ROLES: Final = Phrase(
    "Of several roles the most generous one counts, unless one is set to zero."
)

NO_BUDGET: Final = Phrase(
    "There is no budget. `/grok-admin budget set` sets one for a day or a month."
)
BUDGET: Final = Phrase(
    "**{rate}**\n{bar} {percent} % used\n{used} used, of it {reserved} reserved for jobs that are "
    "not over; {left} left."
)
BEGINS_ANEW: Final = Phrase("It begins anew {when}.")
BUDGET_ALERTS: Final = Phrase(
    "The log channel is told at 50, 80 and 100 %; at 100 % nothing more is made."
)
NO_STEP_DOWN: Final = Phrase("Nothing is made smaller before that: `/grok-admin budget step-down`.")
NO_CONFIRMATION: Final = Phrase("No price has to be confirmed: `/grok-admin budget confirm-above`.")

# The operator reads these on the command line, which speaks English.
NOT_BLOCKED: Final = "not blocked"
BLOCKED: Final = "User {user_id} is blocked everywhere: {before} → {after}"
UNBLOCKED: Final = "User {user_id}: blocked ({before}) → {after}"
NOTHING_SET_BY_OPERATOR: Final = "Nothing is set. grok-bot limits set sets a limit."
