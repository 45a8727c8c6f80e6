from datetime import UTC, datetime

import pytest

from bot.domain import JobState, LimitKind, Scope, Unit
from bot.store.moderation.policies import Where, server
from sandbox.discord_api import Fault, Member, Message
from tests.cogs.moderation.abroad import abroad_of
from tests.world import World

DRAWING_SECONDS = 60
"""The first chart of a process reads all fonts of the machine."""
PNG = b"\x89PNG\r\n\x1a\n"


async def usage(world: World, **options: int | str | Member) -> Message:
    run = await world.moderator.slash(world.channel, "grok-admin usage", **options)
    return await run.answer(DRAWING_SECONDS)


async def test_numbers_and_a_chart_are_shown_to_the_moderator_alone(world: World) -> None:
    await world.ask()
    await world.job_in(JobState.POSTED)

    answer = await usage(world)

    (embed,) = answer.embeds
    (picture,) = answer.attachments
    assert answer.is_ephemeral
    assert "1 job · 1 s of video" in embed["description"]
    assert "1. Requester · 1 job" in embed["description"]
    assert picture.data.startswith(PNG)
    assert picture.filename == "usage.png"
    assert picture.filename in embed["image"]["url"]
    assert not embed.get("fields")


async def test_where_nothing_was_made_that_is_said(world: World) -> None:
    answer = await usage(world, days=1)

    assert "Nothing was made" in answer.embeds[0]["description"]
    assert answer.attachments[0].data.startswith(PNG)


async def test_only_what_is_asked_for_is_added_up(world: World) -> None:
    await world.ask()
    job = await world.job_in(JobState.POSTED)
    key = f"{job.spec.provider}/{job.spec.model}"
    month = f"{datetime.now(UTC):%Y-%m}"

    of_member = await usage(world, member=world.visitor)
    of_model = await usage(world, model=key, month=month)
    of_other = await usage(world, model="nobody/knows\0it")

    assert "Nothing was made" in of_member.embeds[0]["description"]
    assert "1 job" in of_model.embeds[0]["description"]
    assert "Nothing was made" in of_other.embeds[0]["description"]


async def test_the_budget_of_the_server_is_told_and_the_operator_s_is_not(world: World) -> None:
    services = world.app.bot.services
    here = server(world.chat.guild.id)
    await services.policies.set_limit(here, LimitKind.MONTH, Unit.MONEY, 10_000_000, 1)
    await services.policies.set_limit(here, LimitKind.ROLLING_DAY, Unit.MONEY, 2_000_000, 1)
    await services.policies.set_limit(here, LimitKind.DAY, Unit.JOBS, 9, 1)
    everywhere = Where(0, Scope.EVERYWHERE)
    await services.policies.set_limit(everywhere, LimitKind.DAY, Unit.MONEY, 77_000_000, None)

    (field,) = (await usage(world)).embeds[0]["fields"]

    monthly, rolling = sorted(field["value"].splitlines(), key=lambda line: "24 hours" in line)
    assert monthly.startswith(
        "$10.00 a month for this server ($0.00 used): **$10.00 left**, begins"
    )
    assert rolling == "$2.00 in 24 hours for this server ($0.00 used): **$2.00 left**"


async def test_another_server_is_not_counted(world: World) -> None:
    await world.ask()
    await world.job_in(JobState.POSTED)
    abroad = await abroad_of(world)

    run = await abroad.member("moderator").slash(abroad.channel("videos"), "grok-admin usage")

    assert "Nothing was made" in (await run.answer(DRAWING_SECONDS)).embeds[0]["description"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"days": 3, "month": "2026-01"}, "not both"),
        ({"month": "last"}, "written like 2026-11"),
        ({"month": "2999-12"}, "has not begun"),
    ],
)
async def test_a_span_that_makes_no_sense_is_a_sentence(
    world: World, options: dict[str, int | str], words: str
) -> None:
    answer = await usage(world, **options)

    assert words in answer.content
    assert not answer.embeds


async def test_members_who_can_t_be_asked_about_are_numbers(world: World) -> None:
    await world.ask()
    await world.job_in(JobState.POSTED)
    world.chat.faults.add(Fault("GET", "/guilds/*/members/*", status=404))

    answer = await usage(world)

    assert f"1. member {world.requester.id} · 1 job" in answer.embeds[0]["description"]


async def test_months_and_models_are_suggested(world: World) -> None:
    member, channel = world.moderator, world.channel

    months = await member.autocomplete(channel, "grok-admin usage", focused="month", value="")
    models = await member.autocomplete(channel, "grok-admin usage", focused="model", value="max")

    assert len(months) == 12
    assert months[0]["value"] == f"{datetime.now(UTC):%Y-%m}"
    assert [choice["value"] for choice in models] == ["geeknow/grok-video-3-max"]


async def test_a_member_who_forges_the_command_reads_nothing(world: World) -> None:
    answer = await (await world.visitor.call(world.channel, "grok-admin usage")).answer()

    assert "This is for moderators" in answer.content
    assert not answer.attachments
