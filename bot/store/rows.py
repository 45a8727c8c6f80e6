"""Rows into values and values into rows."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import RowMapping

from bot.domain import (
    Charge,
    Failure,
    FailureKind,
    Job,
    JobState,
    MessageKind,
    MessageState,
    Origin,
    OwedMessage,
    ReferenceImage,
    StoredVideo,
    VideoSpec,
)

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
        id=row["id"],
        origin=Origin(
            interaction_id=row["interaction_id"],
            guild_id=row["guild_id"],
            channel_id=row["channel_id"],
            requester_id=row["requester_id"],
        ),
        spec=VideoSpec(
            provider=row["provider"],
            model=row["model"],
            prompt=row["prompt"],
            seconds=row["seconds"],
            resolution=row["resolution"],
            aspect_ratio=row["aspect_ratio"],
        ),
        state=JobState(row["state"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        references=tuple(ReferenceImage(**image) for image in row["reference_images"]),
        provider_ref=row["provider_ref"],
        result_url=row["result_url"],
        progress=row["progress"],
        video=_video_from(row),
        failure=_failure_from(row),
        attempts=row["attempts"],
        misses=row["misses"],
        lease=row["lease"],
        submitted_at=row["submitted_at"],
        cancel_requested_at=row["cancel_requested_at"],
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
    )


def spec_values(spec: VideoSpec) -> Mapping[str, Any]:
    """Return the columns of `jobs` that hold `spec`."""
    return {
        "provider": spec.provider,
        "model": spec.model,
        "prompt": spec.prompt,
        "seconds": spec.seconds,
        "resolution": spec.resolution,
        "aspect_ratio": spec.aspect_ratio,
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


def _video_from(row: RowMapping) -> StoredVideo | None:
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


def _failure_from(row: RowMapping) -> Failure | None:
    if row["failure"] is None:
        return None
    return Failure(FailureKind(row["failure"]), Charge(row["charge"]), row["failure_detail"] or "")
