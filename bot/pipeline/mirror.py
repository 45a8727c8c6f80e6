"""Mirrors the record of each server to its log channel: every row, once, and in order."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from bot.clock import Clock
from bot.domain import EVERYWHERE, AuditRow
from bot.errors import (
    MessageGoneError,
    PlaceClosedError,
    PostFilteredError,
    PostingError,
    PostLaterError,
    StaleJobError,
    StoreUnavailableError,
)
from bot.pipeline.backoff import backoff
from bot.pipeline.errand import NONCE_LIFE
from bot.posting.record.lines import MOST_ROWS, sentence
from bot.posting.undisturbed import BEGUN_WITHIN, LANDED_WITHIN
from bot.store.record.mirrors import Backlog, Mirror, MirrorStore

log = logging.getLogger(__name__)

PAUSE: Final = timedelta(seconds=2)
"""Between two rounds; Discord takes five messages in five seconds in a channel."""
CLOSED_FOR: Final = timedelta(minutes=5)
"""How long a channel that takes nothing from us is left alone; `Doors` asks it even less."""
_LANDED: Final = NONCE_LIFE + LANDED_WITHIN
"""How long after its first try the last repeat of a message may appear."""
_GUESSED: Final = timedelta(minutes=10)
"""How far back to look for a message that was tried in the future: the clock was set back."""
_DEADLINE: Final = timedelta(seconds=30)
_FLOOR: Final = timedelta(seconds=5)
_CAP: Final = timedelta(minutes=5)


class LogChannels(Protocol):
    """The door to Discord, as the mirror needs it."""

    async def post(
        self,
        channel_id: int,
        rows: Sequence[AuditRow],
        *,
        begun_by: datetime,
        language: str | None = None,
        is_plain: bool = False,
    ) -> None:
        """Send rows in one message; the same rows to the same channel have the same nonce.

        The language is the one that is set there; None is the one that Discord says.

        Plain is without anything that anybody typed, for a filter that stops that.

        Raises:
            PostLaterError: Out of reach or busy; the same call is safe later.
            PlaceClosedError: The channel takes nothing from us.
            PostFilteredError: A filter there stopped it.
            PostRefusedError: Discord will not take it.
            MessageGoneError: It was posted before and somebody removed it.
        """
        ...

    async def marks(self, channel_id: int, since: datetime) -> list[tuple[int, str]]:
        """List the last row of each message of ours since then, and how its hash begins.

        Raises:
            PostLaterError: Out of reach or busy.
            PlaceClosedError: The channel is gone or closed to us.
        """
        ...


class RecordMirror:
    """Takes what is on record to where moderators read it; in one process only."""

    def __init__(self, mirrors: MirrorStore, channels: LogChannels, clock: Clock) -> None:
        self._mirrors = mirrors
        self._channels = channels
        self._clock = clock

    async def tick(self) -> None:
        """Send one message to each log channel that lacks rows."""
        try:
            for backlog in await self._mirrors.backlogs(most_rows=MOST_ROWS):
                await self._take(backlog)
        except StoreUnavailableError as error:
            # The loop of the jobs says it louder.
            log.info("The mirror of the record waits for the database: %s", error)

    async def _take(self, backlog: Backlog) -> None:
        """Take one server's rows along; what goes wrong stays with that server."""
        guild_id = backlog.mirror.guild_id
        try:
            async with asyncio.timeout(_DEADLINE.total_seconds()):
                await self._mirror(backlog)
        except StaleJobError as error:
            log.info("Somebody else mirrored first: %s", error)
        except TimeoutError:
            log.info("The record of server %s is mirrored later: Discord takes its time", guild_id)
            await self._mirrors.leave(guild_id, self._clock.now() + _FLOOR)
        except StoreUnavailableError:
            raise
        except Exception:
            log.exception("The record of server %s can't be mirrored now", guild_id)
            await self._mirrors.leave(guild_id, self._clock.now() + _CAP)

    async def _mirror(self, backlog: Backlog) -> None:
        mirror = backlog.mirror
        if not backlog.rows:
            await self._mirrors.end(mirror)
        elif mirror.guild_id == EVERYWHERE:
            _say(backlog.rows)
            await self._mirrors.finish(mirror, backlog.rows[-1].id)
        elif self._is_in_doubt(backlog):
            await self._settle(backlog)
        else:
            await self._send(backlog, await self._mirrors.start(backlog))

    def _is_in_doubt(self, backlog: Backlog) -> bool:
        """Tell whether a message may be there that can't simply be repeated under its nonce."""
        mirror = backlog.mirror
        if mirror.first_at is None:
            return False
        is_young = timedelta(0) <= self._clock.now() - mirror.first_at < NONCE_LIFE
        return not is_young or _has_moved(backlog)

    async def _settle(self, backlog: Backlog) -> None:
        """Look for a message whose end nobody knows, where it went."""
        mirror, now = backlog.mirror, self._clock.now()
        assert mirror.first_at is not None  # noqa: S101 - what is in doubt was tried
        has_moved = _has_moved(backlog)
        may_land = timedelta(0) <= now - mirror.first_at < _LANDED
        if may_land and not has_moved:
            await self._mirrors.retry(mirror, mirror.first_at + _LANDED)
            return
        try:
            last_id = await self._find(backlog, now)
        except PlaceClosedError as error:
            if not has_moved:
                await self._mirrors.retry(mirror, now + CLOSED_FOR)
                return
            log.info("The last log channel of server %s is gone: %s", mirror.guild_id, error)
            last_id, may_land = None, False
        except PostingError as error:
            await self._retry(mirror, error)
            return
        if last_id is not None:
            await self._mirrors.finish(mirror, last_id)
        elif may_land:
            await self._mirrors.retry(mirror, min(mirror.first_at + _LANDED, now + _FLOOR))
        else:
            await self._mirrors.not_sent(mirror)

    async def _find(self, backlog: Backlog, now: datetime) -> int | None:
        mirror = backlog.mirror
        assert mirror.first_at is not None  # noqa: S101 - what is in doubt was tried
        since = mirror.first_at if mirror.first_at <= now else now - _GUESSED
        marks = await self._channels.marks(mirror.channel_id or backlog.channel_id, since)
        return await self._mirrors.newest_of(mirror, marks)

    async def _send(self, backlog: Backlog, mirror: Mirror) -> None:
        try:
            await self._post(backlog, mirror)
        except MessageGoneError:
            log.info("A message of the record of server %s was removed", mirror.guild_id)
        except PlaceClosedError as error:
            await self._stay(backlog, mirror, error)
            return
        except PostLaterError as error:
            await self._retry(mirror, error)
            return
        except PostingError as error:
            log.warning("Discord does not take the record of server %s: %s", mirror.guild_id, error)
            await self._retry(await self._mirrors.not_sent(mirror), error)
            return
        await self._mirrors.finish(mirror, backlog.rows[-1].id)

    async def _post(self, backlog: Backlog, mirror: Mirror) -> None:
        assert mirror.first_at is not None  # noqa: S101 - `start` says when
        begun_by = mirror.first_at + NONCE_LIFE + BEGUN_WITHIN
        post = partial(
            self._channels.post,
            backlog.channel_id,
            backlog.rows,
            begun_by=begun_by,
            language=backlog.language,
        )
        try:
            await post()
        except PostFilteredError as error:
            log.info("A filter stopped the record of server %s: %s", mirror.guild_id, error)
            await post(is_plain=True)

    async def _stay(self, backlog: Backlog, mirror: Mirror, error: PostingError) -> None:
        """Keep the rows of a channel that is gone or closed for when there is one again."""
        if backlog.is_last:
            await self._mirrors.end(mirror)
            return
        if not mirror.attempts:
            log.warning("The log channel of server %s is closed to us: %s", mirror.guild_id, error)
        stayed = await self._mirrors.not_sent(mirror)
        await self._mirrors.retry(stayed, self._clock.now() + CLOSED_FOR)

    async def _retry(self, mirror: Mirror, error: PostingError) -> None:
        pause = backoff(mirror.attempts, floor=_FLOOR, cap=_CAP)
        log.info("The record of server %s is mirrored later: %s", mirror.guild_id, error)
        await self._mirrors.retry(mirror, self._clock.now() + pause)


def _has_moved(backlog: Backlog) -> bool:
    return backlog.mirror.channel_id not in {None, backlog.channel_id}


def _say(rows: Sequence[AuditRow]) -> None:
    """Write what the operator did, and budgets of the whole bot, into the log."""
    for row in rows:
        level = logging.WARNING if row.action == "budget.alert" else logging.INFO
        log.log(level, "On record as %d: %s", row.id, sentence(row))
