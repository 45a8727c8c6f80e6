from copy import deepcopy

import pytest

from bot.domain import JobState
from bot.posting.buttons import Action
from sandbox.canned import CannedReply
from sandbox.discord_api import Channel, Fault
from sandbox.discord_api.options import CannotDoError
from tests.cogs import removing
from tests.security.waiting import until
from tests.world import World

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})
IDS = ("show", "cancel", "deliver")
IN_SERVERS = "This works in servers only. Please use a channel of a server."
VIDEOS_IN_SERVERS = "Videos are made in servers only. Please use a channel of a server."


async def commands_about(world: World, job_id: str) -> list[dict[str, object]]:
    """Write down what the client sends for each command that does something."""
    made = (await world.requester.slash(world.channel, "grok show", id=job_id)).interaction.data
    commands = []
    for name in IDS:
        data = deepcopy(made)
        data["options"][0]["name"] = name
        commands.append(data)
    video = deepcopy(made)
    video["options"][0] |= {
        "name": "video",
        "options": [{"name": "prompt", "type": 3, "value": "a fox"}],
    }
    listing = deepcopy(made)
    listing["options"][0] |= {"name": "jobs", "options": []}
    return [*commands, video, listing]


async def test_risk_13_a_direct_message_starts_and_shows_nothing(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    job = await world.job_in(JobState.RENDERING)
    direct = world.requester.direct_channel()
    with pytest.raises(CannotDoError):
        await world.requester.slash(direct, "grok video", prompt="a fox")

    answers = [
        (await (await world.requester.forge(direct, data)).answer()).content
        for data in await commands_about(world, job.id)
    ]

    assert all("in servers only" in answer for answer in answers)
    assert len(await world.jobs()) == len(world.provider.charges) == 1
    assert (await world.job()).cancel_requested_at is None


async def test_risk_13_a_button_that_is_forged_in_a_direct_message_makes_nothing(
    world: World,
) -> None:
    await (await world.ask(private=True)).answer()
    job = await world.job_in(JobState.POSTED)
    video = await world.requester.direct_channel().wait_for(lambda one: bool(one.attachments), 20)

    answers = [
        (await (await world.requester.press(video, f"v1:job:{job.id}:{action}")).answer()).content
        for action in Action
        if action not in {Action.PUBLISH, Action.REVEAL}
    ]
    form = await world.requester.send_form(
        world.requester.direct_channel(), f"v1:prompt:remix:{job.id}", prompt="x"
    )

    assert {*answers, (await form.answer()).content} <= {IN_SERVERS, VIDEOS_IN_SERVERS}
    assert len(await world.jobs()) == 1


async def test_risk_13_a_member_can_not_bring_the_bot_along(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask()
    job = await world.job_in(JobState.RENDERING)
    card = await world.card()
    owners = {"1": str(world.requester.id)}

    runs = [
        await world.requester.forge(world.channel, data, authorizing_integration_owners=owners)
        for data in await commands_about(world, job.id)
    ]
    answers = [(await run.answer()).content for run in runs]

    assert all("where the bot is a member" in answer for answer in answers)
    assert len(await world.jobs()) == len(world.provider.charges) == 1
    pressed = await world.requester.press(card, f"v1:job:{job.id}:cancel")
    assert "Cancelled" in (await pressed.answer()).content


async def has_messages(channel: Channel, count: int) -> None:
    await until(lambda: len(channel.messages) == count)


async def until_folded(world: World, job_id: str) -> None:
    async def is_folded() -> bool:
        live = await world.app.bot.services.outbox.live_cards()
        return all(job.id != job_id for job, _ in live)

    await removing.until(is_folded)


async def test_risk_18_a_channel_that_refuses_is_asked_twice_and_no_more(world: World) -> None:
    world.provider.on_query.always(NEVER)
    for _ in range(4):
        await (await world.ask()).answer()
    await world.channel.wait_for(lambda _: len(world.channel.messages) == 4)
    path = f"/channels/{world.channel.id}/messages"
    body = {"message": "Missing Access", "code": 50001}
    for method, place in (("*", path), ("*", f"{path}/**")):
        world.chat.faults.add(Fault(method, place, status=403, body=body, times=None))
    before = len(world.chat.exchanges)
    jobs = await world.jobs()
    direct = world.requester.direct_channel()

    # One after another: what is under way together can't know of each other.
    for number, job in enumerate(jobs, start=1):
        run = await world.requester.slash(world.channel, "grok cancel", id=job.id)
        await run.answer()
        await has_messages(direct, number)
        await until_folded(world, job.id)

    refused = [one for one in world.chat.exchanges[before:] if one.status == 403]
    assert 1 <= len(refused) <= 2
