from dataclasses import replace

import pytest

from bot.domain import JobState, PolicyName
from bot.errors import StoreUnavailableError
from bot.store.moderation.policies import server
from sandbox.canned import CannedReply
from tests.cogs.moderation.asking import told
from tests.world import World

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


@pytest.fixture
def abroad(world: World) -> World:
    """Return a Polish server with a member whose Discord is Chinese."""
    world.chat.guild.state.locale = "pl"
    world.requester.user.locale = "zh-CN"
    return world


async def said_to_member(world: World, path: str) -> str:
    run = await world.requester.slash(world.channel, path)
    return (await run.answer()).content


async def test_everybody_reads_the_language_of_the_server_and_the_member_their_own(
    abroad: World,
) -> None:
    run = await abroad.ask()
    final = await abroad.final()
    card = await abroad.folded(final)

    assert (await run.answer()).content.startswith("已接受")
    assert final.content == f"<@{abroad.requester.id}>, twoje wideo jest gotowe."
    assert str(card.embeds[0]["description"]).startswith("**Gotowe** · [zobacz wideo](")
    job = await abroad.job()
    assert str(final.embeds[0]["footer"]["text"]).endswith(f"job {job.id}")


async def test_a_press_is_answered_in_the_language_of_whoever_pressed(abroad: World) -> None:
    abroad.provider.on_query.always(NEVER)
    await abroad.ask()
    await abroad.job_in(JobState.RENDERING)

    run = await abroad.requester.click(await abroad.card(), "Anuluj")

    assert (await run.answer()).content.startswith("已取消")
    assert "Anulowane" in str((await abroad.final()).embeds)


async def test_what_is_suggested_is_in_the_language_of_the_member(abroad: World) -> None:
    abroad.provider.on_query.always(NEVER)
    await abroad.ask()
    job = await abroad.job_in(JobState.RENDERING)

    found = await abroad.requester.autocomplete(
        abroad.channel, "grok cancel", focused="id", value=""
    )

    assert [one["name"] for one in found] == [f"{job.id} · 生成中 · a red fox"]


async def test_a_server_can_choose_what_is_spoken_there(abroad: World) -> None:
    answer = await told(abroad, "settings language", language="zh-CN")
    await abroad.ask()

    final = await abroad.final()

    assert "简体中文" in answer
    assert "the one that the server has in Discord" in answer
    assert final.content.startswith(f"<@{abroad.requester.id}>")
    assert final.content.endswith("你的视频已完成。")
    again = await told(abroad, "settings language")
    assert again.endswith("Now: the one that the server has in Discord")


async def test_the_record_is_mirrored_in_the_language_of_the_server(abroad: World) -> None:
    log = abroad.chat.guild.add_channel("log")
    policies, here = abroad.app.bot.services.policies, server(abroad.chat.guild.id)
    await policies.set_policy(here, PolicyName.LOG_CHANNEL, log.id, abroad.moderator.id)
    await policies.set_policy(here, PolicyName.LANGUAGE, "pl", abroad.moderator.id)

    message = await log.wait_for(lambda one: "język" in str(one.embeds), 20)

    assert "kanał rejestru" in str(message.embeds)


async def test_a_member_is_answered_in_the_language_that_they_have_chosen(abroad: World) -> None:
    async def chosen(member_id: int) -> str | None:
        return "pl" if member_id == abroad.requester.id else None

    services = abroad.app.bot.services
    abroad.app.bot.services = replace(services, chosen_language=chosen)

    theirs = await said_to_member(abroad, "grok jobs")
    ours = await told(abroad, "settings export")

    assert theirs == (
        "Nie masz tu jeszcze zadań. `/grok wideo` tworzy wideo z promptu, a `/grok modele` "
        "wymienia, co może je stworzyć."
    )
    assert ours.startswith("All that is set here")


async def test_without_the_database_a_member_is_answered_as_discord_shows_it(
    abroad: World,
) -> None:
    async def away(_member_id: int) -> str | None:
        raise StoreUnavailableError("gone")

    services = abroad.app.bot.services
    abroad.app.bot.services = replace(services, chosen_language=away)

    assert (await said_to_member(abroad, "grok help")).startswith("**`/grok 视频`**")


async def test_discord_is_told_what_commands_are_called_in_each_language(world: World) -> None:
    grok = next(one.body for one in world.chat.commands if one.name == "grok")
    video = next(one for one in grok["options"] if one["name"] == "video")
    prompt = next(one for one in video["options"] if one["name"] == "prompt")

    assert video["name_localizations"] == {"pl": "wideo", "zh-CN": "视频"}
    assert video["description_localizations"]["pl"] == "Utwórz wideo z promptu i obrazów"
    assert prompt["name_localizations"] == {"zh-CN": "提示词"}
