"""What is said about how long a job will take: its place in the queue, and what is usual."""

from typing import Final

from bot.language import Phrase

NEXT: Final = Phrase("next in the queue")
PLACE: Final = Phrase("place {number} of {total} in the queue")
PLACE_OF_MANY: Final = Phrase("place {number} of over {total} in the queue")
FAR: Final = Phrase("over {count} others go first")

USUALLY: Final = Phrase("usually {time}")
THEN_USUALLY: Final = Phrase("then it usually takes {time}")
IT_USUALLY: Final = Phrase("It usually takes {time}.")
NOT_KNOWN: Final = Phrase("how long it takes is not known yet")

SECONDS: Final = Phrase("{number} s")
MINUTES: Final = Phrase("{number} min")
SECONDS_BETWEEN: Final = Phrase("{low} to {high} s")
MINUTES_BETWEEN: Final = Phrase("{low} to {high} min")
BETWEEN: Final = Phrase("{low} to {high}")
ABOUT: Final = Phrase("about {time}")
UP_TO: Final = Phrase("up to {time}")
