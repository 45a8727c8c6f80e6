"""What members read about storyboards."""

from typing import Final

from bot.language import Phrase

TITLE: Final = Phrase("Storyboard")
SCENES: Final = Phrase("Scenes, one a line")
SCENES_HELP: Final = Phrase(
    "{fewest} to {most} lines; each goes on from the last frame of the one before"
)
NOT_SO_MANY: Final = Phrase(
    "A storyboard has {fewest} to {most} scenes, one a line; you gave {count}. "
    "Send `/grok storyboard` again with as many."
)
ACCEPTED: Final = Phrase(
    "Accepted: {count} scenes, of which job `{job_id}` is the first: {facts}. Each scene is posted "
    "in this channel when it is ready, and at the end all of them in one video."
)
PRIVATE_ACCEPTED: Final = Phrase(
    "Accepted: {count} private scenes, of which job `{job_id}` is the first: {facts}. They are "
    "shown to nobody else: each comes to you by direct message when it is ready, and at the end "
    "all of them in one video."
)
ASK_PRICE: Final = Phrase(
    "Together these {count} scenes cost {price}. Press **Make it** within {minutes} minutes to "
    "start with job `{job_id}`; nothing is charged before."
)
IN_REVIEW: Final = Phrase(
    "The {count} scenes wait for review: a moderator reads all of them first. The card of job "
    "`{job_id}` in this channel shows what was decided; nothing is charged before."
)
PRIVATE_IN_REVIEW: Final = Phrase(
    "The {count} private scenes wait for review: a moderator reads all of them first, and nobody "
    "else. What was decided about job `{job_id}` comes to you by direct message; nothing is "
    "charged before."
)
SCENE: Final = Phrase("scene {scene}")
BROKEN_OFF: Final = Phrase(
    "The scenes after it are not made, and nothing is charged for them. Those before it stay; if "
    "they are more than one, they are joined."
)
JOINED: Final = Phrase("{mention}, here are your scenes in one video.")
NOT_JOINED: Final = Phrase("{mention}, your scenes could not be joined into one video.")
NOT_JOINED_WHY: Final = Phrase(
    "They stay as they were posted. Nothing more is charged; if you like, download them and join "
    "them yourself."
)
MODEL_GONE: Final = Phrase(
    "The model that you chose is not offered any more. Send `/grok storyboard` again with another."
)
