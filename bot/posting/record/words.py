"""What the record says about each thing that was done, in one place: who, what, to whom."""

from typing import Final

from bot.domain import PolicyName
from bot.language import Phrase, Plural

OPERATOR: Final = Phrase("The people who run this bot")
NOBODY: Final = Phrase("nothing")
FOR_GOOD: Final = Phrase("for good")
UNTIL: Final = Phrase("until {until}")
ABOUT: Final = Phrase("{case} about {job}")
JOB: Final = Phrase("job `{name}`")
CASE: Final = Phrase("case {name}")
RULE: Final = Phrase("rule {name}")
THIS_SERVER: Final = Phrase("this server")
FOR_MEMBER: Final = Phrase("for {member}")
ONLY: Final = Phrase("only {items}")
ALL_BUT: Final = Phrase("all but {items}")
YES_OR_NO: Final = {True: Phrase("yes"), False: Phrase("no")}
UNKNOWN_ACTION: Final = Phrase("{actor}: `{action}` {target}")
PLAIN: Final = Phrase(
    "{actor}: `{action}` (the details are left out, a filter here does not let them through)"
)
REASON: Final = Phrase(" Reason: {reason}")
BEFORE_AND_AFTER: Final = Phrase(" ({before} → {after})")

LIMIT_SET: Final = Phrase("{actor} set a limit of {after} {whose}; before: {before}.")
LIMIT_REMOVED: Final = Phrase("{actor} removed the limit of {before} {whose}.")
POLICY_SET: Final = Phrase("{actor} set {name} {whose}: {after}; before: {before}.")
POLICY_REMOVED: Final = Phrase("{actor} took back {name} {whose}; before: {before}.")
GRANTED: Final = Phrase("{actor} granted {target} {amount} on top, until {until}.")
BLOCKED: Final = Phrase("{actor} blocked {target} {until}.")
UNBLOCKED: Final = Phrase("{actor} let {target} make videos again, who was blocked {until}.")
DELIVERED: Final = Phrase("{actor} had the video of {target} posted again in <#{channel}>.")
BUDGET_SHARE: Final = Phrase("⚠️ {percent} % of {whose} {window} budget of {amount} is used.")
BUDGET_SPENT: Final = Phrase(
    "⛔ {percent} % of {whose} {window} budget of {amount} is used. What does not fit any more is "
    "refused until the next one begins."
)
BUDGET_WINDOWS: Final = {"day": Phrase("day"), "month": Phrase("month"), "24h": Phrase("24-hour")}
THIS_SERVERS: Final = Phrase("this server's")
WHOLE_BOTS: Final = Phrase("the whole bot's")

CASES: Final = {
    "case.approve": Phrase("{actor} approved {target}."),
    "case.reject": Phrase("{actor} rejected {target}."),
    "case.block": Phrase("{actor} rejected {target} and blocked the member."),
}
REFUNDED: Final = Phrase("{actor} gave back what {target} had taken: {taken}.")
REMOVED: Final = Phrase("{actor} had the video of {target} removed.")
REMOVED_WITH_FILE: Final = Phrase(
    "{actor} had the video of {target} removed, with its stored file."
)
HIDDEN: Final = Plural(
    "The video of {target} was hidden: {count} member reported it.",
    "The video of {target} was hidden: {count} members reported it.",
)

ACTIONS: Final = {
    "rule.add": Phrase("{actor} made a rule about prompts, {target}."),
    "rule.remove": Phrase("{actor} removed a rule about prompts, {target}."),
    "privacy.export": Phrase("{actor} asked for a copy of their data."),
    "privacy.forget": Phrase("{actor} had their data deleted."),
    "cover.ask": Phrase("{actor} had the video of {target} put behind a cover."),
    "job.cancel": Phrase("{actor} cancelled {target}."),
}
"""By action: those that need no words of their own for what is in `before` and `after`."""

POLICIES: Final = {
    PolicyName.CHANNELS: Phrase("the channels for videos"),
    PolicyName.ROLES: Phrase("the roles that may make videos"),
    PolicyName.MODELS: Phrase("the allowed models"),
    PolicyName.LONGEST: Phrase("the longest video in seconds"),
    PolicyName.RESOLUTION: Phrase("the highest resolution"),
    PolicyName.REFERENCES: Phrase("whether reference images are allowed"),
    PolicyName.AGE_RESTRICTED: Phrase("whether only age-restricted channels are for videos"),
    PolicyName.PAUSE: Phrase("the pause"),
    PolicyName.REVIEW: Phrase("whether videos are reviewed first"),
    PolicyName.NEWCOMERS: Phrase("for how many days newcomers are reviewed"),
    PolicyName.CONFIRM_ABOVE: Phrase("the price above which members confirm"),
    PolicyName.STEP_DOWN: Phrase("what is made smaller when a budget runs out"),
    PolicyName.LOG_CHANNEL: Phrase("the log channel"),
    PolicyName.REVIEW_CHANNEL: Phrase("the channel for reviews"),
    PolicyName.HIDE_AT: Phrase("the number of reports that hides a video"),
    PolicyName.REMOVE_FILES: Phrase("whether removing a video deletes its file"),
    PolicyName.OWN_CONTROLS: Phrase("whether only its requester uses the buttons under a video"),
    PolicyName.LANGUAGE: Phrase("the language of public messages"),
    PolicyName.REACTIONS: Phrase("what reactions do"),
    PolicyName.GALLERY: Phrase("the gallery"),
}

NO_ROWS: Final = Phrase("Nothing is on record that fits. Leave an option out to find more.")
OLDER: Final = Phrase("Older")
SEARCH_TITLE: Final = Phrase("The record of this server")
EXPORTED: Final = Plural(
    "The record of this server, {count} row.{cut} A cell that a spreadsheet would take for a "
    "formula begins with an apostrophe.",
    "The record of this server, {count} rows.{cut} A cell that a spreadsheet would take for a "
    "formula begins with an apostrophe.",
)
EXPORTED_LINES: Final = Plural(
    "The record of this server, {count} row.{cut}", "The record of this server, {count} rows.{cut}"
)
CUT: Final = Phrase(
    " **Cut:** more does not fit into one file here, so the oldest are left out. Use `since` for a "
    "shorter time; whoever runs the bot gets all with `grok-bot audit export`."
)
LOG_SET: Final = Phrase(
    "What moderators and the bot decide here is mirrored to {channel} from now on. "
    "Before: {before}."
)
LOG_OFF: Final = Phrase(
    "The record is not mirrored any more. It goes on, `/grok-admin audit` shows it."
)
LOG_WAS_OFF: Final = Phrase("The record was not mirrored to any channel, so nothing was changed.")
NO_LOG_CHANNEL: Final = Phrase("none")
