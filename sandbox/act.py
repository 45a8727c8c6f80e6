"""One command of the journey, from its typing to the answer in the channel."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.bot_process import BotProcess
from sandbox.discord_api.channels import Channel
from sandbox.discord_api.people import Member
from sandbox.discord_api.runs import Run
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message
from sandbox.job_watch import JobWatch
from sandbox.narrator import Narrator
from sandbox.outcome import Outcome
from sandbox.plan import Order
from sandbox.provider_stand_in import ProviderStandIn

JOB_SECONDS: Final = 120.0
"""The longest that anything of a job may take."""
_FOLD_SECONDS: Final = 30.0
_FOLLOW_SECONDS: Final = 0.05
_SHOW_SECONDS: Final = 0.1


class NotTakenError(Exception):
    """No job came of a command; the text is the bot's answer."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the journey is played, and who plays."""

    out: Path
    database: Path
    chat: DiscordStandIn
    provider: ProviderStandIn
    bot: BotProcess
    narrator: Narrator

    @property
    def channel(self) -> Channel:
        """Return where the videos are asked for and posted."""
        return self.chat.guild.channel("videos")

    @property
    def member(self) -> Member:
        """Return who asks for them."""
        return self.chat.guild.member("requester")


class Act:
    """One command, and what comes of it; what was there before is not its business."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.outcome = Outcome()
        self.job_id = ""
        """Known once the command was taken."""
        self.watch = JobWatch(stage.database, number)
        self._stage = stage
        self._earlier = frozenset(message.id for message in stage.channel.messages)
        self._charges_before = len(stage.provider.charges)
        self._following: asyncio.Task[None] | None = None

    def is_card(self, message: Message) -> bool:
        """Whether a message is the card of this act's job."""
        is_ours = message.id not in self._earlier
        return (
            is_ours and message.reference_id is None and not message.pinged and bool(message.embeds)
        )

    def is_final(self, message: Message) -> bool:
        """Whether a message is the video or the honest failure of this act's job."""
        return message.id not in self._earlier and self._stage.member.id in message.pinged

    @property
    def is_charged(self) -> bool:
        """Whether the provider has taken the money."""
        return len(self._stage.provider.charges) > self._charges_before

    async def type(self, order: Order) -> Run:
        """Send the command, and begin to tell how its card changes.

        Raises:
            NotTakenError: No job came of it.
        """
        stage, outcome = self._stage, self.outcome
        files = [upload.filename for upload in order.uploads.values()]
        stage.narrator.command(stage.member.name, order.text, files)
        run = await stage.member.slash(
            stage.channel, order.command, **order.options, **order.uploads
        )
        outcome.heed(await run.acknowledged())
        stage.narrator.stage(f"Acknowledged after {outcome.ack_milliseconds:.0f} ms")
        answer = await run.answer()
        stage.narrator.message("Only you can see this", answer)
        job = self.watch.job()
        if job is None:
            raise NotTakenError(f"the bot did not take the command: {answer.content}")
        self.job_id = job.id
        self._following = asyncio.create_task(self._follow())
        return run

    async def see(self, run: Run) -> None:
        """Wait for the answer in the channel and keep its video."""
        channel = self._stage.channel
        final = await channel.wait_for(self.is_final, JOB_SECONDS)
        # A second final message would follow at once, and the card folds within seconds.
        await channel.wait_for(
            lambda message: self.is_card(message) and not message.components, _FOLD_SECONDS
        )
        await asyncio.sleep(_SHOW_SECONDS)  # lets the narrator show the folded card
        await self.end()
        self._stage.narrator.message("The answer", final)
        self.outcome.problems += run.errors
        await self.outcome.keep(final, self._stage.member.id, self._stage.out)

    async def end(self) -> None:
        """Tell no more of it, and count everything that is there by now."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        outcome = self.outcome
        messages = self._stage.channel.messages
        outcome.messages = sum(message.id not in self._earlier for message in messages)
        outcome.final_messages = sum(map(self.is_final, messages))
        charges = self._stage.provider.charges[self._charges_before :]
        outcome.charges = len(charges)
        outcome.charged_ticks = sum(charge.cost_ticks for charge in charges)
        outcome.job, outcome.states = self.watch.job(), self.watch.states()

    async def _follow(self) -> None:
        card = await self._stage.channel.wait_for(self.is_card, JOB_SECONDS)
        shown, drawn = None, None
        while True:
            now = list(card.embeds)
            if now != shown:
                shown = now
                self._stage.narrator.message("The card", card)
            state = self.watch.state()
            if (state, now) != drawn:
                drawn = state, now
                self._stage.narrator.card(state, card)
            await asyncio.sleep(_FOLLOW_SECONDS)
