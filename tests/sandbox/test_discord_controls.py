from collections.abc import Callable
from typing import Any

import discord
import pytest
from discord import ui

from sandbox.discord_api import CannotDoError, Channel, Member, Message, Upload
from tests.sandbox.small_bot import Ask, SmallBot


def row(*items: ui.Item[Any]) -> ui.View:
    view = ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    return view


def again(*, disabled: bool = False) -> ui.Button[Any]:
    return ui.Button(label="Again", custom_id="again:7", disabled=disabled)


class AskAgain(ui.Modal, title="Another go"):
    prompt: ui.Label[Any] = ui.Label(
        text="Prompt", component=ui.TextInput(custom_id="prompt", min_length=2, max_length=9)
    )
    files: ui.Label[Any] = ui.Label(
        text="References",
        component=ui.FileUpload(custom_id="files", required=False, max_values=2),
    )
    look: ui.Label[Any] = ui.Label(
        text="Look",
        component=ui.Select(
            custom_id="look", required=False, options=[discord.SelectOption(label="wide")]
        ),
    )
    hint: ui.TextDisplay[Any] = ui.TextDisplay("Be kind.")

    def __init__(self, act: Callable[["AskAgain", Ask], Any]) -> None:
        super().__init__(custom_id="ask", timeout=60)
        self.act = act

    async def on_submit(self, interaction: Ask) -> None:
        await self.act(self, interaction)


async def post(bot: SmallBot, channel: Channel, text: str, view: ui.View) -> Message:
    sent = await bot.get_partial_messageable(channel.id).send(text, view=view)
    return channel.state.messages[sent.id]


async def test_a_button_is_pressed_by_its_id_or_its_label(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.send_message(f"{interaction.data}", ephemeral=True)

    bot.act = act
    message = await post(bot, channel, "done", row(again()))

    by_id = await (await requester.click(message, "again:7")).answer()
    by_label = await (await requester.click(message, "Again")).answer()

    assert "'custom_id': 'again:7', 'component_type': 2" in by_id.content
    assert by_label.content == by_id.content


async def test_a_button_can_update_its_message(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.edit_message(content="pressed", view=None)

    bot.act = act
    message = await post(bot, channel, "press", row(again()))
    run = await requester.click(message, "Again")

    assert await run.answer() is message
    assert (message.content, message.components) == ("pressed", [])
    assert [version.content for version in message.edits] == ["press"]


async def test_a_button_can_defer_its_update(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="later")

    bot.act = act
    message = await post(bot, channel, "press", row(again()))
    run = await requester.click(message, "Again")
    ack = await run.acknowledged()

    assert ack.type == 6
    assert await run.answer() is message
    assert message.content == "later"


@pytest.mark.parametrize(
    ("button", "which", "reason"),
    [
        (again(disabled=True), "Again", "is disabled"),
        (ui.Button(label="Site", url="https://example.org"), "Site", "no button of the bot"),
        (again(), "Cancel", "no control Cancel"),
    ],
)
async def test_only_an_enabled_button_of_the_bot_can_be_pressed(
    bot: SmallBot,
    channel: Channel,
    requester: Member,
    button: ui.Button[Any],
    which: str,
    reason: str,
) -> None:
    message = await post(bot, channel, "done", row(button))

    with pytest.raises(CannotDoError, match=reason):
        await requester.click(message, which)


async def test_controls_of_a_message_that_is_not_seen_cannot_be_used(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.send_message("yours", view=row(again()), ephemeral=True)

    bot.act = act
    message = await (await requester.slash(channel, "grok video", prompt="x")).answer()

    with pytest.raises(CannotDoError, match="not there for this person"):
        await visitor.click(message, "Again")
    await requester.delete(message)
    with pytest.raises(CannotDoError, match="not there for this person"):
        await requester.click(message, "Again")


async def test_a_select_menu_sends_what_was_chosen(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    async def act(interaction: Ask) -> None:
        data: Any = interaction.data
        await interaction.response.send_message(",".join(data["values"]))

    bot.act = act
    options = [discord.SelectOption(label=label) for label in ("slow", "fast")]
    select: ui.Select[Any] = ui.Select(custom_id="pace", options=options, max_values=2)
    message = await post(bot, channel, "pace?", row(select))

    answer = await (await requester.choose(message, "pace", ["slow", "fast"])).answer()

    assert answer.content == "slow,fast"
    for values in (["warp"], []):
        with pytest.raises(CannotDoError):
            await requester.choose(message, "pace", values)
    with pytest.raises(CannotDoError, match="no button"):
        await requester.click(message, "pace")


async def test_a_button_is_no_select_menu(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    message = await post(bot, channel, "done", row(again()))

    with pytest.raises(CannotDoError, match="no select menu"):
        await requester.choose(message, "again:7", ["x"])


async def test_a_form_comes_back_filled_in(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    async def submitted(modal: AskAgain, interaction: Ask) -> None:
        fields: list[Any] = [modal.prompt.component, modal.files.component, modal.look.component]
        data = [await one.read() for one in fields[1].values]
        prompt, look = fields[0].value, fields[2].values
        await interaction.response.send_message(f"{prompt} {data} {look}", ephemeral=True)

    async def act(interaction: Ask) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.send_modal(AskAgain(submitted))

    bot.act = act
    message = await post(bot, channel, "done", row(again()))
    modal = await (await requester.click(message, "Again")).modal()
    run = await requester.submit(
        modal,
        prompt="a cat",
        files=[Upload("a.png", b"one"), Upload("b.png", b"two")],
        look=["wide"],
    )

    assert (modal.title, modal.custom_id) == ("Another go", "ask")
    assert (await run.answer()).content == "a cat [b'one', b'two'] ['wide']"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "prompt is required"),
        ({"prompt": "x"}, "takes 2 to 9 characters"),
        ({"prompt": "x" * 10}, "takes 2 to 9 characters"),
        ({"prompt": "cat", "files": [Upload("a", b"")] * 3}, "takes 2 files"),
        ({"prompt": "cat", "color": "red"}, "no field color"),
    ],
)
async def test_the_client_stops_a_form_that_is_filled_in_wrong(
    bot: SmallBot,
    channel: Channel,
    requester: Member,
    values: dict[str, Any],
    reason: str,
) -> None:
    async def act(interaction: Ask) -> None:
        await interaction.response.send_modal(AskAgain(lambda _modal, _interaction: None))

    bot.act = act
    modal = await (await requester.slash(channel, "grok video", prompt="x")).modal()

    with pytest.raises(CannotDoError, match=reason):
        await requester.submit(modal, **values)


async def test_an_old_style_form_is_filled_in_too(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    class Old(ui.Modal, title="Old"):
        text: ui.TextInput[Any] = ui.TextInput(label="Text", custom_id="text", required=False)

        async def on_submit(self, interaction: Ask) -> None:
            await interaction.response.send_message(f"[{self.text.value}]")

    async def act(interaction: Ask) -> None:
        await interaction.response.send_modal(Old(timeout=60))

    bot.act = act
    modal = await (await requester.slash(channel, "grok video", prompt="x")).modal()

    assert (await (await requester.submit(modal, text="yes")).answer()).content == "[yes]"


async def test_a_form_of_choices_comes_back_with_them(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    class Choices(ui.Modal, title="Choices"):
        pace: ui.Label[Any] = ui.Label(
            text="Pace",
            component=ui.RadioGroup(
                custom_id="pace",
                options=[discord.RadioGroupOption(label=one) for one in ("slow", "fast")],
            ),
        )
        looks: ui.Label[Any] = ui.Label(
            text="Looks",
            component=ui.CheckboxGroup(
                custom_id="looks",
                options=[discord.CheckboxGroupOption(label=one) for one in ("wide", "tall")],
            ),
        )
        loud: ui.Label[Any] = ui.Label(text="Loud", component=ui.Checkbox(custom_id="loud"))

        async def on_submit(self, interaction: Ask) -> None:
            fields: list[Any] = [self.pace.component, self.looks.component, self.loud.component]
            pace, looks, loud = fields
            await interaction.response.send_message(f"{pace.value} {looks.values} {loud.value}")

    async def act(interaction: Ask) -> None:
        await interaction.response.send_modal(Choices(timeout=60))

    bot.act = act
    modal = await (await requester.slash(channel, "grok video", prompt="x")).modal()
    run = await requester.submit(modal, pace="fast", looks=["wide", "tall"], loud=True)

    assert (await run.answer()).content == "fast ['wide', 'tall'] True"
