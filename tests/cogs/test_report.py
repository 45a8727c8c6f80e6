from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import CaseKind, Job
from bot.store.record.audit import AuditFilter
from sandbox.discord_api import DiscordStandIn, Fault, Member, Message, Upload
from sandbox.geeknow import GeekNowStandIn
from tests.cogs.removing import FLAG, actions, delivered, gone, posted, said, until
from tests.world import World, running, settings_for

MENU = "Report Grok video"


def members(world: World, count: int) -> list[Member]:
    guild = world.chat.guild
    roles = (guild.role("members"),)  # who may react
    return [guild.add_member(f"member{number}", roles=roles) for number in range(count)]


async def hidden(world: World, job: Job) -> None:
    async def is_hidden() -> bool:
        found = await world.app.bot.services.questions.job(job.id)
        return found is not None and found.hidden_at is not None

    await until(is_hidden)


async def covered(video: Message) -> None:
    async def is_covered() -> bool:
        return not video.attachments and "hidden while moderators" in video.content

    await until(is_covered)


async def hide(world: World, job: Job, video: Message) -> None:
    for member in members(world, 3):
        await member.react(video, FLAG)
    await hidden(world, job)
    await covered(video)


async def press(world: World, case_button: str) -> str:
    """Decide the only case by a button that is forged on the card, as after a restart."""
    (view,) = await open_cases(world)
    card = await world.card_with("Hidden")
    run = await world.moderator.press(card, f"v1:case:{view}:{case_button}")
    return (await run.answer()).content


async def open_cases(world: World) -> list[int]:
    views = await world.app.bot.services.cases.waiting(world.chat.guild.id, limit=5)
    return [view.case.id for view in views if view.case.kind is CaseKind.REPORT]


async def test_a_form_whose_reply_was_lost_is_open_all_the_same(world: World) -> None:
    _, video = await posted(world)
    path = "/interactions/*/*/callback"
    world.chat.faults.add(Fault("POST", path, status=500, after_commit=True))

    run = await world.visitor.use_on_message(video, MENU)
    form = await run.modal()
    answer = await (await world.visitor.submit(form, reason="spam")).answer()

    await world.app.bot.tree.close(timedelta(minutes=1))  # waits for the command itself

    assert "moderators" in answer.content
    assert run.messages == []


async def test_flags_of_three_members_hide_a_video_wherever_it_was_posted(world: World) -> None:
    job, video = await posted(world)
    again = await delivered(world, job)

    await hide(world, job, video)
    await covered(again)
    card = await world.card_with("Hidden while moderators")

    assert video.embeds[0]["footer"]["text"] == f"job {job.id}"
    assert "report.hide" in await actions(world)
    assert "hidden while moderators" in await said(
        world, world.requester, "grok deliver", id=job.id
    )
    assert "hidden while moderators" in await said(
        world, world.requester, "grok edit", job=job.id, prompt="blue"
    )
    assert not card.deleted


async def test_other_emojis_own_flags_and_second_flags_do_not_count(world: World) -> None:
    job, video = await posted(world)
    one, two = members(world, 2)

    await world.requester.react(video, FLAG)
    await one.react(video, FLAG)
    await one.unreact(video, FLAG)
    await one.react(video, FLAG)
    await two.react(video, "👍")
    await two.react(await world.card_with("Done"), FLAG)
    run = await two.use_on_message(video, MENU)
    form = await run.modal()
    await (await two.submit(form)).answer()

    found = await world.app.bot.services.questions.job(job.id)
    assert found is not None
    assert found.hidden_at is None
    assert len(await open_cases(world)) == 1


async def test_the_menu_asks_why_and_answers_privately(world: World) -> None:
    _, video = await posted(world)

    answers = []
    for reason in ("it is spam", ""):
        form = await (await world.visitor.use_on_message(video, MENU)).modal()
        answers.append(await (await world.visitor.submit(form, reason=reason)).answer())

    assert ["The moderators are told" in one.content for one in answers] == [True, False]
    assert "counts once" in answers[1].content
    assert all(one.is_ephemeral for one in answers)
    (case_id,) = await open_cases(world)
    view = await world.app.bot.services.cases.view(case_id, world.chat.guild.id)
    assert view is not None
    assert "it is spam" in view.case.why


async def test_only_a_video_can_be_reported(world: World) -> None:
    await posted(world)
    card = await world.card_with("Done")
    note = await world.visitor.say(world.channel, "hello", files=[Upload("a.mp4", b"x")])

    answers = [
        (await (await world.visitor.use_on_message(one, MENU)).answer()).content
        for one in (card, note)
    ]

    assert ["not a video of mine" in text for text in answers] == [True, True]


async def test_a_forged_form_of_another_server_reports_nothing(world: World) -> None:
    job, video = await posted(world)
    elsewhere = world.chat.add_guild("elsewhere")
    stranger, channel = elsewhere.member("visitor"), elsewhere.channel("videos")

    forged = f"v1:report:{video.id}:{job.id}"
    answer = await (await stranger.send_form(channel, forged, reason="x")).answer()

    assert "not a video of mine" in answer.content
    assert await open_cases(world) == []


async def test_a_form_that_was_opened_before_a_restart_still_counts(
    chat: DiscordStandIn, provider: GeekNowStandIn, tmp_path: Path
) -> None:
    settings = settings_for(chat, provider, tmp_path)
    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        _, video = await posted(world)
        form = await (await world.visitor.use_on_message(video, MENU)).modal()

    async with running(settings, chat) as app:
        world = World(chat, provider, app)
        answer = await (await world.visitor.submit(form, reason="late")).answer()

        assert "The moderators are told" in answer.content
        assert len(await open_cases(world)) == 1


async def test_a_video_that_stays_is_posted_again_and_its_cover_goes(world: World) -> None:
    job, video = await posted(world)
    await hide(world, job, video)

    text = await press(world, "approve")
    again = await world.channel.wait_for(lambda message: "again" in message.content)
    await gone(video)
    await world.card_with("Done")

    assert "the video stays" in text
    assert again.attachments
    assert "case.approve" in await actions(world)


async def test_a_rejected_video_is_removed_in_the_name_of_who_decided(world: World) -> None:
    job, video = await posted(world)
    await hide(world, job, video)

    (case_id,) = await open_cases(world)
    card = await world.card_with("Hidden")
    form = await (await world.moderator.press(card, f"v1:case:{case_id}:reject")).modal()
    answer = await (await world.moderator.submit(form, reason="no logos")).answer()
    await gone(video)
    removed = await world.card_with("Removed by")

    assert "is being removed" in answer.content
    assert f"<@{world.moderator.id}>" in removed.embeds[0]["description"]
    assert "no logos" in removed.embeds[0]["description"]


async def test_a_member_who_is_no_moderator_does_not_decide(world: World) -> None:
    job, video = await posted(world)
    await hide(world, job, video)

    (case_id,) = await open_cases(world)
    card = await world.card_with("Hidden")
    answer = await (await world.visitor.press(card, f"v1:case:{case_id}:approve")).answer()

    assert "Manage Server" in answer.content
    assert len(await open_cases(world)) == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1", "hidden at 1 report. Before: hidden at 3"),
        ("off", "never hidden by reports alone"),
        ("-2", "from 1 to 100"),
        ("999", "between 0 and 100"),
    ],
)
async def test_moderators_set_the_number_of_reports(world: World, typed: str, told: str) -> None:
    text = await said(world, world.moderator, "grok-admin posts hide-at", reports=typed)

    assert told in text


async def test_moderators_set_what_becomes_of_files(world: World) -> None:
    run = await world.moderator.slash(world.channel, "grok-admin posts remove-files", enabled=True)
    choices = await world.moderator.autocomplete(
        world.channel, "grok-admin posts hide-at", focused="reports", value="o"
    )
    refused = await world.visitor.call(world.channel, "grok-admin posts remove-files", enabled=True)

    assert "yes. Before: no" in (await run.answer()).content
    assert [choice["value"] for choice in choices] == ["off"]
    assert "Manage Server" in (await refused.answer()).content
    rows = await world.app.bot.services.audit.newest(AuditFilter(action="policy"), limit=5)
    assert len(rows) == 1
