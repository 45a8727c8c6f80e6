"""Two moderators of a stand-in server: what they set, what they decide, what they take away."""

from typing import Final

from sandbox.discord_api.channels import Channel
from sandbox.discord_api.people import Member
from sandbox.discord_api.person import CommandValue
from sandbox.discord_api.runs import Run
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message

APPROVE: Final = "Approve"
REJECT: Final = "Reject"
_REMOVE: Final = "Remove Grok video"


class Moderators:
    """They look at Discord alone, and wait `patience_seconds` of the machine's time for an answer.

    What the bot does not answer whoever calls may try again.
    """

    def __init__(self, chat: DiscordStandIn, *, patience_seconds: float) -> None:
        self._chat = chat
        self._patience = patience_seconds
        guild = chat.guild
        self.first = guild.member("moderator")
        self.second = guild.add_member("deputy", roles=(guild.role("moderators"),))
        self.desk: Channel = guild.add_channel("desk")
        self.log: Channel = guild.add_channel("mod-log")

    async def set(self, command: str, **options: CommandValue) -> None:
        """Use a command of theirs.

        Raises:
            TimeoutError: The bot did not answer.
        """
        await self._await(await self.first.slash(self.desk, f"grok-admin {command}", **options))

    def open_cases(self) -> list[Message]:
        """List the cards that still have buttons."""
        return [one for one in self.desk.messages if one.components]

    def videos(self, *channels: Channel) -> list[Message]:
        """List the posted videos."""
        return [
            one
            for channel in channels
            for one in channel.messages
            if one.attachments and one.pinged and one.author_id == self._chat.application_id
        ]

    async def decide(self, who: Member, case: Message, ruling: str) -> None:
        """Approve or reject a case.

        Raises:
            CannotDoError: It has no buttons any more, or the bot went away.
            TimeoutError: The bot did not answer.
        """
        run = await who.click(case, ruling)
        if ruling == APPROVE:
            await self._await(run)
            return
        form = await run.modal(self._patience)
        await self._await(await who.submit(form, reason="not this one"))

    async def remove(self, who: Member, video: Message) -> str:
        """Take a video away by the menu of its message, and return what the bot says to that.

        Raises:
            CannotDoError: It is gone already, or the bot went away.
            TimeoutError: The bot did not answer.
        """
        return await self._await(await who.use_on_message(video, _REMOVE))

    async def _await(self, run: Run) -> str:
        return (await run.answer(self._patience)).content
