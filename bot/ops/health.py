"""The heartbeat file: the running bot writes how it is, `grok-bot health` reads it."""

import logging
import math
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bot.clock import Clock

_log: Final = logging.getLogger(__name__)


class _Pulse(BaseModel):
    """What the file holds, as one JSON object."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    gateway_ready: bool | None
    """None for a worker without the gateway."""
    latency_seconds: float | None
    last_tick_at: AwareDatetime | None
    has_room: bool = True
    pid: int


class Heartbeat:
    """Writes the file; whoever reads it sees a whole one, the last or the one before."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._is_failing = False

    def beat(
        self,
        *,
        gateway_ready: bool | None,
        latency_seconds: float,
        last_tick_at: datetime | None,
        has_room: bool = True,
    ) -> None:
        """Write how the bot is at this moment; blocks for one small file.

        A disk that will not take it must not end the bot: the file then grows old, which
        is what `check` tells. `latency_seconds` is discord.py's, not finite without an
        answer from the gateway; `has_room` whether a video fits on the disk.
        """
        pulse = _Pulse(
            at=self._clock.now(),
            gateway_ready=gateway_ready,
            latency_seconds=latency_seconds if math.isfinite(latency_seconds) else None,
            last_tick_at=last_tick_at,
            has_room=has_room,
            pid=os.getpid(),
        )
        fresh = self._path.with_name(f"{self._path.name}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(pulse.model_dump_json(), encoding="utf-8")
            fresh.replace(self._path)
        except OSError as error:
            if not self._is_failing:
                _log.warning("The heartbeat can't be written: %s", error)
            self._is_failing = True
        else:
            if self._is_failing:
                _log.info("The heartbeat is written again")
            self._is_failing = False


def check(path: Path, now: datetime, max_age: timedelta) -> str | None:
    """Return None when the bot is well, or one sentence that says what is wrong."""
    try:
        pulse = _Pulse.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return f"There is no heartbeat at {path}: the bot is not running, or not with this folder."
    except (OSError, UnicodeDecodeError) as error:
        return f"The heartbeat at {path} can't be read: {error}."
    except ValidationError:
        return f"The heartbeat at {path} is not one that this version writes."

    return _fault_of_the_file(pulse, now, max_age) or _fault_of_a_part(pulse, now, max_age)


def _fault_of_the_file(pulse: _Pulse, now: datetime, max_age: timedelta) -> str | None:
    age = now - pulse.at
    if age > max_age:
        return f"The last heartbeat is {_seconds(age)} old: the bot has stopped or hangs."
    if age < -max_age:
        return f"The heartbeat is {_seconds(-age)} ahead of the clock: the clock was set back."
    return None


def _fault_of_a_part(pulse: _Pulse, now: datetime, max_age: timedelta) -> str | None:
    if pulse.last_tick_at is None:
        return "The job loop has not run yet."
    if now - pulse.last_tick_at > max_age:
        return f"The job loop ran {_seconds(now - pulse.last_tick_at)} ago for the last time."
    if not pulse.has_room:
        return "There is no room on the disk: finished videos wait with their provider."
    return None if pulse.gateway_ready is None else _fault_of_the_gateway(pulse)


def _fault_of_the_gateway(pulse: _Pulse) -> str | None:
    if not pulse.gateway_ready:
        return "The bot is not connected to Discord."
    if pulse.latency_seconds is None:
        return "Discord's gateway does not answer the bot."
    return None


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.0f} seconds"
