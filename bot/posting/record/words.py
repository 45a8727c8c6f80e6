"""What the record says about each thing that was done, in one place: who, what, to whom."""

from typing import Final

from bot.domain import PolicyName

OPERATOR: Final = "The people who run this bot"
NOBODY: Final = "nothing"
FOR_GOOD: Final = "for good"
UNKNOWN_ACTION: Final = "{actor}: `{action}` {target}"
PLAIN: Final = (
    "{actor}: `{action}` (the details are left out, a filter here does not let them through)"
)
REASON: Final = " Reason: {reason}"
BEFORE_AND_AFTER: Final = " ({before} → {after})"

LIMIT_SET: Final = "{actor} set a limit of {after} {whose}; before: {before}."
LIMIT_REMOVED: Final = "{actor} removed the limit of {before} {whose}."
POLICY_SET: Final = "{actor} set {name} {whose}: {after}; before: {before}."
POLICY_REMOVED: Final = "{actor} took back {name} {whose}; before: {before}."
GRANTED: Final = "{actor} granted {target} {amount} on top, until {until}."
BLOCKED: Final = "{actor} blocked {target} {until}."
UNBLOCKED: Final = "{actor} let {target} make videos again, who was blocked {until}."
DELIVERED: Final = "{actor} had the video of {target} posted again in <#{channel}>."
BUDGET_SHARE: Final = "⚠️ {percent} % of {whose} {window} budget of {amount} is used."
BUDGET_SPENT: Final = (
    "⛔ {percent} % of {whose} {window} budget of {amount} is used. What does not fit any more is "
    "refused until the next one begins."
)
BUDGET_WINDOWS: Final = {"day": "day", "month": "month", "24h": "24-hour"}
THIS_SERVERS: Final = "this server's"
WHOLE_BOTS: Final = "the whole bot's"

CASES: Final = {
    "case.approve": "{actor} approved {target}.",
    "case.reject": "{actor} rejected {target}.",
    "case.block": "{actor} rejected {target} and blocked the member.",
}
REFUNDED: Final = "{actor} gave back what {target} had taken: {taken}."
REMOVED: Final = "{actor} had the video of {target} removed."
REMOVED_WITH_FILE: Final = "{actor} had the video of {target} removed, with its stored file."
HIDDEN: Final = "The video of {target} was hidden: {reports} members reported it."

ACTIONS: Final = {
    "rule.add": "{actor} made a rule about prompts, {target}.",
    "rule.remove": "{actor} removed a rule about prompts, {target}.",
    "privacy.export": "{actor} asked for a copy of their data.",
    "privacy.forget": "{actor} had their data deleted.",
    "job.cancel": "{actor} cancelled {target}.",
}
"""By action: those that need no words of their own for what is in `before` and `after`."""

POLICIES: Final = {
    PolicyName.CHANNELS: "the channels for videos",
    PolicyName.ROLES: "the roles that may make videos",
    PolicyName.MODELS: "the allowed models",
    PolicyName.LONGEST: "the longest video in seconds",
    PolicyName.RESOLUTION: "the highest resolution",
    PolicyName.REFERENCES: "whether reference images are allowed",
    PolicyName.AGE_RESTRICTED: "whether only age-restricted channels are for videos",
    PolicyName.PAUSE: "the pause",
    PolicyName.REVIEW: "whether videos are reviewed first",
    PolicyName.NEWCOMERS: "for how many days newcomers are reviewed",
    PolicyName.CONFIRM_ABOVE: "the price above which members confirm",
    PolicyName.STEP_DOWN: "what is made smaller when a budget runs out",
    PolicyName.LOG_CHANNEL: "the log channel",
    PolicyName.REVIEW_CHANNEL: "the channel for reviews",
    PolicyName.HIDE_AT: "the number of reports that hides a video",
    PolicyName.REMOVE_FILES: "whether removing a video deletes its file",
}

NO_ROWS: Final = "Nothing is on record that fits. Leave an option out to find more."
OLDER: Final = "Older"
SEARCH_TITLE: Final = "The record of this server"
EXPORTED: Final = (
    "The record of this server, {rows} rows.{cut} A cell that a spreadsheet would take for a "
    "formula begins with an apostrophe."
)
EXPORTED_LINES: Final = "The record of this server, {rows} rows.{cut}"
CUT: Final = (
    " **Cut:** more does not fit into one file here, so the oldest are left out. Use `since` for a "
    "shorter time; whoever runs the bot gets all with `grok-bot audit export`."
)
LOG_SET: Final = (
    "What moderators and the bot decide here is mirrored to {channel} from now on. "
    "Before: {before}."
)
LOG_OFF: Final = "The record is not mirrored any more. It goes on, `/grok-admin audit` shows it."
LOG_WAS_OFF: Final = "The record was not mirrored to any channel, so nothing was changed."
NO_LOG_CHANNEL: Final = "none"
