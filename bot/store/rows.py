"""Rows into values and values into rows."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, TypeVar

from sqlalchemy import RowMapping

from bot.domain import (
    Charge,
    Ending,
    Failure,
    FailureKind,
    Hold,
    Job,
    JobState,
    Lineage,
    MessageKind,
    MessageState,
    Mode,
    Offer,
    Origin,
    OwedMessage,
    Pause,
    PauseReason,
    Place,
    ReferenceImage,
    Relation,
    SceneOf,
    StoredVideo,
    ValidRequest,
    VideoSpec,
)

_AS_THEY_ARE: Final = (
    "id",
    "created_at",
    "updated_at",
    "provider_ref",
    "result_url",
    "progress",
    "attempts",
    "misses",
    "lease",
    "submitted_at",
    "cancel_requested_at",
    "estimate_micros",
    "cost_micros",
    "look",
    "source_id",
    "released_at",
    "note",
    "is_spoiler",
    "removed_by_id",
    "removed_at",
    "hidden_at",
    "is_private",
)
"""The fields of a job that are columns of the same name."""

Value = TypeVar("Value")

log = logging.getLogger(__name__)


def readable(read: Callable[[RowMapping], Value], rows: Sequence[RowMapping]) -> list[Value]:
    """Read the rows that can be read; one that can't must not stop the others."""
    values = []
    for row in rows:
        try:
            values.append(read(row))
        except (TypeError, ValueError, KeyError):
            log.exception("The row %s can't be read", row.get("id") or row.get("job_id"))
    return values


def job_from(row: RowMapping) -> Job:
    """Read one row of `jobs`."""
    return Job(
        origin=Origin(
            interaction_id=row["interaction_id"],
            guild_id=row["guild_id"],
            channel_id=row["channel_id"],
            requester_id=row["requester_id"],
            parent_id=row["parent_id"],
            language=row["language"],
        ),
        spec=_spec_from(row, row["prompt"]),
        state=JobState(row["state"]),
        references=tuple(ReferenceImage(**image) for image in row["reference_images"]),
        video=video_from(row),
        failure=_failure_from(row),
        alternatives=tuple(
            Offer(_spec_from(offer, row["prompt"]), offer["estimate_micros"])
            for offer in row["alternatives"]
        ),
        held_for=None if row["held_for"] is None else Hold(row["held_for"]),
        ending=None if row["ending"] is None else Ending(row["ending"]),
        lineage=_lineage_from(row),
        storyboard=_scene_from(row),
        **{name: row[name] for name in _AS_THEY_ARE},
    )


def message_from(row: RowMapping) -> OwedMessage:
    """Read one row of `outbox`."""
    return OwedMessage(
        job_id=row["job_id"],
        kind=MessageKind(row["kind"]),
        state=MessageState(row["state"]),
        channel_id=row["channel_id"],
        attempts=row["attempts"],
        lease=row["lease"],
        first_at=row["first_at"],
        message_id=row["message_id"],
        shown=row["shown"],
        sequence=row["sequence"],
        place=None if row["place"] is None else Place(row["place"]),
        tried_at=row["tried_at"],
        created_at=row["created_at"],
    )


def spec_values(spec: VideoSpec) -> Mapping[str, Any]:
    """Return the columns of `jobs` that hold `spec`, but for the prompt, which never changes."""
    return {
        "provider": spec.provider,
        "model": spec.model,
        "mode": spec.mode,
        "seconds": spec.seconds,
        "resolution": spec.resolution,
        "aspect_ratio": spec.aspect_ratio,
    }


def offer_values(offer: Offer, rest: Sequence[Offer]) -> Mapping[str, Any]:
    """Return the columns of `jobs` that hold what is to be made, and what else would do."""
    return {
        **spec_values(offer.spec),
        "estimate_micros": offer.estimate_micros,
        "alternatives": [
            {**spec_values(one.spec), "estimate_micros": one.estimate_micros} for one in rest
        ],
    }


def reserved_values(
    request: ValidRequest, references: Sequence[ReferenceImage]
) -> Mapping[str, Any]:
    """Return the columns of `jobs` that a request fills in."""
    return {
        "interaction_id": request.origin.interaction_id,
        "guild_id": request.origin.guild_id,
        "channel_id": request.origin.channel_id,
        "requester_id": request.origin.requester_id,
        "parent_id": request.origin.parent_id,
        "language": request.origin.language,
        "repeats": request.repeats,
        "prompt": request.spec.prompt,
        **offer_values(Offer(request.spec, request.estimate_micros), request.alternatives),
        "look": request.look,
        "source_id": request.source_id,
        "reference_images": [asdict(image) for image in references],
        "is_private": request.is_private,
        "derived_from": None if request.lineage is None else request.lineage.job_id,
        "relation": None if request.lineage is None else request.lineage.relation,
        "storyboard_id": None if request.storyboard is None else request.storyboard.storyboard_id,
        "scene": None if request.storyboard is None else request.storyboard.scene,
    }


def video_values(video: StoredVideo) -> Mapping[str, Any]:
    """Return the columns of `jobs` that hold `video`."""
    return {
        "file_key": video.key,
        "file_bytes": video.size_bytes,
        "file_sha256": video.sha256,
        "file_seconds": video.seconds,
        "file_width": video.width,
        "file_height": video.height,
    }


def pause_from(row: RowMapping) -> Pause:
    """Read one row of `pauses`."""
    return Pause(
        provider=row["provider"],
        reason=PauseReason(row["reason"]),
        detail=row["detail"],
        paused_at=row["paused_at"],
        retry_at=row["retry_at"],
        tries=row["tries"],
    )


def _spec_from(values: RowMapping | Mapping[str, Any], prompt: str) -> VideoSpec:
    return VideoSpec(
        provider=values["provider"],
        model=values["model"],
        prompt=prompt,
        seconds=values["seconds"],
        resolution=values["resolution"],
        aspect_ratio=values["aspect_ratio"],
        mode=Mode(values["mode"]),
    )


def video_from(row: RowMapping) -> StoredVideo | None:
    """Read the columns that hold a stored video; None when there is none."""
    if row["file_key"] is None:
        return None
    return StoredVideo(
        key=row["file_key"],
        size_bytes=row["file_bytes"],
        sha256=row["file_sha256"],
        seconds=row["file_seconds"],
        width=row["file_width"],
        height=row["file_height"],
    )


def _lineage_from(row: RowMapping) -> Lineage | None:
    if row["derived_from"] is None:
        return None
    return Lineage(row["derived_from"], Relation(row["relation"]))


def _scene_from(row: RowMapping) -> SceneOf | None:
    return None if row["scene"] is None else SceneOf(row["storyboard_id"], row["scene"])


def _failure_from(row: RowMapping) -> Failure | None:
    if row["failure"] is None:
        return None
    return Failure(FailureKind(row["failure"]), Charge(row["charge"]), row["failure_detail"] or "")
