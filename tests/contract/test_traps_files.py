import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import pytest
from aiohttp import web

from bot.domain import Charge, FailureKind, Job, JobState
from sandbox.canned import CannedReply
from sandbox.provider_stand_in import ProviderStandIn, Side
from tests.contract.desk import FILE_BYTES, Desk, failure_of
from tests.contract.traps import Case, concerned, matrix
from tests.media.downloads import streaming
from tests.media.file_host import FileHost, open_file_host

PAGE: Final = "<!DOCTYPE html><html><title>404</title></html>"
METADATA: Final = "http://169.254.169.254/latest/meta-data"
GONE: Final = CannedReply(404, {"error": "Task not found"})


@dataclass(frozen=True, slots=True)
class BadFile(Case):
    """What is at the address of a video instead of it."""

    reply: CannedReply


@dataclass(frozen=True, slots=True)
class BadAddress(Case):
    """What is named as the address of a video."""

    url: str


@pytest.fixture
async def elsewhere() -> AsyncIterator[FileHost]:
    async with open_file_host("127.0.0.1") as host:
        yield host


def works(desk: Desk) -> list[Path]:
    return list(desk.storage.work_path("any").parent.iterdir())


async def loses(desk: Desk, job: Job) -> None:
    """Go on until the file is given up, and find nothing left of the tries."""
    ended = await desk.ride(job)

    failure = failure_of(ended)
    assert (failure.kind, failure.charge) == (FailureKind.LOST, Charge.MADE)
    assert (works(desk), len(desk.stand_in.charges), desk.creates()) == ([], 1, 1)
    assert desk.stand_in.api_key not in str(desk.stand_in.requests_to(Side.FILES))


BAD_FILES: Final = (
    BadFile(5, "404", CannedReply(404, "gone")),
    BadFile(5, "json", CannedReply(200, {"error": "not ready"})),
    BadFile(5, "page", CannedReply(200, PAGE)),
    BadFile(5, "nothing", CannedReply(200, b"")),
    BadFile(32, "403", CannedReply(403, "<Error><Code>AccessDenied</Code></Error>")),
    BadFile(33, "three-gigabytes", CannedReply(declared_bytes=3 * 10**9)),
    BadFile(33, "half", CannedReply(half=True)),
    BadFile(34, "a-redirect-to-a-file", CannedReply(302, "", {"Location": "file:///etc/passwd"})),
    BadFile(34, "a-redirect-to-itself", CannedReply(302, "", {"Location": "?again"})),
    BadFile(34, "a-redirect-inside", CannedReply(302, "", {"Location": METADATA})),
)


@matrix(BAD_FILES)
async def test_what_is_no_video_is_tried_again_and_then_given_up(
    stand_in: ProviderStandIn, desk: Desk, case: BadFile
) -> None:
    stand_in.on_file.always(case.reply)
    stand_in.on_content.always(case.reply)

    await loses(desk, await desk.rendered())


PASSING: Final = {case.trap: case for case in BAD_FILES}.values()


@matrix(PASSING)
async def test_what_is_no_video_today_can_be_one_after_another_question(
    stand_in: ProviderStandIn, desk: Desk, case: BadFile
) -> None:
    stand_in.on_file.then(case.reply)
    stand_in.on_content.then(case.reply)
    job = await desk.rendered()
    asked = desk.questions()

    tried = await desk.step(job)
    ended = await desk.ride(await desk.world.again(tried))

    assert (tried.state, tried.attempts, ended.state) == (JobState.RENDERED, 1, JobState.STORED)
    assert (desk.questions() - asked, works(desk)) == (1, [])


@concerned(33)
async def test_a_file_that_does_not_say_how_long_it_is_is_cut_off(
    stand_in: ProviderStandIn, desk: Desk, elsewhere: FileHost
) -> None:
    async def go_on_and_on(response: web.StreamResponse) -> None:
        for _ in range(FILE_BYTES // 1000):
            await response.write(b"\0" * 10_000)

    elsewhere.answers["/endless.mp4"] = streaming(None, go_on_and_on)
    stand_in.result_url = elsewhere.url("/endless.mp4")
    stand_in.on_content.always(GONE)

    await loses(desk, await desk.rendered())

    assert 1 < len(elsewhere.hits) < 10


ADDRESSES: Final = (
    BadAddress(34, "link-local", METADATA),
    BadAddress(34, "private", "https://10.0.0.1/a.mp4"),
    BadAddress(34, "private-in-ipv6", "https://[::ffff:192.168.0.1]/a.mp4"),
    BadAddress(34, "loopback-in-ipv6", "https://[::1]/a.mp4"),
    BadAddress(34, "as-a-number", "https://2130706434/a.mp4"),
    BadAddress(34, "plain-http", "http://93.184.215.14/a.mp4"),
    BadAddress(34, "a-file", "file:///etc/passwd"),
    BadAddress(34, "data", "data:video/mp4;base64,AAAA"),
    BadAddress(34, "broken", "https://[bad/a.mp4"),
    BadAddress(34, "with-a-user", "https://me:secret@10.0.0.1/a.mp4"),
    BadAddress(34, "a-word", "soon"),
)


@matrix(ADDRESSES)
async def test_an_address_that_is_not_public_is_not_called(
    stand_in: ProviderStandIn, desk: Desk, case: BadAddress
) -> None:
    stand_in.result_url = case.url
    stand_in.on_content.always(GONE)

    await loses(desk, await desk.rendered())

    assert stand_in.requests_to(Side.FILES) == []


@concerned(10)
async def test_two_jobs_at_once_get_each_their_own_video(
    stand_in: ProviderStandIn, desk: Desk
) -> None:
    first, second = await desk.rendered(1), await desk.rendered(2)

    ended = [await desk.ride(second), await desk.ride(first)]

    own = [hashlib.sha256(await stand_in.clip(job)).hexdigest() for job in stand_in.charges]
    assert [job.video.sha256 for job in ended if job.video] == [own[1], own[0]]
    assert own[0] != own[1]


@concerned(31)
@pytest.mark.parametrize("is_relative", [False, True], ids=["whole", "relative"])
async def test_the_providers_own_host_gets_the_key_and_who_it_sends_us_to_does_not(
    stand_in: ProviderStandIn, desk: Desk, *, is_relative: bool
) -> None:
    job = await desk.world.again(await desk.step(await desk.accepted()))
    path = stand_in.requests[-1].raw_path
    stand_in.result_url = path if is_relative else urljoin(stand_in.base_url, path)
    job = await desk.ride(job, until={JobState.RENDERED})
    moved = CannedReply(302, "", {"Location": stand_in.file_url(stand_in.charges[0])})
    stand_in.on_query.then(moved)

    ended = await desk.ride(await desk.world.again(job))

    own, other = stand_in.requests[-2:]
    assert (own.side, own.headers["authorization"]) == (Side.API, f"Bearer {stand_in.api_key}")
    assert (other.side, "authorization" in other.headers) == (Side.FILES, False)
    assert (ended.state, len(stand_in.charges)) == (JobState.STORED, 1)
