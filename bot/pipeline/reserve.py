"""Step 1: the row and its reference images are on the disk before anybody is asked to pay."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from bot.domain import Asker, CleanImage, Denial, Job, ReferenceImage, ValidRequest
from bot.errors import StorageError
from bot.limits.facts import wish_of
from bot.limits.prompt_rules import Hit
from bot.media.storage import ResultStorage
from bot.store.reservations import Reservation, ReservationStore

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32: no letter that is mistaken for another when read aloud."""
_ID_LENGTH: Final = 10
_ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


def new_job_id() -> str:
    """Make an id of 50 random bits: safe in file names, buttons and nonces."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))


class Reserver:
    """Turns a valid request into a job that no crash can lose, if it is let in.

    `bound_micros` is the most that a job of unknown price comes to, where the operator says so.
    """

    def __init__(
        self,
        reservations: ReservationStore,
        storage: ResultStorage,
        *,
        bound_micros: int | None = None,
    ) -> None:
        self._reservations = reservations
        self._storage = storage
        self._bound_micros = bound_micros

    async def reserve(
        self, request: ValidRequest, asker: Asker, hits: Sequence[Hit] = ()
    ) -> Job | Denial:
        """Keep the images, insert the job and owe its card, or say what does not let it in.

        `hits` are the rules that fire at its prompt.
        The same interaction again gives the job that it made the first time.
        """
        async with self.ready(request, hits) as wanted:
            made = await self._reservations.reserve(
                wanted.job_id, request, wanted.references, asker, wanted.wish
            )
            if isinstance(made, Denial) or made.id != wanted.job_id:
                await self.forget(wanted.references)
            return made

    @asynccontextmanager
    async def ready(
        self, request: ValidRequest, hits: Sequence[Hit] = ()
    ) -> AsyncIterator[Reservation]:
        """Keep the images of a job to be; after an error they are forgotten again."""
        job_id = new_job_id()
        references: list[ReferenceImage] = []
        try:
            for number, image in enumerate(request.images, start=1):
                references.append(await keep_reference(self._storage, job_id, number, image))
            wish = wish_of(request, bound_micros=self._bound_micros, hits=hits)
            yield Reservation(job_id, request, tuple(references), wish)
        except Exception:
            await self.forget(references)
            raise

    async def forget(self, references: Sequence[ReferenceImage]) -> None:
        """Remove the images of a job that was not made."""
        if not references:
            return
        with suppress(StorageError):  # files of no job are swept
            await self._storage.remove(*(reference.key for reference in references))


async def keep_reference(
    storage: ResultStorage, job_id: str, number: int, image: CleanImage
) -> ReferenceImage:
    """Keep an image of a job, in the place of what an earlier try left.

    Raises:
        StorageError: The storage would not take it; not final.
    """
    key = f"references/{job_id}-{number}.{_ENDINGS[image.media_type]}"
    await storage.write(image.data, key)
    return ReferenceImage(key, image.media_type, len(image.data), image.width, image.height)
