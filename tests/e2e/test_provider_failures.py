from collections.abc import Mapping

import pytest

from bot.domain import Charge, FailureKind, JobState
from sandbox.canned import CannedReply
from tests.world import World

PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"
UPSTREAM_WORDS = "team 1f2e3d internal upstream 10.1.2.3"


def said(status: int, **body: object) -> CannedReply:
    return CannedReply(status, {"message": UPSTREAM_WORDS, "data": None} | body)


CREATE: Mapping[str, tuple[CannedReply, FailureKind, Charge, int]] = {
    "400": (said(400, code="invalid_request"), FailureKind.REJECTED, Charge.NONE, 0),
    "500 after it was taken": (
        CannedReply(500, PAGE, accepts=True),
        FailureKind.OUTCOME_UNKNOWN,
        Charge.POSSIBLE,
        1,
    ),
    "a page": (CannedReply(200, PAGE), FailureKind.OUTCOME_UNKNOWN, Charge.POSSIBLE, 0),
    "nothing": (
        CannedReply(drop=True, accepts=True),
        FailureKind.OUTCOME_UNKNOWN,
        Charge.POSSIBLE,
        1,
    ),
    "half a body": (
        CannedReply(half=True, accepts=True),
        FailureKind.OUTCOME_UNKNOWN,
        Charge.POSSIBLE,
        1,
    ),
    "moderation": (
        said(400, message="Your prompt violates our content policy"),
        FailureKind.REFUSED,
        Charge.POSSIBLE,
        0,
    ),
}


@pytest.mark.parametrize(("reply", "kind", "charge", "charges"), CREATE.values(), ids=CREATE.keys())
async def test_a_paid_call_that_fails_is_told_once_and_never_made_again(
    world: World, reply: CannedReply, kind: FailureKind, charge: Charge, charges: int
) -> None:
    world.provider.on_create.then(reply)

    await world.ask()
    final = await world.final()
    job = await world.job_once_over()

    assert job.state is JobState.TOLD
    assert job.failure is not None
    assert (job.failure.kind, job.failure.charge) == (kind, charge)
    assert len(world.provider.charges) == charges
    assert len([one for one in world.provider.requests if one.method == "POST"]) == 1
    shown = f"{final.content} {final.embeds}"
    assert final.pinged == {world.requester.id}
    assert UPSTREAM_WORDS not in shown
    assert world.provider.api_key not in f"{shown} {job.failure.detail}"


async def test_a_provider_that_is_busy_is_asked_again_and_then_makes_the_video(
    world: World,
) -> None:
    world.provider.on_create.then(CannedReply(429, {"message": "slow down"}))

    await world.ask()
    final = await world.final()

    assert final.attachments
    assert len(world.provider.charges) == 1


async def test_a_job_that_fails_while_rendering_is_told_with_what_it_may_have_cost(
    world: World,
) -> None:
    world.provider.ending = {"status": "failed", "error": {"message": UPSTREAM_WORDS, "code": "x"}}

    await world.ask()
    final = await world.final()

    assert "may have charged" in final.embeds[0]["description"]
    assert UPSTREAM_WORDS not in str(final.embeds)


@pytest.mark.parametrize(
    "reply",
    [CannedReply(500, PAGE), CannedReply(401, {"message": "flap"}), CannedReply(drop=True)],
    ids=["500", "401", "nothing"],
)
async def test_lost_contact_while_rendering_is_no_failure(world: World, reply: CannedReply) -> None:
    world.provider.on_query.then(reply)

    await world.ask()

    assert (await world.final()).attachments


@pytest.mark.parametrize(
    "reply",
    [
        CannedReply(200, PAGE),
        CannedReply(200, b""),
        CannedReply(404, "gone"),
        CannedReply(half=True),
        CannedReply(declared_bytes=3_000_000_000),
        CannedReply(302, b"", {"Location": "https://10.0.0.1/x.mp4"}),
    ],
    ids=["a page", "empty", "404", "truncated", "3 GB", "a private address"],
)
async def test_a_file_that_will_not_do_is_fetched_from_the_provider_itself(
    world: World, reply: CannedReply
) -> None:
    world.provider.on_file.then(reply)

    await world.ask()

    assert (await world.final()).attachments
    assert len(world.provider.charges) == 1
