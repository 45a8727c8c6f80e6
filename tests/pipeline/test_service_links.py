from dataclasses import replace

import pytest

from bot.domain import Job, JobState
from bot.pipeline.lanes import Lane
from bot.pipeline.service_links import ServiceLinks
from bot.posting.forms import LinkedVideo
from bot.providers.base import FileSource
from tests.factories import make_job
from tests.manual_clock import START, ManualClock
from tests.pipeline.delivering import FakeLinkCheck
from tests.pipeline.fakes import SCHEDULE, ScriptedProvider, make_lane

URL = "https://files.example/a.mp4?signature=b"
OTHER = "https://files.example/b.mp4"
END = START + SCHEDULE.hard_deadline


def made(url: str | None = URL) -> Job:
    return replace(
        make_job(JobState.STORED), submitted_at=START, result_url=url, provider_ref="ref-1"
    )


def links(
    check: FakeLinkCheck, lane: Lane | None, clock: ManualClock | None = None
) -> ServiceLinks:
    lanes = {} if lane is None else {"scripted": lane}
    return ServiceLinks(lanes, check, clock or ManualClock(), secrets=("the-key",))


async def test_the_service_s_link_is_handed_out_with_its_end() -> None:
    check = FakeLinkCheck({URL})

    assert await links(check, make_lane(None)).find(made()) == LinkedVideo(
        URL, is_ours=False, expires_at=END
    )


async def test_with_a_key_the_provider_says_which_links_there_are(
    scripted: ScriptedProvider,
) -> None:
    scripted.files = lambda _: [
        FileSource("https://api.scripted.example/content", {"Authorization": "Bearer key"}),
        FileSource(URL),
        FileSource(OTHER),
    ]
    check = FakeLinkCheck({OTHER})

    found = await links(check, make_lane(scripted)).find(made(None))

    assert found is not None
    assert found.url == OTHER
    assert check.asked == [URL, OTHER]


@pytest.mark.parametrize(
    "url",
    [
        None,
        "https://files.example/a.mp4?key=the-key",
        "https://files.example/a.mp4?key=the%2Dkey",
        "https://someone:word@files.example/a.mp4",
        f"https://files.example/{'a' * 1500}",
        "https://files.example/a b.mp4",
        "https://files.example/a>.mp4",
        "javascript:alert(1)",
    ],
)
async def test_a_link_that_would_say_too_much_or_break_the_message_is_not_shown(
    url: str | None,
) -> None:
    check = FakeLinkCheck({str(url)})

    assert await links(check, make_lane(None)).find(made(url)) is None
    assert check.asked == []


async def test_a_link_that_no_longer_works_is_not_shown() -> None:
    check = FakeLinkCheck()

    assert await links(check, make_lane(None)).find(made()) is None
    assert check.asked == [URL]


async def test_a_link_past_its_end_is_not_even_tried() -> None:
    check, clock = FakeLinkCheck({URL}), ManualClock()
    clock.advance(SCHEDULE.hard_deadline)

    assert await links(check, make_lane(None), clock).find(made()) is None
    assert check.asked == []


async def test_a_service_that_is_not_known_any_more_has_no_link() -> None:
    assert await links(FakeLinkCheck({URL}), None).find(made()) is None


async def test_a_job_that_was_never_submitted_has_no_link() -> None:
    job = replace(made(), submitted_at=None)

    assert await links(FakeLinkCheck({URL}), make_lane(None)).find(job) is None
