"""A server with a channel for cases, and jobs that wait there."""

from typing import Any

from bot.domain import PolicyName
from bot.store.moderation.policies import server
from sandbox.discord_api import Channel, Message, Upload
from tests.world import World


async def review(world: World) -> Channel:
    """Review all jobs of the server, and show cases in a channel of their own."""
    policies, guild_id = world.app.bot.services.policies, world.chat.guild.id
    channel = world.chat.guild.add_channel("desk")
    await policies.set_policy(server(guild_id), PolicyName.REVIEW, True, world.moderator.id)  # noqa: FBT003 - the value of the policy
    await policies.set_policy(
        server(guild_id), PolicyName.REVIEW_CHANNEL, channel.id, world.moderator.id
    )
    return channel


async def held(world: World, *, prompt: str = "a red fox", image: Upload | None = None) -> Message:
    """Have a job wait for review, and return its case's card."""
    channel = await review(world)
    await (await world.ask(prompt=prompt, image=image)).answer()
    return await case_in(channel, "Review")


async def case_in(channel: Channel, kind: str) -> Message:
    return await channel.wait_for(lambda message: title_of(message).startswith(kind))


async def shown(channel: Channel, words: str) -> Message:
    """Wait until a card of the channel says something."""
    return await channel.wait_for(lambda message: words in str(message.embeds))


def title_of(message: Message) -> str:
    return str(next((one.get("title") or "" for one in message.embeds), ""))


def labels(message: Message) -> list[str]:
    buttons: list[Any] = [one for row in message.components for one in row["components"]]
    return [button["label"] for button in buttons]


async def reject(world: World, case: Message, reason: str = "no foxes") -> Message:
    """Reject a case with a reason, and return what the moderator is told."""
    form = await (await world.moderator.click(case, "Reject")).modal()
    return await (await world.moderator.submit(form, reason=reason)).answer()
