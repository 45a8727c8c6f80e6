"""What the bot says to moderators about who may use it, where, and with what."""

from typing import Final

from bot.domain import PolicyName

TITLES: Final = {
    PolicyName.CHANNELS: "Places of videos",
    PolicyName.ROLES: "Who may make videos",
    PolicyName.MODELS: "Models",
    PolicyName.LONGEST: "Length",
    PolicyName.RESOLUTION: "Size",
    PolicyName.REFERENCES: "Reference images",
    PolicyName.AGE_RESTRICTED: "Age",
    PolicyName.PAUSE: "The bot",
    PolicyName.REVIEW: "Review",
    PolicyName.NEWCOMERS: "New members",
    PolicyName.CONFIRM_ABOVE: "A yes to the price",
    PolicyName.STEP_DOWN: "Smaller videos",
    PolicyName.LOG_CHANNEL: "Log channel",
    PolicyName.REVIEW_CHANNEL: "Review channel",
    PolicyName.HIDE_AT: "Hiding of reported videos",
    PolicyName.REMOVE_FILES: "Deleting the files of removed videos",
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
BEFORE: Final = "Before: {before}"
AFTER: Final = "Now: {after}"
SAME: Final = "It was so before: {after}"
LEFT_OUT: Final = "and {count} more"
NOTHING_SET: Final = "Nothing is set here."
LATER: Final = "… and {count} more; `/grok-admin settings export` has them all."
EXPORTED: Final = (
    "All that is set here, {count} in number. `/grok-admin settings import` takes the file back, "
    "here or in another server; a pause, blocks and grants are not in it."
)
IMPORTED: Final = (
    "Before: {before} settings\nNow: {after} settings\n{changed} changed; each is on record."
)
IMPORTED_NOTHING: Final = "All {after} settings were so before. Nothing was changed."
NOT_HERE: Final = (
    "This server has no such {missing}. Please take that out of the file, or put the id of this "
    "server's own there. Nothing was changed."
)
NO_SERVER: Final = "Discord has not told me about this server yet. Please try again in a minute."

ONE_SCOPE: Final = "Please name a channel, a role or a member, not several of them."
LISTED_WITHOUT_MODE: Final = (
    "“{mode}” takes no list. Please leave the names out, or say another mode."
)

PAUSED: Final = (
    "What is running goes on to its end; nobody can start anything here before "
    "`/grok-admin resume`."
)
STILL_PAUSED: Final = "The people who run this bot have paused it everywhere, and that goes on."

GRANTED: Final = (
    "<@{member}> gets {amount} on top of their own limits and those of their roles, until {until}."
    "\nBefore: {before} granted\nNow: {after} granted"
)
NOTHING_GRANTED: Final = "nothing"
NOT_BLOCKED: Final = "not blocked"
FOR_GOOD: Final = "blocked until somebody ends it"
BLOCKED_UNTIL: Final = "blocked until {until}"
NO_BLOCKS: Final = "Nobody is blocked here."
A_BLOCK: Final = "<@{member}>: {until}, set by {by}{reason}"
OPERATOR: Final = "the people who run this bot"
