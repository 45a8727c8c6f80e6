"""A small real bot on discord.py, whose behavior each test writes itself."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from sandbox.discord_api import DiscordStandIn

Ask = discord.Interaction[Any]
Act = Callable[[Ask], Awaitable[None]]
SOON = 5.0
QUIET = discord.Intents(guilds=True, guild_reactions=True)


async def defer(interaction: Ask) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)


class SmallBot(discord.Client):
    def __init__(
        self,
        intents: discord.Intents = QUIET,
        heartbeat_timeout: float = 60.0,
        shard_id: int | None = None,
        shard_count: int | None = None,
    ) -> None:
        super().__init__(
            intents=intents,
            guild_ready_timeout=0.05,
            chunk_guilds_at_startup=False,
            heartbeat_timeout=heartbeat_timeout,
            shard_id=shard_id,
            shard_count=shard_count,
        )
        self.tree = app_commands.CommandTree(self)
        self.act: Act = defer
        self.values: dict[str, Any] = {}
        self.errors: list[Exception] = []
        self.heard: list[tuple[str, Any]] = []
        self.news = asyncio.Event()
        self._add_commands()

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        pass  # discord.py waits five seconds here

    async def until(self, look: Callable[["SmallBot"], object]) -> None:
        async with asyncio.timeout(SOON):
            while not look(self):
                await self.news.wait()
                self.news.clear()

    def note(self, event: str, data: object) -> None:
        self.heard.append((event, data))
        self.news.set()

    def names(self) -> list[str]:
        return [event for event, _ in self.heard]

    async def perform(self, interaction: Ask) -> None:
        try:
            await self.act(interaction)
        except Exception as error:  # noqa: BLE001 - the test looks at whatever it was
            self.errors.append(error)
        self.news.set()

    async def on_ready(self) -> None:
        self.note("ready", None)

    async def on_resumed(self) -> None:
        self.note("resumed", None)

    async def on_interaction(self, interaction: Ask) -> None:
        if interaction.type in {
            discord.InteractionType.component,
            discord.InteractionType.modal_submit,
        }:
            await self.perform(interaction)

    async def on_message(self, message: discord.Message) -> None:
        self.note("message", message)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        self.note("deleted", event)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self.note("reaction", event)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.note("reaction removed", event)

    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        self.note("reactions cleared", event)

    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        self.note("emoji cleared", event)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.note("joined", guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.note("removed", guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self.note("channel gone", channel)

    def _add_commands(self) -> None:
        group = app_commands.Group(name="grok", description="Videos", guild_only=True)

        @group.command(name="video", description="Make a video")
        @app_commands.choices(look=[app_commands.Choice(name="Wide", value="16:9")])
        async def video(
            interaction: Ask,
            prompt: app_commands.Range[str, 1, 100],
            duration: app_commands.Range[int, 1, 15] | None = None,
            model: str | None = None,
            look: app_commands.Choice[str] | None = None,
            image: discord.Attachment | None = None,
            friend: discord.Member | None = None,
        ) -> None:
            self.values = {
                "prompt": prompt,
                "duration": duration,
                "model": model,
                "look": look and look.value,
                "image": image,
                "friend": friend,
            }
            await self.perform(interaction)

        @video.autocomplete("model")
        async def suggest(interaction: Ask, current: str) -> list[app_commands.Choice[str]]:
            self.values = {"prompt": interaction.namespace.prompt}
            return [app_commands.Choice(name=f"{current}-pro", value=f"{current}-2")]

        self.tree.add_command(group)

        @self.tree.command(description="Only for moderators")
        @app_commands.default_permissions(manage_guild=True)
        async def desk(interaction: Ask) -> None:
            await self.perform(interaction)

        @self.tree.command(description="Only for adults", nsfw=True)
        async def adult(interaction: Ask) -> None:
            await self.perform(interaction)

        @self.tree.context_menu(name="Animate this")
        async def animate(interaction: Ask, message: discord.Message) -> None:
            self.values = {"message": message}
            await self.perform(interaction)

        @self.tree.context_menu(name="Inspect")
        async def inspect(interaction: Ask, member: discord.Member) -> None:
            self.values = {"member": member}
            await self.perform(interaction)


@contextlib.contextmanager
def pointed_at(api_url: str, gateway_url: str) -> Iterator[None]:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api_url, yarl.URL(gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@contextlib.asynccontextmanager
async def running(chat: DiscordStandIn, bot: SmallBot | None = None) -> AsyncIterator[SmallBot]:
    bot = bot or SmallBot()
    with pointed_at(chat.api_url, chat.gateway_url):
        task = asyncio.create_task(bot.start(chat.token))
        try:
            await bot.until(lambda one: "ready" in one.names())
            yield bot
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)


async def failure_of_start(chat: DiscordStandIn, bot: SmallBot, token: str) -> BaseException:
    with pointed_at(chat.api_url, chat.gateway_url):
        task = asyncio.create_task(bot.start(token))
        await asyncio.wait([task], timeout=SOON)
        await bot.close()
        (result,) = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(result, BaseException)
    return result


if __name__ == "__main__":
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    asyncio.run(SmallBot().start(os.environ["DISCORD_TOKEN"]))
