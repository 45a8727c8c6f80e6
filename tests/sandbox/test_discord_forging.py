from typing import Any

import discord
import pytest
from discord import ui

from sandbox.discord_api import CannotDoError, Channel, DiscordStandIn, Member, Message, Upload
from tests.sandbox.small_bot import Ask, SmallBot


async def echo(interaction: Ask) -> None:
    data: Any = interaction.data
    said = f"{data.get('custom_id', data.get('name'))} {data.get('values', '')}"
    await interaction.response.send_message(said, ephemeral=True)


async def post(bot: SmallBot, channel: Channel, *labels: str) -> Message:
    view = ui.View()
    for label in labels:
        view.add_item(ui.Button[ui.View](label=label, custom_id=label.lower()))
    await bot.get_partial_messageable(channel.id).send("done", view=view)
    return channel.messages[-1]


async def test_a_command_is_called_by_whom_it_is_not_offered(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    bot.act = echo
    with pytest.raises(CannotDoError):
        await requester.slash(channel, "desk")

    run = await requester.call(channel, "desk")

    assert (await run.answer()).content.startswith("desk")
    assert run.interaction.user_id == requester.id


async def test_a_command_is_called_where_it_is_not_offered(
    bot: SmallBot, requester: Member
) -> None:
    bot.act = echo
    direct = requester.direct_channel()

    run = await requester.call(direct, "grok video", prompt="a fox")

    assert (await run.answer()).content.startswith("grok")
    assert bot.values["prompt"] == "a fox"


@pytest.mark.usefixtures("bot")
async def test_a_forged_call_still_names_a_command_and_its_options(
    channel: Channel, requester: Member
) -> None:
    with pytest.raises(CannotDoError, match="no command /grok audio"):
        await requester.call(channel, "grok audio")
    with pytest.raises(CannotDoError, match="no option speed"):
        await requester.call(channel, "grok video", prompt="x", speed=1)


async def test_suggestions_are_asked_for_by_whom_the_command_is_not_offered(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member
) -> None:
    guild = discord.Object(chat.guild.id)

    @bot.tree.command(description="Only for moderators", guild=guild)
    @discord.app_commands.default_permissions(manage_guild=True)
    async def find(interaction: Ask, word: str) -> None:
        del interaction, word

    @find.autocomplete("word")
    async def suggest(interaction: Ask, current: str) -> list[discord.app_commands.Choice[str]]:
        return [discord.app_commands.Choice(name=f"{current} {interaction.user}", value="1")]

    await bot.tree.sync(guild=guild)
    with pytest.raises(CannotDoError):
        await requester.autocomplete(channel, "find", focused="word", value="a")

    choices = await requester.call_autocomplete(channel, "find", focused="word", value="a")

    assert choices == [{"name": "a requester", "value": "1"}]


async def test_a_moderators_command_of_a_message_is_offered_to_moderators_and_called_by_others(
    chat: DiscordStandIn, bot: SmallBot, channel: Channel, requester: Member, moderator: Member
) -> None:
    guild = discord.Object(chat.guild.id)

    @bot.tree.context_menu(name="Take down", guild=guild)
    @discord.app_commands.default_permissions(manage_messages=True)
    async def take_down(interaction: Ask, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.content}, {interaction.user}")

    await bot.tree.sync(guild=guild)
    said = await requester.say(channel, "mine")
    with pytest.raises(CannotDoError, match="no command Take down in this menu"):
        await requester.use_on_message(said, "Take down")

    offered = await (await moderator.use_on_message(said, "Take down")).answer()
    forged = await (await requester.call_on_message(said, "Take down")).answer()

    assert [offered.content, forged.content] == ["mine, moderator", "mine, requester"]


async def test_any_control_is_pressed_on_any_message(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    bot.act = echo
    ours = await post(bot, channel, "Again", "Cancel")
    bare = await requester.say(channel, "no controls here")

    presses = [
        (await (await visitor.press(message, custom_id)).answer()).content
        for message, custom_id in ((ours, "again"), (ours, "v1:forged"), (bare, "v1:forged"))
    ]
    chosen = await visitor.press(ours, "v1:menu", values=["a", "b"])

    assert presses == ["again", "v1:forged", "v1:forged"]
    assert (await chosen.answer()).content == "v1:menu ['a', 'b']"
    assert "forged" not in str((ours.components, bare.components))


class Trap(ui.DynamicItem[ui.Button[Any]], template=r"trap:(?P<number>\d+)"):
    def __init__(self, number: str) -> None:
        super().__init__(ui.Button(label="Trap", custom_id=f"trap:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(cls, _interaction: Ask, _item: ui.Item[Any], match: Any) -> "Trap":  # noqa: ANN401 - discord.py gives a re.Match[str]
        return cls(match["number"])

    async def callback(self, interaction: Ask) -> None:
        await interaction.response.send_message(f"caught {self.number}", ephemeral=True)


async def test_a_forged_press_reaches_the_bots_own_code_and_its_forger_alone(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    async def nothing(_interaction: Ask) -> None:
        pass

    bot.act = nothing
    bot.add_dynamic_items(Trap)
    message = await post(bot, channel, *(f"Button {number}" for number in range(25)))

    answer = await (await visitor.press(message, "trap:7")).answer()

    assert answer.content == "caught 7"
    assert (answer in visitor.sees(channel), answer in requester.sees(channel)) == (True, False)


async def test_an_ephemeral_message_of_another_can_be_pressed(
    bot: SmallBot, channel: Channel, requester: Member, visitor: Member
) -> None:
    bot.act = echo
    hidden = await (await requester.slash(channel, "grok video", prompt="x")).answer()
    with pytest.raises(CannotDoError, match="not there"):
        await visitor.click(hidden, "again")

    answer = await (await visitor.press(hidden, "again")).answer()

    assert answer.content == "again"


async def test_a_form_that_was_never_opened_is_sent(
    bot: SmallBot, channel: Channel, visitor: Member
) -> None:
    got: list[Any] = []

    async def act(interaction: Ask) -> None:
        got.append(interaction.data)
        await interaction.response.send_message("read")

    bot.act = act
    run = await visitor.send_form(
        channel,
        "v1:form:7",
        prompt="x" * 5000,
        sure=True,
        looks=["wide", "tall"],
        image=[Upload("a.png", b"one")],
    )
    await run.answer()

    (data,) = got
    values = [one["component"].get("value") for one in data["components"]]
    lists = [one["component"].get("values") for one in data["components"]]
    assert (data["custom_id"], values) == ("v1:form:7", ["x" * 5000, True, None, None])
    assert lists[2] == ["wide", "tall"]
    assert [one["filename"] for one in data["resolved"]["attachments"].values()] == ["a.png"]


async def test_a_command_is_forged_with_lies(
    bot: SmallBot, channel: Channel, requester: Member
) -> None:
    bot.act = echo
    run = await requester.slash(channel, "grok video", prompt="a fox")
    await run.answer()
    data = run.interaction.data
    data["options"][0]["options"][0]["value"] = "x" * 6000

    forged = await requester.forge(channel, data, locale="xx")
    await forged.answer()

    assert bot.values["prompt"] == "x" * 6000
