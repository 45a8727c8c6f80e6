"""The main job, played through: a command with a reference image in, a video in the channel out.

The bot is a process of its own, as in production; the person, Discord and the provider are here.
"""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from bot.domain import JobState
from bot.errors import NotAVideoError
from bot.media.video import VideoProbe
from sandbox.bot_process import BotProcess, settings_for
from sandbox.canned import CannedReply
from sandbox.discord_api.channels import Channel
from sandbox.discord_api.exchanges import Observer
from sandbox.discord_api.faults import Fault
from sandbox.discord_api.people import Member
from sandbox.discord_api.runs import Run
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message
from sandbox.discord_api.uploads import Upload
from sandbox.geeknow import GeekNowStandIn
from sandbox.job_watch import JobWatch
from sandbox.pictures import make_picture

_START_SECONDS: Final = 30.0
_JOB_SECONDS: Final = 120.0
_LOOK_SECONDS: Final = 0.005
_SLOW_SECONDS: Final = 2.0
"""By how much the world is slowed down at the step in which the bot is to be killed."""
_LENGTH_TOLERANCE_SECONDS: Final = 0.25
_FINAL_STATES: Final = {str(JobState.POSTED), str(JobState.TOLD)}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played."""

    out: Path
    """Where the video, the bot's log and its data go."""
    prompt: str = "a red fox runs through fresh snow"
    seconds: int = 6
    model: str = "geeknow/grok-video-3"
    images: int = 1
    render_seconds: float = 9.0
    kill_at: JobState | None = None


@dataclass(frozen=True, slots=True)
class PostedVideo:
    """The file that arrived in the channel."""

    path: Path
    seconds: float
    size_bytes: int


@dataclass(slots=True)
class Outcome:
    """What came of it, and everything that was not as it should be."""

    ack_milliseconds: float = 0.0
    states: list[str] = field(default_factory=list)
    messages: int = 0
    final_messages: int = 0
    charges: int = 0
    kills: int = 0
    video: PostedVideo | None = None
    told: str | None = None
    """The title of the honest failure, where there is no video."""
    exit_code: int | None = None
    problems: list[str] = field(default_factory=list)


class Narrator(Protocol):
    """Whoever tells the journey to a person."""

    def meet(self, names: Mapping[int, str]) -> None:
        """Learn who the people in the mentions are."""
        ...

    def stage(self, text: str) -> None:
        """Say what happens around the conversation."""
        ...

    def command(self, member: str, text: str, files: Sequence[str]) -> None:
        """Show what the member typed and attached."""
        ...

    def message(self, label: str, message: Message) -> None:
        """Show a message as it looks now."""
        ...


class Journey:
    """One play of the plan."""

    def __init__(self, plan: Plan, narrator: Narrator, observers: Sequence[Observer] = ()) -> None:
        self._plan = plan
        self._narrator = narrator
        self._chat = DiscordStandIn(observers=observers)
        self._provider = GeekNowStandIn(render_seconds=plan.render_seconds, polls_needed=1)
        self._outcome = Outcome()

    async def play(self) -> Outcome:
        """Play it and look at everything that came of it."""
        folder = self._plan.out / "bot"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        async with self._chat, self._provider:
            settings = settings_for(self._chat, self._provider, poll_seconds=1)
            bot = BotProcess(folder, settings)
            watch = JobWatch(folder / "data" / "bot.sqlite3")
            try:
                await self._run(bot, watch)
            except TimeoutError as error:
                self._outcome.problems.append(str(error) or "something took too long")
            finally:
                self._outcome.exit_code = await bot.stop()
            self._outcome.states = watch.states()
            self._judge(bot)
        return self._outcome

    async def _run(self, bot: BotProcess, watch: JobWatch) -> None:
        people = self._chat.backend.world.users.values()
        self._narrator.meet({user.id: user.username for user in people})
        self._narrator.stage("The bot starts as its own process and logs in")
        await bot.start()
        await self._chat.wait_until_connected(_START_SECONDS)
        await self._chat.wait_for_command("grok", "video", seconds=_START_SECONDS)
        channel = self._chat.guild.channel("videos")
        member = self._chat.guild.member("requester")
        run = await self._command(member, channel)
        following = asyncio.create_task(self._follow(channel))
        try:
            if self._plan.kill_at is not None:
                await self._kill(bot, watch, channel, self._plan.kill_at)
            final = await channel.wait_for(_is_final, _JOB_SECONDS)
            # A second final message would follow at once, and the card folds within seconds.
            await self._wait_until_folded(channel)
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
        self._narrator.message("The answer", final)
        self._outcome.problems += run.errors
        await self._keep(final, member)

    async def _command(self, member: Member, channel: Channel) -> Run:
        plan = self._plan
        uploads = [
            Upload(f"reference-{number}.png", make_picture(f"reference {number}", 900, 600))
            for number in range(1, plan.images + 1)
        ]
        names = ["image", *(f"image{number}" for number in range(2, plan.images + 1))]
        text = f"/grok video prompt: {plan.prompt} model: {plan.model} duration: {plan.seconds}"
        self._narrator.command(member.name, text, [upload.filename for upload in uploads])
        if plan.kill_at is JobState.SUBMITTING:
            self._provider.on_create.then(CannedReply(accepts=True, delay_seconds=_SLOW_SECONDS))
        run = await member.slash(
            channel,
            "grok video",
            prompt=plan.prompt,
            model=plan.model,
            duration=plan.seconds,
            **dict(zip(names, uploads, strict=False)),
        )
        ack = await run.acknowledged()
        self._outcome.ack_milliseconds = round(ack.seconds * 1000, 1)
        self._narrator.stage(f"Acknowledged after {self._outcome.ack_milliseconds:.0f} ms")
        if not (ack.is_ephemeral and ack.is_deferred):
            self._outcome.problems.append("the command was not acknowledged for the member alone")
        self._narrator.message("Only you can see this", await run.answer())
        return run

    async def _kill(
        self, bot: BotProcess, watch: JobWatch, channel: Channel, state: JobState
    ) -> None:
        if state is JobState.RENDERED:
            self._provider.on_file.then(CannedReply(delay_seconds=_SLOW_SECONDS))
        if state is JobState.STORED:
            await channel.wait_for(_is_card)
            path = f"/channels/{channel.id}/messages"
            slow = Fault("POST", path, delay_seconds=_SLOW_SECONDS, after_commit=True)
            self._chat.faults.add(slow)
        await watch.until(state, _JOB_SECONDS)
        if state is JobState.SUBMITTING:
            await self._until_charged()
        await bot.kill()
        self._outcome.kills += 1
        self._narrator.stage(f"SIGKILL while the job is {state}; the bot starts again")
        if (ended := watch.states()[-1]) != state:
            self._outcome.problems.append(f"the kill came late: the job was {ended}")
        await bot.start()
        await self._chat.wait_until_connected(_START_SECONDS)

    async def _until_charged(self) -> None:
        """Wait for the worst moment: the money is taken, the reply is not there yet."""
        async with asyncio.timeout(_JOB_SECONDS):
            while not self._provider.charges:  # noqa: ASYNC110 - a till tells nobody
                await asyncio.sleep(_LOOK_SECONDS)

    async def _follow(self, channel: Channel) -> None:
        """Tell how the card changes."""
        card = await channel.wait_for(_is_card, _JOB_SECONDS)
        shown = None
        while True:
            if card.embeds != shown:
                shown = list(card.embeds)
                self._narrator.message("The card", card)
            await asyncio.sleep(0.05)

    async def _wait_until_folded(self, channel: Channel) -> None:
        await channel.wait_for(
            lambda message: _is_card(message) and not message.components, _START_SECONDS
        )
        await asyncio.sleep(0.1)  # lets the narrator show the folded card

    async def _keep(self, final: Message, member: Member) -> None:
        if final.pinged != {member.id}:
            self._outcome.problems.append("the answer did not ping the requester alone")
        if not final.attachments:
            self._outcome.told = final.embeds[0].get("title")
            return
        attachment = final.attachments[0]
        path = self._plan.out / attachment.filename
        await asyncio.to_thread(path.write_bytes, attachment.data)
        try:
            facts = await VideoProbe().probe(path)
        except NotAVideoError as error:
            self._outcome.problems.append(f"the posted file is no video: {error}")
            return
        self._outcome.video = PostedVideo(path, round(facts.seconds, 3), attachment.size)

    def _judge(self, bot: BotProcess) -> None:
        outcome, plan = self._outcome, self._plan
        messages = self._chat.guild.channel("videos").messages
        outcome.messages = len(messages)
        outcome.final_messages = sum(map(_is_final, messages))
        outcome.charges = len(self._provider.charges)
        if outcome.final_messages != 1:
            outcome.problems.append(f"{outcome.final_messages} final messages instead of one")
        if outcome.charges != 1:
            outcome.problems.append(f"{outcome.charges} charges instead of one")
        if outcome.states and outcome.states[-1] not in _FINAL_STATES:
            outcome.problems.append(f"the job was left in {outcome.states[-1]}")
        if outcome.exit_code != 0:
            outcome.problems.append(f"the bot ended with {outcome.exit_code}; see {bot.log_path}")
        if plan.kill_at is JobState.SUBMITTING:
            if outcome.told is None:
                outcome.problems.append("an unknown outcome was not told")
        elif outcome.video is None:
            outcome.problems.append("no video arrived")
        elif abs(outcome.video.seconds - plan.seconds) > _LENGTH_TOLERANCE_SECONDS:
            outcome.problems.append(f"the video lasts {outcome.video.seconds} s")


def _is_card(message: Message) -> bool:
    return message.reference_id is None and not message.pinged and bool(message.embeds)


def _is_final(message: Message) -> bool:
    return bool(message.pinged)
