"""Discord on loopback: one server with REST, gateway and CDN, and the people who use it."""

from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from bot.clock import Clock, SystemClock
from sandbox.discord_api.backend import Backend, open_backend
from sandbox.discord_api.changes import PATIENCE_SECONDS
from sandbox.discord_api.channels import Channel
from sandbox.discord_api.exchanges import Exchange, Observer
from sandbox.discord_api.faults import Fault, Faults
from sandbox.discord_api.front import API_PREFIX, CDN_PREFIX, Front
from sandbox.discord_api.gateway import EventObserver, Gateway
from sandbox.discord_api.guilds import Guild
from sandbox.discord_api.options import CannotDoError, find_leaf
from sandbox.discord_api.permissions import Permission
from sandbox.discord_api.state import Command
from sandbox.discord_api.world import Rules

_HOST: Final = "127.0.0.1"
_GATEWAY_PATH: Final = "/gateway"
_LARGEST_BODY: Final = 1024**3


class DiscordStandIn:
    """A Discord of its own, for any number of bot processes with its one token.

    It starts with one guild: the channel "videos", the owner "moderator", and the members
    "requester" and "visitor". Time that has meaning is the clock's; waiting is in real time.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        observers: Sequence[Observer] = (),
        event_observers: Sequence[EventObserver] = (),
        rules: Rules | None = None,
        faults: Faults | None = None,
        port: int = 0,
    ) -> None:
        self.rules = rules or Rules()
        self.backend: Backend = open_backend(clock or SystemClock(), self.rules)
        self.backend.gateway.observers = tuple(event_observers)
        self.faults = faults or Faults()
        self._front = Front(self.backend, self.faults, observers)
        self._port = port
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_get(_GATEWAY_PATH, self.gateway.serve)
        app.router.add_get(_GATEWAY_PATH + "/", self.gateway.serve)
        app.router.add_get(CDN_PREFIX + "/{path:.+}", self._front.serve_file)
        app.router.add_route("*", API_PREFIX + "/{path:.+}", self._front.serve_api)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        self.guild = self.add_guild("workshop")

    async def __aenter__(self) -> Self:
        """Listen on loopback."""
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, self._port).start()
        self._port = int(self._runner.addresses[0][1])
        self.backend.cdn.base_url = f"http://{_HOST}:{self._port}{CDN_PREFIX}"
        self.gateway.url = self.gateway_url
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection and stop listening."""
        self.gateway.shut()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """Return what the bot takes as DISCORD_API_URL."""
        return f"http://{_HOST}:{self._port}{API_PREFIX}"

    @property
    def gateway_url(self) -> str:
        """Return what the bot takes as DISCORD_GATEWAY_URL."""
        return f"ws://{_HOST}:{self._port}{_GATEWAY_PATH}"

    @property
    def token(self) -> str:
        """Return the bot's token."""
        return self.rules.token

    @property
    def application_id(self) -> int:
        """Return the id of the application and of its bot."""
        return self.backend.world.application_id

    @property
    def gateway(self) -> Gateway:
        """Return the gateway, whose connections can be closed, cut or silenced."""
        return self.backend.gateway

    @property
    def exchanges(self) -> list[Exchange]:
        """Return every REST exchange so far."""
        return self._front.exchanges

    @property
    def commands(self) -> list[Command]:
        """Return the global commands."""
        return list(self.backend.world.commands[None])

    def asked(self, method: str, path: str) -> list[Exchange]:
        """Return the exchanges of a method and a path pattern as in `Fault`."""
        wanted = Fault(method, path)
        return [one for one in self.exchanges if wanted.matches(one.method, one.path)]

    def add_guild(self, name: str, *, tier: int = 0) -> Guild:
        """Create a guild with the same channel and people as the first one."""
        world = self.backend.world
        people = {user.username: user for user in world.users.values()}
        owner = people.get("moderator") or world.add_user("moderator")
        state = world.add_guild(name, owner, tier)
        guild = Guild(self.backend, state)
        moderators = world.add_role(
            state, "moderators", Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES
        )
        state.members[owner.id].role_ids.append(moderators.id)
        members = world.add_role(state, "members", Permission.ADD_REACTIONS)
        for username in ("requester", "visitor"):
            guild.add_member(username, roles=(members,))
        world.add_channel(state, "videos")
        self.backend.tell_joined(state)
        return guild

    def set_locale(self, locale: str) -> None:
        """Let all servers and all people have a language, as whoever comes later will not."""
        for guild in self.backend.world.guilds.values():
            guild.locale = locale
        for user in self.backend.world.users.values():
            user.locale = locale

    async def wait_until_connected(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Return when a bot has been greeted with READY and its guilds.

        Raises:
            TimeoutError: None was within `seconds`.
        """
        await self.backend.world.changes.until(
            lambda: self.gateway.connected or None, seconds, "a bot to connect"
        )

    async def wait_until_disconnected(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Return when no bot is connected any more.

        Raises:
            TimeoutError: One still was after `seconds`.
        """
        await self.backend.world.changes.until(
            lambda: None if self.gateway.connected else True, seconds, "every bot to leave"
        )

    async def wait_for_command(self, *words: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Return when a slash command was synced, for example "grok", "video".

        Raises:
            TimeoutError: It was not within `seconds`.
        """
        path = " ".join(words)

        def look() -> bool | None:
            for guild_id in self.backend.world.commands:
                try:
                    find_leaf(self.backend.world.commands_in(guild_id), path)
                except CannotDoError:
                    continue
                return True
            return None

        await self.backend.world.changes.until(look, seconds, f"the command /{path}")

    async def wait_for_request(
        self, method: str, path: str, *, count: int = 1, seconds: float = 10
    ) -> list[Exchange]:
        """Return the matching exchanges when there are `count` of them.

        Raises:
            TimeoutError: There were fewer within `seconds`.
        """

        def look() -> list[Exchange] | None:
            found = self.asked(method, path)
            return found if len(found) >= count else None

        return await self.backend.world.changes.until(look, seconds, f"{method} {path}")

    def channel_of(self, channel_id: int) -> Channel:
        """Return a channel by its snowflake, direct ones and threads too."""
        return Channel(self.backend, self.backend.world.channels[channel_id])
