"""The main job, played through: a command with a reference image in, a video in the channel out.

The bot is a process of its own, as in production; the person, Discord and the provider are here.
"""

import shutil
from collections.abc import Sequence
from typing import Final

from bot.domain import ENGLISH, JobState
from bot.providers import PROVIDERS
from sandbox.act import Act, NotTakenError, Stage
from sandbox.bot_process import BotProcess, settings_for
from sandbox.discord_api.exchanges import Observer
from sandbox.discord_api.server import DiscordStandIn
from sandbox.interruption import Interruption
from sandbox.narrator import Narrator
from sandbox.outcome import Outcome
from sandbox.plan import Order, Plan
from sandbox.providers import STAND_INS
from sandbox.verdict import judge

_START_SECONDS: Final = 30.0


class Journey:
    """One play of the plan."""

    def __init__(self, plan: Plan, narrator: Narrator, observers: Sequence[Observer] = ()) -> None:
        self._plan = plan
        self._narrator = narrator
        self._chat = DiscordStandIn(observers=observers)
        self._provider = STAND_INS[plan.entry.provider].stand_in(
            render_seconds=plan.render_seconds, polls_needed=1
        )
        if plan.language != ENGLISH:
            self._chat.set_locale(plan.language)
        self._acts: list[Act] = []

    async def play(self) -> Outcome:
        """Play it and look at everything that came of it."""
        folder = self._plan.out / "bot"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        problems = []
        async with self._chat, self._provider:
            settings = settings_for(self._chat, self._provider, poll_seconds=1)
            bot = BotProcess(folder, settings)
            stage = Stage(
                out=self._plan.out,
                database=folder / "data" / "bot.sqlite3",
                chat=self._chat,
                provider=self._provider,
                bot=bot,
                narrator=self._narrator,
            )
            try:
                await self._run(stage)
            except (NotTakenError, TimeoutError) as error:
                problems.append(str(error) or "something took too long")
            finally:
                exit_code = await bot.stop()
            outcome = await self._ended()
        outcome.exit_code = exit_code
        outcome.problems = problems + judge(self._plan, outcome, bot.log_path)
        return outcome

    async def _run(self, stage: Stage) -> None:
        plan = self._plan
        people = self._chat.backend.world.users.values()
        self._narrator.meet({user.id: user.username for user in people})
        title = PROVIDERS[plan.entry.provider].title
        self._narrator.stage(f"Discord and {title} are stand-ins on loopback; nothing is paid")
        self._narrator.stage("The bot starts as its own process and logs in")
        await stage.bot.start()
        await self._chat.wait_until_connected(_START_SECONDS)
        await self._chat.wait_for_command("grok", "video", seconds=_START_SECONDS)
        if plan.mode is None:
            await self._act(stage, plan.first_order(), plan.kill_at)
            return
        first = await self._act(stage, plan.first_order(), None)
        self._narrator.stage(f"The posted video is there; now the member wants to {plan.mode} it")
        await self._act(stage, plan.second_order(plan.mode, first.job_id), plan.kill_at)

    async def _act(self, stage: Stage, order: Order, kill_at: JobState | None) -> Act:
        act = Act(stage, len(self._acts) + 1)
        self._acts.append(act)
        interruption = None if kill_at is None else Interruption(stage, act, kill_at)
        run = await act.type(order)
        if interruption is not None:
            await interruption.strike()
        await act.see(run)
        return act

    async def _ended(self) -> Outcome:
        """Return what is to be judged: of two, the second with the first as its source."""
        for act in self._acts[-1:]:
            await act.end()
        outcomes = [act.outcome for act in self._acts]
        if self._plan.mode is None:
            return next(iter(outcomes), Outcome())
        first, second = [*outcomes, Outcome(), Outcome()][:2]
        second.source = first
        return second
