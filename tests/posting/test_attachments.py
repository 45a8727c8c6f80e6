import io
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import aiohttp
import discord
import pytest

from bot.client import point_discord_at
from bot.errors import MessageGoneError, PostLaterError, PostRefusedError
from bot.posting.attachments import PostedFiles, reference_name
from sandbox.discord_api import DiscordStandIn, Fault, Permission, Rules
from tests.manual_clock import ManualClock
from tests.openapi_judge import session_judge
from tests.posting.desk import Desk
from tests.world import settings_for

ONE_MESSAGE = "/channels/*/messages/*"
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def chat(clock: ManualClock) -> AsyncIterator[DiscordStandIn]:
    judge = session_judge()
    observers = [judge.observe] if judge else []
    async with DiscordStandIn(clock=clock, observers=observers) as opened:
        yield opened


@pytest.fixture
def files(desk: Desk, clock: ManualClock) -> PostedFiles:
    return PostedFiles(desk.client, clock)


async def post(desk: Desk, *names: str) -> discord.Message:
    sent = [discord.File(io.BytesIO(name.encode()), name) for name in names]
    return await desk.client.get_partial_messageable(desk.channel.id).send(files=sent)


async def contents(urls: Sequence[str]) -> list[str | int]:
    """Fetch each address as a provider would: the text behind it, or the status without one."""
    found: list[str | int] = []
    async with aiohttp.ClientSession() as session:
        for url in urls:
            async with session.get(url) as reply:
                found.append(await reply.text() if reply.ok else reply.status)
    return found


def reads(desk: Desk) -> int:
    return len(desk.chat.asked("GET", ONE_MESSAGE))


@pytest.mark.parametrize(
    ("number", "media_type", "name"),
    [(1, "image/png", "reference-1.png"), (12, "image/jpeg", "reference-12.jpeg")],
)
def test_a_reference_image_is_named_by_its_number(number: int, media_type: str, name: str) -> None:
    assert reference_name(number, media_type) == name


async def test_the_addresses_of_a_message_lead_to_its_files_for_anybody(
    desk: Desk, files: PostedFiles
) -> None:
    sent = await post(desk, "clip.mp4")

    urls = await files.urls(desk.channel.id, sent.id)

    assert await contents(urls) == ["clip.mp4"]


async def test_reference_images_come_in_the_order_of_their_numbers(
    desk: Desk, files: PostedFiles
) -> None:
    names = [f"reference-{number}.png" for number in (2, 10, 1)]
    sent = await post(desk, *names)

    urls = await files.urls(desk.channel.id, sent.id)

    assert await contents(urls) == ["reference-1.png", "reference-2.png", "reference-10.png"]


async def test_a_message_without_files_has_no_addresses(desk: Desk, files: PostedFiles) -> None:
    sent = await desk.client.get_partial_messageable(desk.channel.id).send("words")

    assert await files.urls(desk.channel.id, sent.id) == ()


async def test_an_address_is_used_again_while_it_lives_for_an_hour_more(
    desk: Desk, files: PostedFiles, clock: ManualClock
) -> None:
    sent = await post(desk, "reference-1.png")
    first = await files.urls(desk.channel.id, sent.id)
    clock.advance(timedelta(hours=23))

    second = await files.urls(desk.channel.id, sent.id)

    assert second == first
    assert reads(desk) == 1


async def test_a_message_is_read_again_when_its_addresses_are_about_to_expire(
    desk: Desk, files: PostedFiles, clock: ManualClock
) -> None:
    sent = await post(desk, "reference-1.png")
    first = await files.urls(desk.channel.id, sent.id)
    clock.advance(timedelta(hours=23, seconds=1))

    second = await files.urls(desk.channel.id, sent.id)
    clock.advance(HOUR)

    assert first != second
    assert await contents([*first, *second]) == [404, "reference-1.png"]


async def test_how_long_an_address_has_to_live_can_be_set(desk: Desk, clock: ManualClock) -> None:
    files = PostedFiles(desk.client, clock, shortest_life=timedelta(hours=20))
    sent = await post(desk, "reference-1.png")
    await files.urls(desk.channel.id, sent.id)
    clock.advance(timedelta(hours=5))

    await files.urls(desk.channel.id, sent.id)

    assert reads(desk) == 2


async def test_addresses_that_never_live_for_an_hour_are_used_as_they_are(
    clock: ManualClock, tmp_path: Path
) -> None:
    rules = Rules(link_life=timedelta(minutes=30))
    async with DiscordStandIn(clock=clock, rules=rules) as chat:
        point_discord_at(settings_for(chat, None, tmp_path))
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(chat.token)
            desk, files = Desk(chat, client, tmp_path), PostedFiles(client, clock)
            sent = await post(desk, "reference-1.png")

            await files.urls(desk.channel.id, sent.id)
            urls = await files.urls(desk.channel.id, sent.id)

            assert await contents(urls) == ["reference-1.png"]
            assert reads(desk) == 2


async def test_what_was_used_last_is_remembered_and_no_more_than_that(
    desk: Desk, clock: ManualClock
) -> None:
    files = PostedFiles(desk.client, clock, remembered=2)
    first, second, third = [await post(desk, f"{number}.png") for number in range(3)]

    for message in (first, second, first, third):
        await files.urls(desk.channel.id, message.id)
    until_full = reads(desk)
    await files.urls(desk.channel.id, first.id)
    kept = reads(desk)
    await files.urls(desk.channel.id, second.id)

    assert (until_full, kept, reads(desk)) == (3, 3, 4)


@pytest.mark.parametrize("query", ["", "?ex=soon", "?ex=ffffffffffffffffffff", "?is=1&hm=2"])
async def test_an_address_of_unknown_life_is_not_remembered(
    desk: Desk, files: PostedFiles, query: str
) -> None:
    sent = await post(desk, "reference-1.png")
    url = f"https://cdn.discordapp.com/attachments/1/2/reference-1.png{query}"
    told = desk.chat.backend.payloads.message(desk.channel.messages[0])
    told["attachments"][0]["url"] = url
    fault = Fault("GET", ONE_MESSAGE, status=200, body=told, times=2)
    desk.chat.faults.add(fault)

    found = [await files.urls(desk.channel.id, sent.id) for _ in range(2)]

    assert found == [(url,), (url,)]
    assert reads(desk) == 2


async def test_the_address_that_expires_first_decides(
    desk: Desk, files: PostedFiles, clock: ManualClock
) -> None:
    sent = await post(desk, "reference-1.png", "reference-2.png")
    told = desk.chat.backend.payloads.message(desk.channel.messages[0])
    for file, hours in zip(told["attachments"], (2, 9), strict=True):
        ends_at = int((clock.now() + hours * HOUR).timestamp())
        file["url"] = f"https://cdn.discordapp.com/attachments/{file['filename']}?ex={ends_at:x}"
    desk.chat.faults.add(Fault("GET", ONE_MESSAGE, status=200, body=told))
    await files.urls(desk.channel.id, sent.id)
    clock.advance(HOUR)
    await files.urls(desk.channel.id, sent.id)
    in_time = reads(desk)
    clock.advance(seconds=1)

    await files.urls(desk.channel.id, sent.id)

    assert (in_time, reads(desk)) == (1, 2)


async def test_a_message_that_somebody_removed_is_gone(desk: Desk, files: PostedFiles) -> None:
    sent = await post(desk, "reference-1.png")
    await desk.chat.guild.member("moderator").delete(desk.channel.messages[0])

    with pytest.raises(MessageGoneError):
        await files.urls(desk.channel.id, sent.id)


async def test_a_channel_that_is_closed_to_us_is_a_refusal(desk: Desk, files: PostedFiles) -> None:
    sent = await post(desk, "reference-1.png")
    desk.channel.deny_bot(Permission.READ_MESSAGE_HISTORY)

    with pytest.raises(PostRefusedError):
        await files.urls(desk.channel.id, sent.id)


@pytest.mark.parametrize(
    "fault",
    [Fault("GET", ONE_MESSAGE, status=401), Fault("GET", ONE_MESSAGE, drop=True, times=9)],
    ids=["a dead token", "no connection"],
)
async def test_an_outage_is_for_later_and_then_the_address_is_there(
    desk: Desk, files: PostedFiles, fault: Fault
) -> None:
    sent = await post(desk, "reference-1.png")
    desk.chat.faults.add(fault)
    with pytest.raises(PostLaterError):
        await files.urls(desk.channel.id, sent.id)
    desk.chat.faults.clear()

    urls = await files.urls(desk.channel.id, sent.id)

    assert await contents(urls) == ["reference-1.png"]
