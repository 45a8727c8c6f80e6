"""The video service's own link to a video, for as long as it works without a key."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Protocol
from urllib.parse import unquote

from bot.clock import Clock
from bot.domain import Job
from bot.pipeline.lanes import Lane
from bot.posting.forms import LinkedVideo
from bot.providers.base import FileSource

_LONGEST: Final = 1500
"""Characters; with a prompt beside it, the text of an embed has room for so many."""
_PLAIN: Final = re.compile(r"https?://[^\s<>/?#@]+(?:[/?#][^\s<>]*)?")
"""Without a user and a password before the host, and without what would end a link."""


class LinkCheck(Protocol):
    """Finds out whether a link works for whoever follows it."""

    async def is_there(self, url: str) -> bool:
        """Whether anybody who follows it gets a video."""
        ...


class ServiceLinks:
    """Hands out links that hold no secret and work at this moment."""

    def __init__(
        self,
        lanes: Mapping[str, Lane],
        check: LinkCheck,
        clock: Clock,
        *,
        secrets: Sequence[str] = (),
    ) -> None:
        self._lanes = lanes
        self._check = check
        self._clock = clock
        self._secrets = tuple(secrets)

    async def find(self, job: Job) -> LinkedVideo | None:
        """Return a link to the finished video of `job`; None when the service has none any more."""
        lane = self._lanes.get(job.spec.provider)
        if lane is None or job.submitted_at is None:
            return None
        expires_at = job.submitted_at + lane.schedule.hard_deadline
        if self._clock.now() >= expires_at:
            return None
        for url in self._urls(job, lane):
            if await self._check.is_there(url):
                return LinkedVideo(url, is_ours=False, expires_at=expires_at)
        return None

    def _urls(self, job: Job, lane: Lane) -> list[str]:
        sources: Sequence[FileSource] = [FileSource(job.result_url)] if job.result_url else []
        if lane.provider is not None:
            sources = lane.provider.sources(job.provider_ref or "", job.result_url)
        return [
            source.url
            for source in sources
            if not source.headers and self._is_for_everybody(source.url)
        ]

    def _is_for_everybody(self, url: str) -> bool:
        is_plain = len(url) <= _LONGEST and _PLAIN.fullmatch(url) is not None
        said = (url, unquote(url))
        return is_plain and not any(secret in text for secret in self._secrets for text in said)
