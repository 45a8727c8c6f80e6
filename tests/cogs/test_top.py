from dataclasses import replace

from bot.domain import Job, JobState, PostedVideo, Ranked
from bot.posting.showcase import link_to
from bot.posting.top_pages import A_PAGE, Span, TopButton, TopPage, top_buttons, top_embed
from sandbox.discord_api import Channel, Member, Message, Permission
from tests.cogs.reacting import votes_become
from tests.cogs.removing import posted, until
from tests.factories import make_job
from tests.world import World


async def top(
    world: World,
    who: Member,
    channel: Channel | None = None,
    path: str = "week",
    **options: Member,
) -> Message:
    run = await who.slash(channel or world.channel, f"grok top {path}", **options)
    return await run.answer()


def text_of(answer: Message) -> str:
    return str(answer.embeds[0]["description"])


async def favoured(world: World, channel: Channel | None = None) -> Job:
    """Post a video, in another channel if one is given, and have somebody favour it."""
    where = channel or world.channel
    before = {job.id for job in await world.jobs()}
    await (await world.ask(channel=where)).answer()
    job = await world.job_once(lambda one: one.id not in before and one.state is JobState.POSTED)
    video = await where.wait_for(
        lambda one: any(job.id in file.filename for file in one.attachments), 20
    )
    await world.visitor.react(video, "⭐")
    await votes_become(world, job, 1)
    return job


async def test_the_best_are_listed_for_whoever_asks_alone(world: World) -> None:
    job, video = await posted(world)
    before = await top(world, world.visitor)
    await world.visitor.react(video, "❤️")
    await votes_become(world, job, 1)

    answers = [await top(world, world.visitor, path=path) for path in ("week", "month", "all")]
    of_them = await top(world, world.visitor, member=world.requester)
    of_others = await top(world, world.visitor, member=world.visitor)

    assert text_of(before).startswith("Nothing yet.")
    link = f"https://discord.com/channels/{world.chat.guild.id}/{video.channel_id}/{video.id}"
    line = f"**1.** 1 vote · <@{world.requester.id}> · [see it]({link})"
    assert {text_of(one) for one in answers} == {f"{line}\na red fox"}
    assert "last 30 days" in answers[1].embeds[0]["title"]
    assert text_of(of_them).startswith(f"Of <@{world.requester.id}>\n\n**1.**")
    assert "Nothing yet." in text_of(of_others)
    assert all(one.is_ephemeral for one in (before, *answers, of_them))
    assert answers[0].embeds[0]["footer"]["text"] == "Page 1 of 1 · 1 video"


async def test_each_of_the_lists_is_turned_by_its_own_buttons(world: World) -> None:
    await favoured(world)
    shown = await top(world, world.visitor)

    titles = []
    for span in Span:
        run = await world.visitor.press(shown, f"v1:top:{span}:-:0")
        titles.append((await run.answer()).embeds[0]["title"])

    assert ["7 days" in titles[0], "30 days" in titles[1], "all time" in titles[2]] == [True] * 3


async def test_what_is_age_restricted_is_listed_among_its_like_only(world: World) -> None:
    late = world.chat.guild.add_channel("late", is_nsfw=True)
    job = await favoured(world, late)

    outside = await top(world, world.visitor)
    inside = await top(world, world.visitor, late)

    assert "Nothing yet." in text_of(outside)
    assert f"/{late.id}/" in text_of(inside)
    assert job.origin.channel_id == late.id


async def test_a_channel_that_somebody_does_not_see_is_not_listed_for_them(world: World) -> None:
    guild = world.chat.guild
    back = guild.add_channel("back")
    await favoured(world, back)
    back.overwrite(world.visitor.id, deny=Permission.VIEW_CHANNEL)

    theirs = await top(world, world.visitor)
    ours = await top(world, world.requester)

    assert "Nothing yet." in text_of(theirs)
    assert f"/{back.id}/" in text_of(ours)


async def test_a_thread_is_listed_with_its_channel(world: World) -> None:
    thread = world.chat.guild.add_thread(world.channel, "foxes")
    await favoured(world, thread)

    answer = await top(world, world.visitor)

    assert f"/{thread.id}/" in text_of(answer)


async def test_a_removed_video_is_not_listed_and_its_page_goes(world: World) -> None:
    await favoured(world)
    shown = await top(world, world.visitor)
    before = text_of(shown)
    video = next(one for one in world.channel.messages if one.attachments)
    await world.requester.react(video, "🗑️")

    async def is_gone() -> bool:
        return video.deleted

    await until(is_gone)
    run = await world.visitor.press(shown, "v1:top:week:-:7")
    after = await run.answer()

    assert "**1.**" in before
    assert "Nothing yet." in text_of(after)


async def test_a_bot_that_stops_turns_no_pages(world: World) -> None:
    before = await top(world, world.visitor)
    world.app.bot.tree.is_open = False

    answer = await (await world.visitor.press(before, "v1:top:all:-:0")).answer()

    assert "restarting" in answer.content


async def test_a_press_from_outside_of_servers_is_refused(world: World) -> None:
    direct = world.visitor.direct_channel()
    note = await world.visitor.say(direct, "hello")

    answer = await (await world.visitor.press(note, "v1:top:all:-:0")).answer()

    assert "servers only" in answer.content


def test_the_longest_page_fits_an_embed() -> None:
    job = replace(make_job(JobState.POSTED), is_spoiler=True)
    job = replace(job, spec=replace(job.spec, prompt="[" * 4000))
    found = [Ranked(job, 10**6, 0, None)] * A_PAGE

    embed = top_embed(TopPage(Span.ALL, 10**18, 99_999), found, 10**6)

    assert len(embed.description or "") <= 4096
    assert "||" in (embed.description or "")
    assert link_to(job, PostedVideo(5, 6)).endswith("/5/6")


def test_the_buttons_lead_to_the_pages_around() -> None:
    def labels(number: int, total: int) -> list[str]:
        buttons = top_buttons(TopPage(Span.WEEK, 5, number), total).children
        return [str(one.item.label) for one in buttons if isinstance(one, TopButton)]

    assert labels(0, 10) == []
    assert labels(0, 11) == ["Next"]
    assert labels(1, 25) == ["Previous", "Next"]
    assert labels(2, 25) == ["Previous"]
