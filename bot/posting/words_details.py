"""What is told about one job to whoever asks for everything."""

from collections.abc import Mapping
from typing import Final

from bot.domain import Mode, Relation
from bot.language import Phrase, Plural

MODEL: Final = Phrase("**Model** {model} by {service}")
LOOK: Final = Phrase("**Look** {look}")
MADE_FROM: Final = Phrase("**Made from** {what}")
LENGTH: Final = Phrase("**Length** {length}")
SIZE: Final = Phrase("**Size** {size}")
SHAPE: Final = Phrase("**Shape** {shape}")
FREE_SHAPE: Final = Phrase("**Shape** left to the service")
FILE: Final = Phrase("**File** {size}, {width} by {height} pixels")
PRICE: Final = Phrase("**Price** {price}")
PRIVATE: Final = Phrase("**Private** shown to its requester alone")
SPOILER: Final = Phrase("**Covered** by a rule of this server")

MODES: Final[Mapping[Mode, Phrase]] = {
    Mode.TEXT: Phrase("the prompt alone"),
    Mode.IMAGE: Phrase("one image as the first frame"),
    Mode.EDIT: Phrase("another video, changed"),
    Mode.EXTEND: Phrase("another video, made longer"),
}
IMAGES: Final = Plural("{count} reference image", "{count} reference images")
ASKED: Final = Phrase("**Asked** {at}")
SUBMITTED: Final = Phrase("**Handed over** {at}")
STORED: Final = Phrase("**Finished** {at}")
POSTED: Final = Phrase("**Posted** {at}")
TOLD: Final = Phrase("**Over** {at}")
PUBLISHED: Final = Phrase("**Published** {at}")

PROMPT_HIDDEN: Final = Phrase("(not shown)")
WHOLE_PROMPT: Final = Phrase("The whole prompt is in the file.")

LINEAGE: Final = Phrase("What it comes of and what came of it")
MORE_ABOVE: Final = Phrase("… and what that comes of")
MORE_BELOW: Final = Phrase("… and more")
THIS: Final = Phrase("this one")
REMOVED: Final = Phrase("taken away")
RELATIONS: Final[Mapping[Relation, Phrase]] = {
    Relation.AGAIN: Phrase("again"),
    Relation.REMIX: Phrase("remix"),
    Relation.CONTINUE: Phrase("continued"),
    Relation.EXTEND: Phrase("extended"),
    Relation.EDIT: Phrase("edited"),
    Relation.SCENE: Phrase("next scene"),
}
