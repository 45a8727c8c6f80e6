"""The images of a message, wherever in it they are."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

import discord

from bot.domain import SentFile

_KIND: Final = "image/"


def images_of(message: discord.Message) -> tuple[SentFile, ...]:
    """List the images that are attached or shown in embeds; each once."""
    found = [*_attached(message), *_embedded(message)]
    return tuple({one.url: one for one in found}.values())


def _attached(message: discord.Message) -> Iterator[SentFile]:
    for one in message.attachments:
        if (one.content_type or "").startswith(_KIND):
            yield SentFile(one.filename, one.url, one.size)


def _embedded(message: discord.Message) -> Iterator[SentFile]:
    """Take what Discord fetched: an address that a member typed is never asked by us."""
    for embed in message.embeds:
        picture = embed.image if embed.image.url else embed.thumbnail
        if picture.proxy_url and (embed.image.url or embed.type == "image"):
            name = PurePosixPath(urlsplit(picture.proxy_url).path).name
            yield SentFile(name, picture.proxy_url)
