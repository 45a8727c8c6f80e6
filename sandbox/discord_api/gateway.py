"""The gateway: sessions, intents, RESUME with replay, and every way a connection can end."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web

from sandbox.discord_api.connection import Connection
from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.payloads import guild_create_payload, own_user_payload
from sandbox.discord_api.session import Session
from sandbox.discord_api.world import World

_OP_RECONNECT: Final = 7
_OP_INVALID_SESSION: Final = 9
_OP_HELLO: Final = 10
_OP_ACK: Final = 11
_CLOSE_UNKNOWN_OP: Final = 4001
_CLOSE_UNDECODABLE: Final = 4002
_CLOSE_NOT_IDENTIFIED: Final = 4003
_CLOSE_WRONG_TOKEN: Final = 4004
_CLOSE_IDENTIFIED_TWICE: Final = 4005
_CLOSE_DISALLOWED_INTENTS: Final = 4014
_CLOSE_GOING_AWAY: Final = 1001

INTENT_GUILDS: Final = 1 << 0
INTENT_MEMBERS: Final = 1 << 1
INTENT_PRESENCES: Final = 1 << 8
INTENT_GUILD_MESSAGES: Final = 1 << 9
INTENT_GUILD_REACTIONS: Final = 1 << 10
INTENT_DIRECT_MESSAGES: Final = 1 << 12
INTENT_DIRECT_REACTIONS: Final = 1 << 13
INTENT_MESSAGE_CONTENT: Final = 1 << 15

Build = Callable[[Session], Json]
"""Makes an event's data for one session."""
EventObserver = Callable[[str, Json], None]
"""Somebody who is shown each event that a session is sent."""


@dataclass(slots=True)
class Gateway:
    """Every session of the bot; a session outlives its connection for the resume window."""

    world: World
    url: str = ""
    acks_heartbeats: bool = True
    """False plays a connection that hangs: open, but silent."""
    identifies: list[Json] = field(default_factory=list)
    """What the bot said in each IDENTIFY, without its token."""
    resumes: list[Json] = field(default_factory=list)
    """What the bot said in each RESUME, without its token."""
    sessions: dict[str, Session] = field(default_factory=dict)
    observers: tuple[EventObserver, ...] = ()
    _connections: list[Connection] = field(default_factory=list)

    @property
    def connected(self) -> list[Session]:
        """Return the sessions that have a connection now."""
        return [session for session in self.sessions.values() if session.connection]

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Hold one connection until either side ends it."""
        socket = web.WebSocketResponse(timeout=1, autoping=True)
        await socket.prepare(request)
        wants_zlib = request.query.get("compress") == "zlib-stream"
        connection = Connection(
            socket, request, is_compressed=wants_zlib and self.world.rules.compress
        )
        self._connections.append(connection)
        interval = int(self.world.rules.heartbeat_seconds * 1000)
        connection.send(_OP_HELLO, {"heartbeat_interval": interval})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._receive(connection, message.data)
        finally:
            await connection.finish()
            self._connections.remove(connection)
            self._detach(connection)
        return socket

    def dispatch(
        self, event: str, data: Json | Build, *, intent: int = 0, guild_id: int | None = None
    ) -> None:
        """Send an event to every session that asked for it, also to those that may resume."""
        for session in list(self.sessions.values()):
            if not session.connection and session.is_over(self.world.clock.now()):
                del self.sessions[session.id]
            elif session.wants(intent, guild_id):
                self._send(session, event, data(session) if callable(data) else data)

    def close(self, code: int) -> None:
        """Close every connection with a close code; 4000 is resumable, 4004 and 4014 end a bot."""
        for connection in self._connections:
            connection.close(code)

    def drop(self) -> None:
        """Cut every connection without a word, as a lost network does."""
        for connection in self._connections:
            connection.abort()

    def ask_to_reconnect(self) -> None:
        """Send op 7: connect again and resume."""
        for session in self.sessions.values():
            self._control(session, _OP_RECONNECT, None)

    def invalidate(self, *, may_resume: bool = False) -> None:
        """Send op 9: the session is over, or with `may_resume` only interrupted."""
        for session in list(self.sessions.values()):
            self._control(session, _OP_INVALID_SESSION, may_resume)
            if not may_resume:
                del self.sessions[session.id]

    def send_malformed(self) -> None:
        """Dispatch an event without its fields; discord.py's parser raises on it."""
        for session in self.connected:
            frame = session.record("INTERACTION_CREATE", {})
            self._push(session, frame)

    def shut(self) -> None:
        """Close everything because the server stops."""
        self.close(_CLOSE_GOING_AWAY)

    def _send(self, session: Session, event: str, data: Json) -> None:
        for observe in self.observers:
            observe(event, data)
        frame = session.record(event, data)
        self._push(session, frame)

    @staticmethod
    def _push(session: Session, frame: str) -> None:
        if session.connection:
            session.connection.send_text(frame)

    @staticmethod
    def _control(session: Session, op: int, data: object) -> None:
        if session.connection:
            session.connection.send(op, data)

    def _receive(self, connection: Connection, text: str) -> None:
        try:
            frame: Json = json.loads(text)
            op, data = frame["op"], frame.get("d") or {}
        except (ValueError, KeyError, TypeError):
            connection.close(_CLOSE_UNDECODABLE)
            return
        has_session = any(one.connection is connection for one in self.sessions.values())
        match op:
            case 1:
                if self.acks_heartbeats:
                    connection.send(_OP_ACK, None)
            case 2 | 6 if has_session:
                connection.close(_CLOSE_IDENTIFIED_TWICE)
            case 2:
                self._identify(connection, data)
            case 6:
                self._resume(connection, data)
            case 3 | 4 | 8:
                if not has_session:
                    connection.close(_CLOSE_NOT_IDENTIFIED)
            case _:
                connection.close(_CLOSE_UNKNOWN_OP)

    def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        self.identifies.append({name: one for name, one in data.items() if name != "token"})
        if data.get("token") != self.world.rules.token:
            connection.close(_CLOSE_WRONG_TOKEN)
            return
        intents = int(data.get("intents", 0))
        if intents & self._disallowed_intents():
            connection.close(_CLOSE_DISALLOWED_INTENTS)
            return
        shard = data.get("shard") or [0, 1]
        session = Session(
            id=f"session-{len(self.identifies)}",
            intents=intents,
            shard_id=shard[0],
            shard_count=shard[1],
            resume_window=self.world.rules.resume_window,
            connection=connection,
        )
        self.sessions[session.id] = session
        self._greet(session)
        self.world.changes.tell()

    def _greet(self, session: Session) -> None:
        guilds = [
            guild
            for guild in self.world.guilds.values()
            if guild.has_bot and session.has_guild(guild.id)
        ]
        ready: Json = {
            "v": 10,
            "user": own_user_payload(self.world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "session_type": "normal",
            "private_channels": [],
            "shard": [session.shard_id, session.shard_count],
            "application": {"id": str(self.world.application_id), "flags": 0},
        }
        self._send(session, "READY", ready)
        if session.intents & INTENT_GUILDS:
            with_members = bool(session.intents & INTENT_MEMBERS)
            for guild in guilds:
                payload = guild_create_payload(self.world, guild, with_members=with_members)
                self._send(session, "GUILD_CREATE", payload)

    def _disallowed_intents(self) -> int:
        rules = self.world.rules
        return (
            INTENT_PRESENCES
            | (0 if rules.has_members else INTENT_MEMBERS)
            | (0 if rules.has_message_content else INTENT_MESSAGE_CONTENT)
        )

    def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        self.resumes.append({name: one for name, one in data.items() if name != "token"})
        if data.get("token") != self.world.rules.token:
            connection.close(_CLOSE_WRONG_TOKEN)
            return
        session = self.sessions.get(str(data.get("session_id")))
        missed = session.missed(int(data.get("seq") or 0)) if session else None
        if session is None or missed is None or session.is_over(self.world.clock.now()):
            connection.send(_OP_INVALID_SESSION, data=False)
            return
        session.connection, session.left_at = connection, None
        for frame in missed:
            connection.send_text(frame)
        # discord.py writes into the data of RESUMED, so it must be an object, not null.
        self._send(session, "RESUMED", {})
        self.world.changes.tell()

    def _detach(self, connection: Connection) -> None:
        for session in self.sessions.values():
            if session.connection is connection:
                session.connection, session.left_at = None, self.world.clock.now()
        self.world.changes.tell()
