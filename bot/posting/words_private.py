"""What members read about videos that their requester alone sees, until they publish them."""

from collections.abc import Mapping
from typing import Final

from bot.domain import MessageKind
from bot.language import Phrase

ACCEPTED: Final = Phrase(
    "Accepted as private job `{job_id}`: {facts}. It is shown to nobody else: the video comes to "
    "you by direct message, and its **Publish** button posts it here if you like."
)
IN_REVIEW: Final = Phrase(
    "Private job `{job_id}` waits for review: a moderator looks at it first, and nobody else. "
    "What was decided comes to you by direct message; nothing is charged before."
)
SENT: Final = Phrase("sent to its requester alone, because it is private")
READY: Final = Phrase(
    "{mention}, your private video is ready. Nobody else sees it unless you publish it."
)
BUTTONS_ELSEWHERE: Final = Phrase("`/grok show` in the server has the buttons for that.")

LINES: Final[Mapping[MessageKind, Phrase]] = {
    MessageKind.RESULT: Phrase(
        "{mention}, your private video is ready. I can't send you direct messages, so press the "
        "button to see it; nobody else does."
    ),
    MessageKind.DELIVERY: Phrase(
        "{mention}, here is your private video again. I can't send you direct messages, so press "
        "the button to see it; nobody else does."
    ),
    MessageKind.JOINED: Phrase(
        "{mention}, your private storyboard is over. I can't send you direct messages, so press "
        "the button to see it; nobody else does."
    ),
    MessageKind.FAILURE: Phrase(
        "{mention}, your private job is over. I can't send you direct messages, so press the "
        "button to see what became of it; nobody else does."
    ),
    MessageKind.ANSWER: Phrase(
        "{mention}, the moderators have answered your appeal. I can't send you direct messages, "
        "so press the button to see it; nobody else does."
    ),
}
"""In the channel of a job, where direct messages are closed; without anything of the job."""
NO_VIDEO: Final = Phrase("No video this time")

CARD_ONLY: Final = Phrase(
    "{title} fetches reference images from a public message, so it can't make a private video "
    "from them. {others}"
)
INSTEAD: Final = Phrase("These can: {models}. Or leave `private` out.")
NONE_INSTEAD: Final = Phrase("Leave the images or `private` out.")

NOT_YOURS: Final = Phrase("Only its requester sees and publishes a private video.")
PUBLISHED: Final = Phrase("The video of job `{job_id}` is posted in {channel} in a moment.")
NOT_PRIVATE: Final = Phrase("The video of job `{job_id}` is not private. Nothing was changed.")
STORY_RUNS: Final = Phrase(
    "The scenes of a private storyboard can be published once all of it is over."
)
NO_FILE: Final = Phrase("The file of that video is no longer kept, so it can't be shown or posted.")
FILE_AWAY: Final = Phrase("That video can't be read at this moment. Please try again later.")
LEFT_SERVER: Final = Phrase(
    "You are not in the server of that video any more, so it is not published there."
)
MAY_NOT_WRITE: Final = Phrase(
    "You can't write in {channel} yourself at the moment, so the video is not published there. "
    "`/grok deliver` sends it to you again."
)
CHANNEL_GONE: Final = Phrase(
    "I can't see {channel} any more, so the video can't be published there."
)
BOT_MAY_NOT: Final = Phrase(
    "I can't post in {channel}, so the video can't be published there. Please ask a moderator."
)
DISCORD_AWAY: Final = Phrase(
    "Discord does not tell me at this moment whether you may write there. "
    "Please press again in a minute."
)
SHOWN: Final = Phrase("Nobody else sees this.")
DELIVERED: Final = Phrase(
    "The video of job `{job_id}` is private, so it is sent to its requester alone."
)
TOO_LARGE: Final = Phrase(
    "That video is too large to be shown here, and there is no link to it. "
    "`/grok deliver` makes it smaller for a direct message."
)
