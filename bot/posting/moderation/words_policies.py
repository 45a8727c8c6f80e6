"""What moderators and the operator read about limits and policies."""

from typing import Final

from bot.domain import LimitKind, PolicyName, Scope, Unit

SCOPES: Final = {
    Scope.EVERYWHERE: "everywhere",
    Scope.PERSON: "each person",
    Scope.SERVER: "this server",
    Scope.CHANNEL: "channel or category",
    Scope.ROLE: "role",
    Scope.MEMBER: "member",
}
KINDS: Final = {
    LimitKind.AT_ONCE: "at once",
    LimitKind.COOLDOWN: "pause after each",
    LimitKind.ROLLING_DAY: "in 24 hours",
    LimitKind.DAY: "a day",
    LimitKind.MONTH: "a month",
}
UNITS: Final = {
    Unit.JOBS: "jobs",
    Unit.SECONDS: "seconds of video",
    Unit.MONEY: "dollars",
}
POLICIES: Final = {
    PolicyName.CHANNELS: "channels",
    PolicyName.ROLES: "roles",
    PolicyName.MODELS: "models",
    PolicyName.LONGEST: "longest video",
    PolicyName.RESOLUTION: "highest resolution",
    PolicyName.REFERENCES: "reference images",
    PolicyName.AGE_RESTRICTED: "age restriction",
    PolicyName.PAUSE: "pause",
    PolicyName.REVIEW: "review",
    PolicyName.NEWCOMERS: "new members",
    PolicyName.CONFIRM_ABOVE: "price to confirm",
    PolicyName.STEP_DOWN: "step-down",
    PolicyName.LOG_CHANNEL: "log channel",
    PolicyName.REVIEW_CHANNEL: "review channel",
    PolicyName.HIDE_AT: "hiding of reported videos",
    PolicyName.REMOVE_FILES: "files of removed videos",
}

UNSET: Final = {
    PolicyName.CHANNELS: "everywhere",
    PolicyName.ROLES: "everyone",
    PolicyName.MODELS: "all of them",
    PolicyName.LONGEST: "any length",
    PolicyName.RESOLUTION: "any size",
    PolicyName.AGE_RESTRICTED: "all channels",
    PolicyName.PAUSE: "not paused",
    PolicyName.NEWCOMERS: "like everybody",
}
"""How it is as long as nobody has set anything."""
NOT_SET: Final = "not set"
MORE: Final = "and {count} more"
BEFORE: Final = "Before: {before}"
AFTER: Final = "Now: {after}"
SAME: Final = "It was so before: {after}"
LIMIT_CHANGED: Final = "**Limit {whose}:** {before} → {after}"
LIMIT_UNCHANGED: Final = "Nothing changed. **Limit {whose}:** {after}"
UNLIMITED: Final = "not limited"
NO_SUCH_LIMIT: Final = "There is no such limit, so nothing was changed. `limits show` lists all."
DAYS_ARE_UTC: Final = "Days and months are those of UTC."
ZERO_DENIES: Final = "Zero lets nothing through."

NOTHING_SET: Final = "Nothing is limited here. `/grok-admin limits set` sets a limit."
NOTHING_SET_BY_OPERATOR: Final = "Nothing is set. grok-bot limits set sets a limit."
OPERATORS: Final = "set by the people who run this bot; only they can change it"
SET_BY: Final = "set by {who} {when}"

WOULD_BE_MADE: Final = "✅ {what} would be made."
WOULD_BE_REVIEWED: Final = "⏳ {what} would wait for a moderator: {why}."
WOULD_BE_ASKED: Final = "💬 {what} would be made once the member has said yes to its price."
THEN_REVIEWED: Final = "After that a moderator would have to agree: {why}."
WOULD_BE_REFUSED: Final = "⛔ {what} would be refused."
WOULD_NOT_FIT: Final = "⛔ No limit was asked, because no model can make that: {why}"
BLOCK: Final = "a block of this member, set by {who}"
LIMITS: Final = "Limits that apply"
OTHERS: Final = "What else applies"
LEFT_OUT: Final = "… and {count} more lines."
A_VIDEO: Final = "A video"
THIS_VIDEO: Final = "A video of {seconds} s with `{model}` at {resolution} ({price})"
NO_PRICE: Final = "price unknown"
DECIDED_BY: Final = "**Decided by:** {rule}"
MEMBER_READS: Final = "**The member reads:**\n> {text}"
NO_LIMITS: Final = "No limit applies here."
NO_POLICIES: Final = "Nothing else is set that applies here."
OF_ROLES: Final = "Of several roles the most generous one counts, unless one is set to zero."

NO_BUDGET: Final = "There is no budget. `/grok-admin budget set` sets one for a day or a month."
BUDGET: Final = (
    "**{rate}**\n{bar} {percent} % used\n{used} used, of it {reserved} reserved for jobs that are "
    "not over; {left} left."
)
BEGINS_ANEW: Final = "It begins anew {when}."
BUDGET_ALERTS: Final = "The log channel is told at 50, 80 and 100 %; at 100 % nothing more is made."
NO_STEP_DOWN: Final = "Nothing is made smaller before that: `/grok-admin budget step-down`."
NO_CONFIRMATION: Final = "No price has to be confirmed: `/grok-admin budget confirm-above`."

NOT_BLOCKED: Final = "not blocked"
BLOCKED: Final = "User {user_id} is blocked everywhere: {before} → {after}"
UNBLOCKED: Final = "User {user_id}: blocked ({before}) → {after}"
