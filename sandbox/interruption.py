"""Kills the bot while its job is in one state, at the moment when that hurts most."""

import asyncio
from typing import Final

from bot.domain import JobState
from sandbox.act import JOB_SECONDS, Act, Stage
from sandbox.canned import CannedReply
from sandbox.discord_api.faults import Fault

_START_SECONDS: Final = 30.0
_LOOK_SECONDS: Final = 0.005
_SLOW_SECONDS: Final = 2.0
"""By how much the world is slowed down at the step in which the bot is to be killed."""


class Interruption:
    """One kill and the start after it."""

    def __init__(self, stage: Stage, act: Act, state: JobState) -> None:
        self._stage = stage
        self._act = act
        self._state = state
        if state is JobState.SUBMITTING:
            slow = CannedReply(accepts=True, delay_seconds=_SLOW_SECONDS)
            stage.provider.on_create.then(slow)

    async def strike(self) -> None:
        """Kill the bot as soon as its job is there, and start it again."""
        stage, act, state = self._stage, self._act, self._state
        await self._slow_down()
        await act.watch.until(state, JOB_SECONDS)
        if state is JobState.SUBMITTING:
            await self._until_charged()
        await stage.bot.kill()
        act.outcome.kills += 1
        stage.narrator.stage(f"SIGKILL while the job is {state}; the bot starts again")
        if (ended := act.watch.states()[-1]) != state:
            act.outcome.problems.append(f"the kill came late: the job was {ended}")
        await stage.bot.start()
        await stage.chat.wait_until_connected(_START_SECONDS)

    async def _slow_down(self) -> None:
        stage = self._stage
        if self._state is JobState.RENDERED:
            stage.provider.on_file.then(CannedReply(delay_seconds=_SLOW_SECONDS))
        if self._state is JobState.STORED:
            await stage.channel.wait_for(self._act.is_card)
            path = f"/channels/{stage.channel.id}/messages"
            slow = Fault("POST", path, delay_seconds=_SLOW_SECONDS, after_commit=True)
            stage.chat.faults.add(slow)

    async def _until_charged(self) -> None:
        """Wait for the worst moment: the money is taken, the reply is not there yet."""
        async with asyncio.timeout(JOB_SECONDS):
            while not self._act.is_charged:  # noqa: ASYNC110 - a till tells nobody
                await asyncio.sleep(_LOOK_SECONDS)
