import pytest

from bot.domain import Job, JobState, Shelf
from bot.posting.moderation.jobs_panel import Deed, DeedButton, JobSelect, PageButton, Place
from bot.store.record.audit import AuditFilter
from sandbox.canned import CannedReply
from sandbox.discord_api import Channel, Fault, Member, Message, Permission
from tests.cogs.moderation.abroad import abroad_of
from tests.cogs.removing import gone
from tests.world import World

NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})
COMMAND = "grok-admin jobs"
LIST = "0:-:-:-"
NOT_A_MODERATOR = "This is for moderators"
NO_SUCH_JOB = "no such job in this server"


async def rendering(world: World, prompt: str = "a red fox") -> Job:
    world.provider.on_query.always(NEVER)
    await world.ask(prompt=prompt)
    return await world.job_in(JobState.RENDERING)


async def listed(world: World, **options: str | Member | Channel) -> Message:
    return await (await world.moderator.slash(world.channel, COMMAND, **options)).answer()


def labels(message: Message) -> list[str]:
    controls = [one for row in message.components for one in row["components"]]
    return [one.get("label", "menu") for one in controls]


async def chosen(world: World, job: Job) -> Message:
    panel = await listed(world)
    run = await world.moderator.choose(panel, f"v1:jobs:pick:{LIST}", [job.id])
    return await run.answer()


async def record(world: World, action: str) -> list[tuple[int | None, str, str]]:
    audit = world.app.bot.services.audit
    rows = await audit.newest(AuditFilter(world.chat.guild.id, action=action), limit=9)
    return [(row.actor_id, row.target, row.after) for row in rows]


async def test_the_jobs_of_the_server_are_listed_with_a_link_to_their_cards(world: World) -> None:
    job = await rendering(world)
    card = await world.card()

    panel = await listed(world)

    (embed,) = panel.embeds
    assert panel.is_ephemeral
    assert embed["title"] == "Jobs of this server"
    line = embed["description"]
    assert line.startswith(f"`{job.id}` [Rendering](https://discord.com/channels/")
    assert f"/{world.channel.id}/{card.id})" in line
    assert f"<@{world.requester.id}> · {job.spec.model} · <t:" in line
    assert line.endswith("price unknown")
    assert embed["footer"]["text"] == "Page 1 of 1 · 1 job"
    assert labels(panel) == ["menu", "Refresh"]


async def test_jobs_of_every_channel_are_seen_and_filters_narrow(world: World) -> None:
    world.provider.on_query.always(NEVER)
    talk = world.chat.guild.add_channel("talk")
    await world.ask(channel=talk)
    job = await world.job_in(JobState.RENDERING)

    by_default = await listed(world)
    here = await listed(world, channel=world.channel)
    there = await listed(world, channel=talk, member=world.requester, state=" Making ")
    done = await listed(world, state="done")

    assert job.id in by_default.embeds[0]["description"]
    assert job.id in there.embeds[0]["description"]
    assert there.embeds[0]["description"].startswith(
        f"**Being made of <@{world.requester.id}> in <#{talk.id}>**"
    )
    for other in (here, done):
        assert "There are no such jobs" in other.embeds[0]["description"]
        assert labels(other) == ["Refresh"]


async def test_a_state_that_does_not_exist_is_a_sentence_and_the_others_are_suggested(
    world: World,
) -> None:
    answer = await listed(world, state="*asleep*")
    choices = await world.moderator.autocomplete(world.channel, COMMAND, focused="state", value="d")

    assert "no state “\\*asleep\\*”. Please choose one of: open, waiting" in answer.content
    assert [choice["value"] for choice in choices] == ["held", "done", "failed", "doubtful"]


async def test_pages_are_turned_and_what_is_new_is_on_the_first(world: World) -> None:
    for number in range(11):
        world.provider.on_create.then(CannedReply(400, {"code": "x", "message": "wrong"}))
        await (await world.ask(prompt=f"fox {number}")).answer()
    first = await listed(world)
    footers = [first.embeds[0]["footer"]["text"]]
    controls = [labels(first)]

    second = await (await world.moderator.click(first, "Next")).answer()
    footers.append(second.embeds[0]["footer"]["text"])
    controls.append(labels(second))
    again = await (await world.moderator.click(second, "Previous")).answer()
    beyond = await (await world.moderator.press(again, "v1:jobs:page:99999:-:-:-")).answer()

    assert footers == ["Page 1 of 2 · 11 jobs", "Page 2 of 2 · 11 jobs"]
    assert controls == [["menu", "Refresh", "Next"], ["menu", "Previous", "Refresh"]]
    assert beyond.embeds[0]["footer"]["text"] == footers[1]


async def test_a_job_is_chosen_cancelled_and_the_list_shows_it(world: World) -> None:
    job = await rendering(world, prompt="a secret fox")
    shown = await chosen(world, job)
    before = labels(shown)
    prompt = shown.embeds[0]["description"]

    cancelled = await (await world.moderator.click(shown, "Cancel the job")).answer()
    said, after = cancelled.content, labels(cancelled)
    back = await (await world.moderator.click(cancelled, "Back to the list")).answer()

    assert before == ["Cancel the job", "Refresh", "Back to the list"]
    assert "a secret fox" in prompt
    assert "Cancelled: the video will not be posted" in said
    assert after == ["Refresh", "Back to the list"]
    assert "Cancelled" in back.embeds[0]["description"]
    assert not back.content
    assert await record(world, "job.cancel") == [(world.moderator.id, f"job:{job.id}", '"late"')]


async def test_what_a_requester_cancels_is_not_put_on_record(world: World) -> None:
    job = await rendering(world)

    await (await world.requester.slash(world.channel, "grok cancel", id=job.id)).answer()

    assert await record(world, "job.cancel") == []


async def test_a_finished_video_is_posted_again_and_put_on_record(world: World) -> None:
    await world.ask()
    job = await world.job_in(JobState.POSTED)
    shown = await chosen(world, job)

    answer = await (await world.moderator.click(shown, "Post the video again")).answer()
    video = await world.channel.wait_for(lambda message: "again" in message.content)

    assert f"posted in <#{world.channel.id}>" in answer.content
    assert video.pinged == {world.requester.id}
    ((actor, target, after),) = await record(world, "delivery.hand")
    assert (actor, target) == (world.moderator.id, f"job:{job.id}")
    assert str(world.channel.id) in after


async def test_a_posted_video_is_removed_from_wherever_it_is_and_put_on_record(
    world: World,
) -> None:
    talk = world.chat.guild.add_channel("talk")
    await world.ask(channel=talk)
    job = await world.job_in(JobState.POSTED)
    video = await talk.wait_for(lambda message: bool(message.attachments))
    shown = await chosen(world, job)
    before = labels(shown)

    removed = await (await world.moderator.click(shown, "Remove the video")).answer()
    said, panel, after = removed.content, removed.embeds[0]["description"], labels(removed)
    again = await world.moderator.press(removed, f"v1:jobs:remove:{job.id}:{LIST}")
    await gone(video)

    assert before == ["Post the video again", "Remove the video", "Refresh", "Back to the list"]
    assert "is being removed, wherever it was posted" in said
    assert f"**Removed by <@{world.moderator.id}>** <t:" in panel
    assert after == ["Refresh", "Back to the list"]
    assert "was removed before" in (await again.answer()).content
    assert await record(world, "removal.ask") == [
        (world.moderator.id, f"job:{job.id}", '{"file": false}')
    ]


async def test_what_is_not_posted_has_nothing_to_remove(world: World) -> None:
    job = await rendering(world)
    shown = await chosen(world, job)

    run = await world.moderator.press(shown, f"v1:jobs:remove:{job.id}:{LIST}")

    assert "has no posted video" in (await run.answer()).content
    assert await record(world, "removal.ask") == []


async def test_where_the_bot_may_not_post_it_is_said_and_nothing_is_owed(world: World) -> None:
    await world.ask()
    job = await world.job_in(JobState.POSTED)
    shown = await chosen(world, job)
    world.channel.deny_bot(Permission.ATTACH_FILES)
    await world.app.bot.wait_for("guild_channel_update", timeout=10)

    run = await world.moderator.click(shown, "Post the video again")

    assert "I need Attach Files" in (await run.answer()).content
    assert await record(world, "delivery.hand") == []


@pytest.mark.parametrize("deed", [*Deed])
async def test_a_job_of_another_server_does_not_exist(world: World, deed: Deed) -> None:
    job = await rendering(world)
    abroad = await abroad_of(world)
    moderator, channel = abroad.member("moderator"), abroad.channel("videos")
    panel = await (await moderator.slash(channel, COMMAND)).answer()
    seen = panel.embeds[0]["description"]

    answer = await (await moderator.press(panel, f"v1:jobs:{deed}:{job.id}:{LIST}")).answer()

    assert job.id not in seen
    assert NO_SUCH_JOB in answer.content
    assert (await world.job()).state is JobState.RENDERING
    assert await record(world, "") == []


@pytest.mark.parametrize("chosen_id", ["0000000000", "x'; DROP\0", ""])
async def test_a_forged_choice_finds_nothing(world: World, chosen_id: str) -> None:
    await rendering(world)
    panel = await listed(world)
    values = [chosen_id] if chosen_id else []

    run = await world.moderator.press(panel, f"v1:jobs:pick:{LIST}", values=values)

    assert NO_SUCH_JOB in (await run.answer()).content


async def test_a_demoted_moderator_s_open_panel_does_nothing(world: World) -> None:
    job = await rendering(world)
    role = world.chat.guild.role("moderators")
    deputy = world.chat.guild.add_member("deputy", roles=(role,))
    panel = await (await deputy.slash(world.channel, COMMAND)).answer()
    shown = await (await deputy.choose(panel, f"v1:jobs:pick:{LIST}", [job.id])).answer()
    deputy.take(role)

    answers = [
        (await (await deputy.click(shown, label)).answer()).content
        for label in ("Cancel the job", "Refresh", "Back to the list")
    ]

    assert all(NOT_A_MODERATOR in answer for answer in answers)
    assert (await world.job()).state is JobState.RENDERING


async def test_a_member_who_forges_a_control_or_the_command_gets_a_sentence(world: World) -> None:
    job = await rendering(world)
    card = await world.card()

    called = await (await world.visitor.call(world.channel, COMMAND)).answer()
    pressed = await world.visitor.press(card, f"v1:jobs:cancel:{job.id}:{LIST}")
    chosen_ = await world.visitor.press(card, f"v1:jobs:pick:{LIST}", values=[job.id])

    assert NOT_A_MODERATOR in called.content
    for run in (pressed, chosen_):
        assert NOT_A_MODERATOR in (await run.answer()).content
    assert (await world.job()).state is JobState.RENDERING


async def test_a_control_that_is_pressed_while_the_bot_stops_is_told_to_wait(world: World) -> None:
    await rendering(world)
    panel = await listed(world)
    world.app.bot.tree.is_open = False

    run = await world.moderator.click(panel, "Refresh")

    assert "restarting" in (await run.answer()).content


async def test_a_slow_discord_does_not_make_a_control_look_dead(world: World) -> None:
    await rendering(world)
    panel = await listed(world)
    world.chat.faults.add(Fault("POST", "/interactions/*/*/callback", delay_seconds=2))

    run = await world.moderator.click(panel, "Refresh")
    answer = await run.answer()

    assert "Jobs of this server" in answer.embeds[0]["title"]
    assert [message.content for message in run.messages if message.content] == []


def test_the_longest_id_of_a_control_is_short_enough_and_reads_back() -> None:
    place = Place(99_999, max(Shelf, key=len), 8_999_999_999_999_999_999, 8_999_999_999_999_999_999)
    controls = (
        PageButton(place),
        JobSelect(place),
        *(DeedButton(deed, "a" * 10, place) for deed in Deed),
    )

    for control in controls:
        assert len(control.custom_id) <= 100
        assert control.template.fullmatch(control.custom_id) is not None
