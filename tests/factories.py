from collections.abc import Collection
from datetime import datetime, timedelta

from bot.domain import (
    Asker,
    Case,
    CaseKind,
    CaseState,
    CaseView,
    Charge,
    CleanImage,
    Failure,
    FailureKind,
    Job,
    JobState,
    MemberHistory,
    Mode,
    Offer,
    Origin,
    ReferenceImage,
    StoredVideo,
    UploadedImage,
    ValidRequest,
    VideoRequest,
    VideoSpec,
    Viewer,
)
from tests.manual_clock import START

GUILD = 11
CHANNEL = 22
REQUESTER = 33


def make_job_id(number: int = 1) -> str:
    return f"job{number:07d}"


def make_origin(
    number: int = 1,
    *,
    guild_id: int = GUILD,
    channel_id: int = CHANNEL,
    requester_id: int = REQUESTER,
) -> Origin:
    return Origin(
        interaction_id=1_300_000_000_000_000_000 + number,
        guild_id=guild_id,
        channel_id=channel_id,
        requester_id=requester_id,
    )


def make_viewer(
    *,
    guild_id: int = GUILD,
    channel_id: int = CHANNEL,
    member_id: int = REQUESTER,
    is_moderator: bool = False,
) -> Viewer:
    return Viewer(guild_id, channel_id, member_id, is_moderator)


def make_spec(
    *,
    prompt: str = "A fox in the snow",
    provider: str = "scripted",
    model: str = "script-1",
    seconds: int = 6,
    mode: Mode = Mode.TEXT,
) -> VideoSpec:
    return VideoSpec(
        provider=provider,
        model=model,
        prompt=prompt,
        seconds=seconds,
        resolution="720p",
        aspect_ratio="3:2",
        mode=mode,
    )


def make_offer(provider: str = "other", *, micros: int | None = 90_000) -> Offer:
    return Offer(make_spec(provider=provider, model="other-1", seconds=8), micros)


def make_video_request(
    prompt: str = "A fox in the snow",
    *,
    number: int = 1,
    model: str | None = None,
    seconds: int | None = None,
    aspect_ratio: str | None = None,
    resolution: str | None = None,
    images: tuple[UploadedImage, ...] = (),
) -> VideoRequest:
    return VideoRequest(
        origin=make_origin(number),
        prompt=prompt,
        model=model,
        seconds=seconds,
        aspect_ratio=aspect_ratio,
        resolution=resolution,
        images=images,
    )


def make_asker(
    origin: Origin | None = None,
    *,
    roles: Collection[int] = (),
    parent_channel_id: int | None = None,
    category_id: int | None = None,
    is_age_restricted: bool = False,
    joined_at: datetime | None = None,
) -> Asker:
    """Describe who asks: a member of some time, unless a day is said."""
    asked = origin or make_origin()
    return Asker(
        member_id=asked.requester_id,
        role_ids=frozenset({asked.guild_id, *roles}),
        channel_id=asked.channel_id,
        parent_channel_id=parent_channel_id,
        category_id=category_id,
        is_age_restricted=is_age_restricted,
        joined_at=joined_at or START - timedelta(days=400),
    )


def make_valid_request(
    number: int = 1,
    *,
    origin: Origin | None = None,
    prompt: str = "A fox in the snow",
    images: tuple[CleanImage, ...] = (),
) -> ValidRequest:
    return ValidRequest(origin or make_origin(number), make_spec(prompt=prompt), images)


def make_clean_image(data: bytes = b"picture", media_type: str = "image/jpeg") -> CleanImage:
    return CleanImage(data, media_type, 64, 48)


def make_reference(key: str = "references/job0000001-1.jpg") -> ReferenceImage:
    return ReferenceImage(key, "image/jpeg", 7, 64, 48)


def make_video(key: str = "2026/11/job0000001.mp4") -> StoredVideo:
    return StoredVideo(
        key=key, size_bytes=1_234, sha256="ab" * 32, seconds=6.04, width=1280, height=720
    )


def make_failure(
    kind: FailureKind = FailureKind.REFUSED, charge: Charge = Charge.NONE, detail: str = "why"
) -> Failure:
    return Failure(kind, charge, detail)


def make_job(state: JobState = JobState.RESERVED, *, number: int = 1, at: datetime = START) -> Job:
    return Job(
        id=make_job_id(number),
        origin=make_origin(number),
        spec=make_spec(),
        state=state,
        created_at=at,
        updated_at=at,
    )


def make_case(
    job: Job,
    kind: CaseKind = CaseKind.REVIEW,
    state: CaseState = CaseState.OPEN,
    *,
    number: int = 1,
) -> Case:
    return Case(
        id=number,
        guild_id=job.origin.guild_id,
        job_id=job.id,
        kind=kind,
        state=state,
        why="this server is reviewed",
        opened_at=START,
        asker=make_asker(job.origin),
    )


def make_case_view(job: Job, case: Case | None = None) -> CaseView:
    return CaseView(case or make_case(job), job, MemberHistory(made=3, declined=1, reported=0))
