"""What moderators type and read."""

from sandbox.discord_api import Channel, CommandValue, Member, Message
from tests.world import World


def text_of(message: Message) -> str:
    return "\n".join([message.content, *(one["description"] for one in message.embeds)]).strip()


async def admin(world: World, command: str, /, **options: CommandValue) -> str:
    """Let the moderator type a command of /grok-admin and return what they read."""
    run = await world.moderator.slash(world.channel, f"grok-admin {command}", **options)
    return text_of(await run.answer())


async def forced(who: Member, at: Channel, command: str, /, **options: CommandValue) -> str:
    """Send a command whether or not it is offered, and return what came back."""
    return text_of(await (await who.call(at, f"grok-admin {command}", **options)).answer())
