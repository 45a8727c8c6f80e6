from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import JobState, PolicyName, Scope, Unit
from bot.store.moderation.policies import Where, server
from sandbox.discord_api import CommandValue
from tests.cogs.moderation.spoken import admin
from tests.world import World

A_DAY = {"scope": "server", "kind": "day", "unit": "jobs"}


async def explain(world: World, **options: CommandValue) -> str:
    given: dict[str, CommandValue] = {"member": world.requester, **options}
    return await admin(world, "limits explain", **given)


async def put(world: World, name: PolicyName, value: object, where: Where | None = None) -> None:
    policies = world.app.bot.services.policies
    place = where or server(world.chat.guild.id)
    await policies.set_policy(place, name, value, world.moderator.id)


async def test_without_limits_a_video_would_be_made(world: World) -> None:
    said = await explain(world, duration=3)

    assert f"<@{world.requester.id}> · <#{world.channel.id}>" in said
    assert "✅ A video of 3 s with `geeknow/grok-video-3` at 720p" in said
    assert "No limit applies here." in said
    assert "Nothing else is set that applies here." in said


async def test_a_full_limit_is_named_with_what_is_used_and_when_it_begins_anew(
    world: World,
) -> None:
    await admin(world, "limits set", **A_DAY, amount="1")
    await world.ask()
    await world.job_in(JobState.POSTED)

    said = await explain(world)
    denied = (await (await world.ask()).answer()).content

    rule = "1 job a day for this server, 1 job used, 0 jobs left, begins anew <t:"
    assert f"**Decided by:** {rule}" in said
    assert f"➜ **{rule}" in said
    assert f"set by <@{world.moderator.id}>" in said
    assert f"**The member reads:**\n> {denied}" in said


async def test_grants_are_shown_on_top_of_a_member_s_own_limit(world: World) -> None:
    own: dict[str, CommandValue] = {
        "scope": "member",
        "kind": "24h",
        "unit": "jobs",
        "member": world.requester,
    }
    await admin(world, "limits set", **own, amount="1")
    await world.ask()
    await world.job_in(JobState.POSTED)
    full = await explain(world)
    await world.app.bot.services.members.grant(
        world.chat.guild.id,
        world.requester.id,
        unit=Unit.JOBS,
        amount=2,
        expires_at=datetime.now(UTC) + timedelta(days=1),
        reason="",
        by_id=world.moderator.id,
    )

    said = await explain(world)

    assert "1 job used, 0 jobs left, enough is free <t:" in full
    assert "✅" in said
    assert "1 job used, 2 jobs granted on top, 2 jobs left" in said


async def test_a_cooldown_says_when_it_is_over(world: World) -> None:
    pause: dict[str, CommandValue] = {
        "scope": "member",
        "kind": "cooldown",
        "unit": "jobs",
        "member": world.requester,
    }
    await admin(world, "limits set", **pause, amount="600")
    before = await explain(world)
    await world.ask()
    await world.job_in(JobState.POSTED)

    said = await explain(world)

    assert f"a pause of 600 s after each job for <@{world.requester.id}>, over;" in before
    assert f"for <@{world.requester.id}>, over <t:" in said
    assert "⛔" in said


async def test_another_channel_counts_with_its_category_and_its_age_restriction(
    world: World,
) -> None:
    category = world.chat.guild.add_category("studio")
    adults = world.chat.guild.add_channel("late", is_nsfw=True, category=category)
    thread = world.chat.guild.add_thread(adults, "later")
    await put(world, PolicyName.AGE_RESTRICTED, value=True)
    studio = Where(world.chat.guild.id, Scope.CHANNEL, category.id)
    await put(world, PolicyName.LONGEST, 4, studio)

    here = await explain(world)
    there = await explain(world, channel=adults, duration=5)
    inside = await explain(world, channel=thread, duration=4)

    assert "**Decided by:** age restriction for this server: age-restricted channels only" in here
    rule = f"longest video for <#{category.id}>: at most 4 s"
    assert f"**Decided by:** {rule}" in there
    assert "✅ A video of 4 s" in inside
    assert f"• {rule}" in inside


async def test_roles_are_those_of_the_member_that_is_asked_about(world: World) -> None:
    role = world.chat.guild.role("moderators")
    mods = Where(world.chat.guild.id, Scope.ROLE, role.id)
    await put(world, PolicyName.REVIEW, True, mods)  # noqa: FBT003 - as a policy has it
    zero: dict[str, CommandValue] = {
        "scope": "role",
        "kind": "at_once",
        "unit": "jobs",
        "role": role,
    }
    deputy = world.chat.guild.add_member("deputy", roles=(role,))

    reviewed = await explain(world, member=deputy)
    await admin(world, "limits set", **zero, amount="0")
    denied = await explain(world, member=deputy)
    other = await explain(world)

    assert "would wait for a moderator: a role of the member is reviewed." in reviewed
    assert f"**Decided by:** review for members with <@&{role.id}>: each job" in reviewed
    assert "Of several roles the most generous one counts" in denied
    assert "0 jobs at once for members with" in denied
    assert "✅" in other


async def test_a_pause_and_a_block_are_named(world: World) -> None:
    await put(world, PolicyName.PAUSE, {"reason": "a *party*"})
    paused = await explain(world)
    await world.app.bot.services.members.block(
        world.chat.guild.id,
        world.requester.id,
        until_at=None,
        reason="spam",
        by_id=world.moderator.id,
    )

    blocked = await explain(world)

    assert "**Decided by:** pause for this server: paused: a \\*party\\*" in paused
    assert f"**Decided by:** a block of this member, set by <@{world.moderator.id}>" in blocked


async def test_a_price_that_nobody_knows_would_be_asked_about(world: World) -> None:
    await admin(world, "budget confirm-above", amount="0.50")
    await put(world, PolicyName.NEWCOMERS, 30)

    said = await explain(world)

    assert "(price unknown) would be made once the member has said yes to its price." in said
    assert "After that a moderator would have to agree: the member is new here." in said
    assert "**Decided by:** price to confirm for this server: what costs more than $0.50" in said


async def test_what_no_model_can_make_is_said_beside_the_limits(world: World) -> None:
    await admin(world, "limits set", **A_DAY, amount="1")

    said = await explain(world, duration=77, model="geeknow/grok-video-3")

    assert "no model can make that: Grok Video 3 makes videos of 1 to 15 seconds" in said
    assert "• 1 job a day for this server" in said


async def test_who_left_is_no_member_to_be_explained(world: World) -> None:
    guild = world.chat.guild
    gone = guild.add_member("gone")
    del guild.state.members[gone.id]

    said = await explain(world, member=gone)

    assert said == "That person is not a member of this server."


@pytest.mark.parametrize(
    ("focused", "value", "first"),
    [
        ("model", "grok-video-3", "geeknow/grok-video-3"),
        ("duration", "1", 1),
        ("resolution", "7", "720p"),
    ],
)
async def test_what_can_be_asked_about_is_suggested(
    world: World, focused: str, value: str, first: object
) -> None:
    given = {"member": world.requester, "model": "no such model"}

    choices = await world.moderator.autocomplete(
        world.channel,
        "grok-admin limits explain",
        focused=focused,
        value=value,
        **{name: one for name, one in given.items() if name != focused},  # type: ignore[arg-type]
    )

    assert choices[0]["value"] == first
