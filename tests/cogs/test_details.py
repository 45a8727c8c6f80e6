from bot.domain import Job, JobState
from sandbox.canned import CannedReply
from sandbox.discord_api import Member, Message
from tests.cogs.removing import delivered, gone, posted, said
from tests.world import World

MENU = "Grok details"
STEP = "\N{EM SPACE}"
REMIX = "\N{PENCIL} remix"
NEVER = CannedReply(200, {"id": "x", "status": "processing", "progress": 5})


async def pressed(member: Member, video: Message) -> Message:
    answer = await (await member.click(video, "Details")).answer()
    assert answer.is_ephemeral
    return answer


async def remixed(world: World, video: Message, prompt: str) -> tuple[Job, Message]:
    known = {job.id for job in await world.jobs()}
    form = await (await world.requester.click(video, "Remix")).modal()
    await (await world.requester.submit(form, prompt=prompt)).answer()
    job = await world.job_once(lambda one: one.id not in known and not one.is_open)
    return job, await world.final_of(job)


async def test_the_button_tells_everything_about_a_job(world: World) -> None:
    job, video = await posted(world)

    answer = await pressed(world.visitor, video)
    (embed,) = answer.embeds

    for told in (
        "> a red fox",
        f"By <@{world.requester.id}>",
        f"/{video.id}",
        "**Model** grok-video-3 by GeekNow",
        "**Made from** 1 reference image",
        "**Length** 1 s",
        "**Size** ",
        "**Asked** <t:",
        "**Handed over** <t:",
        "**Finished** <t:",
        "**Posted** <t:",
    ):
        assert told in embed["description"]
    assert "Price" not in embed["description"]
    assert embed["footer"]["text"].endswith(f"job {job.id}")
    assert answer.attachments == []


async def test_the_menu_tells_it_under_a_video_and_under_a_card(world: World) -> None:
    job, video = await posted(world)
    again = await delivered(world, job)
    card = await world.card_with("Done")

    answers = [
        await (await world.visitor.use_on_message(message, MENU)).answer()
        for message in (video, again, card)
    ]

    assert [job.id in one.embeds[0]["footer"]["text"] for one in answers] == [True] * 3


async def test_the_menu_knows_nothing_of_other_messages(world: World) -> None:
    job, _ = await posted(world)
    fake = await world.visitor.say(world.channel, f"job {job.id}")

    answer = await (await world.visitor.use_on_message(fake, MENU)).answer()

    assert "not about a video of mine" in answer.content


async def test_a_prompt_that_is_too_long_for_a_message_comes_as_a_file(world: World) -> None:
    prompt = "*" * 1500
    await world.ask(prompt=prompt)
    job = await world.job_in(JobState.POSTED)
    video = await world.final_of(job)

    answer = await pressed(world.requester, video)

    (file,) = answer.attachments
    assert (file.filename, file.data.decode()) == (f"prompt-{job.id}.txt", prompt)
    assert "The whole prompt is in the file" in answer.content


async def test_the_family_is_a_tree_with_links(world: World) -> None:
    first, video = await posted(world)
    second, video2 = await remixed(world, video, "a blue fox")
    third, video3 = await remixed(world, video2, "a green fox")
    fourth, video4 = await remixed(world, video, "a white fox")

    (_, below) = (await pressed(world.visitor, video)).embeds
    (_, above) = (await pressed(world.visitor, video3)).embeds

    link = f"https://discord.com/channels/{world.chat.guild.id}/{world.channel.id}"
    assert below["description"].splitlines() == [
        f"[`{first.id}`]({link}/{video.id}) · **this one**",
        f"{STEP}{REMIX} · [`{second.id}`]({link}/{video2.id}) · a blue fox",
        f"{STEP}{STEP}{REMIX} · [`{third.id}`]({link}/{video3.id}) · a green fox",
        f"{STEP}{REMIX} · [`{fourth.id}`]({link}/{video4.id}) · a white fox",
    ]
    assert above["description"].splitlines() == [
        f"[`{first.id}`]({link}/{video.id}) · a red fox",
        f"{STEP}{REMIX} · [`{second.id}`]({link}/{video2.id}) · a blue fox",
        f"{STEP}{STEP}{REMIX} · [`{third.id}`]({link}/{video3.id}) · **this one**",
    ]


async def test_what_is_taken_away_has_no_link_and_what_is_elsewhere_is_a_dot(
    world: World,
) -> None:
    first, video = await posted(world)
    second, video2 = await remixed(world, video, "a blue fox")
    await said(world, world.requester, "grok remove", id=second.id)
    await gone(video2)
    elsewhere = world.chat.guild.add_channel("elsewhere")
    shown = await (await world.requester.slash(elsewhere, "grok show", id=first.id)).answer()
    await (await world.requester.click(shown, "Again")).answer()
    await elsewhere.wait_for(lambda one: bool(one.attachments), 20)

    (_, tree) = (await pressed(world.visitor, video)).embeds

    assert tree["description"].splitlines()[1:] == [
        f"{STEP}{REMIX} · `{second.id}` · taken away",
        f"{STEP}•",
    ]


async def test_of_what_was_given_up_others_read_no_prompt(world: World) -> None:
    world.provider.on_query.always(NEVER)
    await world.ask(prompt="a secret fox")
    job = await world.job_in(JobState.RENDERING)
    await said(world, world.requester, "grok cancel", id=job.id)
    final = await world.final()

    theirs = await (await world.requester.use_on_message(final, MENU)).answer()
    others = await (await world.visitor.use_on_message(final, MENU)).answer()
    shown = await (await world.visitor.slash(world.channel, "grok show", id=job.id)).answer()

    assert "a secret fox" in theirs.embeds[0]["description"]
    assert ["secret" in str(one.embeds) for one in (others, shown)] == [False, False]
