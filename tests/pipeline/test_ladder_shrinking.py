import asyncio
import sys
from pathlib import Path

import pytest

from bot.domain import Charge, Failure, FailureKind, Job, JobState, MessageKind
from bot.errors import PostLaterError, PostTooLargeError
from bot.media.shrink import Shrinker
from bot.media.storage import ResultStorage
from bot.media.video import VideoProbe
from bot.posting.forms import AttachedVideo, LinkedVideo
from tests.pipeline.delivering import MEBIBYTE, Rungs
from tests.pipeline.fakes import FakePoster
from tests.pipeline.stored_videos import stored
from tests.store.world import MESSAGE_LEASE, World

OURS = "https://bucket.example/2026/11/video.mp4?signature=abc"
LARGE = bytes(12 * MEBIBYTE)
FACTS = '{"seconds": 1.0, "width": 64, "height": 36, "codec": "h264", "has_audio": false}'
FILLS = (
    "import sys, json; target = int(sys.argv[3]); open(sys.argv[2], 'wb').write(bytes(target));"
    "print(json.dumps({'size_bytes': target, 'height': 36}))"
)


def program(code: str) -> list[str]:
    return [sys.executable, "-I", "-c", code]


def make_shrinker(code: str = FILLS) -> Shrinker:
    """Make a shrinker whose child is a substitute; whatever it makes counts as a video."""
    probe = VideoProbe(program=program(f"print('{FACTS}')"))
    return Shrinker(probe, program=program(code))


@pytest.fixture
def rungs(world: World, storage: ResultStorage, poster: FakePoster) -> Rungs:
    return Rungs(world, storage, poster, shrinker=make_shrinker())


async def owe(rungs: Rungs) -> Job:
    return await stored(rungs.world, rungs.storage, clip=LARGE)


async def deliver(rungs: Rungs, job: Job) -> Job:
    await rungs.deliverer().deliver(await rungs.world.owed(job.id, MessageKind.RESULT))
    return await rungs.world.job(job.id)


def work_files(results: Path) -> list[str]:
    return sorted(path.name for path in (results / ".work").iterdir())


async def test_a_large_video_is_attached_smaller(rungs: Rungs, results: Path) -> None:
    job = await owe(rungs)

    ended = await deliver(rungs, job)

    (post,) = rungs.poster.posts
    room = int(10 * MEBIBYTE * 0.95)
    assert isinstance(post.form, AttachedVideo)
    assert (post.form.size_bytes, post.form.is_shrunk) == (room, True)
    assert len(post.video or b"") == room
    assert ended.state is JobState.POSTED
    assert work_files(results) == []


async def test_each_refused_size_is_followed_by_a_smaller_one_and_then_by_a_link(
    rungs: Rungs,
) -> None:
    rungs.poster.judge = lambda post: PostTooLargeError("40005") if post.video else None
    rungs.files.url = OURS
    job = await owe(rungs)

    await deliver(rungs, job)

    *attached, last = [post.form for post in rungs.poster.posts]
    sizes = [form.size_bytes for form in attached if isinstance(form, AttachedVideo)]
    assert len(sizes) == 3
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3
    assert isinstance(last, LinkedVideo)


async def test_what_was_made_smaller_is_kept_while_discord_is_away(
    rungs: Rungs, results: Path, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    rungs.shrinker = make_shrinker(f"open('{runs}', 'a').write('x'); {FILLS}")
    deliverer = rungs.deliverer()
    job = await owe(rungs)
    rungs.poster.judge = lambda _: PostLaterError("503")
    await deliverer.deliver(await rungs.world.owed(job.id, MessageKind.RESULT))
    between = work_files(results)
    rungs.world.clock.advance(MESSAGE_LEASE)

    rungs.poster.judge = lambda _: None
    await deliverer.deliver(await rungs.world.owed(job.id, MessageKind.RESULT))

    assert between == [f"small-grok-{job.id}.mp4"]
    assert runs.read_text() == "x"
    assert work_files(results) == []
    assert (await rungs.world.job(job.id)).state is JobState.POSTED


async def test_a_shrunken_file_that_somebody_removed_is_no_trouble_at_the_end(
    rungs: Rungs, results: Path
) -> None:
    job = await owe(rungs)

    def remove_and_take(_: object) -> None:
        (results / ".work" / f"small-grok-{job.id}.mp4").unlink()

    rungs.poster.judge = remove_and_take

    assert (await deliver(rungs, job)).state is JobState.POSTED


async def test_a_second_video_waits_for_its_turn_without_holding_a_worker(
    rungs: Rungs, tmp_path: Path
) -> None:
    mark = tmp_path / "go"
    rungs.shrinker = make_shrinker(
        f"import os, time\nwhile not os.path.exists('{mark}'): time.sleep(0.01)\n{FILLS}"
    )
    deliverer = rungs.deliverer()
    job = await owe(rungs)
    owed = await rungs.world.owed(job.id, MessageKind.RESULT)
    first = asyncio.create_task(
        rungs.shrinker.shrink(tmp_path, tmp_path / "a", target_bytes=9, seconds=1.0)
    )
    await asyncio.sleep(0)

    await deliverer.deliver(owed)
    waiting = await rungs.world.message(job.id, MessageKind.RESULT)
    mark.touch()
    await first

    assert rungs.poster.posts == []
    assert waiting.attempts == 0
    due_at = await rungs.world.message_due_at(job.id, MessageKind.RESULT)
    assert due_at is not None
    assert 0 < (due_at - rungs.world.clock.now()).total_seconds() <= 5


async def test_a_video_that_can_not_be_made_so_small_is_linked(rungs: Rungs) -> None:
    rungs.shrinker = make_shrinker('print(\'{"reason": "it stays too large"}\')')
    rungs.files.url = OURS
    job = await owe(rungs)

    await deliver(rungs, job)

    assert [type(post.form) for post in rungs.poster.posts] == [LinkedVideo]


async def test_a_machine_with_trouble_tries_some_times_and_then_says_so(rungs: Rungs) -> None:
    rungs.shrinker = make_shrinker("raise SystemExit(3)")
    job = await owe(rungs)
    deliverer = rungs.deliverer()
    states = []
    for _ in range(6):
        await deliverer.deliver(await rungs.world.owed(job.id, MessageKind.RESULT))
        states.append((await rungs.world.job(job.id)).state)
        rungs.world.clock.advance(MESSAGE_LEASE)
        if states[-1] is not JobState.STORED:
            break

    assert states == [JobState.STORED] * 5 + [JobState.FAILED]
    assert (await rungs.world.job(job.id)).failure == Failure(
        FailureKind.UNDELIVERABLE, Charge.MADE, "no form of the video fits"
    )


def counting(runs: Path, code: str) -> Shrinker:
    return make_shrinker(f"open('{runs}', 'a').write('x'); {code}")


async def test_a_shrunken_file_that_was_swept_meanwhile_is_made_again(
    rungs: Rungs, results: Path
) -> None:
    deliverer = rungs.deliverer()
    job = await owe(rungs)
    rungs.poster.judge = lambda _: PostLaterError("503")
    await deliverer.deliver(await rungs.world.owed(job.id, MessageKind.RESULT))
    (results / ".work" / f"small-grok-{job.id}.mp4").unlink()
    rungs.world.clock.advance(MESSAGE_LEASE)

    rungs.poster.judge = lambda _: None
    await deliverer.deliver(await rungs.world.owed(job.id, MessageKind.RESULT))

    assert (await rungs.world.job(job.id)).state is JobState.POSTED


async def test_a_video_that_can_not_be_made_so_small_is_encoded_for_one_place_only(
    rungs: Rungs, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    rungs.shrinker = counting(runs, 'print(\'{"reason": "it stays too large"}\')')
    job = await owe(rungs)

    ended = await deliver(rungs, job)

    assert ended.state is JobState.FAILED
    assert runs.read_text() == "x"


async def test_outages_of_discord_use_up_no_try_of_the_encoder(
    rungs: Rungs, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    rungs.shrinker = counting(runs, "raise SystemExit(3)")
    job = await owe(rungs)
    await rungs.world.execute("UPDATE outbox SET attempts = 50 WHERE kind = 'result'")
    deliverer = rungs.deliverer()
    for _ in range(6):
        await deliverer.deliver(await rungs.world.owed(job.id, MessageKind.RESULT))
        rungs.world.clock.advance(2 * MESSAGE_LEASE)

    assert runs.read_text() == "x" * 5
    assert (await rungs.world.job(job.id)).state is JobState.FAILED


async def test_another_message_of_the_job_leaves_the_shrunken_video_alone(
    rungs: Rungs, results: Path
) -> None:
    deliverer = rungs.deliverer()
    job = await owe(rungs)
    rungs.poster.judge = lambda _: PostLaterError("503")
    await deliverer.deliver(await rungs.world.owed(job.id, MessageKind.RESULT))
    await rungs.world.execute(
        "UPDATE outbox SET state = 'pending', message_id = NULL, due_at = :now WHERE kind = 'card'",
        now=rungs.world.clock.now(),
    )

    rungs.poster.judge = lambda _: None
    await deliverer.deliver(await rungs.world.owed(job.id, MessageKind.CARD))

    assert work_files(results) == [f"small-grok-{job.id}.mp4"]
