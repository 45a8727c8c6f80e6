import pytest

from bot.domain import JobState, PolicyName, Scope
from sandbox.discord_api import Channel, Permission, Run
from tests.cogs.moderation.desk import labels
from tests.world import World


async def command(world: World, path: str, **options: object) -> str:
    run: Run = await world.moderator.slash(
        world.channel,
        f"grok-admin review {path}",
        **options,  # type: ignore[arg-type]
    )
    return (await run.answer()).content


async def reviews(world: World) -> dict[tuple[Scope, int], object]:
    book = await world.app.bot.services.policies.book(world.chat.guild.id)
    return {
        (one.scope, one.target_id): one.value
        for one in book.policies
        if one.name is PolicyName.REVIEW
    }


async def test_switching_it_on_says_before_and_after_and_where_cases_are(world: World) -> None:
    told = await command(world, "on")

    assert "Before: Nothing set" in told
    assert "Now: Each job is reviewed first" in told
    assert "no channel for cases yet" in told
    assert await reviews(world) == {(Scope.SERVER, world.chat.guild.id): True}


async def test_switching_it_off_goes_back_to_nothing(world: World) -> None:
    await command(world, "on")

    told = await command(world, "off")

    assert "Before: Each job is reviewed first" in told
    assert "Now: Nothing set" in told
    assert await reviews(world) == {}


async def test_a_channel_and_a_role_are_scopes_of_their_own(world: World) -> None:
    role = world.chat.guild.role("members")

    of_channel = await command(world, "on", channel=world.channel)
    of_role = await command(world, "on", role=role)
    both = await command(world, "on", channel=world.channel, role=role)

    assert f"<#{world.channel.id}>" in of_channel
    assert f"<@&{role.id}>" in of_role
    assert "not both" in both
    assert await reviews(world) == {
        (Scope.CHANNEL, world.channel.id): True,
        (Scope.ROLE, role.id): True,
    }


async def test_a_trusted_role_is_not_reviewed_until_that_is_cleared(world: World) -> None:
    role = world.chat.guild.role("members")
    await command(world, "on")

    trusted = await command(world, "off", role=role)
    await world.ask()
    await world.job_in(JobState.POSTED)
    cleared = await command(world, "clear", role=role)

    assert "Now: Trusted" in trusted
    assert "Before: Trusted" in cleared
    assert await reviews(world) == {(Scope.SERVER, world.chat.guild.id): True}


async def test_newcomers_are_reviewed_for_some_days(world: World) -> None:
    on = await command(world, "newcomers", days=3)
    answer = await (await world.ask()).answer()
    off = await command(world, "newcomers", days=0)

    assert "here for less than 3 days" in on
    assert "waits for review" in answer.content
    assert "Now: Nothing set" in off


async def test_the_channel_for_cases_has_to_be_open_to_the_bot(world: World) -> None:
    closed = world.chat.guild.add_channel("closed")
    closed.deny_bot(Permission.SEND_MESSAGES)
    desk = world.chat.guild.add_channel("desk")

    refused = await command(world, "channel", channel=closed)
    chosen = await command(world, "channel", channel=desk)
    removed = await command(world, "channel")

    assert "Send Messages" in refused
    assert f"Now: <#{desk.id}>" in chosen
    assert "no channel for cases yet" not in chosen
    assert f"Before: <#{desk.id}>" in removed
    assert "no channel for cases yet" in removed


async def test_without_a_channel_cases_are_decided_from_the_list(world: World) -> None:
    await command(world, "on")
    empty = await command(world, "list")
    for _ in range(6):
        await (await world.ask()).answer()

    run = await world.moderator.slash(world.channel, "grok-admin review list")
    listed = await run.answer()
    decided = await (await world.moderator.click(listed, "Approve")).answer()

    assert "No case is open" in empty
    assert "Open cases: 6" in listed.content
    assert len(listed.embeds) == 5
    assert labels(listed) == ["Approve", "Reject", "Block member"] * 5
    assert "goes on" in decided.content
    await world.job_in(JobState.POSTED)


@pytest.mark.parametrize("path", ["on", "off", "list", "channel"])
async def test_a_member_without_the_permission_changes_nothing(world: World, path: str) -> None:
    run = await world.visitor.call(world.channel, f"grok-admin review {path}")

    assert "for moderators" in (await run.answer()).content
    assert await reviews(world) == {}


async def test_a_channel_that_was_deleted_shows_no_card_and_the_list_has_the_case(
    world: World,
) -> None:
    desk: Channel = world.chat.guild.add_channel("desk")
    await command(world, "on")
    await command(world, "channel", channel=desk)
    desk.delete()
    await (await world.ask()).answer()

    run = await world.moderator.slash(world.channel, "grok-admin review list")

    assert "Open cases: 1" in (await run.answer()).content
