"""CometAPI: a relay of xAI's Imagine videos under a path of its own.

Facts are from apidoc.cometapi.com: video generation, video edit, video query, error handling.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from bot.domain import JsonObject, Mode
from bot.providers.entries import Editing, ModelEntry
from bot.providers.foreign_errors import read_error
from bot.providers.imagine import EDITABLE_SECONDS, IMAGINE_RATIOS, REFS, ImagineProvider
from bot.providers.reading import read_status, read_text
from bot.providers.status_words import DONE, end_meant_by
from bot.providers.wrappers import find_job, inner_object

_IMAGINE: Final = ModelEntry(
    provider="cometapi",
    model="grok-imagine-video",
    title="Grok Imagine Video (CometAPI)",
    # Reference images and extensions are xAI's; the relay's pages have neither.
    modes=frozenset({Mode.TEXT, Mode.IMAGE, Mode.EDIT}),
    seconds=tuple(range(1, 16)),
    default_seconds=6,
    resolutions=("480p", "720p"),
    default_resolution="720p",
    aspect_ratios=IMAGINE_RATIOS,
    default_aspect_ratio="16:9",
    editing=Editing(longest_seconds=EDITABLE_SECONDS, resolution="720p"),
    source="apidoc.cometapi.com, xAI video generation and video edit; no page names a price",
)
_IMAGINE_15: Final = ModelEntry(
    provider="cometapi",
    model="grok-imagine-video-1.5",
    title="Grok Imagine Video 1.5 (CometAPI)",
    modes=frozenset({Mode.IMAGE}),
    seconds=tuple(range(1, 16)),
    default_seconds=6,
    resolutions=("480p", "720p", "1080p"),
    default_resolution="720p",
    aspect_ratios=IMAGINE_RATIOS,
    default_aspect_ratio=None,
    source="apidoc.cometapi.com, xAI video generation; no page names a price",
)


class CometApiProvider(ImagineProvider):
    """Videos by xAI's models through CometAPI.

    It reports no cost: `cost_in_usd_ticks` in its answers is what xAI takes from CometAPI, and
    what CometAPI takes from the operator is another sum, which no answer names.
    """

    name: ClassVar[str] = "cometapi"
    title: ClassVar[str] = "CometAPI"
    default_base_url: ClassVar[str] = "https://api.cometapi.com"
    prefix: ClassVar[tuple[str, ...]] = ("grok", "v1")
    models: ClassVar[tuple[ModelEntry, ...]] = (_IMAGINE, _IMAGINE_15)

    def _flat(self, body: JsonObject) -> JsonObject:
        """Take off the wrapper, in which the inner status is xAI's and the outer the relay's."""
        is_flat = "status" in body or "video" in body
        outer = find_job(body, REFS) if is_flat else inner_object(body) or body
        if outer is body:
            return body
        inner = outer.get("data")
        said = {**inner} if isinstance(inner, Mapping) else {}
        job = {**outer, **{name: value for name, value in said.items() if value is not None}}
        word, relays_word = read_status(said), read_status(outer)
        is_ended = word in DONE or _is_over(said, word)
        if word is None or (_is_over(outer, relays_word) and not is_ended):
            # A relay that gave up asks no more, so what it heard last stays as it is.
            job["status"] = outer.get("status")
        return _with_reason(job, read_text(outer, "fail_reason"))

    def _cost_micros(self, job: JsonObject) -> int | None:
        return None


def _is_over(job: JsonObject, word: str | None) -> bool:
    return end_meant_by(word, has_reason=read_error(job) is not None) is not None


def _with_reason(job: dict[str, object], reason: str | None) -> JsonObject:
    """Sort `fail_reason`, which in the wrapper's sample of a success holds the file's address."""
    if reason is None or not reason.lower().startswith(("https://", "http://")):
        return job
    del job["fail_reason"]
    if read_status(job) in DONE:
        job["video_url"] = job.get("video_url") or reason
    return job
