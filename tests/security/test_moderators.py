"""What only moderators may do, asked for with forged controls, from abroad, and too late."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from bot.client import CONTROLS
from bot.domain import Ruling
from bot.posting.buttons import Action
from bot.posting.moderation.jobs_panel import Deed
from sandbox.discord_api import DiscordStandIn, Fault, Member, Message, Run
from sandbox.geeknow import GeekNowStandIn
from tests.cogs.moderation.abroad import abroad_of
from tests.cogs.moderation.desk import held
from tests.digest import changes, digest_of, settled
from tests.world import World, running, settings_for

LIST: Final = "0:-:-:-"
A_FEW: Final = 8
NOT_A_MODERATOR: Final = "This is for moderators"
GONE: Final = "no longer works"
REFUSALS: Final = (
    NOT_A_MODERATOR,
    "Only its requester",
    "for somebody else",
    "no such job",
    "no such case",
    "A moderator looks at that job first",
    GONE,
)
JOB_FORMS: Final = ("remix", "continue", "extend", "edit")
"""What asks for a prompt first."""
FOR_ALL: Final = ("v1:top:week:-:0",)
"""Controls that anybody may use: they show what the list shows."""


def controls(world: World, case_id: int, job_id: str) -> list[str]:
    """Write the id of each control that there is about a case, a job or a person."""
    return [
        *(f"v1:case:{case_id}:{ruling}" for ruling in Ruling),
        *(f"v1:job:{job_id}:{action}" for action in Action),
        *(f"v1:jobs:{deed}:{job_id}:{LIST}" for deed in Deed),
        f"v1:jobs:pick:{LIST}",
        f"v1:jobs:page:{LIST}",
        "v1:mine:page:0",
        "v1:mine:pick:0",
        "v1:record:0:0:0:",
        f"v1:forget:{world.requester.id}",
    ]


async def press(who: Member, message: Message, custom_id: str, job_id: str) -> Run:
    values = [job_id] if ":pick:" in custom_id else None
    return await who.press(message, custom_id, values=values)


async def in_turns(send: Callable[[str], Awaitable[Run]], ids: Sequence[str]) -> list[Run]:
    """Send a few at a time: an onslaught could be too late for Discord's three seconds."""
    runs: list[Run] = []
    for first in range(0, len(ids), A_FEW):
        few = [await send(one) for one in ids[first : first + A_FEW]]
        for run in few:
            await run.answer()
        runs += few
    return runs


async def refused(runs: Sequence[Run], caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was answered, and complain about what is no refusal with a line in the log."""
    answers = [(await run.answer()).content for run in runs]
    problems = []
    for run, answer in zip(runs, answers, strict=True):
        lines = [one for one in caplog.records if str(run.interaction.id) in one.getMessage()]
        is_line = [one.levelno for one in lines] == [logging.INFO]
        if not is_line or not any(words in answer for words in REFUSALS):
            told = [one.getMessage() for one in lines]
            problems.append(f"{run.interaction.data.get('custom_id')}: {answer!r}, {told}")
    assert problems == []
    return answers


@pytest.fixture
async def case(world: World, caplog: pytest.LogCaptureFixture) -> Message:
    """A job that waits for review; everything else about it is done."""
    caplog.set_level(logging.INFO)
    shown = await held(world)
    await world.card_with("Waiting for review")
    await settled(world)
    return shown


def case_id(case: Message) -> int:
    return int(str(case.embeds[-1]["title"]).rpartition(" ")[2])


async def test_risk_12_every_control_that_outlives_a_restart_is_forged_here(
    world: World, case: Message
) -> None:
    forged = [*controls(world, case_id(case), (await world.job()).id), *FOR_ALL]

    templates = [one.__discord_ui_compiled_template__ for one in CONTROLS]
    assert [one.pattern for one in templates if not any(map(one.fullmatch, forged))] == []
    assert [one for one in forged if not any(each.fullmatch(one) for each in templates)] == []


async def test_risk_10_and_11_a_member_who_forges_a_control_changes_nothing(
    world: World, case: Message, caplog: pytest.LogCaptureFixture
) -> None:
    job = await world.job()
    before = await digest_of(world)

    forged = controls(world, case_id(case), job.id)
    runs = await in_turns(lambda one: press(world.visitor, case, one, job.id), forged)
    runs += await in_turns(
        lambda one: world.visitor.send_form(
            world.channel, f"v1:case:{case_id(case)}:{one}", reason="x"
        ),
        [*Ruling],
    )
    runs += await in_turns(
        lambda one: world.visitor.send_form(world.channel, f"v1:prompt:{one}:{job.id}", prompt="x"),
        [*JOB_FORMS],
    )
    await refused(runs, caplog)

    assert changes(before, await digest_of(world)) == []


async def test_risk_12_what_is_of_another_server_is_not_there(
    world: World, case: Message, caplog: pytest.LogCaptureFixture
) -> None:
    job, abroad = await world.job(), await abroad_of(world)
    stranger, channel = abroad.member("moderator"), abroad.channel("videos")
    said = await stranger.say(channel, "hello")
    before = await settled(world)

    named = [
        one
        for one in controls(world, case_id(case), job.id)
        if ":page:" not in one and ":record:" not in one
    ]
    runs = [await press(stranger, said, one, job.id) for one in named]
    runs.append(await stranger.send_form(channel, f"v1:case:{case_id(case)}:reject", reason="x"))
    runs += [
        await stranger.send_form(channel, f"v1:prompt:{one}:{job.id}", prompt="x")
        for one in JOB_FORMS
    ]
    await refused(runs, caplog)
    leafed = [await (await stranger.press(said, f"v1:jobs:page:{LIST}")).answer()]
    leafed += [await (await stranger.press(said, "v1:record:0:0:0:")).answer()]

    assert job.id not in str([one.embeds for one in leafed])
    assert changes(before, await digest_of(world)) == []


async def test_risk_12_garbage_in_an_id_gets_a_sentence(
    world: World, case: Message, caplog: pytest.LogCaptureFixture
) -> None:
    job = await world.job()
    before = await digest_of(world)

    real = controls(world, case_id(case), job.id)
    garbage = [
        *(f"x{one}" for one in real[::3]),
        *(f"{one}\n" for one in real[::3]),
        *(one.upper() for one in real[1::3]),
        *(one.replace("v1", "v2") for one in real[2::3]),
        "v1:case:999999999:approve",
        "v1:case:99999999999999999999:approve",
        "v1:case:0:approve",
        "v1:case:-1:block",
        f"v1:jobs:cancel:0000000000:{LIST}",
        "v1:jobs:page:999999:-:-:-",
        "v1:jobs:page:0:-:9999999999999999999:-",
        "v1:record:9999999999:0:0:",
        "v1:record:0:9999999999999999999:0:",
        "v1:forget:' OR 1=1 --",
        "v1:prompt:remix:../../../x",
        "v1:prompt:images:99999999999999999999",
        "v1:prompt:avatar:0",
        "v1:prompt:again:0000000000",
        "v1:compose:both",
        "",
    ]
    moderator, channel = world.moderator, world.channel
    await refused(await in_turns(partial(moderator.press, case), garbage), caplog)
    await refused(
        await in_turns(partial(moderator.send_form, channel, reason="x"), garbage), caplog
    )

    assert changes(before, await digest_of(world)) == []


async def test_risk_12_a_control_of_another_kind_than_ours_is_answered(
    world: World, case: Message, caplog: pytest.LogCaptureFixture
) -> None:
    before = await digest_of(world)

    swapped = await world.visitor.press(case, f"v1:jobs:page:{LIST}", values=["x"])
    picked = await world.visitor.press(case, f"v1:jobs:pick:{LIST}")
    await refused([swapped, picked], caplog)

    assert changes(before, await digest_of(world)) == []


async def test_a_slow_discord_makes_no_control_look_dead(world: World, case: Message) -> None:
    job = await world.job()
    forged = controls(world, case_id(case), job.id)
    # The first answer to each is late; a second one would overtake it.
    times = len(forged) + 1
    slow = Fault("POST", "/interactions/*/*/callback", delay_seconds=2, times=times)
    world.chat.faults.add(slow)

    runs = await in_turns(lambda one: press(world.visitor, case, one, job.id), forged)
    runs.append(await world.visitor.send_form(world.channel, f"v1:report:{case.id}:", reason="x"))
    await runs[-1].answer()

    said = [message.content for run in runs for message in run.messages]
    assert [words for words in said if GONE in words] == []
    assert len(said) == len(runs)


async def test_risk_11_what_a_demoted_moderator_has_open_does_nothing(
    world: World, case: Message, caplog: pytest.LogCaptureFixture
) -> None:
    job, guild = await world.job(), world.chat.guild
    role = guild.role("moderators")
    deputy = guild.add_member("deputy", roles=(role,))
    panels = [
        await (await deputy.slash(world.channel, f"grok-admin {name}")).answer()
        for name in ("jobs", "review list", "audit search")
    ]
    detail = await (await deputy.choose(panels[0], f"v1:jobs:pick:{LIST}", [job.id])).answer()
    form = await (await deputy.click(case, "Reject")).modal()
    before = await digest_of(world)

    deputy.take(role)
    runs = [await deputy.submit(form, reason="no foxes")]
    for panel in (detail, *panels, case):
        ids = [one["custom_id"] for row in panel.components for one in row["components"]]
        runs += [await press(deputy, panel, one, job.id) for one in ids]
    answers = await refused(runs, caplog)

    assert len(runs) > len(Ruling) * 2
    assert all(NOT_A_MODERATOR in answer for answer in answers)
    assert changes(before, await digest_of(world)) == []


async def test_risk_12_a_form_that_is_sent_after_a_restart_is_asked_for_the_right_again(
    chat: DiscordStandIn,
    provider: GeekNowStandIn,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    settings, guild = settings_for(chat, provider, tmp_path), chat.guild
    role = guild.role("moderators")
    deputy = guild.add_member("deputy", roles=(role,))
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        case = await held(world)
        form = await (await deputy.click(case, "Reject")).modal()
        await settled(world)
    deputy.take(role)

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        before = await settled(world)
        ids = ("v1:case:99:reject", "v0:case:1:reject", "form", "v1:jobs:cancel:x")
        runs = [await deputy.submit(form, reason="no foxes")]
        runs += [await world.moderator.send_form(world.channel, one, reason="x") for one in ids]
        await refused(runs, caplog)
        after = await digest_of(world)
        deputy.give(role)
        told = await (await deputy.submit(form, reason="no foxes")).answer()

    assert changes(before, after) == []
    assert "Rejected" in told.content
