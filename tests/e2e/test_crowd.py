"""A thousand jobs in flight, and everything that people can do with the bot beside them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.clock import SystemClock
from bot.domain import JobState, ValidRequest
from bot.interactions import ADMIN
from bot.limits.facts import wish_of
from bot.store.engines.engine import open_database
from bot.store.jobs import JobStore
from bot.store.migrate import migrate
from bot.store.outbox import OutboxStore
from bot.store.questions import JobQuestions
from bot.store.reservations import ReservationStore
from sandbox.bot_process import BotProcess, settings_for
from sandbox.canned import CannedReply
from sandbox.discord_api import Channel, CommandValue, DiscordStandIn, Member, Message
from sandbox.discord_api.runs import Ack, Run
from sandbox.geeknow import GeekNowStandIn
from sandbox.xai import XaiStandIn
from tests.cogs.moderation.tree import Leaf, leaves, root_of, values_of
from tests.factories import make_asker, make_job_id, make_origin, make_spec
from tests.journeys import session_journeys

IN_FLIGHT: Final = 1000
NEVER: Final = CannedReply(200, {"id": "video_x", "status": "processing", "progress": 5})
POLL_SECONDS: Final = 20.0
PATIENCE: Final = 60.0
LEASES: Final = {JobState.RESERVED: timedelta(minutes=10)}
FORM: Final = 9
"""The first answer that opens a form."""
USER_MENU: Final = 2
MESSAGE_MENU: Final = 3
FORM_VALUES: Final = {
    "prompt": "a wolf",
    "scenes": "A fox wakes up\nIt runs",
    "reason": "a calm day",
}


async def fill(url: str, chat: DiscordStandIn) -> None:
    """Leave the books as a bot does that stops while a thousand jobs are made.

    They owe no cards: Discord takes five messages in five seconds in one channel, and what people
    wait for here would come after a thousand of them.
    """
    clock = SystemClock()
    async with open_database(url) as database:
        await migrate(database)
        reservations = ReservationStore(database, clock)
        jobs = JobStore(database, clock, worker="of before")
        outbox = OutboxStore(database, clock, worker="of before")
        for number in range(IN_FLIGHT):
            origin = make_origin(
                number,
                guild_id=chat.guild.id,
                channel_id=chat.guild.channel("videos").id,
                requester_id=chat.guild.member("visitor").id,
            )
            spec = make_spec(provider="geeknow", model="grok-video-3", prompt=f"fox {number}")
            request = ValidRequest(origin, spec)
            asker, wish = make_asker(origin), wish_of(request, bound_micros=None)
            await reservations.reserve(make_job_id(number), request, (), asker, wish)
        for job in await jobs.claim(IN_FLIGHT, LEASES):
            submitted = await jobs.start_submitting(job)
            await jobs.mark_rendering(submitted, f"video_{job.id}", clock.now())
        for card in await outbox.claim(IN_FLIGHT, LEASES[JobState.RESERVED]):
            await outbox.give_up(card, problem="its channel was closed for a while")


@pytest.fixture
async def crowded(
    chat: DiscordStandIn, provider: GeekNowStandIn, xai: XaiStandIn, tmp_path: Path
) -> AsyncIterator[str]:
    url = f"sqlite+aiosqlite:///{tmp_path}/data/bot.sqlite3"
    (tmp_path / "data").mkdir()
    await fill(url, chat)
    provider.on_query.always(NEVER)
    settings = settings_for(chat, provider, xai, poll_seconds=POLL_SECONDS)
    settings |= {
        f"PROVIDERS__XAI__{name}": "0.2" for name in ("FIRST_POLL_SECONDS", "POLL_SECONDS")
    }
    bot = BotProcess(tmp_path, settings)
    await bot.start()
    try:
        await chat.wait_until_connected(PATIENCE)
        await chat.wait_for_command(ADMIN, "pause", seconds=PATIENCE)
        session_journeys().is_crowded = True
        yield url
    finally:
        session_journeys().is_crowded = False
        assert await bot.stop() == 0


async def in_flight(url: str) -> int:
    async with open_database(url) as database:
        return await JobQuestions(database).in_flight("geeknow")


async def heard(run: Run, member: Member) -> Ack:
    """Wait for the first answer, and send the form if it is one."""
    ack = await run.acknowledged(PATIENCE)
    if ack.type != FORM:
        return ack
    form = await run.modal()
    names = [one["component"]["custom_id"] for one in form.components if "component" in one]
    values = {name: FORM_VALUES[name] for name in names if name in FORM_VALUES}
    return await (await member.submit(form, **values)).acknowledged(PATIENCE)


def typed(leaf: Leaf, job_id: str) -> dict[str, CommandValue]:
    """Fill in what a member's command can't do without."""
    values: dict[str, CommandValue] = {"job": job_id, "id": job_id, "name": "night"}
    values |= {"prompt": "a red fox", "enabled": True}
    needed = [one["name"] for one in leaf.options if one.get("required")]
    return {name: values[name] for name in needed}


async def video_of(member: Member, channel: Channel) -> Message:
    """Have a video made beside the others, and return its message."""
    model = "xai/grok-imagine-video"
    run = await member.slash(channel, "grok video", prompt="a fox", model=model, duration=1)
    await run.answer(PATIENCE)
    return await channel.wait_for(lambda message: bool(message.attachments), PATIENCE)


async def test_whatever_people_do_is_answered_beside_a_thousand_jobs(
    crowded: str, chat: DiscordStandIn
) -> None:
    guild, channel = chat.guild, chat.guild.channel("videos")
    guild.add_channel("spare")
    requester, moderator = guild.member("requester"), guild.member("moderator")
    video = await video_of(requester, channel)
    job_id = video.attachments[0].filename.removeprefix("grok-").removesuffix(".mp4")
    members, moderators = list(leaves(root_of(chat, "grok"))), list(leaves(root_of(chat)))
    buttons = [one["custom_id"] for row in video.components for one in row["components"]]
    runs: list[tuple[Member, Run]] = []

    for leaf in (*members, *moderators):
        who = moderator if leaf.root == ADMIN else requester
        for option in leaf.options:
            if option.get("autocomplete"):
                await who.autocomplete(channel, leaf.command, focused=option["name"], value="")
    for leaf in members:
        run = await requester.slash(channel, leaf.command, **typed(leaf, job_id))
        runs.append((requester, run))
    for menu in chat.commands:
        if menu.kind == MESSAGE_MENU:
            runs.append((requester, await requester.use_on_message(video, menu.name)))
        if menu.kind == USER_MENU:
            run = await requester.use_on_member(channel, moderator, menu.name)
            runs.append((requester, run))
    runs += [(requester, await requester.press(video, button)) for button in buttons]
    for leaf in moderators:
        run = await moderator.slash(channel, leaf.command, **values_of(guild, leaf))
        runs.append((moderator, run))
    acks = [await heard(run, member) for member, run in runs]

    assert len(acks) > len(members) + len(moderators) + len(buttons)
    assert await in_flight(crowded) >= IN_FLIGHT
