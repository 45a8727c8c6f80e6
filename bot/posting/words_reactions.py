"""What is said about reactions: what they do here, and why one of them was not honoured."""

from typing import Final

from bot.domain import Act
from bot.language import Phrase, Plural

ACTS: Final = {
    Act.SEND: Phrase("sends you the video by direct message"),
    Act.FAVOUR: Phrase("is a vote for the video"),
    Act.DISFAVOUR: Phrase("is a vote against the video"),
    Act.AGAIN: Phrase("makes it again, at your own cost"),
    Act.COVER: Phrase("puts the video behind a cover (its requester, or a moderator)"),
    Act.REMOVE: Phrase("cancels the job, or removes the video (its requester, or a moderator)"),
    Act.REPORT: Phrase("reports the video to the moderators"),
}
SHORT: Final = {
    Act.SEND: Phrase("direct message"),
    Act.FAVOUR: Phrase("for it"),
    Act.DISFAVOUR: Phrase("against it"),
    Act.AGAIN: Phrase("again"),
    Act.COVER: Phrase("cover"),
    Act.REMOVE: Phrase("remove"),
    Act.REPORT: Phrase("report"),
}
"""The same where there is little room."""
NO_ACTS: Final = Phrase("no emoji does anything")
OWN: Final = Phrase("the bot puts up {emojis}")
OWN_NONE: Final = Phrase("the bot puts up none itself")

GALLERY: Final = Plural("{channel}, from {count} vote on", "{channel}, from {count} votes on")
GALLERY_WEEKLY: Final = Plural(
    "{channel}, from {count} vote on, with the best of each week",
    "{channel}, from {count} votes on, with the best of each week",
)

HERE: Final = Phrase("Under the videos here:")
NOT_OURS: Final = Phrase(
    "{emoji} is not an emoji of this server, so it can't be used. Nothing was changed."
)
NOT_NOW: Final = Phrase("Discord can't be asked about that emoji now. Please try again later.")

CLOSED: Final = Phrase(
    "I took your reaction as far as I may, but I can't tell you by direct message what came of "
    "it. Please allow direct messages from members of this server (Privacy Settings), and react "
    "again."
)
DMS_CLOSED: Final = Phrase(
    "I can't send you direct messages. Please allow them from members of this server (Privacy "
    "Settings), and react again."
)
NOT_SENT: Final = Phrase("Discord did not take the video for you. Please react again in a minute.")
SENT: Final = Phrase("The video that you asked for with a reaction: {link}")
TROUBLE: Final = Phrase(
    "Something went wrong with your reaction, so nothing was done. Please react again later."
)
WITHDRAWN: Final = Phrase("That video was removed or is hidden, so nothing was done.")
COVER_NOT_YOURS: Final = Phrase(
    "Only its requester or a moderator may put this video behind a cover. Nothing was changed."
)
NOT_POSTED: Final = Phrase("That video is not finished yet; react again once it is posted.")
UNDER_CARD: Final = Phrase("That is only the card of the job; please react under its video.")
TOO_MANY: Final = Phrase(
    "There were too many reactions at once, so nothing was done for yours. Please react again "
    "later."
)
JOINED_AGAIN: Final = Phrase(
    "That is the whole of a storyboard, which can't be made again at once. Please react under one "
    "of its scenes, or use `/grok storyboard`. Nothing was made."
)
NOT_COMMANDS: Final = Phrase("You may not use commands in that channel, so nothing was made.")
NOT_WRITING: Final = Phrase("You may not write in that channel, so nothing was made.")
NOT_THERE: Final = Phrase(
    "A video of the gallery is made again in {channel}, where it was asked for. You can't write or "
    "use commands there, so nothing was made."
)
PRICE_FIRST: Final = Phrase(
    "Making this again costs {price}, and here that has to be agreed to first. Please use "
    "`/grok video`, which asks. Nothing was charged."
)
PRICE_UNKNOWN: Final = Phrase("an amount that nobody knows before")
PRICE_AT_MOST: Final = Phrase("about {price} at most")

HELP: Final = Phrase(
    "**Reactions** under a video: ✉️ sends it to you, ⭐ ❤️ 👍 are votes for it and 👎 against it, "
    "🔁 makes it again at your own cost, 🚩 reports it. For its requester and moderators 🙈 covers "
    "it and ❌ 🗑️ cancel or remove it. Moderators may have set others. **`/grok top`** lists the "
    "videos that members like best."
)
