"""Foresees how long jobs will take, from the queue and from what was measured."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.domain import Job, JobState, Measured, Outlook, Span, VideoSpec, is_foreseen, usual_span
from bot.store.waits import WaitStore

_AGE: Final = timedelta(days=30)
"""Older jobs say little about how fast a service is today."""
_READ: Final = 200
"""Rows of a model: enough to find the newest of each kind among them."""
_FRESH: Final = timedelta(minutes=1)
"""How long what was measured is remembered: it changes little, and every card asks for it."""


class Foresight:
    """Says what jobs can expect."""

    def __init__(self, waits: WaitStore, clock: Clock) -> None:
        self._waits = waits
        self._clock = clock
        self._measured: dict[tuple[str, str], tuple[datetime, list[Measured]]] = {}
        """Of each model, when it was read and what was found."""

    async def of(self, job: Job) -> Outlook | None:
        """Say what one job can expect; None when its video is made, or it waits for a yes."""
        return (await self.of_all([job])).get(job.id)

    async def of_all(self, jobs: Iterable[Job]) -> Mapping[str, Outlook]:
        """Say what each of these can expect, by its id; the queue is read once for all of them."""
        foreseen = [job for job in jobs if is_foreseen(job)]
        waits = any(job.state is JobState.RESERVED for job in foreseen)
        places = await self._waits.places() if waits else {}
        usual = {kind: await self._usual_of(kind) for kind in {_kind_of(job) for job in foreseen}}
        return {
            job.id: Outlook(
                place=places.get(job.id) if job.state is JobState.RESERVED else None,
                usual=usual[_kind_of(job)],
            )
            for job in foreseen
        }

    async def usual(self, provider: str, model: str) -> Span | None:
        """Say how long a model usually takes, whatever is made; None when that is not known."""
        return usual_span(await self._of_model(provider, model))

    async def _usual_of(self, kind: VideoSpec) -> Span | None:
        return usual_span(await self._of_model(kind.provider, kind.model), kind)

    async def _of_model(self, provider: str, model: str) -> list[Measured]:
        now, key = self._clock.now(), (provider, model)
        known = self._measured.get(key)
        if known is not None and timedelta(0) <= now - known[0] < _FRESH:
            return known[1]
        found = await self._waits.measured(provider, model, since=now - _AGE, limit=_READ)
        self._measured[key] = (now, found)
        return found


def _kind_of(job: Job) -> VideoSpec:
    """Return what jobs have in common that should take about as long."""
    return replace(job.spec, prompt="", aspect_ratio=None)
