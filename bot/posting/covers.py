"""Takes posted videos away from where they are, or off their message."""

from typing import Final

import discord

from bot.domain import Job, PostedVideo
from bot.language import speaking
from bot.posting.doors import ClosedPlaces, Doors
from bot.posting.marks import footer_mark
from bot.posting.undisturbed import UndisturbedCalls
from bot.posting.words_removal import COVER

_GRAY: Final = 0x4F545C


class PostedVideos:
    """Deletes and edits over REST; doing either twice does no harm, so that no nonce is needed."""

    def __init__(self, client: discord.Client, places: ClosedPlaces) -> None:
        self._client = client
        self._doors = Doors(places)
        self._calls = UndisturbedCalls()

    async def delete(self, message: PostedVideo) -> None:
        """Delete a message; see `bot.pipeline.takedown.VideoRemover`."""

        async def delete() -> None:
            await self._calls.make(self._partial(message).delete())

        await self._doors.pass_through(_door(message), delete)

    async def cover(self, job: Job, message: PostedVideo) -> None:
        """Take video and buttons off a message; see `bot.pipeline.takedown.VideoRemover`."""
        embed = discord.Embed(color=_GRAY).set_footer(text=footer_mark(job))
        with speaking(job.origin.language):
            text = COVER()

        async def edit() -> object:
            partial = self._partial(message)
            return await self._calls.make(
                partial.edit(content=text, embed=embed, attachments=[], view=None)
            )

        await self._doors.pass_through(_door(message), edit)

    async def veil(self, job: Job, message: PostedVideo) -> None:
        """Put a video behind a cover; see `bot.pipeline.takedown.VideoRemover`."""

        async def edit() -> None:
            await self._calls.make(self._veil(message))

        await self._doors.pass_through(_door(message), edit)

    async def _veil(self, message: PostedVideo) -> None:
        # What Discord covers is told by the name of the file, which only a new upload changes.
        found = await self._partial(message).fetch()
        files = [
            one if one.is_spoiler() else await one.to_file(spoiler=True)
            for one in found.attachments
        ]
        for embed in found.embeds:
            embed.description = veiled(embed.description or "")
        await found.edit(attachments=files, embeds=found.embeds)

    def _partial(self, message: PostedVideo) -> discord.PartialMessage:
        channel = self._client.get_partial_messageable(message.channel_id)
        return channel.get_partial_message(message.message_id)


def veiled(description: str) -> str:
    """Cover, in what stands under a video, the prompt and the links to the video."""
    return "\n".join(map(_veiled_line, description.split("\n")))


def _veiled_line(line: str) -> str:
    quote = "> " if line.startswith("> ") else ""
    said = line.removeprefix(quote)
    has_more = bool(quote) or "](<" in line
    return f"{quote}||{said}||" if has_more and not said.startswith("||") else line


def _door(message: PostedVideo) -> int:
    return message.channel_id if message.direct_to_id is None else message.direct_to_id
