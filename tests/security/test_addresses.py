from copy import deepcopy
from pathlib import Path

import pytest

from bot.domain import JobState
from bot.errors import FetchError
from bot.media.fetch import Fetcher
from sandbox.canned import CannedReply
from tests.media.downloads import Listener, LyingResolver
from tests.world import PICTURE, World


@pytest.mark.parametrize("way", ["http", "https", "mapped", "redirect"])
async def test_risk_05_a_result_inside_is_not_fetched(
    world: World, inside: Listener, way: str
) -> None:
    http = f"http://127.0.0.2:{inside.port}/latest/meta-data.mp4"
    https = http.replace("http:", "https:")
    provider = world.provider
    match way:
        case "http":
            provider.result_url = http
        case "https":
            provider.result_url = https
        case "mapped":
            provider.result_url = https.replace("127.0.0.2", "[::ffff:127.0.0.2]")
        case _:
            provider.on_file.always(CannedReply(302, "moved", {"Location": https}))

    await world.ask()
    final = await world.final()
    await world.job_in(JobState.POSTED)

    # The video came by the service's own address instead.
    assert final.attachments[0].data == provider.charges[0].clip
    assert inside.connections == 0


async def test_risk_05_a_public_name_that_leads_inside_is_not_dialed(
    inside: Listener, tmp_path: Path
) -> None:
    async with Fetcher(max_bytes=1000, resolver=LyingResolver("127.0.0.2")) as fetcher:
        with pytest.raises(FetchError, match="not public"):
            await fetcher.download(
                f"https://cdn.example.com:{inside.port}/a.mp4", tmp_path / "a.mp4"
            )
        with pytest.raises(FetchError, match="not public"):
            await fetcher.read(f"https://cdn.example.com:{inside.port}/a.png", max_bytes=1000)

    assert inside.connections == 0


async def test_risk_05_an_image_inside_is_not_fetched(world: World, inside: Listener) -> None:
    url = f"http://127.0.0.2:{inside.port}/a.png"
    run = await world.ask(image=PICTURE)
    await run.answer()
    data = deepcopy(run.interaction.data)
    (attachment,) = data["resolved"]["attachments"].values()

    answers = []
    for address in (url, url.replace("http:", "https:"), "file:///etc/passwd"):
        attachment["url"] = attachment["proxy_url"] = address
        forged = await world.requester.forge(world.channel, deepcopy(data))
        answers.append((await forged.answer()).content)

    assert inside.connections == 0
    assert all("could not be read" in answer for answer in answers)
    assert len(await world.jobs()) == 1
