"""Files that members sent, downloaded when they are needed: signed links expire."""

import asyncio
from collections.abc import Sequence
from typing import Final

import discord

from bot.domain import SentFile, UploadedImage
from bot.errors import FetchError, InvalidRequestError
from bot.media.fetch import Fetcher
from bot.media.images import MAX_IMAGE_BYTES, check_size
from bot.posting import words_forms as words
from bot.posting.text import megabytes, safe

_NAME_LENGTH: Final = 60


async def read_images(
    fetcher: Fetcher, attachments: Sequence[discord.Attachment | None]
) -> tuple[UploadedImage, ...]:
    """Download what the member attached; signed links expire, so the bytes are taken now.

    Raises:
        InvalidRequestError: One is too large, or could not be read.
    """
    given = [one for one in attachments if one is not None]
    return await read_files(fetcher, [SentFile(one.filename, one.url, one.size) for one in given])


async def read_files(fetcher: Fetcher, files: Sequence[SentFile]) -> tuple[UploadedImage, ...]:
    """Download images that came with a form, or that a message has.

    Raises:
        InvalidRequestError: One is too large, or could not be read.
    """
    for file in files:
        if file.size is not None:
            check_size(file.filename, file.size)
    return tuple(await asyncio.gather(*(_read(fetcher, one) for one in files)))


async def read_attachment(
    fetcher: Fetcher, attachment: discord.Attachment, *, max_bytes: int
) -> bytes:
    """Download one file that was attached.

    Raises:
        InvalidRequestError: It is larger, or could not be read.
    """
    if attachment.size > max_bytes:
        name, most = safe(attachment.filename, _NAME_LENGTH), megabytes(max_bytes)
        raise InvalidRequestError(words.TOO_LARGE(name=name, most=most))
    return await _bytes_of(fetcher, attachment.filename, attachment.url, max_bytes)


async def _read(fetcher: Fetcher, file: SentFile) -> UploadedImage:
    data = await _bytes_of(fetcher, file.filename, file.url, MAX_IMAGE_BYTES)
    return UploadedImage(file.filename, data)


async def _bytes_of(fetcher: Fetcher, filename: str, url: str, max_bytes: int) -> bytes:
    try:
        # discord.py would take whatever comes, from wherever it is sent.
        return await fetcher.read(url, max_bytes=max_bytes)
    except FetchError:
        name = safe(filename, _NAME_LENGTH)
        raise InvalidRequestError(words.UNREADABLE(name=name)) from None
