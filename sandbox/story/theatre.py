"""Where a story is played: the bot as its own process, people who type and press, a transcript."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sandbox.bot_process import BotProcess, settings_for
from sandbox.discord_api.channels import Channel
from sandbox.discord_api.guilds import Guild
from sandbox.discord_api.modals import ModalValue
from sandbox.discord_api.people import Member
from sandbox.discord_api.person import CommandValue
from sandbox.discord_api.runs import Run
from sandbox.discord_api.server import DiscordStandIn
from sandbox.discord_api.state import Message, RoleState
from sandbox.discord_api.uploads import Upload
from sandbox.narrator import Narrator
from sandbox.provider_stand_in import ProviderStandIn
from sandbox.story.transcript import Transcript

SECONDS: Final = 60.0
"""The longest that anything of a story may take."""
_FIRST_COMMAND: Final = ("grok-admin", "pause")


@dataclass(frozen=True, slots=True)
class Theatre:
    """The stage of a story; whatever is done on it goes into the transcript."""

    out: Path
    chat: DiscordStandIn
    provider: ProviderStandIn
    bot: BotProcess
    narrator: Narrator
    transcript: Transcript
    seen: set[int] = field(default_factory=set)
    """The messages that were answers already."""

    def meet(self) -> None:
        """Learn how people, roles and channels are called; again when there are more."""
        names = names_in(self.chat)
        self.transcript.names.update(names)
        self.narrator.meet(names)

    @property
    def guild(self) -> Guild:
        """Return the server."""
        return self.chat.guild

    @property
    def channel(self) -> Channel:
        """Return where members ask for videos."""
        return self.guild.channel("videos")

    @property
    def database(self) -> Path:
        """Name the bot's database."""
        return self.out / "bot" / "data" / "bot.sqlite3"

    def person(self, name: str) -> Member:
        """Return one of the people."""
        return self.guild.member(name)

    async def types(
        self, name: str, command: str, /, *expected: str, **options: CommandValue
    ) -> Message:
        """Let somebody send a command in the channel, and look for words in the answer."""
        member = self.person(name)
        shown = "".join(f" {key}: {_shown(value)}" for key, value in options.items())
        self.narrator.command(name, f"/{command}{shown}", [])
        run = await member.slash(self.channel, command, **options)
        answer = await run.answer(SECONDS)
        return self._heard(name, f"/{command}{shown}", answer, expected)

    async def presses(self, name: str, message: Message, label: str, *expected: str) -> Message:
        """Let somebody press a button, and look for words in the answer."""
        run = await self.person(name).click(message, label)
        answer = await run.answer(SECONDS)
        return self._heard(name, f"presses “{label}”", answer, expected)

    async def fills_in(
        self, name: str, message: Message, label: str, *expected: str, **values: ModalValue
    ) -> Message:
        """Let somebody press a button that opens a form, and send the form."""
        run = await self.person(name).click(message, label)
        return await self._sends(name, f"presses “{label}”", run, expected, values)

    async def types_into_form(
        self,
        name: str,
        command: str,
        *expected: str,
        options: Mapping[str, CommandValue] | None = None,
        **values: ModalValue,
    ) -> Message:
        """Let somebody send a command that opens a form, and send the form."""
        self.narrator.command(name, f"/{command}", [])
        run = await self.person(name).slash(self.channel, command, **(options or {}))
        return await self._sends(name, f"/{command}", run, expected, values)

    async def chooses(self, name: str, message: Message, menu: str, *expected: str) -> Message:
        """Let somebody use a command of the menu of a message."""
        run = await self.person(name).use_on_message(message, menu)
        answer = await run.answer(SECONDS)
        return self._heard(name, f"chooses “{menu}”", answer, expected)

    async def reacts(self, name: str, message: Message, emoji: str) -> None:
        """Let somebody put a reaction on a message."""
        await self.person(name).react(message, emoji)
        self.transcript.add(name, f"reacts with {emoji}")
        self.narrator.stage(f"{name} reacts with {emoji}")

    async def sees(
        self, place: Channel, what: str, is_it: Callable[[Message], bool], *expected: str
    ) -> Message:
        """Wait until a message in a channel looks a certain way.

        Raises:
            TimeoutError: It did not; the text says what was waited for.
        """
        try:
            message = await place.wait_for(is_it, SECONDS)
        except TimeoutError as error:
            raise TimeoutError(f"{what}: {error}") from None
        await asyncio.sleep(0)
        return self._heard("everybody", what, message, expected)

    async def gone(self, message: Message) -> None:
        """Wait until a message is deleted."""
        changes, what = self.chat.backend.world.changes, "a message to be deleted"
        await changes.until(lambda: message.deleted or None, SECONDS, what)
        self.transcript.add("everybody", "a message is gone")

    async def falls_over(self) -> None:
        """Kill the bot as a power cut would, and start it again."""
        self.narrator.stage("SIGKILL; the bot starts again")
        await self.bot.kill()
        await self.bot.start()
        await self.chat.wait_until_connected(SECONDS)
        self.transcript.add("the bot", "is killed, and starts again")

    async def _sends(
        self,
        name: str,
        what: str,
        run: Run,
        expected: tuple[str, ...],
        values: Mapping[str, ModalValue],
    ) -> Message:
        sent = await self.person(name).submit(await run.modal(SECONDS), **values)
        answer = await sent.answer(SECONDS)
        written = ", ".join(_written(value) for value in values.values())
        return self._heard(name, f"{what} and writes “{written}”", answer, expected)

    def _heard(self, who: str, what: str, answer: Message, expected: tuple[str, ...]) -> Message:
        self.transcript.add(who, what, answer)
        self.transcript.expect(self.transcript.text_of(answer), *expected)
        self.narrator.message(f"{who}: {what}", answer)
        return answer


@asynccontextmanager
async def open_theatre(
    out: Path, chat: DiscordStandIn, provider: ProviderStandIn, narrator: Narrator
) -> AsyncIterator[Theatre]:
    """Start a bot between the stand-ins, and stop it in the end.

    Raises:
        TimeoutError: It did not come up.
    """
    folder = out / "bot"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    async with chat, provider:
        settings = settings_for(chat, provider, poll_seconds=0.2) | {"SHOW_PRICES": "true"}
        bot = BotProcess(folder, settings)
        transcript = Transcript()
        await bot.start()
        try:
            await chat.wait_until_connected(SECONDS)
            await chat.wait_for_command(*_FIRST_COMMAND, seconds=SECONDS)
            yield Theatre(out, chat, provider, bot, narrator, transcript)
        finally:
            exit_code = await bot.stop()
            if exit_code:
                transcript.problems.append(f"the bot ended with {exit_code}")


def names_in(chat: DiscordStandIn) -> dict[int, str]:
    """Return how people, roles and channels are called."""
    world, roles = chat.backend.world, chat.guild.state.roles
    return (
        {user.id: user.username for user in world.users.values()}
        | {role.id: role.name for role in roles.values()}
        | {channel.id: channel.name for channel in world.channels.values()}
    )


def _written(value: ModalValue) -> str:
    if isinstance(value, str | bool):
        return str(value).replace("\n", " / ")
    return " ".join(one.filename if isinstance(one, Upload) else one for one in value)


def _shown(value: CommandValue) -> str:
    match value:
        case Member():
            return f"@{value.name}"
        case Channel():
            return f"#{value.state.name}"
        case RoleState():
            return f"@{value.name.removeprefix('@')}"
        case _:
            return str(value)
