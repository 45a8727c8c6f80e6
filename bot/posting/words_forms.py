"""The words of the forms that ask for a prompt, and of the menus that open them.

Discord takes 45 characters of a title or a label, 100 of a description.
"""

from collections.abc import Mapping
from typing import Final

from bot.language import Phrase, Plural

TITLES: Final[Mapping[str, Phrase]] = {
    "remix": Phrase("Remix this video"),
    "continue": Phrase("Continue this video"),
    "extend": Phrase("Extend this video"),
    "edit": Phrase("Edit this video"),
    "images": Phrase("Animate these images"),
    "avatar": Phrase("Animate this picture"),
}
PROMPTS: Final[Mapping[str, Phrase]] = {
    "remix": Phrase("What the video should show instead"),
    "continue": Phrase("How it goes on from its last frame"),
    "extend": Phrase("How it goes on"),
    "edit": Phrase("What is to be different"),
    "images": Phrase("What happens in the video"),
    "avatar": Phrase("What happens in the video"),
}
"""By what the form is about."""
MODEL: Final = Phrase("Model or look")
MODEL_HINT: Final = Phrase("You need not say. /grok models lists them.")

NO_IMAGE: Final = Phrase(
    "There is no image in that message. Choose one with a PNG, JPEG or WebP picture."
)
TOO_MANY: Final = Plural(
    "That message has {count} image; the models here take at most {most} together. "
    "`/grok video` takes the ones that you choose.",
    "That message has {count} images; the models here take at most {most} together. "
    "`/grok video` takes the ones that you choose.",
)
NO_IMAGES_TAKEN: Final = Phrase("None of the video models here takes an image.")
EXPIRED: Final = Phrase(
    "The images of that form are not known any more: a form waits for a day. "
    "Open it again from the menu of the message."
)
NO_PICTURE: Final = Phrase("The picture of that person can't be read. Please try again later.")

COMPOSE_TITLE: Final = Phrase("Compose a video")
COMPOSE_PROMPT: Final = Phrase("What the video should show")
IMAGES: Final = Phrase("Reference images")
IMAGES_HINT: Final = Phrase("Up to ten: PNG, JPEG or WebP. A model may take fewer.")
SHAPE: Final = Phrase("Shape")
LENGTH: Final = Phrase("Length in seconds")
USUAL: Final = Phrase("Leave it out for what is usual.")
NO_LENGTH: Final = Phrase(
    "“{typed}” is no length. Say a number of seconds such as 6, or leave it out."
)
NO_MODELS: Final = Phrase(
    "No video service is set up yet. Please tell the people who run this bot."
)

TOO_LARGE: Final = Phrase("“{name}” is too large: at most {most} are read.")
UNREADABLE: Final = Phrase("“{name}” could not be read from Discord. Please attach it again.")
