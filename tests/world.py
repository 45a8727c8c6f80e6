"""A running bot between a stand-in Discord and stand-in providers, in one process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import App, open_app
from bot.clock import Clock
from bot.domain import Job, JobState
from bot.lifecycle import log_in, serve
from bot.settings import ProviderSettings, Settings
from sandbox.discord_api import Channel, DiscordStandIn, Member, Message, Run, Upload
from sandbox.pictures import make_picture
from sandbox.provider_stand_in import ProviderStandIn
from tests.journeys import session_journeys
from tests.openapi_judge import session_judge

PICTURE = Upload("ref.png", make_picture("reference", 90, 60))


def judged_discord() -> DiscordStandIn:
    watchers = [one for one in (session_journeys(), session_judge()) if one is not None]
    return DiscordStandIn(
        observers=[one.observe for one in watchers],
        event_observers=[one.observe_event for one in watchers],
    )


def record_events(chat: DiscordStandIn) -> list[tuple[str, Any]]:
    """Collect what the gateway sends from here on."""
    events: list[tuple[str, Any]] = []
    chat.gateway.observers += (lambda event, data: events.append((event, data)),)
    return events


@dataclass(frozen=True, slots=True)
class World:
    chat: DiscordStandIn
    provider: ProviderStandIn
    app: App

    @property
    def channel(self) -> Channel:
        return self.chat.guild.channel("videos")

    @property
    def requester(self) -> Member:
        return self.chat.guild.member("requester")

    @property
    def visitor(self) -> Member:
        return self.chat.guild.member("visitor")

    @property
    def moderator(self) -> Member:
        return self.chat.guild.member("moderator")

    async def ask(
        self, *, channel: Channel | None = None, **options: str | int | Upload | None
    ) -> Run:
        wanted: dict[str, str | int | Upload | None] = {"prompt": "a red fox", "duration": 1}
        wanted |= options
        given = {name: value for name, value in wanted.items() if value is not None}
        return await self.requester.slash(channel or self.channel, "grok video", **given)

    async def card(self) -> Message:
        return await self.channel.wait_for(lambda message: not message.pinged)

    async def final(self, channel: Channel | None = None) -> Message:
        return await (channel or self.channel).wait_for(lambda message: bool(message.pinged))

    async def final_of(self, job: Job) -> Message:
        return await self.channel.wait_for(
            lambda message: (
                bool(message.pinged)
                and str(message.embeds[0]["footer"]["text"]).endswith(f"job {job.id}")
            ),
        )

    async def card_with(self, words: str) -> Message:
        return await self.channel.wait_for(
            lambda message: not message.pinged and words in str(message.embeds)
        )

    async def folded(self, final: Message) -> Message:
        """Wait until the card is the line that leads to its result; it moves more than once."""
        return await self.card_with(f"/{final.id}")

    async def jobs(self, member: Member | None = None) -> list[Job]:
        questions = self.app.bot.services.questions
        return await questions.of_member(
            self.chat.guild.id, (member or self.requester).id, limit=50
        )

    async def job(self) -> Job:
        (job,) = await self.jobs()
        return job

    async def job_once(self, is_wanted: Callable[[Job], bool]) -> Job:
        async with asyncio.timeout(60):
            while True:
                for job in await self.jobs():
                    if is_wanted(job):
                        return job
                await asyncio.sleep(0.02)

    async def job_in(self, state: JobState) -> Job:
        return await self.job_once(lambda job: job.state is state)

    async def job_once_over(self) -> Job:
        return await self.job_once(lambda job: not job.is_open)


def settings_for(
    chat: DiscordStandIn,
    provider: ProviderStandIn | Sequence[ProviderStandIn] | None,
    folder: Path,
) -> Settings:
    """Point the bot at one provider, at several, or at none."""
    stand_ins = (provider,) if isinstance(provider, ProviderStandIn) else provider or ()
    providers = {
        stand_in.name: ProviderSettings(
            api_key=SecretStr(stand_in.api_key),
            base_url=stand_in.base_url,
            first_poll_seconds=0.05,
            poll_seconds=0.05,
            requests_per_minute=6000,
        )
        for stand_in in stand_ins
    }
    return Settings(
        _env_file=None,
        discord_token=SecretStr(chat.token),
        discord_api_url=chat.api_url,
        discord_gateway_url=chat.gateway_url,
        allow_private_hosts=("127.0.0.1",),
        database_url=f"sqlite+aiosqlite:///{folder}/bot.sqlite3",
        results_url=f"file://{folder}/results",
        data_dir=folder,
        providers=providers,
    )


@asynccontextmanager
async def running(
    settings: Settings, chat: DiscordStandIn, clock: Clock | None = None
) -> AsyncIterator[App]:
    stop = asyncio.Event()
    async with open_app(settings, clock) as app:
        assert settings.discord_token is not None
        await log_in(app.bot, settings.discord_token.get_secret_value())
        serving = asyncio.create_task(serve(app, stop))
        try:
            await chat.wait_until_connected()
            yield app
        finally:
            stop.set()
            await serving
