"""What the bot says to moderators about who may use it, where, and with what."""

from typing import Final

from bot.language import Phrase

A_RULE: Final = Phrase("**Rule** {rule}")
NO_SUCH_CHANNEL: Final = Phrase("channel `{id}`")
NO_SUCH_ROLE: Final = Phrase("role `{id}`")
NOTHING_SET: Final = Phrase("Nothing is set here.")
LATER: Final = Phrase("… and {count} more; `/grok-admin settings export` has them all.")
EXPORTED: Final = Phrase(
    "All that is set here, {count} in number. `/grok-admin settings import` takes the file back, "
    "here or in another server; a pause, blocks and grants are not in it."
)
IMPORTED: Final = Phrase(
    "Before: {before} settings\nNow: {after} settings\n{changed} changed; each is on record."
)
IMPORTED_NOTHING: Final = Phrase("All {after} settings were so before. Nothing was changed.")
NOT_HERE: Final = Phrase(
    "This server has no such {missing}. Please take that out of the file, or put the id of this "
    "server's own there. Nothing was changed."
)
NO_SERVER: Final = Phrase(
    "Discord has not told me about this server yet. Please try again in a minute."
)

ONE_SCOPE: Final = Phrase("Please name a channel, a role or a member, not several of them.")
LISTED_WITHOUT_MODE: Final = Phrase(
    "“{mode}” takes no list. Please leave the names out, or say another mode."
)

PAUSED: Final = Phrase(
    "What is running goes on to its end; nobody can start anything here before "
    "`/grok-admin resume`."
)
STILL_PAUSED: Final = Phrase(
    "The people who run this bot have paused it everywhere, and that goes on."
)

GRANTED: Final = Phrase(
    "<@{member}> gets {amount} on top of their own limits and those of their roles, until {until}."
    "\nBefore: {before} granted\nNow: {after} granted"
)
NOTHING_GRANTED: Final = Phrase("nothing")
NOT_BLOCKED: Final = Phrase("not blocked")
FOR_GOOD: Final = Phrase("blocked until somebody ends it")
BLOCKED_UNTIL: Final = Phrase("blocked until {until}")
NO_BLOCKS: Final = Phrase("Nobody is blocked here.")
A_BLOCK: Final = Phrase("<@{member}>: {until}, set by {by}{reason}")
OPERATOR: Final = Phrase("the people who run this bot")
