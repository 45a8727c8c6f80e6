from dataclasses import replace

import discord
import pytest

from bot.domain import (
    Job,
    JobState,
    MessageKind,
    MessageState,
    OwedMessage,
    Place,
    PostedVideo,
    Week,
)
from bot.errors import PostRefusedError
from bot.posting.covers import veiled
from bot.posting.forms import LinkedVideo
from bot.posting.surroundings import Surroundings
from sandbox.discord_api import Channel, Message, Permission
from tests.posting.desk import Desk

WEEK = Week(2026, 48)
LINK = LinkedVideo("https://files.example/a.mp4", is_ours=True)


@pytest.fixture
def gallery(desk: Desk) -> Channel:
    return desk.chat.guild.add_channel("gallery")


def owed(job: Job, kind: MessageKind, channel: Channel) -> OwedMessage:
    number = 1 if kind is MessageKind.GALLERY else WEEK.sequence
    return OwedMessage(job.id, kind, MessageState.SENDING, channel.id, 0, 1, None, sequence=number)


async def shown(desk: Desk, job: Job, kind: MessageKind, gallery: Channel) -> Message:
    video = desk.video() if kind is MessageKind.GALLERY else None
    await desk.poster.post(job, owed(job, kind, gallery), Place.CHANNEL, card_id=None, video=video)
    return gallery.messages[-1]


async def test_a_copy_gives_credit_and_leads_to_where_it_was_posted(
    desk: Desk, gallery: Channel
) -> None:
    job = desk.job(JobState.POSTED)
    desk.rankings.message = PostedVideo(desk.channel.id, 900)

    message = await shown(desk, job, MessageKind.GALLERY, gallery)

    text, footer = message.embeds[0]["description"], message.embeds[0]["footer"]["text"]
    assert text.splitlines() == [
        "> A fox in the snow",
        (
            f"By <@{desk.member.id}> in <#{desk.channel.id}> · [see it there]"
            f"(https://discord.com/channels/{desk.chat.guild.id}/{desk.channel.id}/900)"
        ),
    ]
    assert footer.endswith(f"job {job.id} · gallery 1")
    assert [one.filename for one in message.attachments] == [f"grok-{job.id}.mp4"]
    assert not message.pinged


async def test_a_copy_too_large_for_the_channel_is_a_link(desk: Desk, gallery: Channel) -> None:
    job = desk.job(JobState.POSTED)

    await desk.poster.post(
        job,
        owed(job, MessageKind.GALLERY, gallery),
        Place.CHANNEL,
        card_id=None,
        video=LINK,
        is_plain=True,
    )

    text = gallery.messages[-1].embeds[0]["description"]
    assert LINK.url in text
    assert "fox" not in text


async def test_the_best_of_a_week_are_listed_without_their_words(
    desk: Desk, gallery: Channel
) -> None:
    job = desk.job(JobState.POSTED)
    home = desk.favour(job)
    desk.rankings.message = PostedVideo(home.id, 900)
    for _ in range(6):
        desk.favour(job, home)

    message = await shown(desk, job, MessageKind.WEEKLY, gallery)

    embed = message.embeds[0]
    lines = embed["description"].splitlines()
    assert embed["title"] == "The best videos of the week"
    assert lines[0] == "<t:1795392000:d> to <t:1795910400:d>"
    assert [line.partition(" ")[0] for line in lines[2:]] == [f"**{n}.**" for n in range(1, 6)]
    assert lines[2] == f"**1.** 3 votes · <@{desk.member.id}>"
    assert lines[3].endswith(
        f"· [see it](https://discord.com/channels/{desk.chat.guild.id}/{home.id}/900)"
    )
    assert embed["footer"]["text"] == f"job {job.id} · week 202648"
    assert "fox" not in str(embed)
    assert not message.pinged


async def test_a_week_of_which_nothing_may_be_seen_is_not_posted(
    desk: Desk, gallery: Channel
) -> None:
    job = desk.job(JobState.POSTED)
    desk.favour(job, desk.chat.guild.add_channel("late", is_nsfw=True))

    with pytest.raises(PostRefusedError, match="none of the best"):
        await shown(desk, job, MessageKind.WEEKLY, gallery)

    assert gallery.messages == []


async def test_only_what_everybody_there_could_see_is_shown_elsewhere(
    desk: Desk, gallery: Channel
) -> None:
    guild, job = desk.chat.guild, desk.job(JobState.POSTED)
    adult, hidden = guild.add_channel("adult", is_nsfw=True), guild.add_channel("hidden")
    hidden.overwrite(guild.id, deny=Permission.VIEW_CHANNEL)
    hidden.overwrite(desk.client.user.id if desk.client.user else 0, allow=Permission.VIEW_CHANNEL)
    thread = guild.add_thread(desk.channel, "a thread")
    places = {"videos": desk.channel, "adult": adult, "hidden": hidden, "gallery": gallery}
    surroundings = Surroundings(desk.client)

    async def may(here: int, there: Channel, parent_id: int | None = None) -> bool:
        origin = replace(job.origin, channel_id=here, parent_id=parent_id)
        return await surroundings.may_show(origin, there.id)

    seen = {
        (name, other): await may(one.id, there)
        for name, one in places.items()
        for other, there in places.items()
    }
    assert sorted(pair for pair, is_seen in seen.items() if is_seen) == [
        ("gallery", "adult"),
        ("gallery", "hidden"),
        ("gallery", "videos"),
        ("videos", "adult"),
        ("videos", "gallery"),
        ("videos", "hidden"),
    ]
    assert await may(thread.id, gallery, desk.channel.id)
    assert not await may(thread.id, gallery)
    assert not await may(thread.id, desk.channel, desk.channel.id)
    assert not await may(1, gallery)
    assert not surroundings.may_copy(job, gallery.id)


async def test_the_cover_of_a_posted_video_is_what_it_would_have_had(desk: Desk) -> None:
    job = desk.job(JobState.POSTED)
    looks = desk.looks

    for form in (None, LINK):
        bare: discord.Embed = looks.result(job, form=form)
        covered = looks.result(replace(job, is_spoiler=True), form=form)

        assert veiled(bare.description or "") == covered.description
        assert veiled(covered.description or "") == covered.description
