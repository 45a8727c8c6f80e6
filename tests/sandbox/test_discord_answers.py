import io

import discord
import pytest

from sandbox.discord_api import Channel, DiscordStandIn, Fault, Member
from tests.sandbox.hand_clock import HandClock
from tests.sandbox.rest_client import RestClient
from tests.sandbox.small_bot import Ask, SmallBot


async def test_a_deferred_answer_is_filled_in_later(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(content="here it is")

    bot.act = act
    run = await requester.slash(channel, "grok video", prompt="a fox")
    message = await run.answer()

    assert (message.content, message.is_loading, message.edits) == ("here it is", False, [])
    assert channel.messages == [message]
    assert (await run.acknowledged()).is_ephemeral is False


async def test_an_ephemeral_answer_is_seen_by_its_person_only(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.send_message("only you", ephemeral=True)

    bot.act = act
    run = await requester.slash(channel, "grok video", prompt="a fox")
    message = await run.answer()

    assert (await run.acknowledged()).is_ephemeral
    assert channel.messages == visitor.sees(channel) == []
    assert requester.sees(channel) == channel.everything == [message]
    with pytest.raises(discord.NotFound) as caught:
        await bot.get_partial_messageable(channel.id).fetch_message(message.id)
    assert caught.value.code == 10008


async def test_the_first_follow_up_fills_in_the_placeholder(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.followup.send("first", ephemeral=True)
        await interaction.followup.send("second", ephemeral=True)

    bot.act = act
    run = await requester.slash(channel, "grok video", prompt="a fox")
    await run.answer()
    await bot.until(lambda _: len(run.messages) == 2)

    assert [one.content for one in channel.messages] == ["first"]
    assert [one.content for one in run.messages] == ["first", "second"]
    assert [one.content for one in requester.sees(channel)] == ["first", "second"]


async def test_answers_can_be_read_edited_and_deleted(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    texts: list[str] = []

    async def act(interaction: Ask) -> None:
        file = discord.File(io.BytesIO(b"report"), "report.txt")
        await interaction.response.send_message("one", file=file)
        texts.append((await interaction.original_response()).content)
        follow = await interaction.followup.send("two", wait=True)
        await follow.edit(content="three")
        texts.append((await interaction.followup.fetch_message(follow.id)).content)
        original = await interaction.original_response()
        await interaction.delete_original_response()
        try:
            await interaction.followup.fetch_message(original.id)
        except discord.NotFound as error:
            texts.append(str(error.code))

    bot.act = act
    run = await requester.slash(channel, "grok video", prompt="a fox")
    message = await channel.wait_for(lambda one: one.content == "three")
    await bot.until(lambda _: len(texts) == 3)

    assert texts == ["one", "three", "10008"]
    assert [version.content for version in message.edits] == ["two"]
    assert channel.everything[0].attachments[0].data == b"report"
    assert await run.answer() is message
    assert bot.errors == []


async def test_an_answer_after_three_seconds_is_unknown(
    bot: SmallBot, channel: Channel, requester: Member, clock: HandClock
) -> None:
    async def act(interaction: Ask) -> None:
        clock.advance(seconds=3.1)
        await interaction.response.defer()

    bot.act = act
    run = await requester.slash(channel, "grok video", prompt="a fox")
    await bot.until(lambda one: one.errors)

    assert isinstance(bot.errors[0], discord.NotFound)
    assert bot.errors[0].code == 10062
    assert run.errors == ["The application did not respond"]
    assert run.ack_seconds is None


@pytest.mark.usefixtures("bot")
async def test_a_second_first_answer_is_refused(
    channel: Channel, requester: Member, rest: RestClient
) -> None:
    run = await requester.slash(channel, "grok video", prompt="a fox")
    await run.acknowledged()

    token, number = run.interaction.token, run.interaction.id
    code = await rest.code("POST", f"/interactions/{number}/{token}/callback", {"type": 5})

    assert code == 40060


async def test_a_retried_acknowledgement_after_a_server_error_meets_40060(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    chat.faults.add(Fault("POST", "/interactions/*/*/callback", status=502, after_commit=True))

    run = await requester.slash(channel, "grok video", prompt="a fox")
    await bot.until(lambda one: one.errors)

    assert isinstance(bot.errors[0], discord.HTTPException)
    assert bot.errors[0].code == 40060
    assert (await run.acknowledged()).is_deferred


async def test_the_token_of_an_interaction_dies_after_fifteen_minutes(
    bot: SmallBot, channel: Channel, requester: Member, clock: HandClock
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.defer(thinking=True)
        clock.advance(minutes=15, seconds=1)
        await interaction.edit_original_response(content="too late")

    bot.act = act
    run = await requester.slash(channel, "grok video", prompt="a fox")
    await bot.until(lambda one: one.errors)

    assert isinstance(bot.errors[0], discord.HTTPException)
    assert (bot.errors[0].status, bot.errors[0].code) == (401, 50027)
    assert run.errors == ["The application did not respond"]


async def test_a_webhook_is_unknown_before_the_first_answer_and_to_others(
    bot: SmallBot, channel: Channel, requester: Member, rest: RestClient
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.followup.send("too early")

    bot.act = act
    run = await requester.slash(channel, "grok video", prompt="a fox")
    await bot.until(lambda one: one.errors)
    number = run.interaction.id

    assert isinstance(bot.errors[0], discord.NotFound)
    assert bot.errors[0].code == 10015
    assert await rest.code("POST", "/webhooks/1/nobody", {"content": "x"}) == 10015
    assert await rest.code("POST", f"/interactions/{number}/no/callback", {"type": 5}) == 10062


async def test_no_answer_at_all_is_waited_for_in_vain(
    channel: Channel, requester: Member, bot: SmallBot
) -> None:
    await bot.close()

    run = await requester.slash(channel, "grok video", prompt="a fox")

    for wait in (run.acknowledged, run.answer, run.modal, run.choices):
        with pytest.raises(TimeoutError, match=r"waited 0\.01 s"):
            await wait(0.01)
    assert (run.errors, run.messages) == ([], [])


@pytest.mark.parametrize("kind", [4, 5, 7, 8])
async def test_a_command_takes_only_answers_that_fit_it(
    lax_chat: DiscordStandIn, lax_rest: RestClient, kind: int
) -> None:
    command = {"name": "ping", "description": "Ping", "type": 1}
    await lax_rest.call("PUT", f"/applications/{lax_chat.application_id}/commands", [command])
    requester = lax_chat.guild.member("requester")
    run = await requester.slash(lax_chat.guild.channel("videos"), "ping")
    path = f"/interactions/{run.interaction.id}/{run.interaction.token}/callback"

    status, answer = await lax_rest.call(
        "POST", path, {"type": kind, "data": {"content": "", "flags": 1 << 15}}
    )

    assert (status, answer["code"]) == (400, 50006 if kind == 4 else 50035)
    assert run.ack_seconds is None


async def test_without_asking_for_it_the_first_answer_is_empty(
    bot: SmallBot, channel: Channel, requester: Member, rest: RestClient
) -> None:
    async def act(interaction: Ask) -> None:
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        assert await rest.call("POST", path, {"type": 4, "data": {"content": "x"}}) == (204, None)

    bot.act = act
    run = await requester.slash(channel, "grok video", prompt="a fox")

    assert (await run.answer()).content == "x"
