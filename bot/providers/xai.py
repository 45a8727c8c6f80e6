"""xAI: Grok Imagine videos from the people who make the model.

Facts are from docs.x.ai: video generation, image-to-video, reference-to-video, editing, extension,
models and pricing, debugging, and the reference of the API key endpoint.
"""

from http import HTTPStatus
from typing import ClassVar, Final

from bot.domain import JsonObject, Mode, PauseReason
from bot.errors import ProviderAccessError, UnknownJobError
from bot.providers.base import Failed, KeyCheck
from bot.providers.client import Reply
from bot.providers.entries import Editing, Extending, ModelEntry, Price
from bot.providers.foreign_errors import read_error
from bot.providers.imagine import (
    EDITABLE_SECONDS,
    IMAGINE_RATIOS,
    REFS,
    ImagineProvider,
    read_ticks_as_micros,
)
from bot.providers.verdicts import access_problem
from bot.providers.wrappers import find_job

_PRICES: Final = "docs.x.ai, models and pricing, as of July 2026"
_KEY_FAULTS: Final = ("team_blocked", "api_key_blocked", "api_key_disabled")

_IMAGINE: Final = ModelEntry(
    provider="xai",
    model="grok-imagine-video",
    title="Grok Imagine Video",
    modes=frozenset(Mode),
    seconds=tuple(range(1, 16)),
    default_seconds=6,
    resolutions=("480p", "720p"),
    default_resolution="720p",
    aspect_ratios=IMAGINE_RATIOS,
    default_aspect_ratio="16:9",
    most_references=7,
    longest_with_references=10,
    editing=Editing(longest_seconds=EDITABLE_SECONDS, resolution="720p"),
    # The SDK allows 1 to 10 s after 2 to 30 s; the pages, which are narrower, are believed.
    extending=Extending(
        seconds=tuple(range(2, 11)),
        default_seconds=6,
        shortest_seconds=2.0,
        longest_seconds=15.0,
        resolution="720p",
    ),
    price=Price(
        source=_PRICES,
        per_second_micros={"480p": 50_000, "720p": 70_000},
        per_image_micros=2_000,
        per_source_second_micros=10_000,
    ),
    source="docs.x.ai, video generation, reference-to-video, editing and extension",
)
_IMAGINE_15: Final = ModelEntry(
    provider="xai",
    model="grok-imagine-video-1.5",
    title="Grok Imagine Video 1.5",
    # Later pages of others show prompts alone and references too; xAI's own do not.
    modes=frozenset({Mode.IMAGE}),
    seconds=tuple(range(1, 16)),
    default_seconds=6,
    resolutions=("480p", "720p", "1080p"),
    default_resolution="720p",
    aspect_ratios=IMAGINE_RATIOS,
    default_aspect_ratio=None,
    price=Price(
        source=_PRICES,
        per_second_micros={"480p": 80_000, "720p": 140_000, "1080p": 250_000},
        per_image_micros=10_000,
    ),
    source="docs.x.ai, image-to-video and models",
)


class XaiProvider(ImagineProvider):
    """Videos by grok-imagine-video, which can also edit and extend them, and by its successor."""

    name: ClassVar[str] = "xai"
    title: ClassVar[str] = "xAI"
    default_base_url: ClassVar[str] = "https://api.x.ai"
    prefix: ClassVar[tuple[str, ...]] = ("v1",)
    models: ClassVar[tuple[ModelEntry, ...]] = (_IMAGINE, _IMAGINE_15)

    async def check_key(self) -> KeyCheck:
        """Ask for the key's own description: GET /v1/api-key."""
        reply = await self._client.get(self._client.url("v1", "api-key"))
        faults = [name for name in _KEY_FAULTS if (reply.body or {}).get(name) is True]
        if reply.is_success and faults:
            raise ProviderAccessError(f"xAI says of the key: {', '.join(faults)}", PauseReason.KEY)
        return self._verdicts.on_key_check(reply)

    def _flat(self, body: JsonObject) -> JsonObject:
        return find_job(body, REFS)

    def _cost_micros(self, job: JsonObject) -> int | None:
        return read_ticks_as_micros(job)

    def _read_refusal(self, reply: Reply) -> Failed:
        """Sort a refused question; xAI says with a 400 what others say with a 401 or a 404."""
        error = read_error(reply.body) if reply.body else None
        if error is not None and reply.status == HTTPStatus.BAD_REQUEST:
            reason = access_problem(reply, error)
            if reason is not None:
                raise ProviderAccessError(self._verdicts.said(reply), reason)
            if not error.is_moderation:
                # Seen in the first seconds of a job that went well, so one is not believed.
                raise UnknownJobError(self._verdicts.said(reply))
        return super()._read_refusal(reply)
