"""What the bot says to moderators about who may use it, where, and with what."""

from typing import Final

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
