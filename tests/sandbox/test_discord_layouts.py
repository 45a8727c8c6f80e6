import io
from typing import Any

import discord
import pytest
from discord import ui

from sandbox.discord_api import Channel, DiscordStandIn, Member
from tests.sandbox.rest_client import RestClient
from tests.sandbox.small_bot import Ask, SmallBot

V2 = 1 << 15


def result(text: str = "Done", file: str = "attachment://clip.mp4") -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(text))
    box.add_item(ui.MediaGallery(discord.MediaGalleryItem(file)))
    box.add_item(ui.Separator())
    box.add_item(ui.File(file))
    box.add_item(ui.Section("a title", accessory=ui.Button(label="Again", custom_id="again")))
    box.add_item(ui.Section("a picture", accessory=ui.Thumbnail(file)))
    view.add_item(box)
    return view


def clip() -> discord.File:
    return discord.File(io.BytesIO(b"mp4"), "clip.mp4")


async def test_a_layout_shows_its_files_and_has_its_controls(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    sent = await bot.get_partial_messageable(channel.id).send(view=result(), file=clip())
    (message,) = channel.messages

    run = await requester.click(message, "Again")

    assert (await run.acknowledged()).is_deferred
    assert message.is_v2
    assert message.attachments[0].data == b"mp4"
    container = sent.components[0]
    assert isinstance(container, discord.Container)
    gallery = container.children[1]
    assert isinstance(gallery, discord.MediaGalleryComponent)
    assert "/attachments/" in gallery.items[0].media.url
    assert gallery.items[0].media.attachment_id == message.attachments[0].id


async def test_a_layout_may_show_other_sites_and_number_its_parts(
    bot: SmallBot, channel: Channel
) -> None:
    view = ui.LayoutView(timeout=None)
    gallery: ui.MediaGallery[Any] = ui.MediaGallery(id=1)
    for url in ("https://example.org/a.png", "attachment://b.txt"):
        gallery.add_item(media=url)
    view.add_item(gallery)
    view.add_item(ui.TextDisplay("after"))
    files = [discord.File(io.BytesIO(b"x"), name) for name in ("a.txt", "b.txt")]

    sent = await bot.get_partial_messageable(channel.id).send(view=view, files=files)

    shown = sent.components[0]
    assert isinstance(shown, discord.MediaGalleryComponent)
    assert shown.items[0].media.url == "https://example.org/a.png"
    assert shown.items[1].media.attachment_id == channel.messages[0].attachments[1].id
    assert [one["id"] for one in channel.messages[0].components] == [1, 2]


async def test_a_layout_stays_one_for_ever(bot: SmallBot, channel: Channel) -> None:
    sent = await bot.get_partial_messageable(channel.id).send(view=result(), file=clip())

    with pytest.raises(discord.HTTPException) as caught:
        await bot.http.edit_message(
            channel.id, sent.id, params=discord.http.handle_message_parameters(content="text")
        )

    assert caught.value.code == 50035
    assert channel.messages[0].is_v2


async def test_a_deferred_answer_becomes_a_layout_when_it_is_filled_in(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(view=result(), attachments=[clip()])

    bot.act = act
    message = await (await requester.slash(channel, "grok video", prompt="x")).answer()

    assert message.is_v2
    assert message.attachments[0].filename == "clip.mp4"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"flags": V2, "content": "x", "components": [{"type": 10, "content": "y"}]}, "content"),
        ({"flags": V2, "components": [{"type": 10, "content": "y"}] * 41}, "components"),
        ({"flags": V2, "components": [{"type": 10, "content": "y" * 4001}]}, "components"),
        ({"components": [{"type": 10, "content": "y"}]}, "components"),
        (
            {"flags": V2, "components": [{"type": 13, "file": {"url": "attachment://no"}}]},
            "components",
        ),
    ],
)
async def test_a_layout_that_discord_would_refuse_is_refused(
    lax_chat: DiscordStandIn, lax_rest: RestClient, body: dict[str, Any], field: str
) -> None:
    path = f"/channels/{lax_chat.guild.channel('videos').id}/messages"

    assert list(await lax_rest.wrong_fields(path, body)) == [field]


async def test_a_text_message_becomes_a_layout_only_without_its_text(
    lax_chat: DiscordStandIn, lax_rest: RestClient
) -> None:
    channel = lax_chat.guild.channel("videos")
    _, message = await lax_rest.call("POST", f"/channels/{channel.id}/messages", {"content": "x"})
    path = f"/channels/{channel.id}/messages/{message['id']}"
    layout = {"flags": V2, "components": [{"type": 10, "content": "y"}]}

    kept, _ = await lax_rest.call("PATCH", path, layout)
    dropped, answer = await lax_rest.call("PATCH", path, layout | {"content": None})

    assert (kept, dropped) == (400, 200)
    assert (answer["content"], answer["flags"] & V2) == ("", V2)
