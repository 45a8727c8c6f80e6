"""What is said in galleries and in the lists of the best videos."""

from typing import Final

from bot.language import Phrase, Plural

BY: Final = Phrase("By {member} in {channel} · [see it there]({link})")
BY_UNSEEN: Final = Phrase("By {member} in {channel}")

WEEK_TITLE: Final = Phrase("The best videos of the week")
WEEK_DAYS: Final = Phrase("{begin} to {end}")
LINE: Final = Phrase("**{rank}.** {votes} · {member} · [see it]({link})")
LINE_UNSEEN: Final = Phrase("**{rank}.** {votes} · {member}")
VOTES: Final = Plural("{count} vote", "{count} votes")

TITLES: Final = {
    "week": Phrase("The best videos of the last 7 days"),
    "month": Phrase("The best videos of the last 30 days"),
    "all": Phrase("The best videos of all time"),
}
OF_MEMBER: Final = Phrase("Of {member}")
NOTHING: Final = Phrase(
    "Nothing yet. A ⭐, ❤️ or 👍 under a video is a vote for it, unless the moderators here have "
    "set others."
)
PAGE: Final = Phrase("Page {page} of {last}")
VIDEOS: Final = Plural("{count} video", "{count} videos")
PREVIOUS: Final = Phrase("Previous")
NEXT: Final = Phrase("Next")
