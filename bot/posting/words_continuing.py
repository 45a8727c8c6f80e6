"""What members read about going on from the last frame of a video."""

from typing import Final

from bot.language import Phrase

FILE_GONE: Final = Phrase(
    "The file of that video is no longer kept, so nothing can go on from its last frame. "
    "Choose a newer video, or start anew with `/grok video`."
)
FILE_AWAY: Final = Phrase("That video can't be read at this moment. Please try again later.")
NO_FRAME: Final = Phrase(
    "The last frame of that video can't be read, so nothing can go on from it. "
    "Choose another video, or start anew with `/grok video`."
)
NO_MODEL: Final = Phrase(
    "None of the video models here takes a picture, so nothing can go on from a video. "
    "Start a new one with `/grok video`."
)
OFFER: Final = Phrase(
    "`/grok continue` goes on from its last frame, with any model that takes a picture."
)
